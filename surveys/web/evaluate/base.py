"""The blueprint of the evaluator's pages and what all of them share."""

from typing import cast

from flask import Blueprint, g, render_template, request
from flask_babel import lazy_gettext as _l

from surveys import clock
from surveys.web.evaluate import words
from surveys.web.evaluate.blocks import blocks_of
from surveys.web.evaluate.logs import occasion_name
from surveys.web.navigation import may_open
from surveys.web.organise.base import series_address, series_crumbs
from surveys.web.phrases import _

blueprint = Blueprint("evaluate", __name__)

# The sections of a series' results, in the order in which they are read.
SECTIONS = (
    ("", _l("Overview")),
    ("/fore-och-efter", _l("Before and after")),
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


def below_results(section: str) -> list[tuple[str, str | None]]:
    """The way to a page below a series' results."""
    return [*series_crumbs(_("Results"))[:-1], (_("Results"), series_address("resultat")), (section, None)]


def result_sections() -> list[tuple[str, str, bool]]:
    """The sections of a series' results that the user's role may open: text, address, whether it is this one.

    Empty on pages that are not about the results of a series.
    """
    if "series" not in g:
        return []
    start, here = series_address("resultat"), request.path.rstrip("/")
    if here != start and not here.startswith(f"{start}/"):
        return []
    return [
        (str(text), start + end, here == start + end or (bool(end) and here.startswith(f"{start}{end}/")))
        for end, text in SECTIONS
        if may_open(start + end)
    ]
