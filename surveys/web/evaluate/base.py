"""The blueprint of the evaluator's pages and what all of them share."""

from typing import cast

from flask import Blueprint, g, render_template, request
from flask_babel import lazy_gettext as _l

from surveys import clock
from surveys.results.blocks import blocks_of
from surveys.web.drawings import offer_files
from surveys.web.evaluate import words
from surveys.web.evaluate.logs import occasion_name
from surveys.web.navigation import may_open
from surveys.web.organise.base import address, series_address, series_crumbs
from surveys.web.phrases import _

blueprint = Blueprint("evaluate", __name__)
offer_files(blueprint)

# The sections of results, in the order in which they are read; those that a role may not open are not there.
OF_SERIES = (
    ("", _l("Overview")),
    ("/vagen", _l("From registered to answered")),
    ("/uppdelning", _l("Breakdown")),
    ("/fore-och-efter", _l("Before and after")),
    ("/fritext", _l("In their own words")),
    ("/export", _l("Export")),
)
OF_PROJECT = (
    ("", _l("Overview")),
    ("/personer", _l("Head counts")),
    ("/indikatorer", _l("Indicators")),
    ("/utifran", _l("Outside figures")),
    ("/sifferkontroll", _l("Check of figures")),
    ("/rapporter", _l("Reports")),
)


@blueprint.context_processor
def _shared() -> dict[str, object]:
    return {
        "words": words,
        "may_open": may_open,
        "blocks_of": blocks_of,
        "words_occasion": occasion_name,
        "result_sections": result_sections,
    }


def page(name: str, **values: object) -> str:
    return render_template(f"evaluate/{name}.html", now=clock.now(), **values)


def as_evaluator() -> bool:
    """Whether the reader gets the answers of what is still open; see :mod:`surveys.results.series`."""
    return cast(str, g.role) == "evaluator"


def entered_by() -> int | None:
    """Whose figures from elsewhere the reader gets: a supplier's own, and all of them for others."""
    return cast(int, g.user.user_id) if g.role == "supplier" else None


def below_results(section: str) -> list[tuple[str, str | None]]:
    """The way to a page below a series' results."""
    return [*series_crumbs(_("Results"))[:-1], (_("Results"), series_address("resultat")), (section, None)]


def result_sections() -> list[tuple[str, str, bool]]:
    """The sections of the results of a series, or of a project, that the user's role may open: text, address,
    whether it is this one. Empty on pages that are not about results.
    """
    of_series = "series" in g
    start, here = (series_address if of_series else address)("resultat"), request.path.rstrip("/")
    if here != start and not here.startswith(f"{start}/"):
        return []
    return [
        (str(text), start + end, here == start + end or (bool(end) and here.startswith(f"{start}{end}/")))
        for end, text in (OF_SERIES if of_series else OF_PROJECT)
        if may_open(start + end)
    ]
