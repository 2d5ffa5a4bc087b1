"""Importing participants of a series: choose a file, match its columns, look at every row, save."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.importing.columns import FIELDS
from surveys.importing.sheets import LARGEST_BYTES, MOST_ROWS
from surveys.models.imports import PeopleImport
from surveys.queries import register as queries
from surveys.register import people_import
from surveys.register import people_import_work as work
from surveys.register.people_organisations import gathered
from surveys.register.people_register import plain
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import people_verdicts as verdicts
from surveys.web.organise import people_words as texts
from surveys.web.organise.base import (
    Crumbs,
    blueprint,
    page,
    page_number,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.phrases import _
from surveys.web.sent_file import sent_file

PER_PAGE = 50
ASKED = 100  # unknown organisations that one form asks about
SHOWN = ("faulty", "new", "changed", "same")
START = "/projekt/<project>/insatser/<series>/deltagare/importera"
THIS = f"{START}/<upload>"


@blueprint.get(START)
@staff("organiser")
def choose_people_file(project: str, series: str) -> str:
    return _start_page()


@blueprint.post(START)
@staff("organiser")
def upload_people(project: str, series: str) -> Response | tuple[str, int]:
    name, content = sent_file("fil", LARGEST_BYTES)
    if not content:
        missing = "file_empty" if name else "file_missing"
        return _start_page(texts.told(texts.FILE_FAULTS, missing, {})), 422
    try:
        public_id = people_import.upload(
            installation().database, g.series.id, g.user.user_id, name, content, clock.now()
        )
    except people_import.BadFile as bad:
        return _start_page(texts.told(texts.FILE_FAULTS, bad.code, bad.params, bad.line)), 422
    return redirect(_here(public_id), 303)


@blueprint.get(f"{START}/mall.csv")
@staff("organiser")
def people_template(project: str, series: str) -> FlaskResponse:
    """A file to fill in, with the columns that most need."""
    names = ("first_name", "last_name", "email", "organisation", "role", "work_group")
    line = ";".join(str(texts.FIELDS[name]) for name in names)
    answer = FlaskResponse(f"\ufeff{line}\r\n", mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=_("participants") + ".csv")
    return answer


@blueprint.get(THIS)
@staff("organiser")
def people_upload(project: str, series: str, upload: str) -> str | Response:
    row = _import(upload)
    match row.state:
        case "uploaded":
            return redirect(_here(upload, "kolumner"), 303)
        case "checked":
            return _preview(row)
        case _:
            return _import_page(
                "import_state",
                row,
                report=row.report or {},
                faulty=verdicts.lines(row, "faulty")[:PER_PAGE],
                still="stilla" in request.args,
            )


@blueprint.get(f"{THIS}/felaktiga.csv")
@staff("organiser")
def faulty_people(project: str, series: str, upload: str) -> Response:
    """The rows that cannot be saved, or were left out, to be corrected and imported again."""
    file = verdicts.faulty_file(_import(upload), g.series.code + "-" + _("faulty-rows"))
    if file is None:
        flash(_("There are no faulty rows."), "info")
        return redirect(_here(upload), 303)
    return file


@blueprint.get(f"{THIS}/kolumner")
@staff("organiser")
def match_columns(project: str, series: str, upload: str) -> str | Response:
    row = _import(upload)
    try:
        found = people_import.matching(installation().database, row.public_id)
    except (people_import.UnknownImport, people_import.BadFile):
        return _gone()
    return _columns_page(row, found, found.chosen, [])


@blueprint.post(f"{THIS}/kolumner")
@staff("organiser")
def choose_columns(project: str, series: str, upload: str) -> Response | tuple[str, int]:
    row, db, now = _import(upload), installation().database, clock.now()
    try:
        found = people_import.matching(db, row.public_id)
        chosen = [request.form.get(f"kolumn-{number}", "") for number in range(len(found.columns))]
        rows = people_import.choose_columns(db, row.public_id, chosen, now)
    except people_import.BadColumns as bad:
        return _columns_page(row, found, chosen, bad.faults), 422
    except (people_import.UnknownImport, people_import.BadFile):
        return _gone()
    return _checked(row.public_id, rows, now)


@blueprint.post(f"{THIS}/organisationer")
@staff("organiser")
def answer_organisations(project: str, series: str, upload: str) -> Response:
    row, now = _import(upload), clock.now()
    chosen = {
        plain(request.form.get(f"namn-{n}", "")): request.form.get(f"org-{n}", "") for n in range(ASKED)
    }
    names = (row.report or {}).get("organisations", {})
    answers = {name: chosen[plain(name)] for name in names if plain(name) in chosen}
    try:
        rows = people_import.answer_organisations(installation().database, row.public_id, answers, now)
    except people_import.UnknownImport:
        return _gone()
    return _checked(row.public_id, rows, now)


@blueprint.post(f"{THIS}/spara")
@staff("organiser")
def save_people(project: str, series: str, upload: str) -> Response:
    row, db, now = _import(upload), installation().database, clock.now()
    leave_faulty = request.form.get("utan-felaktiga") == "ja"
    try:
        rows = people_import.begin_saving(db, row.public_id, leave_faulty, now)
        if rows <= people_import.AT_ONCE:
            work.save(db, row.public_id, now)
            flash(_("The participants are saved."), "positive")
    except work.RegisterChanged:
        work.check(db, row.public_id, now)
        flash(
            _("Somebody has changed the participants meanwhile. Nothing has been saved: look once more."),
            "warning",
        )
    except people_import.FaultyRows:
        flash(_("Some rows are faulty. Choose to save the others, or correct the file."), "warning")
    except people_import.NothingToSave:
        flash(_("There is nothing to save."), "warning")
    except people_import.UnknownImport:
        return _gone()
    return redirect(_here(row.public_id), 303)


@blueprint.post(f"{THIS}/avbryt")
@staff("organiser")
def stop_import(project: str, series: str, upload: str) -> Response:
    row = _import(upload)
    try:
        people_import.stop(installation().database, row.public_id)
    except people_import.UnknownImport:
        return _gone()
    flash(_("The import is stopped. Nothing has been saved of it."), "positive")
    return redirect(series_address("deltagare", "importera"), 303)


def _checked(public_id: str, rows: int, now: datetime) -> Response:
    """Check a short file at once; a long one is left to the scheduler."""
    if rows <= people_import.AT_ONCE:
        work.check(installation().database, public_id, now)
    return redirect(_here(public_id), 303)


def _gone() -> Response:
    flash(_("This file cannot be changed any more: it is saved, stopped or being worked on."), "warning")
    return redirect(series_address("deltagare", "importera"), 303)


def _import(public_id: str) -> PeopleImport:
    row = queries.people_import(reading_session(), public_id)
    if row is None or row.series_id != g.series.id:
        abort(404)
    return row


def _here(*parts: str) -> str:
    return series_address("deltagare", "importera", *parts)


def _way(*more: tuple[str, str | None]) -> Crumbs:
    *start, last = series_crumbs(_("Participants"))
    ends: list[tuple[str, str | None]] = [(_("Import"), _here()), *more]
    ends[-1] = (ends[-1][0], None)
    return [*start, (last[0], series_address("deltagare")), *ends]


def _start_page(error: str | None = None) -> str:
    return page(
        "import_upload",
        crumbs=_way(),
        tabs=series_tabs(),
        error=error,
        imports=queries.imports_of(reading_session(), g.series.id),
        texts=texts,
        most=MOST_ROWS,
        here=_here(),
    )


def _import_page(name: str, row: PeopleImport, **values: object) -> str:
    return page(
        name,
        crumbs=_way((row.file_name, None)),
        tabs=series_tabs(),
        upload=row,
        texts=texts,
        here=_here(row.public_id),
        **values,
    )


def _columns_page(
    row: PeopleImport,
    found: people_import.Matching,
    chosen: Sequence[str],
    faults: Sequence[tuple[int | None, str]],
) -> str:
    said = [(f"kolumn-{number or 0}", str(texts.COLUMN_FAULTS[code])) for number, code in faults]
    options = [("", _("Leave it out")), *((name, str(texts.FIELDS[name])) for name in FIELDS)]
    return _import_page(
        "import_columns",
        row,
        found=found,
        chosen=chosen,
        options=options,
        errors=said,
        error_of={number: str(texts.COLUMN_FAULTS[code]) for number, code in faults if number is not None},
    )


def _preview(row: PeopleImport) -> str:
    report = row.report or {}
    counts: Mapping[str, int] = report.get("counts", {})
    shown = request.args.get("visa", "")
    if shown not in SHOWN:
        shown = next((kind for kind in SHOWN if counts.get(kind)), "faulty")
    lines = verdicts.lines(row, shown)
    known = queries.organisations(reading_session(), g.project.id)
    pages = max(1, -(-len(lines) // PER_PAGE))
    number = min(page_number(), pages)
    return _import_page(
        "import_preview",
        row,
        counts=counts,
        total=sum(counts.values()),
        good=counts.get("new", 0) + counts.get("changed", 0),
        shown=shown,
        kinds=SHOWN,
        lines=lines[(number - 1) * PER_PAGE : number * PER_PAGE],
        number=number,
        pages=pages,
        unknown=gathered(report.get("organisations", {}), known),
        most=ASKED,
        organisations=known,
        consequence=verdicts.told_consequence(report.get("consequence", {})),
    )
