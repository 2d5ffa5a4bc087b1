"""Indicators with all that was said and read of them, and what of the register heads are counted of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, null, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.models.deeds import Deed
from surveys.models.indicator import (
    Indicator,
    IndicatorEntry,
    IndicatorNote,
    IndicatorReading,
    IndicatorVersion,
)
from surveys.models.people import ENROLMENT_STATES, Attendance, Enrolment, Outcome, Participant
from surveys.models.programme import Occasion, Series

_OF_ENROLMENT = "enrolment:"
_SAID = {f"enrolment_{state}": state for state in ENROLMENT_STATES}


class AlikeRow(NamedTuple):
    """So ``many`` enrolments that are alike in everything else here, seen from the end of a day.

    ``person`` (id) and ``enrolment`` (id) only where they have to be told apart, else None.
    """

    many: int
    person: int | None
    enrolment: int | None
    series: int
    gender: str
    organisation: int | None
    work_group: str | None
    state: str
    registered: int  # 1: by that day
    times: int  # at an occasion by that day
    times_in_all: int
    minimum: int | None


def of_project(session: Session, project_id: int) -> Sequence[Indicator]:
    """All indicators and parts in their order, with their versions and who made them."""
    return session.scalars(
        select(Indicator)
        .where(Indicator.project_id == project_id)
        .options(selectinload(Indicator.versions).joinedload(IndicatorVersion.user))
        .order_by(Indicator.position, Indicator.id)
    ).all()


def by_code(session: Session, project_id: int, code: str) -> Indicator | None:
    return session.scalar(
        select(Indicator)
        .where(Indicator.project_id == project_id, Indicator.code == code)
        .options(selectinload(Indicator.versions).joinedload(IndicatorVersion.user))
    )


def hold(session: Session, indicator_id: int) -> Indicator | None:
    """Return an indicator as it is now; no other transaction changes it until this one ends."""
    return session.scalar(
        select(Indicator)
        .where(Indicator.id == indicator_id)
        .options(selectinload(Indicator.versions))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def with_newest_due(session: Session) -> Sequence[IndicatorVersion]:
    """The newest version of every indicator that goes on, of which no due reading has been taken."""
    newest = (
        select(func.max(IndicatorVersion.number))
        .where(IndicatorVersion.indicator_id == Indicator.id)
        .correlate(Indicator)
        .scalar_subquery()
    )
    taken = select(IndicatorReading.version_id).where(IndicatorReading.origin == "due")
    return session.scalars(
        select(IndicatorVersion)
        .join(IndicatorVersion.indicator)
        .where(
            IndicatorVersion.number == newest,
            Indicator.ended_on.is_(None),
            IndicatorVersion.id.not_in(taken),
        )
        .options(joinedload(IndicatorVersion.indicator).joinedload(Indicator.project))
        .order_by(IndicatorVersion.id)
    ).all()


def readings(session: Session, project_id: int) -> dict[int, list[IndicatorReading]]:
    """The readings of a project's indicators, the latest day first, by indicator."""
    rows = session.scalars(
        select(IndicatorReading)
        .join(Indicator, Indicator.id == IndicatorReading.indicator_id)
        .where(Indicator.project_id == project_id)
        .options(joinedload(IndicatorReading.version), joinedload(IndicatorReading.user))
        .order_by(IndicatorReading.on_date.desc(), IndicatorReading.id.desc())
    )
    found: dict[int, list[IndicatorReading]] = {}
    for row in rows:
        found.setdefault(row.indicator_id, []).append(row)
    return found


def has_readings(session: Session, indicator_id: int) -> bool:
    wanted = select(IndicatorReading.id).where(IndicatorReading.indicator_id == indicator_id).limit(1)
    return session.scalar(wanted) is not None


def has_parts(session: Session, indicator_id: int) -> bool:
    return session.scalar(select(Indicator.id).where(Indicator.whole_id == indicator_id).limit(1)) is not None


def entries(session: Session, project_id: int) -> dict[int, list[IndicatorEntry]]:
    """The products of a project's indicators, the latest first, by indicator."""
    rows = session.scalars(
        select(IndicatorEntry)
        .join(Indicator, Indicator.id == IndicatorEntry.indicator_id)
        .where(Indicator.project_id == project_id)
        .order_by(IndicatorEntry.on_date.desc(), IndicatorEntry.id.desc())
    )
    found: dict[int, list[IndicatorEntry]] = {}
    for row in rows:
        found.setdefault(row.indicator_id, []).append(row)
    return found


def notes(session: Session, indicator_id: int) -> Sequence[IndicatorNote]:
    return session.scalars(
        select(IndicatorNote)
        .where(IndicatorNote.indicator_id == indicator_id)
        .options(joinedload(IndicatorNote.user))
        .order_by(IndicatorNote.written_at.desc(), IndicatorNote.id.desc())
    ).all()


