"""Attendance from a file: chosen, shown row by row with its verdict, and only then saved."""

import json

from flask import flash, g, redirect, request
from flask_babel import lazy_gettext as _l

from surveys import clock
from surveys.importing.files import Refused
from surveys.importing.sheets import LARGEST_BYTES
from surveys.models.programme import Occasion
from surveys.register import attendance, attendance_file
from surveys.register.attendance import BadMinutes, Change, ChangedMeanwhile, OccasionCancelled
from surveys.register.attendance_file import JudgedRow
from surveys.register.enrolment import AttendanceNotKept, NotEnrolled, UnknownTheme
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.attendance import (
    WORDS,
    Answer,
    attendance_address,
    attendance_crumbs,
    occasion_or_404,
)
from surveys.web.organise.attendance_forms import mark_of_text, mark_text
from surveys.web.organise.base import blueprint, page, series_tabs
from surveys.web.phrases import _, ngettext
from surveys.web.sent_file import sent_file

REFUSALS = {
    "nobody_named": _l("No column says who. Name one of them “code” or “e-mail”."),
    "no_columns": _l("The file has no line with the names of at least two columns."),
    "file_empty": _l("The file is empty."),
    "file_too_big": _l("The file is too large."),
    "old_workbook": _l("This is an old or locked workbook. Save it as .xlsx or CSV and choose it again."),
    "too_many_rows": _l("There are too many rows for one occasion."),
}
FAULTS = {
    "ragged_row": _l("The row has more or fewer cells than there are columns."),
    "nobody": _l("The row does not say who."),
    "other_occasion": _l("The row is about another occasion: “%(value)s”."),
    "unknown_person": _l("“%(value)s” does not take part in the series."),
    "shared_address": _l("Several persons have the address %(value)s. Say which by their code."),
    "twice": _l("The person stands on line %(value)s already."),
    "not_yes_or_no": _l("“%(value)s” is neither yes nor no."),
    "unknown_theme": _l("The occasion has no theme “%(value)s”."),
    "bad_minutes": _l("“%(value)s” is no number of minutes."),
}
VERDICTS = {
    "new": (_l("new"), "positive"),
    "changed": (_l("changed"), "info"),
    "same": (_l("unchanged"), "neutral"),
    "faulty": (_l("faulty"), "danger"),
}
_ADDRESS = "/projekt/<project>/insatser/<series>/narvaro/<occasion>/fil"


@blueprint.get(_ADDRESS)
@staff("organiser")
def attendance_file_form(project: str, series: str, occasion: str) -> str:
    return _form_page(occasion_or_404(occasion))


@blueprint.post(_ADDRESS)
@staff("organiser")
def judge_attendance_file(project: str, series: str, occasion: str) -> Answer:
    found = occasion_or_404(occasion)
    name, raw = sent_file("file", LARGEST_BYTES)
    if not name:
        return _form_page(found, _("Choose a file first.")), 422
    try:
        judged = attendance_file.judge(reading_session(), found, raw)
    except Refused as refused:
        reason = REFUSALS.get(refused.code, _("The file cannot be read. Save it as CSV or .xlsx."))
        return _form_page(found, str(reason)), 422
    return page(
        "attendance_file",
        crumbs=attendance_crumbs(found, _("From a file")),
        tabs=series_tabs(),
        occasion=found,
        judged=judged,
        changes=json.dumps(
            [
                [number, mark_text(each.seen), mark_text(each.wanted)]
                for number, each in judged.changes.items()
            ]
        ),
        verdicts=VERDICTS,
        fault=_fault,
        said=WORDS,
        here=attendance_address(found),
    )


@blueprint.post(f"{_ADDRESS}/spara")
@staff("organiser")
def save_attendance_file(project: str, series: str, occasion: str) -> Answer:
    found = occasion_or_404(occasion)
    try:
        count = attendance.save_marks(installation().database, found.id, _sent(), clock.now(), "import")
    except ChangedMeanwhile:
        notice = _(
            "Somebody else has recorded attendance meanwhile. Nothing was saved. Choose the file again."
        )
        return _form_page(found, notice), 409
    except (UnknownTheme, NotEnrolled, BadMinutes, AttendanceNotKept, OccasionCancelled):
        notice = _("The list has changed since the file was read. Nothing was saved. Choose the file again.")
        return _form_page(found, notice), 409
    flash(
        ngettext(
            "The attendance of one person is saved.", "The attendance of %(num)s persons is saved.", count
        ),
        "positive",
    )
    return redirect(attendance_address(found), 303)


def _sent() -> dict[int, Change]:
    """What the page with the verdicts sends back; anything else is a change that is refused when saving."""
    try:
        rows = json.loads(request.form.get("changes", "[]"))
        return {
            int(number): Change(mark_of_text(str(seen)), mark_of_text(str(wanted)))
            for number, seen, wanted in rows
            if 0 < int(number) < 10**9
        }
    except (ValueError, TypeError, OverflowError, RecursionError):
        return {}


def _form_page(occasion: Occasion, error: str = "") -> str:
    return page(
        "attendance_file_form",
        crumbs=attendance_crumbs(occasion, _("From a file")),
        tabs=series_tabs(),
        occasion=occasion,
        error=error,
        errors=[("file", error)] if error else [],
        here=attendance_address(occasion),
        example=f"{g.series.code}-{occasion.code}",
    )


def _fault(row: JudgedRow) -> str:
    return str(FAULTS[row.fault]) % {"value": row.value}
