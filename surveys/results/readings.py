"""Readings of indicators (utfall): taken when the reading date has passed, when somebody asks, or typed in.

A reading is written once and never changed. It holds what everyone who may open results may see: answers of
measurements that are still open are not in it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.indicator_definition import restored, typed_value
from surveys.domain.indicators import Definition, Figure, Judgement, Kind, PartResult, judged
from surveys.domain.numbers import BadNumber
from surveys.domain.series import BadFields, Fields
from surveys.models.deeds import Deed
from surveys.models.indicator import Indicator, IndicatorReading, IndicatorVersion
from surveys.models.programme import Project
from surveys.queries import indicators as queries
from surveys.results.indicator_answers import NO_READING
from surveys.results.indicator_figures import Look
from surveys.results.indicators import Ended, NoIndicator, part_of, read_indicator

LONGEST_SOURCE = 500
LATE = timedelta(days=1)  # a reading taken the day after its date reads the answers as they are


class NotTyped(Exception):
    """Of this kind the figure is worked out; it cannot be typed in."""

    code = "not_typed"


class NothingToRead(Exception):
    """Of this kind nothing is worked out: it is typed in, with its source."""

    code = "nothing_to_read"


@dataclass(frozen=True)
class _Taken:
    """What has been read of a version, ready to be stored."""

    indicator_id: int
    version_id: int
    on: date
    figure: Figure
    judgement: Judgement


def take_due(db: Database, now: datetime) -> int:
    """Take the readings whose date has passed in their project's zone, each once; return how many.

    The figure is worked out first and stored afterwards, so that nobody waits while results are counted.
    """
    with db.reading() as session:
        due = [each for each in queries.with_newest_due(session) if _is_due(each, now)]
        taken = [_take(session, each, now) for each in due]
    if not taken:
        return 0
    with db.transaction() as session:
        known = {each.id for each in queries.with_newest_due(session)}
        rows = [_row(each, now, "due") for each in taken if each.version_id in known]
        session.add_all(rows)
        return len(rows)


def read_now(db: Database, project_id: int, code: str, user_id: int | None, now: datetime) -> None:
    """Store what an indicator comes to: of its reading date where that has passed, else of today.

    So what was registered late is counted by reading again; the earlier reading stays beside it. Answers are
    read as they are now. Raises NoIndicator, NothingToRead.
    """
    with db.reading() as session:
        row = _of_project(session, project_id, code)
        if Kind(row.kind).typed:
            raise NothingToRead
        taken = _take(session, row.versions[-1], now)
    with db.transaction() as session:
        session.add(_row(taken, now, "asked", user_id))
        session.add(_deed(_of_project(session, project_id, code), user_id, now, "indicator_read"))


def type_reading(
    db: Database, project_id: int, code: str, raw: dict[str, str], user_id: int | None, now: datetime
) -> None:
    """Keep a figure that somebody else made: ``value``, ``on``, ``source``; judged by what held on that day.

    Raises NoIndicator, NotTyped, BadFields.
    """
    with db.transaction() as session:
        row = _of_project(session, project_id, code)
        if not Kind(row.kind).typed:
            raise NotTyped
        session.add(typed_row(row, raw, user_id, now))
        session.add(_deed(row, user_id, now, "indicator_read"))


def typed_row(row: Indicator, raw: dict[str, str], user_id: int | None, now: datetime) -> IndicatorReading:
    """A figure that somebody else made, to be stored; fields and faults as :func:`type_reading`."""
    today = now.astimezone(ZoneInfo(row.project.timezone)).date()
    on, figure, source = _typed(Kind(row.kind), raw, today)
    held = [each for each in row.versions if each.decided_on <= on]
    version = held[-1] if held else row.versions[0]
    judgement = judged(restored(row.kind, version.definition), figure, (), row.project.decimals)
    return _row(_Taken(row.id, version.id, on, figure, judgement), now, "typed", user_id, source)


def _is_due(version: IndicatorVersion, now: datetime) -> bool:
    definition = restored(version.indicator.kind, version.definition)
    project: Project = version.indicator.project
    today = now.astimezone(ZoneInfo(project.timezone)).date()
    # what is typed in is a reading already, and often comes long after its date
    return definition.reads_on is not None and definition.reads_on < today and not definition.kind.typed


def _take(session: Session, version: IndicatorVersion, now: datetime) -> _Taken:
    row: Indicator = version.indicator
    definition: Definition = restored(row.kind, version.definition)
    look = Look(session, row.project, now, as_evaluator=False)
    on = look.today
    if definition.reads_on is not None and definition.reads_on < look.today:
        on = definition.reads_on
    figure = look.read(row.id, definition, on).figure
    if definition.kind.from_answers and (look.today - on <= LATE or figure.lacking == NO_READING):
        # nothing closer to the day is kept than what they are now
        figure = look.now_answered(definition).figure
    judgement = judged(definition, figure, _parts(session, row, now, on), row.project.decimals)
    return _Taken(row.id, version.id, on, figure, judgement)


def _parts(session: Session, row: Indicator, now: datetime, on: date) -> list[PartResult]:
    if not queries.has_parts(session, row.id):
        return []
    day = None if Kind(row.kind).from_answers else on
    whole = read_indicator(session, row.project, row.code, now, day=day)
    return [part_of(each) for each in whole.parts]


def _typed(kind: Kind, raw: dict[str, str], today: date) -> tuple[date, Figure, str]:
    faults: dict[str, str] = {}
    fields = Fields(raw, faults)
    on = fields.day("on", needed=True)
    source = fields.line("source", LONGEST_SOURCE, needed=True)
    value = None
    try:
        value = typed_value(kind, raw.get("value", ""))
    except BadNumber as bad:
        faults["value"] = "blank" if not raw.get("value", "").strip() else bad.code
    if on is not None and on > today:
        faults["on"] = "in_the_future"
    if faults or on is None or value is None:
        raise BadFields(faults)
    return on, Figure(value=Fraction(value)), source


def _of_project(session: Session, project_id: int, code: str) -> Indicator:
    row = queries.by_code(session, project_id, code)
    if row is None:
        raise NoIndicator(code)
    if row.ended_on is not None:
        raise Ended(code)
    return row


def _row(
    taken: _Taken, now: datetime, origin: str, user_id: int | None = None, source: str = ""
) -> IndicatorReading:
    figure = taken.figure
    return IndicatorReading(
        indicator_id=taken.indicator_id,
        version_id=taken.version_id,
        on_date=taken.on,
        taken_at=now,
        origin=origin,
        value=None if figure.value is None else str(figure.value),
        numerator=figure.numerator,
        denominator=figure.denominator,
        base=figure.base,
        n=figure.n,
        left_out=figure.left_out,
        lacking=figure.lacking,
        verdict=taken.judgement.verdict.value,
        source=source,
        user_id=user_id,
    )


def _deed(row: Indicator, user_id: int | None, now: datetime, action: str) -> Deed:
    return Deed(
        project_id=row.project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"indicator:{row.id}",
        details={"indicator": row.code},
    )