def alike(
    session: Session,
    project_id: int,
    series_id: int | None,
    ends_at: datetime,
    named: bool,
    said: bool,
) -> list[AlikeRow]:
    """The enrolments of a project, or of one of its series, seen from the end of a day: ``ends_at``, aware,
    in the project's zone; occasions go by the clock on their own wall.

    A person of several of these series is told apart, or everybody is (``named``). Where something is
    ``said``, so is each enrolment of which it is. All others are counted where they lie: to fetch a line of
    each, and make an object of it, took most of the time of a page of many.
    """
    those = select(Series.id, Series.completion_minimum).where(Series.project_id == project_id)
    one = () if series_id is None else (Series.id == series_id,)
    minimum = {row.id: row.completion_minimum for row in session.execute(those.where(*one))}
    theirs = Enrolment.series_id.in_(minimum)
    person: ColumnElement[Any] = null()
    if named:
        person = Enrolment.participant_id.expression
    elif len(minimum) > 1:
        several = select(Enrolment.participant_id).where(theirs).group_by(Enrolment.participant_id)
        several = several.having(func.count() > 1)
        person = case((Enrolment.participant_id.in_(several), Enrolment.participant_id))
    apart: ColumnElement[Any] = null()
    if said:
        number = cast(func.substr(Deed.subject, len(_OF_ENROLMENT) + 1), Integer)
        apart = case((Enrolment.id.in_(select(number).where(*_saying(project_id))), Enrolment.id))
    # held, nobody knows when: it counts from the beginning
    held = or_(Occasion.ends_wall.is_(None), Occasion.ends_wall < ends_at.replace(tzinfo=None))
    each = (
        select(
            person.label("person"),
            apart.label("enrolment"),
            Enrolment.series_id,
            Enrolment.participant_id,
            Enrolment.work_group,
            Enrolment.state,
            case((Enrolment.registered_at < ends_at, 1), else_=0).label("registered"),
            func.count(case((held, Occasion.id))).label("times"),
            func.count(Occasion.id).label("in_all"),
        )
        .outerjoin(Attendance, and_(Attendance.enrolment_id == Enrolment.id, Attendance.present))
        .outerjoin(Occasion, and_(Occasion.id == Attendance.occasion_id, Occasion.cancelled.is_(False)))
        .where(theirs)
        .group_by(Enrolment.id)
        .subquery()
    )
    # What a parameter is in goes by its name: PostgreSQL does not see that two such expressions are the same.
    groups = (
        each.c.person,
        each.c.enrolment,
        each.c.series_id,
        Participant.gender,
        Participant.organisation_id,
        each.c.work_group,
        each.c.state,
        each.c.registered,
        each.c.times,
        each.c.in_all,
    )
    rows = session.execute(
        select(func.count(), *groups)
        .join(Participant, Participant.id == each.c.participant_id)
        .group_by(*groups)
    )
    return [AlikeRow._make((*row, minimum[row.series_id])) for row in rows]


def _saying(project_id: int) -> tuple[ColumnElement[bool], ...]:
    """The deeds by which staff said what became of an enrolment."""
    return (
        Deed.project_id == project_id,
        Deed.subject.startswith(_OF_ENROLMENT),
        Deed.action.in_(_SAID),
    )


def states_said(session: Session, project_id: int) -> dict[int, list[tuple[datetime, str]]]:
    """When staff said that somebody cancelled, dropped out …, oldest first, by enrolment."""
    rows = session.execute(
        select(Deed.subject, Deed.done_at, Deed.action)
        .where(*_saying(project_id))
        .order_by(Deed.done_at, Deed.id)
    )
    found: dict[int, list[tuple[datetime, str]]] = {}
    for subject, moment, action in rows:
        found.setdefault(int(subject.partition(":")[2]), []).append((moment, _SAID[action]))
    return found


def outcomes(session: Session, project_id: int) -> list[tuple[int, int, date, str]]:
    """(person, series, day, kind) of every outcome noted in a project."""
    rows = session.execute(
        select(Enrolment.participant_id, Enrolment.series_id, Outcome.on_date, Outcome.kind)
        .join(Enrolment, Enrolment.id == Outcome.enrolment_id)
        .join(Series, Series.id == Enrolment.series_id)
        .where(Series.project_id == project_id)
    )
    return [(person, series, day, kind) for person, series, day, kind in rows]


def work_groups(session: Session, project_id: int) -> Sequence[str]:
    """The work groups of a project's enrolments, each once."""
    wanted = (
        select(Enrolment.work_group)
        .join(Series, Series.id == Enrolment.series_id)
        .where(Series.project_id == project_id, Enrolment.work_group.is_not(None))
        .distinct()
    )
    return [each for each in session.scalars(wanted) if each]


def series_codes(session: Session, project_id: int) -> dict[str, int]:
    rows = session.execute(select(Series.code, Series.id).where(Series.project_id == project_id))
    return {row.code: row.id for row in rows}


def attendance_kept(session: Session, project_id: int) -> set[int]:
    """The series of a project that keep attendance."""
    wanted = select(Series.id).where(Series.project_id == project_id, Series.attendance_kept)
    return set(session.scalars(wanted))
