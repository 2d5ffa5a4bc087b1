"""Enrolments and attendance: who takes part, who was there, and what follows from it.

A state only ever rises by itself: *registered* becomes *started* at the first occasion a person was at, and
*completed* when they have been at as many occasions as the series asks for. *Cancelled* and *dropped out*
are said by somebody and stay. Being registered is never counted as having taken part.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Occasion, Series, Theme

RISING = ("registered", "started", "completed")
SAID = ("cancelled", "dropped_out")
FEW = 1_000  # enrolments that a select names one by one


class UnknownOccasion(Exception):
    code = "unknown_occasion"


class AttendanceNotKept(Exception):
    """The series keeps no attendance; everyone enrolled is asked."""

    code = "attendance_not_kept"


class NotEnrolled(Exception):
    """An entry names somebody who is not enrolled in the series; ``enrolment_id`` says who."""

    code = "not_enrolled"

    def __init__(self, enrolment_id: int) -> None:
        super().__init__(str(enrolment_id))
        self.enrolment_id = enrolment_id


class UnknownTheme(Exception):
    """An entry names a theme that the occasion does not have; ``theme`` is its code."""

    code = "unknown_theme"

    def __init__(self, theme: str) -> None:
        super().__init__(theme)
        self.theme = theme


@dataclass(frozen=True)
class Presence:
    """Whether a person was there; the code of the theme they chose and how long they stayed, where known."""

    present: bool
    theme: str | None = None
    minutes: int | None = None  # None: the whole occasion


def risen(state: str, occasions_attended: int, completion_minimum: int | None) -> str:
    """Return the state that follows from attendance; never lower than ``state``."""
    if state in SAID or occasions_attended == 0:
        return state
    complete = completion_minimum is not None and occasions_attended >= completion_minimum
    earned = "completed" if complete else "started"
    return max(state, earned, key=RISING.index)


def theme_of(themes: Mapping[str, Theme], entry: Presence) -> Theme | None:
    """The theme that an entry names; raises UnknownTheme."""
    if entry.theme is None:
        return None
    if entry.theme not in themes:
        raise UnknownTheme(entry.theme)
    return themes[entry.theme]


def put_attendance(
    session: Session,
    occasion: Occasion,
    enrolment_id: int,
    row: Attendance | None,
    entry: Presence,
    theme: Theme | None,
    source: str = "staff",
) -> bool:
    """Make or correct one attendance row, its minutes too; return whether anything changed."""
    minutes_differ = row is not None and row.minutes != entry.minutes
    if row is None:
        row = Attendance(occasion_id=occasion.id, enrolment_id=enrolment_id)
        session.add(row)
    elif not minutes_differ and (row.present, row.theme_id) == (entry.present, theme and theme.id):
        return False
    row.present, row.theme_id = entry.present, theme.id if theme else None
    row.minutes, row.source = entry.minutes, source
    return True


def set_presence(
    session: Session,
    occasion: Occasion,
    enrolment_id: int,
    row: Attendance | None,
    present: bool,
    theme: Theme | None,
) -> bool:
    """Make or correct one attendance row as a file says it, without minutes; return whether it changed."""
    theme_id = theme.id if theme else None
    if row is None:
        session.add(
            Attendance(
                occasion_id=occasion.id,
                enrolment_id=enrolment_id,
                present=present,
                theme_id=theme_id,
                source="import",
            )
        )
        return True
    if (row.present, row.theme_id) == (present, theme_id):
        return False
    row.present, row.theme_id, row.source = present, theme_id, "import"
    return True


def raise_states(session: Session, series: Series, only: Collection[int] | None = None) -> int:
    """Raise the states of a series' enrolments to what attendance says; return how many rose.

    ``only``: those whose attendance has changed, where they are known.
    """
    session.flush()
    there = (
        select(Attendance.enrolment_id)
        .join(Occasion, Occasion.id == Attendance.occasion_id)
        .where(Occasion.series_id == series.id, Attendance.present, Occasion.cancelled.is_(False))
    )
    enrolled = select(Enrolment).where(Enrolment.series_id == series.id)
    if only is not None and len(only) <= FEW:
        there = there.where(Attendance.enrolment_id.in_(only))
        enrolled = enrolled.where(Enrolment.id.in_(only))
    attended = Counter(session.scalars(there))
    rose = 0
    for enrolment in session.scalars(enrolled):
        state = risen(enrolment.state, attended[enrolment.id], series.completion_minimum)
        rose += state != enrolment.state
        enrolment.state = state
    return rose
