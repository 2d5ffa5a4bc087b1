"""Before and after: two measurements beside each other. Read by evaluators, organisers and readers."""

from flask import g, request

from surveys import clock
from surveys.results.change import read_change
from surveys.web.evaluate import change_words
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import series_address, series_tabs
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/insatser/<series>/resultat/fore-och-efter")
@staff("organiser", "evaluator", "reader")
def before_and_after(project: str, series: str) -> str:
    """``?fran=`` and ``?till=`` choose the measurements by the codes of their rules."""
    chosen = request.args.get("fran", ""), request.args.get("till", "")
    found = read_change(reading_session(), g.series.id, clock.now(), as_evaluator(), chosen)
    return page(
        "before_after",
        crumbs=below_results(_("Before and after")),
        tabs=series_tabs(),
        found=found.series,
        change=found,
        says=change_words,
        telling=series_address("resultat", "redovisning"),
    )
