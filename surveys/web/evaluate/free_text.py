"""What people wrote in their own words: read, chosen by question and measurement, searched."""

from urllib.parse import urlencode

from flask import g, request

from surveys import clock
from surveys.domain.searching import LONGEST
from surveys.results.free_text import Wanted, read_texts
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import series_tabs
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/insatser/<series>/resultat/fritext")
@staff("organiser", "evaluator", "reader")
def free_text(project: str, series: str) -> str:
    chosen = {name: request.args.get(name, "")[:LONGEST].strip() for name in ("fraga", "matning", "sok")}
    wanted = Wanted(chosen["fraga"], chosen["matning"], chosen["sok"], _number(request.args.get("s", "")))
    texts = read_texts(reading_session(), g.series.id, clock.now(), wanted, as_evaluator())
    kept = [(name, value) for name, value in chosen.items() if value]
    return page(
        "free_text",
        crumbs=below_results(_("In their own words")),
        tabs=series_tabs(),
        found=texts.series,
        texts=texts,
        wanted=wanted,
        chosen=bool(kept),
        address=f"?{urlencode([*kept, ('s', '')])}",
    )


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
