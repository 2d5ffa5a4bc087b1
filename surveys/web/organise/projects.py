"""Projects, what happens next in one of them, and its series."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import g, redirect
from werkzeug.wrappers import Response

from surveys import clock
from surveys.models.followup import Mailing
from surveys.models.programme import Occasion, Series
from surveys.queries import mailings as mailing_queries
from surveys.queries import projects as queries
from surveys.queries import send_calendar
from surveys.queries import staff as staff_queries
from surveys.queries.send_calendar import Line
from surveys.results import series as results
from surveys.results.model import Measurement, SeriesResults
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page, series_crumbs, series_tabs
from surveys.web.phrases import _

NEXT_SHOWN = 5
NEXT_WITHIN = timedelta(days=60)  # of the first


@dataclass(frozen=True)
class SeriesCard:
    """A series in a list."""

    series: Series
    count: queries.SeriesCount
    coming: Occasion | None
    open_now: Sequence[Measurement]


@dataclass(frozen=True)
class Stop:
    """An occasion on the line of a series, with what has been asked and answered about it."""

    occasion: Occasion
    state: str  # past, now, future, cancelled
    present: int | None
    measurements: Sequence[Measurement]
    log_prompts: Sequence[Mailing]
    coming: Sequence[Mailing]


@blueprint.get("/projekt")
@staff("organiser", "evaluator", "reader", "supplier")
def projects() -> str:
    memberships = staff_queries.memberships(reading_session(), g.user.user_id)
    return page("projects", memberships=memberships)


@blueprint.get("/projekt/<project>")
@staff("organiser", "evaluator", "reader", "supplier")
def overview(project: str) -> str | Response:
    if g.role == "supplier":  # who sees nothing of the project but the figures they bring
        return redirect(address("resultat", "utifran"), 303)
    session, now = reading_session(), clock.now()
    coming = _next_lines()
    held = send_calendar.mailings(session, mailing_queries.ahead(), coming, 1)
    return page(
        "overview",
        crumbs=crumbs(),
        coming=[(line, *held[line.mailing_id]) for line in coming],
        asks=asked_by([mailing for (mailing,) in held.values()]),
        cards=list(_cards(now)),
    )


def _next_lines() -> Sequence[Line]:
    """What goes next, of the first weeks in which anything goes."""
    session, where = reading_session(), mailing_queries.in_project(g.project.id) & mailing_queries.ahead()
    first = mailing_queries.next_ones(session, where, 1)
    if not first:
        return ()
    near = mailing_queries.between(first[0].due_at, first[0].due_at + NEXT_WITHIN)
    return send_calendar.lines(session, where & near, ZoneInfo(g.project.timezone))[:NEXT_SHOWN]


@blueprint.get("/projekt/<project>/insatser")
@staff("organiser", "evaluator", "reader")
def all_series(project: str) -> str:
    return page("all_series", crumbs=crumbs((_("Series"), None)), cards=list(_cards(clock.now())))


@blueprint.get("/projekt/<project>/insatser/<series>")
@staff("organiser", "evaluator", "reader")
def series(project: str, series: str) -> str:
    session, now = reading_session(), clock.now()
    found = results.read_rates(session, g.series.id, now)
    coming = mailing_queries.next_ones(session, mailing_queries.in_series(g.series.id), 1)
    about = mailing_queries.of_occasions(session, g.series.id)
    occasions = queries.occasions_of(session, g.series.id)
    return page(
        "series",
        crumbs=series_crumbs(),
        tabs=series_tabs(),
        found=found,
        stops=[_stop(each, found, about.get(each.id, []), now) for each in in_time(occasions)],
        whole=[each for each in found.measurements if each.occasion is None],
        next_mailing=coming[0] if coming else None,
        asks=asked_by([*coming, *(mailing for each in about.values() for mailing in each)]),
    )


def in_time(occasions: Sequence[Occasion]) -> list[Occasion]:
    """In the order they are held; those without a date keep to the end, in their own order."""
    dated = [(each.starts_at, each.position, each) for each in occasions if each.starts_at]
    undated = [each for each in occasions if not each.starts_at]
    return [each for _at, _position, each in sorted(dated, key=lambda one: one[:2])] + undated


def _cards(now: datetime) -> Iterator[SeriesCard]:
    session = reading_session()
    counts: Mapping[int, queries.SeriesCount] = queries.head_counts(session, g.project.id)
    for each in queries.series_of(session, g.project.id):
        found = results.read_rates(session, each.id, now)
        yield SeriesCard(
            series=each,
            count=counts.get(each.id, queries.SeriesCount(0, 0)),
            coming=_coming(each.occasions, now),
            open_now=[measurement for measurement in found.measurements if measurement.state == "open"],
        )


def _coming(occasions: Sequence[Occasion], now: datetime) -> Occasion | None:
    """The occasion that goes on or comes next."""
    ahead = [each for each in occasions if each.ends_at and each.ends_at > now and not each.cancelled]
    return min(ahead, key=lambda each: each.ends_at or now, default=None)


def _stop(occasion: Occasion, found: SeriesResults, about: Sequence[Mailing], now: datetime) -> Stop:
    measured = [each for each in found.measurements if each.occasion and each.occasion.id == occasion.id]
    logs = [each for each in about if each.rule.log_prompt is not None and each.step == 0]
    return Stop(
        occasion=occasion,
        state=_state(occasion, now),
        present=measured[0].present if measured else None,
        measurements=[each for each in measured if each.rule_code],
        log_prompts=[each for each in logs if each.state != "cancelled"],
        coming=[each for each in about if each.state in mailing_queries.AHEAD and each.step],
    )


def _state(occasion: Occasion, now: datetime) -> str:
    if occasion.cancelled:
        return "cancelled"
    if occasion.starts_at is None or occasion.ends_at is None or occasion.starts_at > now:
        return "future"
    return "now" if occasion.ends_at > now else "past"
