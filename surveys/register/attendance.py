"""Recording who was at an occasion: a list ticked by staff, a file, or one person at the door.

Two people may tick the same list. What is saved is what somebody has changed on their page; where another
has recorded something else of the same person meanwhile, nothing is saved and both are told.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.followups import planning
from surveys.keys import new_public_id
from surveys.models.deeds import Deed
from surveys.models.people import Attendance
from surveys.models.programme import Occasion
from surveys.queries import attendance as queries
from surveys.register.enrolment import (
    AttendanceNotKept,
    NotEnrolled,
    Presence,
    UnknownOccasion,
    put_attendance,
    raise_states,
    theme_of,
)

LONGEST_MINUTES = 31 * 24 * 60
# "I am here" can be said from an hour before an occasion begins until two hours after it has ended.
BEFORE_START = timedelta(hours=1)
AFTER_END = timedelta(hours=2)


class OccasionCancelled(Exception):
    """Nobody was at an occasion that was not held."""

    code = "occasion_cancelled"


class BadMinutes(Exception):
    """Minutes of presence that cannot be; ``enrolment_id`` says whose."""

    code = "bad_minutes"

    def __init__(self, enrolment_id: int) -> None:
        super().__init__(str(enrolment_id))
        self.enrolment_id = enrolment_id


@dataclass(frozen=True)
class Mark:
    """What is recorded of a person; ``present`` None: nothing. Of the absent there is no more to say."""

    present: bool | None = None
    theme: str | None = None
    minutes: int | None = None

    @property
    def presence(self) -> Presence | None:
        if self.present is None:
            return None
        return Presence(True, self.theme, self.minutes) if self.present else Presence(False)


NOTHING = Mark()


@dataclass(frozen=True)
class Change:
    """What somebody's page showed of a person, and what they want there."""

    seen: Mark
    wanted: Mark


class ChangedMeanwhile(Exception):
    """Somebody else has recorded another thing of the same people: ``stored``, by enrolment."""

    code = "changed_meanwhile"

    def __init__(self, stored: Mapping[int, Mark]) -> None:
        super().__init__()
        self.stored = stored


def save_marks(
    db: Database, occasion_id: int, changes: Mapping[int, Change], now: datetime, source: str = "staff"
) -> int:
    """Record who was at an occasion, by enrolment; return how many rows were made, corrected or removed.

    Raises UnknownOccasion, AttendanceNotKept, OccasionCancelled, NotEnrolled, UnknownTheme, BadMinutes and
    ChangedMeanwhile; then nothing is saved.
    """
    with db.transaction() as session:
        occasion = held_occasion(session, occasion_id)
        made = {number: each for number, each in changes.items() if each.seen != each.wanted}
        _expect_enrolled(session, occasion, made)
        rows = queries.rows_of(session, occasion.id, made)
        stored = {number: mark_of(rows.get(number)) for number in made}
        strange = {n: stored[n] for n, each in made.items() if stored[n] not in {each.seen, each.wanted}}
        if strange:
            raise ChangedMeanwhile(strange)
        changed = sum(
            _put(session, occasion, n, rows.get(n), each.wanted, source) for n, each in made.items()
        )
        if changed:
            follow_up(session, occasion, made.keys(), now)
        return changed


def renew_door(db: Database, occasion_id: int, user_id: int, now: datetime) -> None:
    """Give an occasion another door code; the one that hangs on the door leads nowhere from now on."""
    with db.transaction() as session:
        occasion = queries.hold_occasion(session, occasion_id)
        if occasion is None:
            raise UnknownOccasion
        occasion.door_id = new_public_id()
        session.add(
            Deed(
                project_id=occasion.series.project_id,
                user_id=user_id,
                done_at=now,
                action="door_code_renewed",
                subject=f"occasion:{occasion.id}",
            )
        )


def held_occasion(session: Session, occasion_id: int) -> Occasion:
    """An occasion at which attendance can be recorded, held until the transaction ends."""
    occasion = queries.hold_occasion(session, occasion_id)
    if occasion is None:
        raise UnknownOccasion
    if not occasion.series.attendance_kept:
        raise AttendanceNotKept
    if occasion.cancelled:
        raise OccasionCancelled
    return occasion


def follow_up(session: Session, occasion: Occasion, enrolments: Collection[int], now: datetime) -> None:
    """What follows from changed attendance of some: their states rise, mailings are planned anew."""
    raise_states(session, occasion.series, enrolments)
    planning.refresh_mailings(session, occasion.series_id, now, only=())


def mark_of(row: Attendance | None) -> Mark:
    if row is None:
        return NOTHING
    return Mark(row.present, row.theme.code if row.theme else None, row.minutes)


def is_on(occasion: Occasion, now: datetime) -> bool:
    """Whether "I am here" can be said of the occasion."""
    if occasion.starts_at is None or occasion.ends_at is None or occasion.cancelled:
        return False
    return occasion.starts_at - BEFORE_START <= now < occasion.ends_at + AFTER_END


def _expect_enrolled(session: Session, occasion: Occasion, changes: Mapping[int, Change]) -> None:
    enrolled = queries.enrolments_among(session, occasion.series_id, changes)
    for number in changes:
        if number not in enrolled:
            raise NotEnrolled(number)


def _put(
    session: Session, occasion: Occasion, enrolment_id: int, row: Attendance | None, mark: Mark, source: str
) -> bool:
    presence = mark.presence
    if presence is None:
        if row is not None:
            session.delete(row)
        return row is not None
    if presence.minutes is not None and not 1 <= presence.minutes <= LONGEST_MINUTES:
        raise BadMinutes(enrolment_id)
    themes = {theme.code: theme for theme in occasion.themes}
    return put_attendance(session, occasion, enrolment_id, row, presence, theme_of(themes, presence), source)
