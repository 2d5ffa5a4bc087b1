"""The house's own Word template: taken in once it has been tried, and thrown away again."""

import io
from datetime import datetime

from sqlalchemy import delete

from surveys.database import Database
from surveys.importing import word_file
from surveys.importing.files import Refused
from surveys.models.deeds import Deed
from surveys.models.report import ReportTemplate
from surveys.queries import projects
from surveys.queries import reports as queries
from surveys.reporting import word_places
from surveys.reporting.content import words_of_pages
from surveys.reporting.document import Cell, Document, Paragraph, Section, Table
from surveys.reporting.word import Looks, word
from surveys.reporting.words import Words

LONGEST_NAME = 200


class BadTemplate(ValueError):
    """A file that reports cannot be poured into; ``code`` and ``params`` say why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def take_in(db: Database, project_id: int, file_name: str, raw: bytes, user_id: int, now: datetime) -> None:
    """Keep a .docx as the project's template. Raises :class:`BadTemplate`."""
    if not raw:
        raise BadTemplate("file_empty")
    check(raw)
    last = file_name.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in last if letter.isprintable())
    with db.transaction() as session:
        projects.hold_project(session, project_id)
        session.execute(delete(ReportTemplate).where(ReportTemplate.project_id == project_id))
        session.add(
            ReportTemplate(
                project_id=project_id,
                file_name=name[-LONGEST_NAME:] or "?",
                content=raw,
                uploaded_at=now,
                uploaded_by_id=user_id,
            )
        )
        session.add(_deed(project_id, user_id, "report_template", now, name))


def remove(db: Database, project_id: int, user_id: int, now: datetime) -> None:
    """Use our own template again; without another this does nothing."""
    with db.transaction() as session:
        known = queries.template(session, project_id)
        if known is not None:
            session.delete(known)
            session.add(_deed(project_id, user_id, "report_template_removed", now, known.file_name))


def check(raw: bytes) -> None:
    """Look at a file and pour a small report into it. Raises :class:`BadTemplate`."""
    import docx  # noqa: PLC0415

    try:
        word_file.look(raw)
    except Refused as refused:
        raise BadTemplate(refused.code, **refused.params) from refused
    try:
        found = list(word_places.places(docx.Document(io.BytesIO(raw))))
    except Exception as error:  # whatever the library meets in a file that is none
        raise BadTemplate("not_word") from error
    if unknown := sorted({each.written for each in found if each.name is None}):
        raise BadTemplate("unknown_places", names=", ".join(unknown))
    reports = [each for each in found if each.name == word_places.REPORT]
    if not reports:
        raise BadTemplate("no_report_place")
    if len(reports) > 1:
        raise BadTemplate("two_report_places")
    if not (reports[0].alone and reports[0].in_body):
        raise BadTemplate("report_place_not_alone")
    try:
        word(_small(), Looks("x"), raw)
    except Exception as error:
        raise BadTemplate("not_word") from error


def _small() -> Document:
    words = Words("sv")
    table = Table("x", ("x", "x"), ((Cell("x"), Cell("x")),))
    sections = (Section("own", "x", (Paragraph("x"), table)),)
    return Document("interim", "sv", "x", "x", "x", (("x", "x"),), sections, "x", words_of_pages(words))


def _deed(project_id: int, user_id: int, action: str, now: datetime, name: str) -> Deed:
    return Deed(
        project_id=project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"project:{project_id}",
        details={"title": name},
    )
