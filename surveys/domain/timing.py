"""Moments: from a wall clock and an offset to a moment in UTC. Knows no clock; ``now`` is an argument.

A *wall* is a naive datetime, what a clock on the wall of a place shows. A *moment* is an aware datetime.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)

_WALL = re.compile(r"\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):\d{2}(:\d{2})?", re.ASCII)


class TimingError(ValueError):
    """Something about dates that cannot be; ``code`` is stable, the attributes are the parameters."""

    code = "timing"


class UnknownZone(TimingError):
    """No such time zone in the tz database."""

    code = "unknown_zone"

    def __init__(self, zone: str) -> None:
        super().__init__(f"unknown time zone: {zone!r}")
        self.zone = zone


class ImpossibleDate(TimingError):
    """A date that no calendar has (30 February), or one written in another way than YYYY-MM-DD HH:MM."""

    code = "impossible_date"

    def __init__(self, text: str) -> None:
        super().__init__(f"impossible date: {text!r}")
        self.text = text


class OutsideCalendar(TimingError):
    """An offset that leads outside the years 1–9999."""

    code = "outside_calendar"

    def __init__(self) -> None:
        super().__init__("outside the years 1 to 9999")


class ReminderNotLater(TimingError):
    """A reminder less than one day after the first mail."""

    code = "reminder_not_later"

    def __init__(self, days: int) -> None:
        super().__init__(f"a reminder comes at least 1 day after the first mail, not {days}")
        self.days = days


class RemindersUnordered(TimingError):
    """Reminders that are not each later than the one before."""

    code = "reminders_unordered"

    def __init__(self, earlier: int, later: int) -> None:
        super().__init__(f"reminder after {later} days follows one after {earlier} days")
        self.earlier = earlier
        self.later = later


class ReminderAfterClosing(TimingError):
    """A reminder at closing or later."""

    code = "reminder_after_closing"

    def __init__(self, days: int, close_after_days: int) -> None:
        super().__init__(f"reminder after {days} days, but closing after {close_after_days}")
        self.days = days
        self.close_after_days = close_after_days


class ClosesTooSoon(TimingError):
    """Closing less than one day after the first mail."""

    code = "closes_too_soon"

    def __init__(self, close_after_days: int) -> None:
        super().__init__(f"closing comes at least 1 day after the first mail, not {close_after_days}")
        self.close_after_days = close_after_days


@dataclass(frozen=True, slots=True)
class Offset:
    """How far from an anchor: ``days`` keep the wall clock, then ``at`` sets it, then ``minutes`` elapse."""

    days: int = 0
    minutes: int = 0
    at: time | None = None

    def __post_init__(self) -> None:
        if self.at is not None and self.at.tzinfo is not None:
            raise ValueError("a wall clock time has no zone of its own")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with the wall time that was intended and the zone it was meant in.

    ``wall`` is kept as intended even where the clocks skip it, so that whatever is counted in days from here
    comes at the intended time again. ``utc`` decides.
    """

    utc: datetime
    wall: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The first mail, its reminders in order, and the closing."""

    first: Moment
    reminders: tuple[Moment, ...]
    closes: Moment


def wall_time(text: str) -> datetime:
    """The wall time written as ``2027-03-01 18:00`` (or with a ``T``); ImpossibleDate for any other."""
    if not _WALL.fullmatch(text):
        raise ImpossibleDate(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ImpossibleDate(text) from None


def to_utc(wall: datetime, zone: str) -> datetime:
    """The moment (UTC) when a clock in ``zone`` shows ``wall`` (naive).

    A wall time that comes twice means the first; one that is skipped means the first moment after the gap.
    Raises UnknownZone, and OutsideCalendar at the very ends of the calendar.
    """
    _refuse_zone(wall)
    place = _place(zone)
    try:
        moment = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
        if moment.astimezone(place).replace(tzinfo=None) == wall:
            return moment
        return _end_of_gap(wall, place)
    except OverflowError:
        raise OutsideCalendar from None


def to_wall(moment: datetime, zone: str) -> datetime:
    """What a clock in ``zone`` shows (naive) at ``moment`` (aware). Raises UnknownZone, OutsideCalendar."""
    try:
        return _utc(moment).astimezone(_place(zone)).replace(tzinfo=None, fold=0)
    except OverflowError:
        raise OutsideCalendar from None


def due_at(anchor_wall: datetime, zone: str, offset: Offset) -> Moment:
    """The moment ``offset`` away from ``anchor_wall`` (naive, in ``zone``).

    With ``minutes`` the wall time is what the clocks show when they have elapsed; nobody intended another.
    Raises UnknownZone, OutsideCalendar.
    """
    _refuse_zone(anchor_wall)
    try:
        wall = anchor_wall.replace(fold=0) + timedelta(days=offset.days)
        if offset.at is not None:
            wall = datetime.combine(wall, offset.at.replace(fold=0))
        utc = to_utc(wall, zone) + timedelta(minutes=offset.minutes)
    except OverflowError:
        raise OutsideCalendar from None
    return Moment(utc, to_wall(utc, zone) if offset.minutes else wall, zone)


def steps(
    anchor_wall: datetime, zone: str, offset: Offset, reminders: Sequence[int], close_after_days: int
) -> Schedule:
    """First mail, reminders and closing of a follow-up rule at one anchor.

    ``reminders`` and ``close_after_days`` are days after the first mail, at the same time by the wall clock.
    Raises ClosesTooSoon, ReminderNotLater, RemindersUnordered, ReminderAfterClosing; else as ``due_at``.
    """
    check_days(reminders, close_after_days)
    first = due_at(anchor_wall, zone, offset)

    def later(days: int) -> Moment:
        return due_at(first.wall, zone, Offset(days=days))

    return Schedule(first, tuple(later(days) for days in reminders), later(close_after_days))


def verdict(
    due: datetime, now: datetime, catch_up: timedelta, closes: datetime
) -> Literal["wait", "send", "missed"]:
    """Whether what is ``due`` waits, is sent, or has been missed at ``now`` (all aware).

    Missed when more than ``catch_up`` late, or from the moment of closing on.
    """
    if catch_up < timedelta(0):
        raise ValueError("nothing is late before it is due")
    # in UTC: two datetimes of one zone compare by their wall clocks, which is wrong when the clocks change
    late = _utc(now) - _utc(due)
    if late > catch_up or _utc(now) >= _utc(closes):
        return "missed"
    return "send" if late >= timedelta(0) else "wait"


def backoff(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the ``attempt``-th failed attempt (1, 2 …), with ``jitter`` drawn from [0, 1).

    Half of the capped exponential for certain and up to the other half by chance: "equal jitter" of
    M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015. Not "full jitter", which may
    wait no time at all: a mail server that said "later" (greylisting) must not be asked again at once.
    """
    if attempt < 1:
        raise ValueError("attempts are counted from 1")
    if not 0 <= jitter < 1:
        raise ValueError("jitter lies in [0, 1)")
    # 2**16 minutes is far beyond the cap; a larger exponent would only overflow
    half: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt - 1, 16)) / 2
    return half + half * jitter


