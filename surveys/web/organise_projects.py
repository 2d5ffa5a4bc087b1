"""Projects, what happens next in one of them, and its series."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g

from surveys import clock, results
from surveys.models.followup import Mailing
from surveys.models.programme import Occasion, Series
from surveys.queries import mailings as mailing_queries
from surveys.queries import projects as queries
from surveys.queries import staff as staff_queries
from surveys.results_model import Measurement, SeriesResults
from surveys.web.guard import reading_session, staff
from surveys.web.organise_base import asked_by, blueprint, crumbs, page, series_crumbs, series_tabs
from surveys.web.organise_rules import in_words
from surveys.web.phrases import _

NEXT_SHOWN = 5


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
@staff("organiser", "evaluator", "reader")
def projects() -> str:
    memberships = staff_queries.memberships(reading_session(), g.user.user_id)
    return page("projects", memberships=memberships)


@blueprint.get("/projekt/<project>")
@staff("organiser", "evaluator", "reader")
def overview(project: str) -> str:
    session, now = reading_session(), clock.now()
    coming = mailing_queries.next_ones(session, mailing_queries.in_project(g.project.id), NEXT_SHOWN)
    return page(
        "overview",
        crumbs=crumbs(),
        coming=coming,
        asks=asked_by(coming),
        cards=list(_cards(now)),
    )


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
        stops=[_stop(each, found, about.get(each.id, []), now) for each in occasions],
        whole=[each for each in found.measurements if each.occasion is None],
        next_mailing=coming[0] if coming else None,
        asks=asked_by([*coming, *(mailing for each in about.values() for mailing in each)]),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/regler")
@staff("organiser")
def rules(project: str, series: str) -> str:
    session = reading_session()
    titles = {each.code: each.title for each in queries.occasions_of(session, g.series.id)}
    found = queries.rules_of(session, g.series.id)
    questionnaires = queries.newest_titles(
        session, [rule.questionnaire_id for rule in found if rule.questionnaire_id is not None]
    )
    return page(
        "rules",
        crumbs=series_crumbs(_("Follow-up rules")),
        tabs=series_tabs(),
        rules=[(rule, in_words(rule, titles)) for rule in found],
        titles=questionnaires,
    )


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
