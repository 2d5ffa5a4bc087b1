"""A report downloaded: Word in the house's own template, tagged PDF, slides, and its list of figures."""

import re
import tempfile
import unicodedata
from pathlib import Path

from flask import Response as FlaskResponse
from flask import g
from werkzeug.wrappers import Response

from surveys.answers.asking_project import Logotype, asking
from surveys.exporting.xlsx_file import save_tables
from surveys.models.report import Report
from surveys.printing.content import Piece
from surveys.queries import reports as queries
from surveys.reporting import reading
from surveys.reporting.document import Document
from surveys.reporting.figures_list import sheets
from surveys.reporting.pdf import pdf
from surveys.reporting.pictures import drawing, logotype_picture, picture_of_chart, picture_of_emblem
from surveys.reporting.slides import slides
from surveys.reporting.word import Looks, word
from surveys.reporting.word_template import default_template
from surveys.reporting.words import Words
from surveys.web import language, print_project
from surveys.web.evaluate.base import blueprint
from surveys.web.evaluate.reports import START, THIS, found_report
from surveys.web.guard import reading_session, staff

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get(f"{THIS}/rapport.docx")
@staff("organiser", "evaluator", "reader")
def report_as_word(project: str, report: str) -> Response:
    row, document, head = _read(report)
    looks = Looks(
        kind=_kind(row),
        chart=lambda chart: picture_of_chart(chart, row.language, g.project.decimals),
        logotype=logotype_picture(head),
        emblem=picture_of_emblem(head),
    )
    template = queries.template_content(reading_session(), g.project.id)
    return _sent(word(document, looks, template), WORD, row, "docx")


@blueprint.get(f"{THIS}/rapport.pdf")
@staff("organiser", "evaluator", "reader")
def report_as_pdf(project: str, report: str) -> Response:
    row, document, head = _read(report)
    made = pdf(document, head, _kind(row), lambda chart: drawing(chart, row.language, g.project.decimals))
    return _sent(made, "application/pdf", row, "pdf")


@blueprint.get(f"{THIS}/rapport.pptx")
@staff("organiser", "evaluator", "reader")
def report_as_slides(project: str, report: str) -> Response:
    row, document, _head = _read(report)
    return _sent(slides(document, _kind(row)), SLIDES, row, "pptx")


@blueprint.get(f"{THIS}/siffror.xlsx")
@staff("organiser", "evaluator", "reader")
def report_figures(project: str, report: str) -> Response:
    """Every frozen figure with its counts and base, and those that have changed since the version before."""
    row = found_report(report)
    contents = reading.read(reading_session(), row)
    with tempfile.TemporaryDirectory(prefix="folja-") as folder:
        path = Path(folder) / "figures"
        save_tables(sheets(Words(row.language), contents), path)
        made = path.read_bytes()
    return _sent(made, WORKBOOK, row, "xlsx")


@blueprint.get(f"{START}/mall.docx")
@staff("organiser", "evaluator")
def report_template_file(project: str) -> Response:
    """The project's own template, else ours to begin from."""
    own = queries.template_content(reading_session(), g.project.id)
    answer = FlaskResponse(own or default_template(language.of_page().code), mimetype=WORD)
    answer.headers.set("Content-Disposition", "attachment", filename=f"rapportmall-{g.project.code}.docx")
    return answer


def _read(public_id: str) -> tuple[Report, Document, Piece]:
    session, row = reading_session(), found_report(public_id)
    document = reading.read_document(session, queries.whole(session, row.id))
    project = g.project
    logotype = Logotype(project.logotype, project.logotype_type) if project.logotype else None
    with language.speaking(row.language):
        return row, document, print_project.head(asking(project), logotype, row.language)


def _kind(row: Report) -> str:
    return reading.kind_name(Words(row.language), row.kind)


def _sent(made: bytes, media_type: str, row: Report, ending: str) -> Response:
    plain = unicodedata.normalize("NFKD", row.title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "rapport"
    answer = FlaskResponse(made, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-v{row.version}.{ending}")
    return answer
