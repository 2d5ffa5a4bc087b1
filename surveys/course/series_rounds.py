"""Use-cases: a series held again (a new round), copied with its occasions and rules but sending nothing
until somebody has looked through its dates and confirmed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from surveys.calendar_days import is_quiet_day
from surveys.course.series import held, refreshed, refuse_taken
from surveys.database import Database
from surveys.domain import timing
from surveys.domain.series import YEARS, BadFields, code_from
from surveys.followups import difference
from surveys.followups.difference import Difference
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule
from surveys.models.programme import Occasion, Series, Theme
from surveys.queries import attendance
from surveys.queries import occasions as queries
from surveys.queries.projects import hold_project

T = TypeVar("T", date, datetime)

_OF_SERIES = (
    "project_id",
    "subproject_id",
    "audience",
    "attendance_kept",
    "completion_minimum",
    "response_rows",
    "told_by",
)
_OF_OCCASION = ("code", "number", "round", "position", "kind", "title", "place", "timezone", "measured")
_OF_RULE = (
    "code",
    "position",
    "questionnaire_id",
    "log_prompt",
    "anchor",
    "offset_days",
    "offset_minutes",
    "at_time",
    "audience",
    "audience_filter",
    "late",
    "attendance_wait_hours",
    "attendance_default",
    "occasions",
    "reminder_days",
    "close_after_days",
    "active",
)


class AlreadyConfirmed(Exception):
    """The series sends already."""

    code = "already_confirmed"


@dataclass(frozen=True)
class Check:
    """Something to look at before a round is confirmed; ``occasions`` are those it is about."""

    code: str
    occasions: tuple[Occasion, ...] = ()


def first_day(occasions: Sequence[Occasion], series: Series) -> date | None:
    """The day that a series begins, from which a new round's dates are counted."""
    days = [each.starts_wall.date() for each in occasions if each.starts_wall]
    return min(days) if days else series.starts_on


def copy_round(db: Database, series_id: int, title: str, starts_on: date | None, now: datetime) -> str:
    """Copy a series with its occasions and rules, its first day on ``starts_on``; returns the code.

    Every date moves by as many days and keeps its time by the clock; without ``starts_on`` dates are left
    open. Nobody is enrolled and nothing is sent until :func:`confirm_round`. What was cancelled is planned
    again. Raises :class:`BadFields` (title: title_taken; starts_on: year_out_of_range, nothing_to_move,
    ends_before_start) and ``SeriesGone``.
    """
    with db.transaction() as session:
        source = held(session, series_id)
        hold_project(session, source.project_id)
        refuse_taken(session, source.project_id, title)
        occasions = queries.occasions_of(session, series_id)
        by = _distance(first_day(occasions, source), starts_on)
        copy = _copied_series(session, source, title, by)
        _copy_occasions(session, occasions, copy, by)
        for rule in queries.rules_of(session, series_id):
            values = {name: getattr(rule, name) for name in _OF_RULE}
            session.add(FollowUpRule(series_id=copy.id, **values))
        refreshed(session, copy.id, difference.photograph(session, copy.id, now), now)
        return copy.code


def confirm_round(
    db: Database, series_id: int, user_id: int | None, now: datetime, *, rehearse: bool = False
) -> Difference:
    """Let a copied round, or a series switched off, send; returns what will be.

    Raises :class:`AlreadyConfirmed`, ``SeriesGone``.
    """
    with db.transaction(rehearse) as session:
        series = held(session, series_id)
        if series.active:
            raise AlreadyConfirmed
        before = difference.photograph(session, series_id, now)
        series.active = True
        session.add(
            Deed(
                project_id=series.project_id,
                user_id=user_id,
                done_at=now,
                action="round_confirmed" if series.round_of_id else "series_on",
                subject=f"series:{series.id}",
            )
        )
        return refreshed(session, series_id, before, now)


def checks(session: Session, series: Series, now: datetime) -> list[Check]:
    """What to look at before confirming: no_people, no_rules, no_occasions, undated, past, quiet_day,
    was_cancelled."""
    occasions = queries.occasions_of(session, series.id)
    found = []
    if not attendance.enrolled(session, series.id):
        found.append(Check("no_people"))
    if not any(rule.active for rule in queries.rules_of(session, series.id)):
        found.append(Check("no_rules"))
    if not occasions:
        found.append(Check("no_occasions"))
    before = {each.code: each for each in queries.occasions_of(session, series.round_of_id or 0)}
    about = {
        "undated": [each for each in occasions if each.starts_at is None],
        "past": [each for each in occasions if each.starts_at and each.starts_at <= now],
        "quiet_day": [each for each in occasions if _on_quiet_day(each)],
        "was_cancelled": [each for each in occasions if each.code in before and before[each.code].cancelled],
    }
    return found + [Check(code, tuple(which)) for code, which in about.items() if which]


def _on_quiet_day(occasion: Occasion) -> bool:
    if occasion.starts_wall is None or occasion.ends_wall is None:
        return False
    first, days = occasion.starts_wall.date(), (occasion.ends_wall.date() - occasion.starts_wall.date()).days
    every = [first + timedelta(days=number) for number in range(days + 1)]
    return any(each.weekday() >= 5 or is_quiet_day(each) for each in every[: 1 if days > 4 else None])


def _distance(first: date | None, starts_on: date | None) -> timedelta | None:
    if starts_on is None:
        return None
    if first is None:
        raise BadFields({"starts_on": "nothing_to_move"})
    return starts_on - first


def _later(moment: T | None, by: timedelta | None) -> T | None:
    if moment is None or by is None:
        return None
    try:
        moved = moment + by
    except OverflowError:
        raise BadFields({"starts_on": "year_out_of_range"}) from None
    if moved.year not in YEARS:
        raise BadFields({"starts_on": "year_out_of_range"})
    return moved


def _copied_series(session: Session, source: Series, title: str, by: timedelta | None) -> Series:
    copy = Series(
        code=code_from(title, queries.series_codes(session, source.project_id), "omgang"),
        title=title,
        starts_on=_later(source.starts_on, by),
        ends_on=_later(source.ends_on, by),
        position=queries.last_position(session, source.project_id) + 1,
        active=False,
        round_of_id=source.id,
        **{name: getattr(source, name) for name in _OF_SERIES},
    )
    session.add(copy)
    session.flush()
    return copy


def _copy_occasions(
    session: Session, occasions: Sequence[Occasion], copy: Series, by: timedelta | None
) -> None:
    made = {each.id: _copied(each, copy, by) for each in occasions}
    session.add_all(made.values())
    session.flush()
    for each in occasions:
        if each.continues_id in made:
            made[each.id].continues_id = made[each.continues_id].id
    session.flush()


def _copied(occasion: Occasion, copy: Series, by: timedelta | None) -> Occasion:
    starts, ends = _later(occasion.starts_wall, by), _later(occasion.ends_wall, by)
    starts_at = timing.to_utc(starts, occasion.timezone) if starts else None
    ends_at = timing.to_utc(ends, occasion.timezone) if ends else None
    if starts_at and ends_at and ends_at <= starts_at:
        # the clocks are put forward over all of it
        raise BadFields({"starts_on": "ends_before_start"})
    return Occasion(
        series_id=copy.id,
        starts_wall=starts,
        ends_wall=ends,
        starts_at=starts_at,
        ends_at=ends_at,
        themes=[Theme(code=theme.code, title=theme.title) for theme in occasion.themes],
        **{name: getattr(occasion, name) for name in _OF_OCCASION},
    )
