"""Use-cases: several questions declared to be one index, the declaration changed, and taken back.

What an index holds is said before anybody sees what comes of it, by whom and when. Whoever changes it says
why, and what it held before stands beside it for all to see.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.faults import Faulty
from surveys.domain.marks import mark_of_text
from surveys.domain.texts import has_bad_characters
from surveys.models.deeds import Deed
from surveys.models.programme import Series
from surveys.models.question_index import QuestionIndex
from surveys.queries import indexes as queries
from surveys.results.change_model import Change
from surveys.results.table import same_answers

LONGEST_NAME = 120
LONGEST_REASON = 500


@dataclass(frozen=True)
class Wanted:
    """An index to be declared: ``questions`` by their codes."""

    name: str
    questions: tuple[str, ...]
    minimum: int


@dataclass(frozen=True)
class Step:
    """What an index held from ``at``, by whom it was said (None: who is gone), and why it was changed."""

    name: str
    questions: tuple[str, ...]
    minimum: int
    at: datetime
    by: str | None
    why: str = ""


class BadIndex(Faulty):
    """What cannot be declared; ``faults`` maps a field to a stable code."""

    code = "bad_index"


class NoIndex(LookupError):
    """The series has no such index (any more)."""

    code = "no_index"


class ChangedMeanwhile(Exception):
    """Somebody else has changed the index since the form was opened; nothing is overwritten."""

    code = "changed_meanwhile"


def mark_of(index: QuestionIndex) -> str:
    """Tells whether an index is still as it was."""
    return mark_of_text(repr((index.name, list(index.questions), index.minimum)))


def declare_index(
    db: Database, series_id: int, wanted: Wanted, change: Change, user_id: int | None, now: datetime
) -> int:
    """Keep an index of questions that ``change`` shows; returns its id. Raises BadIndex."""
    name = " ".join(wanted.name.split())
    with db.transaction() as session:
        _hold(session, series_id)
        faults = _faults(session, series_id, name, wanted, change)
        if faults:
            raise BadIndex(faults)
        row = QuestionIndex(
            series_id=series_id,
            name=name,
            questions=list(wanted.questions),
            minimum=wanted.minimum,
            declared_by=user_id,
            declared_at=now,
        )
        session.add(row)
        session.flush()
        _note(session, row, "index_declared", user_id, now)
        return row.id


def change_index(
    db: Database,
    series_id: int,
    index_id: int,
    wanted: Wanted,
    why: str,
    change: Change,
    user_id: int | None,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Let an index hold something else, for the reason ``why``. Nothing is noted where all is as it was.

    ``seen`` is the mark of what the form was filled in from. Raises NoIndex, ChangedMeanwhile and BadIndex.
    """
    name, why = " ".join(wanted.name.split()), " ".join(why.split())
    with db.transaction() as session:
        _hold(session, series_id)
        row = queries.one(session, series_id, index_id)
        if row is None:
            raise NoIndex(str(index_id))
        if seen is not None and seen != mark_of(row):
            raise ChangedMeanwhile
        faults = _faults(session, series_id, name, wanted, change, row)
        if not why or len(why) > LONGEST_REASON or has_bad_characters(why):
            faults["why"] = "blank" if not why else "bad_reason"
        if faults:
            raise BadIndex(faults)
        was = row.name
        if (was, row.questions, row.minimum) == (name, list(wanted.questions), wanted.minimum):
            return
        row.name, row.questions, row.minimum = name, list(wanted.questions), wanted.minimum
        _note(session, row, "index_changed", user_id, now, why, was)


def history(session: Session, index: QuestionIndex) -> list[Step]:
    """What an index has held, the newest first; followed by its name, which is another's only later on."""
    name, found = index.name, []
    for deed in queries.deeds_of(session, index.series_id):
        told = deed.details or {}
        if told.get("index") == name:
            by = deed.user.name if deed.user else None
            found.append(Step(name, tuple(told["questions"]), told["minimum"], deed.done_at, by, deed.why))
            if deed.action == "index_declared":
                break
            name = told["was"]
    return found


def remove_index(db: Database, series_id: int, index_id: int, user_id: int | None, now: datetime) -> str:
    """Take the declaration back; returns its name. What it held stands in the deed. Raises NoIndex."""
    with db.transaction() as session:
        _hold(session, series_id)
        row = queries.one(session, series_id, index_id)
        if row is None:
            raise NoIndex(str(index_id))
        _note(session, row, "index_removed", user_id, now)
        session.delete(row)
        return row.name


def _hold(session: Session, series_id: int) -> None:
    """One at a time: of two declared at once, one is told that the name is taken."""
    session.get_one(Series, series_id, with_for_update={"key_share": True})


def _faults(
    session: Session,
    series_id: int,
    name: str,
    wanted: Wanted,
    change: Change,
    own: QuestionIndex | None = None,
) -> dict[str, str]:
    others = [each for each in queries.of_series(session, series_id) if each is not own]
    known = {each.question.code: each for each in change.indexable}
    chosen = [known[code] for code in wanted.questions if code in known]
    faults: dict[str, str] = {}
    if not name:
        faults["name"] = "blank"
    elif len(name) > LONGEST_NAME:
        faults["name"] = "too_long"
    elif has_bad_characters(name):
        faults["name"] = "bad_characters"
    elif any(each.name.casefold() == name.casefold() for each in others):
        faults["name"] = "taken"
    if len(chosen) < len(wanted.questions) or len(set(wanted.questions)) < 2:
        faults["questions"] = "too_few"
    elif any(not same_answers(each.question, chosen[0].question) for each in chosen):
        faults["questions"] = "other_scales"
    elif not all(each.before for each in chosen) and not all(each.after for each in chosen):
        faults["questions"] = "asked_apart"
    if not 1 <= wanted.minimum <= max(1, len(wanted.questions)):
        faults["minimum"] = "out_of_range"
    return faults


def _note(
    session: Session,
    row: QuestionIndex,
    action: str,
    user_id: int | None,
    now: datetime,
    why: str = "",
    was: str = "",
) -> None:
    """``was``: its name before."""
    series = session.get_one(Series, row.series_id)
    details = {"index": row.name, "questions": row.questions, "minimum": row.minimum}
    session.add(
        Deed(
            project_id=series.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=f"series:{row.series_id}",
            why=why,
            details=details | {"was": was} if was else details,
        )
    )
