"""The codebook of a series' export: on a page, and as PDF."""

from flask import Response, g

from surveys import clock
from surveys.exporting import codebook_pdf
from surveys.exporting.codebook import Codebook, codebook
from surveys.exporting.rows import Export
from surveys.results import series as results
from surveys.web import language
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.evaluate.exports import HERE, export_of, words
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import series_address, series_tabs
from surveys.web.phrases import _


@blueprint.get(f"{HERE}/kodbok")
@staff("organiser", "evaluator")
def codebook_page(project: str, series: str) -> str:
    _made, book = _book()
    *start, _last = below_results("")
    return page(
        "export_codebook",
        crumbs=[*start, (_("Export"), series_address("resultat", "export")), (_("Codebook"), None)],
        tabs=series_tabs(),
        book=book,
        facts=lambda chapter: codebook_pdf.facts(chapter, words()),
        here=series_address("resultat", "export"),
    )


@blueprint.get(f"{HERE}/kodbok.pdf")
@staff("organiser", "evaluator")
def codebook_file(project: str, series: str) -> Response:
    made, book = _book()
    answer = Response(codebook_pdf.pdf(made, book, words()), mimetype="application/pdf")
    name = "-".join((g.series.code, _("codebook-file")))
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.pdf"
    return answer


def _book() -> tuple[Export, Codebook]:
    made = export_of(language.current())
    found = results.read_series(reading_session(), g.series.id, clock.now(), as_evaluator())
    return made, codebook(made, found, words())
