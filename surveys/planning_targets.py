"""What a series' rules ask for: rule × target × step → when. Reads rows already loaded, writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from surveys.domain import timing
from surveys.domain.timing import Moment, Offset
from surveys.models.followup import FollowUpRule
from surveys.models.people import Enrolment
from surveys.models.programme import Occasion, Series

ENDED = frozenset({"cancelled", "dropped_out"})
Key = tuple[int, str, int]  # rule, target, step


@dataclass(frozen=True)
class Wanted:
    """One mailing that should be there."""

    due: Moment
    closes_at: datetime
    occasion_id: int | None
    enrolment_id: int | None


@dataclass(frozen=True)
class _Target:
    name: str
    anchor: datetime  # wall
    zone: str
    occasion_id: int | None = None
    enrolment_id: int | None = None


@dataclass(frozen=True)
class Course:
    """A series with what its rules may refer to; ``enrolled`` only where one counts from registration."""

    series: Series
    occasions: Sequence[Occasion]
    rules: Sequence[FollowUpRule]
    enrolled: Sequence[Enrolment]


def wanted(course: Course) -> dict[Key, Wanted]:
    """Every mailing of the active rules.

    Raises the errors of ``timing.steps`` for a rule that cannot be.
    """
    found: dict[Key, Wanted] = {}
    for rule in course.rules:
        if rule.active:
            for target in _targets(rule, course):
                found |= _steps(rule, target)
    return found


def _steps(rule: FollowUpRule, target: _Target) -> dict[Key, Wanted]:
    offset = Offset(rule.offset_days, rule.offset_minutes, rule.at_time)
    plan = timing.steps(target.anchor, target.zone, offset, rule.reminder_days, rule.close_after_days)
    return {
        (rule.id, target.name, step): Wanted(due, plan.closes.utc, target.occasion_id, target.enrolment_id)
        for step, due in enumerate((plan.first, *plan.reminders))
    }


def _targets(rule: FollowUpRule, course: Course) -> Iterator[_Target]:
    match rule.anchor:
        case "series_start":
            yield from _series_start(course)
        case "series_end":
            yield from _series_end(course)
        case "registration":
            yield from _registrations(course)
        case _:
            yield from _occasions(rule, course)


def _series_start(course: Course) -> Iterator[_Target]:
    series = course.series
    if series.starts_on is not None:
        yield _Target("series", datetime.combine(series.starts_on, time()), series.project.timezone)
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
        yield _Target("series", datetime.combine(series.ends_on, time(23, 59)), series.project.timezone)
        return
    ends = [
        (each.ends_at, each.ends_wall, each.timezone)
        for each in course.occasions
        if each.ends_at and each.ends_wall and not each.cancelled
    ]
    for _, wall, zone in sorted(ends)[-1:]:
        yield _Target("series", wall, zone)


def _registrations(course: Course) -> Iterator[_Target]:
    zone = course.series.project.timezone
    for each in course.enrolled:
        if each.state not in ENDED:
            wall = timing.to_wall(each.registered_at, zone)
            yield _Target(f"enrolment:{each.id}", wall, zone, enrolment_id=each.id)


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


def why_not(rule: FollowUpRule, occasion: Occasion | None, enrolment: Enrolment | None) -> str:
    """The code of why a mailing that was planned is not wanted any more."""
    if not rule.active:
        return "rule_inactive"
    if occasion is not None and occasion.cancelled:
        return "occasion_cancelled"
    if occasion is not None and occasion.starts_at is None:
        return "no_date"
    if enrolment is not None and enrolment.state in ENDED:
        return "enrolment_ended"
    return "rule_changed"
