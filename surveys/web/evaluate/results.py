"""The results of a project and of a series: read by evaluators, organisers and readers."""

from flask import abort, g

from surveys import clock
from surveys.queries import results as queries
from surveys.results import series as results
from surveys.results.model import Measurement, SeriesResults
from surveys.results.table import occasion_table
from surveys.web.evaluate import words
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import crumbs, series_crumbs, series_tabs
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/resultat")
@staff("organiser", "evaluator", "reader")
def project_results(project: str) -> str:
    session, now = reading_session(), clock.now()
    found = [results.read_rates(session, each.id, now) for each in queries.series_of(session, g.project.id)]
    return page("project", crumbs=crumbs((_("Results"), None)), found=found)


@blueprint.get("/projekt/<project>/insatser/<series>/resultat")
@staff("organiser", "evaluator", "reader")
def series_results(project: str, series: str) -> str:
    found = results.read_series(reading_session(), g.series.id, clock.now(), as_evaluator(), texts=False)
    return page(
        "series",
        crumbs=series_crumbs(_("Results")),
        tabs=series_tabs(),
        found=found,
        table=occasion_table(found),
        compared=_before_and_after(found),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/resultat/matning/<rule>", defaults={"place": ""})
@blueprint.get("/projekt/<project>/insatser/<series>/resultat/matning/<rule>/<place>")
@staff("organiser", "evaluator", "reader")
def measurement(project: str, series: str, rule: str, place: str) -> str:
    try:
        found, one = results.read_measurement(
            reading_session(), g.series.id, rule, place, clock.now(), as_evaluator()
        )
    except results.UnknownMeasurement:
        abort(404)
    return page(
        "measurement", crumbs=below_results(words.name_of(one)), tabs=series_tabs(), found=found, one=one
    )


def _before_and_after(found: SeriesResults) -> tuple[Measurement, Measurement] | None:
    """The first measurement before and the first after, where both have been made."""
    made = [each for each in found.measurements if each.asked]
    before = next((each for each in made if each.wave == "pre"), None)
    after = next((each for each in made if each.wave == "post"), None)
    return (before, after) if before and after else None
