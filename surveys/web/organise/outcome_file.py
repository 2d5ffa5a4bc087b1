"""Outcomes of persons from a file: chosen, shown row by row with its verdict, saved, and undone."""

import csv
import io
import json

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.database import LARGEST_ID
from surveys.exporting import csv_file
from surveys.importing.files import Refused
from surveys.importing.sheets import LARGEST_BYTES
from surveys.queries import outcomes as queries
from surveys.register import outcome_file
from surveys.register.outcome_file import FIELDS, Cells, ChangedMeanwhile, JudgedRow, NoFile, UndoneAlready
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import people_words as texts
from surveys.web.organise.attendance import csv_answer
from surveys.web.organise.base import blueprint, page
from surveys.web.organise.outcomes import HERE, home, way
from surveys.web.organise.words import Words
from surveys.web.phrases import _, ngettext
from surveys.web.sent_file import sent_file

REFUSALS: Words = {
    **texts.FILE_FAULTS,
    "nobody_named": _l("No column says who. Name one of them “code” or “e-mail”."),
    "no_kind_column": _l("No column says what came of it. Name one of them “outcome”."),
    "no_on_column": _l("No column says when. Name one of them “date”."),
}
ROW_FAULTS: Words = {
    **texts.ROW_FAULTS,
    "nobody": _l("The row does not say who."),
    "unknown_person": _l("“%(value)s” does not take part in any series of the project."),
    "shared_address": _l("Several persons have the address %(value)s. Say which by their code."),
    "not_in_series": _l("The person does not take part in “%(value)s”."),
    "several_series": _l("The person takes part in several series. Say which of them: %(value)s."),
    "twice": _l("Line %(value)s says the same of the person already."),
}
VERDICTS = {
    "new": (_l("new"), "positive"),
    "same": (_l("noted already"), "neutral"),
    "faulty": (_l("faulty"), "danger"),
}
HEADINGS = {
    "code": _l("code"),
    "name": _l("name"),
    "series": _l("series"),
    "kind": _l("outcome"),
    "on": _l("date"),
    "note": _l("note"),
}
Shown = str | Response | tuple[str, int]


@blueprint.get(f"{HERE}/fil")
@staff("organiser")
def outcome_file_form(project: str) -> str:
    return _form_page()


@blueprint.get(f"{HERE}/mall.csv")
@staff("organiser")
def outcome_file_template(project: str) -> Response:
    """Everyone who takes part, a row a series, with outcome and date to fill in."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=csv_file.SEPARATOR, lineterminator="\r\n")
    writer.writerow([str(each) for each in HEADINGS.values()])
    for each in queries.everyone(reading_session(), g.project.id):
        cells = (each.code, each.name, each.series_title)
        writer.writerow([*(csv_file.harmless(cell) for cell in cells), "", "", ""])
    return csv_answer(file.getvalue(), g.project.code + "-" + _("outcomes"))


@blueprint.post(f"{HERE}/fil")
@staff("organiser")
def judge_outcome_file(project: str) -> Shown:
    name, raw = sent_file("file", LARGEST_BYTES)
    if not name:
        return _form_page(_("Choose a file first.")), 422
    try:
        cells = outcome_file.read(raw)
    except Refused as refused:
        return _form_page(texts.told(REFUSALS, refused.code, refused.params, refused.line)), 422
    return _preview(cells, name)


@blueprint.post(f"{HERE}/fil/spara")
@staff("organiser")
def save_outcome_file(project: str) -> Shown:
    cells, name = _sent(), request.form.get("name", "")
    if not cells:
        return _form_page(_("Choose a file first.")), 422
    seen, user = request.form.get("seen", ""), g.user.user_id
    try:
        added = outcome_file.save(installation().database, g.project.id, cells, seen, name, user, clock.now())
    except ChangedMeanwhile:
        return _preview(cells, name, changed=True), 409
    flash(ngettext("One outcome is noted.", "%(num)s outcomes are noted.", added), "positive")
    return redirect(home("fil"), 303)


@blueprint.post(f"{HERE}/fil/<int:file>/angra")
@staff("organiser")
def undo_outcome_file(project: str, file: int) -> Response:
    if file > LARGEST_ID:
        abort(404)
    try:
        gone = outcome_file.undo(installation().database, g.project.id, file, g.user.user_id, clock.now())
    except NoFile:
        abort(404)
    except UndoneAlready:
        flash(_("The file is taken back already."), "warning")
        return redirect(home("fil"), 303)
    told = ngettext("One outcome is taken away again.", "%(num)s outcomes are taken away again.", gone)
    flash(told, "positive")
    return redirect(home("fil"), 303)


def _sent() -> list[tuple[int, Cells]]:
    """The rows as the page with the verdicts sends them back; [] for anything else."""
    try:
        rows = json.loads(request.form.get("rows", "[]"))
        found = [(int(line), tuple(str(cell) for cell in cells)) for line, cells in rows]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return []
    fits = len(found) <= outcome_file.MOST_ROWS and all(len(cells) == len(FIELDS) for _line, cells in found)
    return found if fits else []


def _preview(cells: list[tuple[int, Cells]], name: str, changed: bool = False) -> str:
    judged = outcome_file.judge(reading_session(), g.project, cells, clock.now())
    return page(
        "outcome_preview",
        crumbs=way((_("From a file"), home("fil")), (_("What the file says"), None)),
        judged=judged,
        rows=json.dumps(judged.cells, ensure_ascii=False),
        file_name=name,
        changed=changed,
        verdicts=VERDICTS,
        fault=_fault,
        here=home(),
    )


def _form_page(error: str = "") -> str:
    return page(
        "outcome_file",
        crumbs=way((_("From a file"), None)),
        kinds=queries.kinds(reading_session(), g.project.id),
        files=queries.files(reading_session(), g.project.id),
        error=error,
        errors=[("file", error)] if error else [],
        here=home(),
    )


def _fault(row: JudgedRow) -> str:
    return texts.told(ROW_FAULTS, *row.fault) if row.fault else ""
