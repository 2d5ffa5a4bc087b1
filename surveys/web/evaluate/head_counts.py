"""How many persons a project has reached."""

from flask import abort, g, request

from surveys import clock
from surveys.results.head_counts import UnknownSeries, read_head_counts
from surveys.web.evaluate import indicator_words as told
from surveys.web.evaluate.base import as_evaluator, blueprint, page
from surveys.web.evaluate.funnel import class_name
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import address, crumbs
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/resultat/personer")
@staff("organiser", "evaluator", "reader")
def head_counts(project: str) -> str:
    """``insats`` is the series whose groups are shown; all together where nothing is said."""
    only = request.args.get("insats", "").strip()
    try:
        found = read_head_counts(reading_session(), g.project, clock.now(), as_evaluator(), only)
    except UnknownSeries:
        abort(404)
    return page(
        "head_counts",
        crumbs=crumbs((_("Results"), address("resultat")), (_("Head counts"), None)),
        found=found,
        class_name=class_name,
        told=told,
        indicators=address("resultat/indikatorer"),
    )
