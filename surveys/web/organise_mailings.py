"""The send calendar and what became of each mailing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import abort, g, request

from surveys import clock, results
from surveys.models.followup import Mailing
from surveys.models.message import Heartbeat
from surveys.queries import mailings as queries
from surveys.queries import people as people_queries
from surveys.queries import planning as planning_queries
from surveys.queries import projects as project_queries
from surveys.results_model import Measurement
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise_base import (
    Crumbs,
    address,
    asked_by,
    blueprint,
    crumbs,
    page,
    page_number,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.organise_rules import in_words
from surveys.web.phrases import _

SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Day:
    on: date
    today: bool
    mailings: Sequence[Mailing]


@blueprint.get("/projekt/<project>/utskick")
@staff("organiser")
def mailings(project: str) -> str:
    where = queries.in_project(g.project.id)
    return _calendar(where, crumbs((_("Mailings"), None)), [], address("utskick"), False)


@blueprint.get("/projekt/<project>/insatser/<series>/utskick")
@staff("organiser")
def series_mailings(project: str, series: str) -> str:
    where = queries.in_series(g.series.id)
    return _calendar(where, series_crumbs(_("Mailings")), series_tabs(), series_address("utskick"), True)


@blueprint.get("/projekt/<project>/utskick/<int:mailing>")
@staff("organiser")
def mailing(project: str, mailing: int) -> str:
    session, now = reading_session(), clock.now()
    one = queries.mailing(session, g.project.id, mailing) or abort(404)
    receivers = queries.receivers(session, one, now)
    is_log = one.rule.questionnaire_id is None
    answered = (
        set()
        if is_log
        else people_queries.answered(session, installation().keys, [each.invitation for each in receivers])
    )
    only_silent = request.args.get("visa") == "ej-svarat" and not is_log
    title = asked_by([one])[one.id]
    titles = {each.code: each.title for each in project_queries.occasions_of(session, one.rule.series_id)}
    return page(
        "mailing",
        crumbs=crumbs((_("Mailings"), address("utskick")), (title, None)),
        one=one,
        title=title,
        rule=in_words(one.rule, titles),
        steps=queries.steps(session, one),
        counts=queries.counts(session, [one.id], now).get(one.id, queries.Counts()),
        is_log=is_log,
        measurement=_measurement(one, now),
        expected=_expected(one),
        receivers=[each for each in receivers if not only_silent or each.invitation not in answered],
        everyone=len(receivers),
        answered=answered,
        only_silent=only_silent,
    )


def _calendar(
    where: queries.Scope,
    way: Crumbs,
    tabs: list[tuple[str, str, bool]],
    here: str,
    one_series: bool,
) -> str:
    session, now = reading_session(), clock.now()
    ahead = request.args.get("visa") != "tidigare"
    found, number, pages = queries.calendar(
        session, where, _today_began(now), ahead=ahead, page=page_number()
    )
    return page(
        "mailings",
        crumbs=way,
        tabs=tabs,
        days=list(_days(found, now)),
        asks=asked_by(found),
        counts=queries.counts(session, [each.id for each in found], now),
        ahead=ahead,
        page_number=number,
        pages=pages,
        here=here,
        one_series=one_series,
        silent=_silent(queries.heartbeats(session), now),
    )


def _days(found: Sequence[Mailing], now: datetime) -> Sequence[Day]:
    zone = ZoneInfo(g.project.timezone)
    today = now.astimezone(zone).date()
    by_day = groupby(found, key=lambda each: each.due_at.astimezone(zone).date())
    return [Day(on, on == today, list(mailings)) for on, mailings in by_day]


def _today_began(now: datetime) -> datetime:
    zone = ZoneInfo(g.project.timezone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _measurement(one: Mailing, now: datetime) -> Measurement | None:
    """The measurement that the mailing belongs to: the rate is the one that results show."""
    if one.rule.questionnaire_id is None:
        return None
    found = results.read_rates(reading_session(), one.rule.series_id, now)
    return found.measurement(one.rule.code, one.occasion.code if one.occasion else "")


def _expected(one: Mailing) -> int | None:
    """How many the first mail would go to if it went now; None where that is not known or not asked."""
    if one.state != "planned" or one.step:
        return None
    session, series = reading_session(), one.rule.series
    if planning_queries.needs_attendance(one, series) and not planning_queries.attendance_is_recorded(
        session, one.occasion_id or 0
    ):
        return None
    return len(planning_queries.audience(session, one, series))


def _silent(beats: Sequence[Heartbeat], now: datetime) -> datetime | None:
    """Since when the scheduler has been silent; None while it is not, or has never been started."""
    last = max((each.beat_at for each in beats), default=None)
    return last if last is not None and now - last > SILENT_AFTER else None
