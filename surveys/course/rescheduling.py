"""Moving, cancelling and reinstating occasions, with all that follows: mailings move, those told are told.

With ``rehearse`` a change is carried out, looked at and undone: what comes back is the difference that it
would make.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import timing
from surveys.followups import planning
from surveys.followups.difference import Difference, difference, photograph
from surveys.models.deeds import Deed
from surveys.models.programme import JsonObject, Occasion, OccasionChange
from surveys.outbox.notices import Stand, notify, stand
from surveys.queries import notices as queries

LONGEST_PLACE = 200
MOST_DAYS = 3660  # of moving the rest: ten years


class ReschedulingError(ValueError):
    """A change of an occasion that cannot be made; ``code`` is stable."""

    code = "rescheduling"


class UnknownOccasion(ReschedulingError):
    """There is no such occasion."""

    code = "unknown_occasion"


class EndsBeforeStart(ReschedulingError):
    """It would end when it begins or before, by the clock or because the clocks change."""

    code = "ends_before_start"


class NothingChanged(ReschedulingError):
    """It is like that already."""

    code = "nothing_changed"


class NoDate(ReschedulingError):
    """The occasion has no date to count from."""

    code = "no_date"


class TooManyDays(ReschedulingError):
    """More than MOST_DAYS days."""

    code = "too_many_days"


class BadPlace(ReschedulingError):
    """A place that is too long, or holds what cannot be stored."""

    code = "bad_place"


class OccasionConflict(ReschedulingError):
    """Somebody else has changed the occasion meanwhile."""

    code = "occasion_conflict"


@dataclass(frozen=True)
class When:
    """When and where an occasion is held. Wall times are naive, in ``timezone``; ``place`` None: not said."""

    starts_wall: datetime
    ends_wall: datetime
    timezone: str
    place: str | None


@dataclass(frozen=True)
class By:
    """Who changes an occasion, when (UTC) and why.

    ``seen`` is the sequence that the change was made from, None where nothing was looked at;
    ``quiet_override`` lets the notices go in quiet hours.
    """

    user_id: int | None
    now: datetime
    why: str = ""
    seen: int | None = None
    quiet_override: bool = False


def change_occasion(
    db: Database, occasion_id: int, wanted: When, by: By, rehearse: bool = False
) -> Difference:
    """Move an occasion in time or place; those who had a mail about it are told.

    Raises UnknownOccasion, EndsBeforeStart, BadPlace, NothingChanged, OccasionConflict, and of ``timing``
    UnknownZone and OutsideCalendar.
    """
    act = _Act("move_occasion", by, lambda each: _place(each, wanted))
    return _change_one(db, occasion_id, act, rehearse)


def cancel_occasion(db: Database, occasion_id: int, by: By, rehearse: bool = False) -> Difference:
    """Call an occasion off: of it nothing goes but the notice, to those who had a mail about it.

    Raises UnknownOccasion, NothingChanged (it is called off already), OccasionConflict.
    """
    act = _Act("cancel_occasion", by, lambda each: _set_cancelled(each, True))
    return _change_one(db, occasion_id, act, rehearse)


def reinstate_occasion(db: Database, occasion_id: int, by: By, rehearse: bool = False) -> Difference:
    """Let an occasion that was called off be held after all. Raises as :func:`cancel_occasion`."""
    act = _Act("reinstate_occasion", by, lambda each: _set_cancelled(each, False))
    return _change_one(db, occasion_id, act, rehearse)


def move_rest(db: Database, occasion_id: int, days: int, by: By, rehearse: bool = False) -> Difference:
    """Move an occasion and those of its series after it in time, cancelled ones too, by so many days.

    Clocks keep their time; ``days`` may be negative. Raises UnknownOccasion, NoDate, TooManyDays,
    NothingChanged (for 0 days), OccasionConflict, EndsBeforeStart, OutsideCalendar.
    """
    if abs(days) > MOST_DAYS:
        raise TooManyDays
    act = _Act("move_rest", by, lambda each: _shift(each, days), {"days": days})
    with db.transaction(rehearse) as session:
        first = _hold(session, occasion_id, by.seen)
        if first.starts_at is None:
            raise NoDate
        return _carry_out(session, queries.hold_rest(session, first), act)


def record_change(
    session: Session,
    occasion: Occasion,
    before: Stand,
    ended_at: datetime | None,
    now: datetime,
    quiet_override: bool = False,
) -> bool:
    """Take down that an occasion, already changed, was ``before``, and tell those who had a mail about it.

    ``ended_at`` is when it would have ended. Returns whether anything there is to be told differs. The
    caller refreshes the mailings in the same transaction.
    """
    if stand(occasion) == before:
        return False
    session.add(
        OccasionChange(
            occasion_id=occasion.id,
            sequence=occasion.sequence,
            starts_wall=before.starts_wall,
            ends_wall=before.ends_wall,
            timezone=before.timezone,
            place=before.place,
            cancelled=before.cancelled,
            changed_at=now,
        )
    )
    occasion.sequence += 1
    notify(session, occasion, now, quiet_override, ended_at)
    return True


def forget_changes(session: Session, occasion_id: int) -> None:
    """Before an occasion that nobody was mailed about is deleted: what it was before goes with it."""
    queries.forget(session, occasion_id)


# Carrying out


@dataclass(frozen=True)
class _Act:
    action: str
    by: By
    change: Callable[[Occasion], None]
    details: JsonObject = field(default_factory=dict)


def _change_one(db: Database, occasion_id: int, act: _Act, rehearse: bool) -> Difference:
    with db.transaction(rehearse) as session:
        return _carry_out(session, [_hold(session, occasion_id, act.by.seen)], act)


def _hold(session: Session, occasion_id: int, seen: int | None) -> Occasion:
    occasion = queries.hold_occasion(session, occasion_id)
    if occasion is None:
        raise UnknownOccasion
    if seen is not None and seen != occasion.sequence:
        raise OccasionConflict
    return occasion


def _carry_out(session: Session, occasions: Sequence[Occasion], act: _Act) -> Difference:
    series_id, now = occasions[0].series_id, act.by.now
    before = photograph(session, series_id, now, only=())
    changed = [each for each in occasions if _change(session, each, act)]
    if not changed:
        raise NothingChanged
    planning.refresh_mailings(session, series_id, now, only=())
    project_id = queries.project_of(session, series_id)
    session.add_all(_deed(each, project_id, act) for each in changed)
    return difference(before, photograph(session, series_id, now, only=()))


def _change(session: Session, occasion: Occasion, act: _Act) -> bool:
    before, ended_at = stand(occasion), occasion.ends_at
    act.change(occasion)
    return record_change(session, occasion, before, ended_at, act.by.now, act.by.quiet_override)


def _place(occasion: Occasion, wanted: When) -> None:
    place = (wanted.place or "").strip() or None
    if place is not None and not _is_fit(place):
        raise BadPlace
    starts_at = timing.to_utc(wanted.starts_wall, wanted.timezone)
    ends_at = timing.to_utc(wanted.ends_wall, wanted.timezone)
    if ends_at <= starts_at or wanted.ends_wall <= wanted.starts_wall:
        raise EndsBeforeStart
    occasion.starts_wall, occasion.ends_wall = wanted.starts_wall, wanted.ends_wall
    occasion.starts_at, occasion.ends_at = starts_at, ends_at
    occasion.timezone, occasion.place = wanted.timezone, place


def _is_fit(place: str) -> bool:
    try:
        place.encode()
    except UnicodeEncodeError:
        return False
    return len(place) <= LONGEST_PLACE and "\0" not in place


def _shift(occasion: Occasion, days: int) -> None:
    if occasion.starts_wall is None or occasion.ends_wall is None:
        return
    try:
        starts, ends = (each + timedelta(days=days) for each in (occasion.starts_wall, occasion.ends_wall))
    except OverflowError:
        raise timing.OutsideCalendar from None
    _place(occasion, When(starts, ends, occasion.timezone, occasion.place))


def _set_cancelled(occasion: Occasion, cancelled: bool) -> None:
    occasion.cancelled = cancelled


def _deed(occasion: Occasion, project_id: int, act: _Act) -> Deed:
    return Deed(
        project_id=project_id,
        user_id=act.by.user_id,
        done_at=act.by.now,
        action=act.action,
        subject=f"occasion:{occasion.id}",
        why=act.by.why,
        details={"sequence": occasion.sequence, **act.details},
    )
