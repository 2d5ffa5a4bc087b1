"""The occasions of a series, or of all the project, week by week and as a list, with what is sent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import g, request
from markupsafe import Markup

from surveys import clock
from surveys.calendar_days import is_quiet_day
from surveys.domain import timing
from surveys.domain.series import YEARS
from surveys.models.programme import Occasion
from surveys.queries import mailings, send_calendar
from surveys.queries import occasions as queries
from surveys.queries.send_calendar import Line
from surveys.web.filters import short_date
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import (
    address,
    asked_by,
    blueprint,
    crumbs,
    page,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.phrases import _

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
DAYS = 7


@dataclass(frozen=True)
class Day:
    """One day of the week view, in the project's zone."""

    day: date
    today: bool
    quiet: bool
    occasions: Sequence[Occasion]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Listed:
    """An occasion in the list: how many mailings about it are in which state."""

    occasion: Occasion
    states: Mapping[str, int]


@blueprint.get("/projekt/<project>/tillfallen")
@staff("organiser", "evaluator", "reader")
def project_occasions(project: str) -> str:
    return _view(None, address("tillfallen"), crumbs=crumbs((_("Occasions"), None)), tabs=[])


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen")
@staff("organiser", "evaluator", "reader")
def series_occasions(project: str, series: str) -> str:
    here = series_address("tillfallen")
    return _view(g.series.id, here, crumbs=series_crumbs(_("Occasions in time")), tabs=series_tabs())


def _view(series_id: int | None, here: str, **values: object) -> str:
    weekly = request.args.get("vy") == "vecka"
    shown = _week(series_id) if weekly else {"weeks": list(_listed(series_id)), "week_name": week_name}
    return page("occasions", here=here, weekly=weekly, whole=series_id is None, **shown, **values)


def _listed(series_id: int | None) -> Iterator[tuple[date | None, list[Listed]]]:
    """The occasions by the Monday of their week, those without a date last."""
    session = reading_session()
    states = queries.mailing_states(session, g.project.id)
    weeks: dict[date | None, list[Listed]] = {}
    for each in queries.all_of_project(session, g.project.id):
        if series_id is None or each.series_id == series_id:
            monday = _monday(each.starts_wall.date()) if each.starts_wall else None
            weeks.setdefault(monday, []).append(Listed(each, states.get(each.id, {})))
    yield from weeks.items()


def _week(series_id: int | None) -> dict[str, object]:
    session, zone = reading_session(), str(g.project.timezone)
    today = timing.to_wall(clock.now(), zone).date()
    mondays = _mondays(series_id)
    monday = _wanted_week() or _first_week(mondays, today)
    since, until = (_start(monday + timedelta(days=number)) for number in (0, DAYS))
    occasions = queries.between(session, g.project.id, series_id, since, until)
    whose = mailings.in_project(g.project.id) if series_id is None else mailings.in_series(series_id)
    where = whose & mailings.between(since, until) & mailings.not_cancelled()
    lines = send_calendar.lines(session, where, ZoneInfo(zone))
    held = send_calendar.mailings(session, where, lines, 1)
    days = [_day(monday + timedelta(days=number), today, occasions, lines) for number in range(DAYS)]
    return {
        "monday": monday,
        "days": days,
        "held": held,
        "asks": asked_by([mailing for (mailing,) in held.values()]),
        "before": _towards(monday, -1, mondays, today),
        "after": _towards(monday, 1, mondays, today),
        "week_name": week_name(monday),
    }


def _day(day: date, today: date, occasions: Sequence[Occasion], lines: Sequence[Line]) -> Day:
    starts, ends = _start(day), _start(day + timedelta(days=1))
    return Day(
        day,
        day == today,
        is_quiet_day(day),
        [
            each
            for each in occasions
            if each.starts_at and each.ends_at and each.starts_at < ends and each.ends_at > starts
        ],
        [each for each in lines if each.on == day],
    )


def week_name(monday: date) -> Markup:
    """ "Week 5, 1 Feb 2027 – 7 Feb 2027"."""
    number, sunday = monday.isocalendar().week, monday + timedelta(days=DAYS - 1)
    text = _("Week %(number)s", number=number)
    return Markup("{}, {} – {}").format(text, short_date(monday), short_date(sunday))


def _wanted_week() -> date | None:
    match = _WEEK.fullmatch(request.args.get("vecka", ""))
    try:
        found = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def _mondays(series_id: int | None) -> list[date]:
    """The Mondays of the weeks in which an occasion begins."""
    return [
        _monday(each.starts_wall.date())
        for each in queries.all_of_project(reading_session(), g.project.id)
        if each.starts_wall and (series_id is None or each.series_id == series_id)
    ]


def _first_week(mondays: Sequence[date], today: date) -> date:
    """This week, or that of the next occasion, or of the last one."""
    ahead = [monday for monday in mondays if monday >= _monday(today)]
    return min(ahead, default=max(mondays, default=_monday(today)))


def _towards(monday: date, step: int, mondays: Sequence[date], today: date) -> str | None:
    """The week before or after; None where it leads away from every occasion and from this week."""
    next_one = monday + step * timedelta(days=DAYS)
    known = [*mondays, _monday(today)]
    ahead = any(each >= next_one for each in known) if step > 0 else any(each <= next_one for each in known)
    return _week_code(next_one) if ahead else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week_code(monday: date) -> str:
    year, week, _weekday = monday.isocalendar()
    return f"{year}-W{week:02}"


def _start(day: date) -> datetime:
    return timing.to_utc(datetime.combine(day, time()), str(g.project.timezone))
