"""When no mail goes: quiet hours, weekends and holidays; and how the steps of a rule give way to them.

Knows no calendar of its own: which days are holidays comes as a function.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from surveys.domain import timing
from surveys.domain.timing import Moment, Offset, TimingError

MOST_DAYS = 400
SATURDAY = 5

IsHoliday = Callable[[date], bool]


class NeverAllowed(TimingError):
    """No moment within 400 days at which a mail may go."""

    code = "never_allowed"

    def __init__(self) -> None:
        super().__init__(f"nothing may be sent for {MOST_DAYS} days")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet from ``start`` until ``end`` by the wall clock (over midnight where ``start`` is the later; both
    or neither), and on whole days.
    """

    start: time | None = None
    end: time | None = None
    weekends: bool = False
    holidays: bool = False

    @property
    def never(self) -> bool:
        """Whether it leaves no time to send at all: quiet hours that end when they begin."""
        return self.start is not None and self.start == self.end


@dataclass(frozen=True, slots=True)
class Step:
    """One mail of a rule: when it was meant to go, when it goes, and the code of what it gave way to."""

    intended: Moment
    due: Moment
    deferral: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What is settled about a step whatever the rule says.

    ``at``: it goes then, and later steps count from there. ``override``: it gives way to no quiet hours.
    ``went``: when it has gone in fact, which the next step keeps its distance to.
    """

    at: Moment | None = None
    override: bool = False
    went: Moment | None = None


NOT_HELD = Held()


@dataclass(frozen=True, slots=True)
class Plan:
    """The first mail and its reminders, and the closing."""

    steps: tuple[Step, ...]
    closes: Moment


def next_allowed(
    moment: datetime, zone: str, quiet: Quiet, is_holiday: IsHoliday
) -> tuple[datetime, str | None]:
    """The first moment (UTC) from ``moment`` (aware) on that is not quiet by the clock of ``zone``, and why.

    Why is None where ``moment`` itself is allowed, else ``weekend`` or ``holiday`` where such a day was met
    on the way, else ``quiet_hours``. Raises NeverAllowed, UnknownZone, OutsideCalendar.
    """
    at, why = moment.astimezone(UTC), None
    latest = _latest(at)
    while (found := _end_of_quiet(timing.to_wall(at, zone), quiet, is_holiday)) is not None:
        end, reason = found
        if at > latest:
            raise NeverAllowed
        why = reason if why in {None, "quiet_hours"} else why
        then = timing.to_utc(end, zone)
        # Where the clock goes back, a wall time that comes twice lies behind: on, until it is past again.
        at = then if then > at else at + timedelta(minutes=1)
    return at, why


def plan(
    first: Step, later: Sequence[int], close_after_days: int, held: Sequence[Held], allowed: "Allowed"
) -> Plan:
    """The steps and the closing that follow from the ``first`` mail.

    ``later`` and ``close_after_days`` are days after the first mail really goes, at its time by the wall
    clock; ``held`` belongs to the steps in order, the first one's with it. No step comes within a day (by
    the wall clock) of the one before it: it waits for the next allowed moment then. A reminder may so end
    up at closing or later. Raises what ``next_allowed`` and ``timing.due_at`` raise.
    """
    steps = [_first(first, _nth(held, 0))]
    base = steps[0].due
    for number, days in enumerate(later, start=1):
        intended = timing.due_at(base.wall, base.zone, Offset(days=days))
        before = _nth(held, number - 1).went or steps[-1].due
        steps.append(_later(before, intended, _nth(held, number), allowed))
    return Plan(tuple(steps), timing.due_at(base.wall, base.zone, Offset(days=close_after_days)))


@dataclass(frozen=True, slots=True)
class Allowed:
    """A project's quiet times: from any moment to the next at which mail may go."""

    zone: str
    quiet: Quiet
    is_holiday: IsHoliday

    def step(self, intended: Moment) -> Step:
        """When a mail meant for ``intended`` goes; its wall time is by the clock it was meant in."""
        if self.quiet == Quiet():
            return Step(intended, intended)
        at, why = next_allowed(intended.utc, self.zone, self.quiet, self.is_holiday)
        if why is None:
            return Step(intended, intended)
        return Step(intended, Moment(at, timing.to_wall(at, intended.zone), intended.zone), why)


def _first(first: Step, held: Held) -> Step:
    if held.at is not None:
        return Step(first.intended, held.at, first.deferral if held.at == first.due else None)
    return Step(first.intended, first.intended) if held.override else first


def _later(before: Moment, intended: Moment, held: Held, allowed: Allowed) -> Step:
    if held.at is not None:
        return Step(intended, held.at)
    step = Step(intended, intended) if held.override else allowed.step(intended)
    soonest = timing.due_at(before.wall, before.zone, Offset(days=1))
    if step.due.utc >= soonest.utc:
        return step
    if held.override:
        return Step(intended, soonest)
    pushed = allowed.step(soonest)
    return Step(intended, pushed.due, pushed.deferral or step.deferral)


def _nth(held: Sequence[Held], number: int) -> Held:
    return held[number] if number < len(held) else NOT_HELD


def _latest(at: datetime) -> datetime:
    try:
        return at + timedelta(days=MOST_DAYS)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _end_of_quiet(wall: datetime, quiet: Quiet, is_holiday: IsHoliday) -> tuple[datetime, str] | None:
    """When what is quiet at ``wall`` ends, and its code; None where nothing is."""
    if quiet.weekends and wall.weekday() >= SATURDAY:
        return _next_day(wall), "weekend"
    if quiet.holidays and is_holiday(wall.date()):
        return _next_day(wall), "holiday"
    if quiet.start is None or quiet.end is None:
        return None
    end = _end_of_hours(wall, quiet.start, quiet.end)
    return (end, "quiet_hours") if end is not None else None


def _end_of_hours(wall: datetime, start: time, end: time) -> datetime | None:
    clock = wall.time()
    if start < end:
        return datetime.combine(wall, end) if start <= clock < end else None
    if clock < end:
        return datetime.combine(wall, end)
    return datetime.combine(_next_day(wall), end) if clock >= start else None


def _next_day(wall: datetime) -> datetime:
    try:
        return datetime.combine(wall, time()) + timedelta(days=1)
    except OverflowError:
        raise timing.OutsideCalendar from None
