"""Files of answers that others have collected, on their way in: kept, their columns and values said.

Nothing of them counts anywhere until :mod:`surveys.answers.outside_saving` has saved it. A file that nobody
goes on with is thrown away after a week: addresses may stand in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import answer_columns
from surveys.domain.answer_columns import NO_ANSWER, Use, choices_of
from surveys.domain.answer_source import WAVES, source_of
from surveys.domain.questionnaire import Form, ThemeRef, expand, parse
from surveys.importing import answer_file
from surveys.importing.answer_file import AnswerFile
from surveys.importing.files import Refused
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.programme import JsonObject, Occasion, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.queries import outside_answers as queries
from surveys.queries import projects

MOST_ROWS = 5_000  # a file is read while the user waits
MOST_CELLS = 100_000
KEPT_UNSAVED = timedelta(days=7)
_NAME_LENGTH = 200
Values = Mapping[int, Mapping[str, str]]


class NoSuchImport(LookupError):
    """The series has no such file of answers, or it is saved already (or not yet)."""

    code = "no_such_import"


class BadImport(ValueError):
    """A file that cannot be taken in as it is; ``faults``: field → (stable code, its limits)."""

    code = "bad_import"

    def __init__(self, faults: Mapping[str, tuple[str, Mapping[str, object]]]) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, (code, _) in faults.items()))
        self.faults = dict(faults)


class BadColumns(ValueError):
    """A choice of columns that cannot be; ``faults``: (number of the column, None: as a whole; code)."""

    code = "bad_columns"

    def __init__(self, faults: Sequence[tuple[int | None, str]]) -> None:
        super().__init__(str(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Opened:
    """A file that is not saved yet. ``values``: for each column of options the option of each value, as far
    as it is sure or somebody has said it; ``counted``: those values, and how often each stands there.
    """

    row: OutsideAnswers
    file: AnswerFile
    version: QuestionnaireVersion
    form: Form
    uses: tuple[Use, ...]
    values: Values
    counted: Mapping[int, Mapping[str, int]]


def begin(
    db: Database,
    series_id: int,
    fields: Mapping[str, str],
    file_name: str,
    content: bytes,
    user_id: int | None,
    now: datetime,
) -> str:
    """Keep a file of answers; returns its public id. ``fields``: ``questionnaire`` and ``occasion`` (codes),
    ``wave``, and those of :func:`surveys.domain.answer_source.source_of`. Raises :class:`BadImport`.
    """
    faults: dict[str, tuple[str, Mapping[str, object]]] = {}
    found = _read(content, faults)
    with db.transaction() as session:
        series = session.get_one(Series, series_id)
        today = now.astimezone(ZoneInfo(series.project.timezone)).date()
        source, wrong = source_of(fields, today)
        faults |= {field: (code, {}) for field, code in wrong.items()}
        asked = _questionnaire(session, series, fields.get("questionnaire", ""))
        wave = fields.get("wave", "")
        occasion = _occasion(series, fields.get("occasion", "")) if wave == "occasion" else None
        if asked is None:
            faults["questionnaire"] = "not_chosen", {}
        if wave not in WAVES:
            faults["wave"] = "not_chosen", {}
        elif wave == "occasion" and occasion is None:
            faults["occasion"] = "not_chosen", {}
        if faults or found is None or source is None or asked is None:
            raise BadImport(faults)
        row = OutsideAnswers(
            series_id=series_id,
            questionnaire=asked[0],
            occasion=occasion,
            wave=wave,
            source_name=source.name,
            collected_by=source.collected_by,
            collected_on=source.collected_on,
            file_name=_shown_name(file_name),
            digest=found.digest,
            content=answer_file.packed(found),
            reading=_kept(answer_columns.suggest(found.columns, _form(asked[1], occasion)), {}),
            created_at=now,
            created_by=user_id,
        )
        session.add(row)
        session.flush()
        return row.public_id


def opened(session: Session, row: OutsideAnswers) -> Opened:
    """Return a file with what its columns and values are taken for. Raises :class:`NoSuchImport`: it is
    saved, or what it answers is not in use any more.
    """
    content = queries.content(session, row)
    version = row.questionnaire.in_use
    if content is None or version is None:
        raise NoSuchImport(row.public_id)
    file, form = answer_file.unpacked(content), _form(version, row.occasion)
    uses = tuple(Use(*each) for each in row.reading["uses"])
    said = {int(column): values for column, values in row.reading["values"].items()}
    values, counted = {}, {}
    for column, use in enumerate(uses):
        question = form.question(use.question)
        found = answer_columns.values_in(question, use, file.cells(column)) if question else {}
        if question and found:
            codes = {NO_ANSWER, *(point.code for point in choices_of(question))}
            mine = {value: code for value, code in said.get(column, {}).items() if code in codes}
            sure = answer_columns.suggest_values(question, file.columns[column], found)
            values[column] = {value: code for value, code in (sure | mine).items() if value in found}
            counted[column] = found
    return Opened(row, file, version, form, uses, values, counted)


def choose_columns(
    db: Database, series_id: int, public_id: str, uses: Sequence[Use], entered_by: int | None = None
) -> None:
    """Say what each column is used for. ``entered_by`` as in :func:`held`. Raises :class:`BadColumns`,
    :class:`NoSuchImport`.
    """
    with db.transaction() as session:
        row = held(session, series_id, public_id, entered_by)
        found = opened(session, row)
        if len(uses) != len(found.file.columns):
            raise NoSuchImport(public_id)
        if faults := answer_columns.faults(uses, found.form):
            raise BadColumns(faults)
        same = {str(column) for column, use in enumerate(uses) if use == found.uses[column]}
        said = {column: each for column, each in row.reading["values"].items() if column in same}
        row.reading = _kept(uses, said)


def say_values(
    db: Database, series_id: int, public_id: str, values: Values, entered_by: int | None = None
) -> None:
    """Say which option values stand for, in some columns; "" is no answer. What is not named is not sure any
    more. ``entered_by`` as in :func:`held`. Raises :class:`NoSuchImport`.
    """
    with db.transaction() as session:
        row = held(session, series_id, public_id, entered_by)
        found = opened(session, row)
        said = {
            str(column): {value: code for value, code in each.items() if value in found.counted[column]}
            for column, each in values.items()
            if column in found.counted
        }
        row.reading = _kept(found.uses, said)


def give_up(db: Database, series_id: int, public_id: str, entered_by: int | None = None) -> None:
    """Throw a file away that is not saved. ``entered_by`` and what is raised as in :func:`held`."""
    with db.transaction() as session:
        session.delete(held(session, series_id, public_id, entered_by))


def forget_old(db: Database, now: datetime) -> None:
    """Throw away files that nobody went on with for a week."""
    with db.transaction() as session:
        old = OutsideAnswers.created_at < now - KEPT_UNSAVED
        session.execute(delete(OutsideAnswers).where(OutsideAnswers.saved_at.is_(None), old))


def held(session: Session, series_id: int, public_id: str, entered_by: int | None = None) -> OutsideAnswers:
    """A file that is not saved, and nobody else changes it. ``entered_by``: the supplier to whom only those
    are there that they handed in; None for staff who see all. Raises :class:`NoSuchImport`.
    """
    row = queries.hold(session, series_id, public_id, entered_by)
    if row is None or row.saved_at is not None:
        raise NoSuchImport(public_id)
    return row


def _read(content: bytes, faults: dict[str, tuple[str, Mapping[str, object]]]) -> AnswerFile | None:
    try:
        return answer_file.read(content, MOST_ROWS, MOST_CELLS)
    except Refused as refused:
        faults["file"] = refused.code, {**refused.params, "line": refused.line}
        return None


def _questionnaire(
    session: Session, series: Series, code: str
) -> tuple[Questionnaire, QuestionnaireVersion] | None:
    found = projects.asked_questionnaires(session, series.project_id)
    return next((each for each in found if each[0].code == code), None)


def _occasion(series: Series, code: str) -> Occasion | None:
    return next((each for each in series.occasions if each.code == code), None)


def _form(version: QuestionnaireVersion, occasion: Occasion | None) -> Form:
    themes = [ThemeRef(each.code, each.title) for each in occasion.themes] if occasion else []
    return expand(parse(version.content), themes)


def _kept(uses: Sequence[Use], values: Mapping[str, Mapping[str, str]]) -> JsonObject:
    return {
        "uses": [[use.question, use.part] for use in uses],
        "values": {column: dict(each) for column, each in values.items()},
    }


def _shown_name(file_name: str) -> str:
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[-_NAME_LENGTH:] or "?"
