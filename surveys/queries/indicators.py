"""Indicators with all that was said and read of them, and the dated rows that head counts are made of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
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

_SAID = {f"enrolment_{state}": state for state in ENROLMENT_STATES}


class EnrolmentRow(NamedTuple):
    """An enrolment as head counts need it."""

    id: int
    person: int
    series: int
    gender: str
    organisation: int | None
    state: str
    registered_at: datetime
    minimum: int | None
    work_group: str | None


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


def enrolments(session: Session, project_id: int, series_id: int | None = None) -> list[EnrolmentRow]:
    """Those of a project, or of one of its series."""
    rows = session.execute(
        select(
            Enrolment.id,
            Enrolment.participant_id,
            Enrolment.series_id,
            Participant.gender,
            Participant.organisation_id,
            Enrolment.state,
            Enrolment.registered_at,
            Series.completion_minimum,
            Enrolment.work_group,
        )
        .join(Participant, Participant.id == Enrolment.participant_id)
        .join(Series, Series.id == Enrolment.series_id)
        .where(Series.project_id == project_id, *_only(series_id))
    )
    return [EnrolmentRow(*row) for row in rows]


def days_attended(
    session: Session, project_id: int, series_id: int | None = None
) -> dict[int, tuple[date, ...]]:
    """The last day of each occasion that somebody was at, by enrolment."""
    held = session.execute(
        select(Occasion.id, Occasion.ends_wall)
        .join(Series, Series.id == Occasion.series_id)
        .where(Series.project_id == project_id, Occasion.cancelled.is_(False), *_only(series_id))
    )
    # held, nobody knows when: it counts from the beginning
    days = {occasion: (ends.date() if ends is not None else date.min,) for occasion, ends in held}
    rows = session.execute(
        select(Attendance.enrolment_id, Attendance.occasion_id)
        .join(Occasion, Occasion.id == Attendance.occasion_id)
        .join(Series, Series.id == Occasion.series_id)
        .where(
            Series.project_id == project_id,
            Attendance.present,
            Occasion.cancelled.is_(False),
            *_only(series_id),
        )
    )
    found: dict[int, tuple[date, ...]] = {}
    for enrolment, occasion in rows:
        found[enrolment] = found.get(enrolment, ()) + days[occasion]
    return found


def _only(series_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if series_id is None else (Series.id == series_id,)


def states_said(session: Session, project_id: int) -> dict[int, list[tuple[datetime, str]]]:
    """When staff said that somebody cancelled, dropped out …, oldest first, by enrolment."""
    rows = session.execute(
        select(Deed.subject, Deed.done_at, Deed.action)
        .where(Deed.project_id == project_id, Deed.subject.startswith("enrolment:"), Deed.action.in_(_SAID))
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