def _place(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # ValueError: a path instead of a name; OSError: a folder of the database, such as "Europe"
        raise UnknownZone(zone) from None


def _refuse_zone(wall: datetime) -> None:
    if wall.tzinfo is not None:
        raise ValueError("a wall time is naive")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    return moment.astimezone(UTC)


def _end_of_gap(wall: datetime, place: ZoneInfo) -> datetime:
    """The first whole second after the gap that ``wall`` lies in, found by bisection.

    PEP 495: in a gap, fold=1 counts with the offset after it and so lands before the change; fold=0 after.
    """
    before = wall.replace(microsecond=0, tzinfo=place, fold=1).astimezone(UTC)
    after = wall.replace(microsecond=0, tzinfo=place, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(place).replace(tzinfo=None) > wall:
            after = middle
        else:
            before = middle
    return after


def check_days(reminders: Sequence[int], close_after_days: int) -> None:
    """Refuse days after a first mail that cannot be: ClosesTooSoon, ReminderNotLater, RemindersUnordered,
    ReminderAfterClosing.
    """
    if close_after_days < 1:
        raise ClosesTooSoon(close_after_days)
    for days in reminders:
        if days < 1:
            raise ReminderNotLater(days)
        if days >= close_after_days:
            raise ReminderAfterClosing(days, close_after_days)
    for earlier, later in pairwise(reminders):
        if earlier >= later:
            raise RemindersUnordered(earlier, later)
