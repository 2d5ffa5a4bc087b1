"""Who was at an occasion: the list to tick, to print and to take out, and the hours that come of it."""

import csv
import io
from collections.abc import Mapping, Sequence

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.exporting import csv_file, hours
from surveys.models.followup import Mailing
from surveys.models.programme import Occasion
from surveys.queries import attendance as queries
from surveys.queries import mailings as mailing_queries
from surveys.queries import projects as project_queries
from surveys.register import attendance
from surveys.register.attendance import BadMinutes, ChangedMeanwhile, Mark, OccasionCancelled
from surveys.register.enrolment import AttendanceNotKept, NotEnrolled, UnknownTheme
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.attendance_forms import (
    TickRow,
    filled_in,
    listed_numbers,
    mark_typed,
    tick_row,
    typed_changes,
)
from surveys.web.organise.base import (
    Crumbs,
    asked_by,
    blueprint,
    page,
    page_number,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.organise.occasions import name_of
from surveys.web.phrases import _, ngettext

Answer = str | Response | tuple[str, int]

WORDS = {True: _l("present"), False: _l("absent"), None: _l("not recorded")}
SOURCES = {"staff": _l("ticked by staff"), "door": _l("said so at the door"), "import": _l("from a file")}
HEADINGS = {
    "code": _l("code"),
    "name": _l("name"),
    "organisation": _l("organisation"),
    "series": _l("series"),
    "month": _l("month"),
    "occasions": _l("occasions"),
    "hours": _l("hours"),
    "present": _l("present"),
    "theme": _l("theme"),
    "minutes": _l("minutes"),
}
YES_NO = {True: _l("yes"), False: _l("no"), None: ""}


@blueprint.get("/projekt/<project>/insatser/<series>/narvaro")
@staff("organiser")
def series_attendance(project: str, series: str) -> str:
    session = reading_session()
    return page(
        "attendance",
        crumbs=series_crumbs(_("Attendance")),
        tabs=series_tabs(),
        occasions=project_queries.occasions_of(session, g.series.id),
        counts=queries.counts(session, g.series.id),
        nothing=queries.Count(),
        enrolled=queries.enrolled(session, g.series.id),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/narvaro/<occasion>")
@staff("organiser")
def attendance_list(project: str, series: str, occasion: str) -> str:
    found = occasion_or_404(occasion)
    sheet = queries.people(reading_session(), found, page_number())
    filled = "alla" in request.args
    rows = [tick_row(person, filled_in(person, filled)) for person in sheet.rows]
    unsaved = sum(row.shown != row.stored for row in rows)
    return _list_page(found, rows, sheet.page, sheet.pages, sheet.total, unsaved=unsaved)


@blueprint.post("/projekt/<project>/insatser/<series>/narvaro/<occasion>")
@staff("organiser")
def save_attendance(project: str, series: str, occasion: str) -> Answer:
    found = occasion_or_404(occasion)
    changes, faulty = typed_changes()
    if faulty:
        return _again(found, faulty={number: _("Write whole minutes, such as 90.") for number in faulty}), 422
    try:
        count = attendance.save_marks(installation().database, found.id, changes, clock.now())
    except ChangedMeanwhile as other:
        return _again(found, stored=other.stored), 409
    except BadMinutes as bad:
        return _again(found, faulty={bad.enrolment_id: _("Write whole minutes, such as 90.")}), 422
    except (UnknownTheme, NotEnrolled):
        flash(_("The list has changed since you opened it. Nothing was saved. Look it through."), "warning")
        return redirect(attendance_address(found), 303)
    except (AttendanceNotKept, OccasionCancelled):
        abort(409)
    _tell(count)
    number = page_number()
    return redirect(attendance_address(found) + (f"?s={number}" if number > 1 else ""), 303)


@blueprint.get("/projekt/<project>/insatser/<series>/narvaro/<occasion>/lista")
@staff("organiser")
def attendance_print(project: str, series: str, occasion: str) -> str:
    found = occasion_or_404(occasion)
    return page(
        "attendance_print",
        crumbs=attendance_crumbs(found, _("List to print")),
        occasion=found,
        people=queries.people(reading_session(), found).rows,
        here=attendance_address(found),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/narvaro/<occasion>/narvaro.csv")
@staff("organiser")
def attendance_csv(project: str, series: str, occasion: str) -> Response:
    found = occasion_or_404(occasion)
    columns = ("code", "name", "organisation", "present", "theme", "minutes")
    rows = [
        [
            csv_file.harmless(person.code),
            csv_file.harmless(person.name),
            csv_file.harmless(person.organisation or ""),
            str(YES_NO[person.present]),
            person.theme or "",
            str(person.minutes or ""),
        ]
        for person in queries.people(reading_session(), found).rows
    ]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=csv_file.SEPARATOR, lineterminator="\r\n")
    writer.writerows([[str(HEADINGS[column]) for column in columns], *rows])
    return csv_answer(file.getvalue(), f"{g.series.code}-{found.code}")


@blueprint.get("/projekt/<project>/insatser/<series>/timmar.csv")
@staff("organiser")
def series_hours(project: str, series: str) -> Response:
    return _hours(g.series.id, g.series.code)


@blueprint.get("/projekt/<project>/timmar.csv")
@staff("organiser")
def project_hours(project: str) -> Response:
    return _hours(None, g.project.code)


def occasion_or_404(code: str) -> Occasion:
    return queries.occasion_by_code(reading_session(), g.series.id, code) or abort(404)


def attendance_address(occasion: Occasion, *parts: str) -> str:
    return series_address("narvaro", occasion.code, *parts)


def attendance_crumbs(occasion: Occasion, section: str | None = None) -> Crumbs:
    way: Crumbs = [*series_crumbs(_("Attendance"))[:-1], (_("Attendance"), series_address("narvaro"))]
    if section is None:
        return [*way, (name_of(occasion), None)]
    return [*way, (name_of(occasion), attendance_address(occasion)), (section, None)]


def csv_answer(text: str, name: str) -> Response:
    """A file that a spreadsheet opens, named after ``name`` and the day."""
    answer = Response(text.encode(csv_file.ENCODING), mimetype="text/csv")
    day = clock.now().date().isoformat()
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
    return answer


def _hours(series_id: int | None, name: str) -> Response:
    rows = hours.hours(queries.stays(reading_session(), g.project.id, series_id))
    file = io.StringIO(newline="")
    hours.write(rows, [str(HEADINGS[column]) for column in hours.COLUMNS], file)
    return csv_answer(file.getvalue(), name + "-" + _("hours"))


def _again(
    occasion: Occasion, stored: Mapping[int, Mark] | None = None, faulty: Mapping[int, str] | None = None
) -> str:
    """The list as it was filled in, with what others have recorded meanwhile or what is wrong."""
    others, wrong = stored or {}, faulty or {}
    people = queries.people(reading_session(), occasion, only=listed_numbers()).rows
    rows = [
        tick_row(
            person,
            mark_typed(person.enrolment_id),
            request.form.get(f"m-{person.enrolment_id}", "")[:20],
            wrong.get(person.enrolment_id, ""),
            person.enrolment_id in others,
        )
        for person in people
    ]
    errors = [
        (f"m-{row.person.enrolment_id}", f"{row.person.name}: {row.error}") for row in rows if row.error
    ]
    errors += [(f"p-{row.person.enrolment_id}", _conflict(row)) for row in rows if row.conflict]
    return _list_page(occasion, rows, page_number(), 1, len(rows), errors=errors)


def _conflict(row: TickRow) -> str:
    what = WORDS[row.stored.present]
    return _("%(name)s: somebody else has recorded “%(what)s”.", name=row.person.name, what=what)


def _list_page(
    occasion: Occasion,
    rows: Sequence[TickRow],
    number: int,
    pages: int,
    total: int,
    unsaved: int = 0,
    errors: Sequence[tuple[str, str]] = (),
) -> str:
    session = reading_session()
    about = mailing_queries.of_occasions(session, g.series.id).get(occasion.id, [])
    waiting = [each for each in about if _waits_for_attendance(each)]
    return page(
        "attendance_list",
        crumbs=attendance_crumbs(occasion),
        tabs=series_tabs(),
        occasion=occasion,
        rows=rows,
        count=queries.counts(session, g.series.id).get(occasion.id, queries.Count()),
        number=number,
        pages=pages,
        total=total,
        unsaved=unsaved,
        errors=errors,
        waiting=waiting,
        asks=asked_by(waiting),
        here=attendance_address(occasion),
        said=WORDS,
        sources=SOURCES,
    )


def _waits_for_attendance(mailing: Mailing) -> bool:
    ahead = mailing.state in mailing_queries.AHEAD and mailing.step == 0
    return ahead and mailing.rule.audience == "present"


def _tell(count: int) -> None:
    if count:
        flash(
            ngettext(
                "The attendance of one person is saved.", "The attendance of %(num)s persons is saved.", count
            ),
            "positive",
        )
    else:
        flash(_("Nothing was changed."), "info")
