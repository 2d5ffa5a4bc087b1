"""What a series' rules ask for: rule × target × step → when. Reads rows already loaded, writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from surveys.calendar_days import is_quiet_day
from surveys.domain import quiet, timing
from surveys.domain.quiet import Allowed, Held, Plan, Quiet, Step
from surveys.domain.timing import Moment, Offset
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Occasion, Project, Series
from surveys.queries.planned import Planned
from surveys.queries.planning import Enrolled

ENDED = frozenset({"cancelled", "dropped_out"})
STARTED = frozenset({"expanding", "expanded"})
BY_PERSON = frozenset({"registration", "person_start", "person_end"})
START_OF_DAY, END_OF_DAY = time(), time(23, 59)
Key = tuple[int, str, int]  # rule, target, step


@dataclass(frozen=True)
class Wanted:
    """One mailing that should be there: ``intended`` by its rule, ``due`` after what it gives way to."""

    intended: Moment
    due: Moment
    deferral: str | None
    closes_at: datetime
    occasion_id: int | None
    enrolment_id: int | None


@dataclass(frozen=True)
class _Target:
    name: str
    anchor: datetime  # wall
    zone: str
    occasion_id: int | None = None
    enrolment: Enrolled | None = None


@dataclass(frozen=True)
class Course:
    """A series with what its rules may refer to; ``enrolled`` only where one counts from the person.

    ``held`` are the mailings there are: what has gone, or was set by hand, decides about the steps after it.
    """

    series: Series
    occasions: Sequence[Occasion]
    rules: Sequence[FollowUpRule]
    enrolled: Sequence[Enrolled]
    allowed: Allowed
    held: Mapping[Key, Mailing | Planned] = field(default_factory=dict)


def wanted(course: Course) -> dict[Key, Wanted]:
    """Every mailing of the active rules; none of a series that is not active.

    Raises the errors of ``timing.check_days`` and ``timing.due_at`` for a rule that cannot be, NeverAllowed
    where quiet hours leave no moment.
    """
    found: dict[Key, Wanted] = {}
    for rule in course.rules if course.series.active else ():
        if rule.active:
            timing.check_days(rule.reminder_days, rule.close_after_days)
            plans = _Plans(rule, course.allowed)
            for target in _targets(rule, course):
                found.update(_steps(plans, target, course))
    return found


def allowed_in(project: Project) -> Allowed:
    """When mail of a project may go, by its quiet hours, weekends and holidays."""
    quiet_times = Quiet(project.quiet_from, project.quiet_to, project.quiet_weekends, project.quiet_holidays)
    return Allowed(project.timezone, quiet_times, is_quiet_day)


@dataclass
class _Plans:
    """The plans of a rule. People who came on the same day share theirs: reckoning one is dear."""

    rule: FollowUpRule
    allowed: Allowed
    _firsts: dict[object, Step | None] = field(default_factory=dict)
    _plans: dict[object, Plan] = field(default_factory=dict)

    def first(self, target: _Target) -> Step | None:
        """The first mail as the rule and the quiet hours say; None where the person came too late for it."""
        key = _when(target)
        if key not in self._firsts:
            self._firsts[key] = _first(self.rule, target, self.allowed)
        return self._firsts[key]

    def plan(self, target: _Target, first: Step, held: tuple[Held, ...]) -> Plan:
        key = (_when(target), held)
        if key not in self._plans:
            days = self.rule.reminder_days, self.rule.close_after_days
            self._plans[key] = quiet.plan(first, *days, held, self.allowed)
        return self._plans[key]


def _when(target: _Target) -> object:
    return target.anchor, target.zone, target.enrolment and target.enrolment.added_at


def _steps(plans: _Plans, target: _Target, course: Course) -> Iterator[tuple[Key, Wanted]]:
    rule, first = plans.rule, plans.first(target)
    if first is None:
        return
    keys = [(rule.id, target.name, step) for step in range(len(rule.reminder_days) + 1)]
    held = tuple(_held(course.held.get(key), first if key[2] == 0 else None) for key in keys)
    plan = plans.plan(target, first, held)
    went = held[0].went or plan.steps[0].due
    closes_at = max(plan.closes.utc, went.utc)
    enrolment_id = target.enrolment.id if target.enrolment else None
    for key, each in zip(keys, plan.steps, strict=True):
        yield (
            key,
            Wanted(each.intended, each.due, each.deferral, closes_at, target.occasion_id, enrolment_id),
        )


def _first(rule: FollowUpRule, target: _Target, allowed: Allowed) -> Step | None:
    intended = timing.due_at(
        target.anchor, target.zone, Offset(rule.offset_days, rule.offset_minutes, rule.at_time)
    )
    if target.enrolment is None or not _is_late(intended, target.enrolment.added_at):
        return allowed.step(intended)
    return _caught_up(rule, intended, target.enrolment.added_at, allowed)


def _is_late(intended: Moment, added_at: datetime) -> bool:
    """Whether it should have gone before the day on which the person came to be known."""
    return intended.utc < added_at and intended.wall.date() < timing.to_wall(added_at, intended.zone).date()


def _caught_up(rule: FollowUpRule, intended: Moment, added_at: datetime, allowed: Allowed) -> Step | None:
    closing = timing.due_at(intended.wall, intended.zone, Offset(days=rule.close_after_days))
    if rule.late != "catch_up" or closing.utc <= added_at:
        return None
    step = allowed.step(Moment(added_at, timing.to_wall(added_at, intended.zone), intended.zone))
    return Step(intended, step.due, step.deferral)


def _held(mailing: Mailing | Planned | None, first: Step | None) -> Held:
    """What is settled of a step. ``first`` is what the rule says of the first one, None of a reminder.

    A first mail that has gone counts from when it went, as long as its rule and anchor say what they said.
    """
    if mailing is None:
        return quiet.NOT_HELD
    if mailing.pinned_at is not None:
        return Held(at=_moment(mailing.pinned_at, mailing.timezone), went=_went(mailing))
    if mailing.state not in STARTED:
        return Held(override=True) if mailing.quiet_override else quiet.NOT_HELD
    went = _went(mailing)
    settled = first is not None and first.intended.utc == mailing.intended_at
    return Held(at=went if settled else None, override=mailing.quiet_override, went=went)


def _went(mailing: Mailing | Planned) -> Moment | None:
    if mailing.state not in STARTED:
        return None
    return Moment(mailing.due_at, mailing.due_wall, mailing.timezone)


def _moment(at: datetime, zone: str) -> Moment:
    return Moment(at, timing.to_wall(at, zone), zone)


def _targets(rule: FollowUpRule, course: Course) -> Iterator[_Target]:
    match rule.anchor:
        case "series_start":
            yield from _series_start(course)
        case "series_end":
            yield from _series_end(course)
        case "registration" | "person_start" | "person_end":
            yield from _persons(rule, course)
        case _:
            yield from _occasions(rule, course)


def _series_start(course: Course) -> Iterator[_Target]:
    series = course.series
    if series.starts_on is not None:
        yield _Target("series", datetime.combine(series.starts_on, START_OF_DAY), series.project.timezone)
        return
    starts = [
        (each.starts_at, each.starts_wall, each.timezone)
        for each in course.occasions
        if each.starts_at and each.starts_wall and not each.cancelled
    ]
    for _, wall, zone in sorted(starts)[:1]:
        yield _Target("series", wall, zone)


def _series_end(course: Course) -> Iterator[_Target]:
    series = course.series
    if series.ends_on is not None:
        # The last day counts whole; a rule with a time of its own sets the clock anyway.
        yield _Target("series", datetime.combine(series.ends_on, END_OF_DAY), series.project.timezone)
        return
    ends = [
        (each.ends_at, each.ends_wall, each.timezone)
        for each in course.occasions
        if each.ends_at and each.ends_wall and not each.cancelled
    ]
    for _, wall, zone in sorted(ends)[-1:]:
        yield _Target("series", wall, zone)


def _persons(rule: FollowUpRule, course: Course) -> Iterator[_Target]:
    zone = course.series.project.timezone
    for each in course.enrolled:
        wall = None if each.state in ENDED else _person_anchor(rule.anchor, each, zone)
        if wall is not None:
            yield _Target(f"enrolment:{each.id}", wall, zone, enrolment=each)


def _person_anchor(anchor: str, enrolment: Enrolled, zone: str) -> datetime | None:
    match anchor:
        case "registration":
            return timing.to_wall(enrolment.registered_at, zone)
        case "person_start":
            return datetime.combine(enrolment.starts_on, START_OF_DAY) if enrolment.starts_on else None
        case _:
            return datetime.combine(enrolment.ends_on, END_OF_DAY) if enrolment.ends_on else None


def _occasions(rule: FollowUpRule, course: Course) -> Iterator[_Target]:
    for occasion in course.occasions:
        wall = occasion.starts_wall if rule.anchor == "occasion_start" else occasion.ends_wall
        if wall is not None and asks_about(rule, occasion):
            yield _Target(f"occasion:{occasion.id}", wall, occasion.timezone, occasion_id=occasion.id)


def asks_about(rule: FollowUpRule, occasion: Occasion) -> bool:
    """Whether an occasion rule applies to ``occasion``: named by code, or measured and of the kind."""
    which = rule.occasions or {}
    if occasion.cancelled:
        return False
    if "codes" in which:
        return occasion.code in which["codes"]
    return occasion.measured and which.get("kind") in {None, occasion.kind}


def why_not(series: Series, rule: FollowUpRule, occasion: Occasion | None, has_left: bool) -> str:
    """The code of why a mailing that was planned is not wanted any more."""
    if not series.active:
        return "series_inactive"
    if not rule.active:
        return "rule_inactive"
    if occasion is not None and occasion.cancelled:
        return "occasion_cancelled"
    if occasion is not None and occasion.starts_at is None:
        return "no_date"
    if has_left:
        return "enrolment_ended"
    return "rule_changed"
