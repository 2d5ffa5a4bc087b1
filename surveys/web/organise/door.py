"""The code of an occasion's door: on paper, on the last slide, renewed; and a person's own code, scanned."""

from dataclasses import dataclass
from datetime import timedelta

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion
from surveys.queries import attendance as queries
from surveys.queries import mailings as mailing_queries
from surveys.register import attendance
from surveys.register.attendance import Change, ChangedMeanwhile, Mark
from surveys.register.enrolment import UnknownTheme
from surveys.web import qr
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.attendance import attendance_address, attendance_crumbs, occasion_or_404
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page, series_tabs
from surveys.web.phrases import _

AROUND = timedelta(hours=12)  # before and after now: the occasions that a scanned person may be at
_ADDRESS = "/projekt/<project>/insatser/<series>/narvaro/<occasion>/qr"
_CODE = "/projekt/<project>/kod/<page_id>"


@dataclass(frozen=True)
class Scanned:
    """An occasion of today of the person whose code was scanned."""

    enrolment: Enrolment
    occasion: Occasion
    mark: Mark
    is_on: bool


@blueprint.get(_ADDRESS)
@staff("organiser")
def door_code(project: str, series: str, occasion: str) -> str:
    found = occasion_or_404(occasion)
    about = mailing_queries.of_occasions(reading_session(), g.series.id).get(found.id, [])
    coming = [each for each in about if each.step == 0 and each.state in mailing_queries.AHEAD]
    return page(
        "door",
        crumbs=attendance_crumbs(found, _("Code for the door")),
        tabs=series_tabs(),
        occasion=found,
        door=_door(found),
        code=qr.svg(_door(found)),
        coming=coming,
        asks=asked_by(coming),
        here=attendance_address(found, "qr"),
    )


@blueprint.get(f"{_ADDRESS}/dorr")
@staff("organiser")
def door_poster(project: str, series: str, occasion: str) -> str:
    return _poster(occasion_or_404(occasion), "door")


@blueprint.get(f"{_ADDRESS}/bild")
@staff("organiser")
def last_slide(project: str, series: str, occasion: str) -> str:
    return _poster(occasion_or_404(occasion), "slide")


@blueprint.get(f"{_ADDRESS}/kod.svg")
@staff("organiser")
def door_picture(project: str, series: str, occasion: str) -> Response:
    found = occasion_or_404(occasion)
    answer = Response(qr.svg_file(_door(found)), mimetype="image/svg+xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{g.series.code}-{found.code}.svg"'
    return answer


@blueprint.get(f"{_ADDRESS}/ny")
@staff("organiser")
def ask_to_renew_door(project: str, series: str, occasion: str) -> str:
    found = occasion_or_404(occasion)
    return page(
        "door_renew",
        crumbs=attendance_crumbs(found, _("New code for the door")),
        tabs=series_tabs(),
        occasion=found,
        here=attendance_address(found, "qr"),
    )


@blueprint.post(f"{_ADDRESS}/ny")
@staff("organiser")
def renew_door(project: str, series: str, occasion: str) -> Response:
    found = occasion_or_404(occasion)
    attendance.renew_door(installation().database, found.id, g.user.user_id, clock.now())
    flash(
        _("The occasion has a new code. Print it and take the old one down: it leads nowhere now."),
        "positive",
    )
    return redirect(attendance_address(found, "qr"), 303)


@blueprint.get(_CODE)
@staff("organiser")
def scanned_code(project: str, page_id: str) -> str:
    return _scanned_page(_person(page_id), page_id)


@blueprint.post(_CODE)
@staff("organiser")
def tick_scanned(project: str, page_id: str) -> Response:
    person, chosen = _person(page_id), request.form.get("occasion")
    found = next((each for each in _scanned(person) if str(each.occasion.id) == chosen), None)
    if found is None:  # the page has been open for so long that the occasion is not of today any more
        flash(_("Nothing was saved. These are the occasions of today."), "warning")
        return redirect(address("kod", page_id), 303)
    undo = "undo" in request.form
    theme = request.form.get("theme", "") or found.mark.theme
    wanted = Mark() if undo else Mark(True, theme, found.mark.minutes)
    changes = {found.enrolment.id: Change(found.mark, wanted)}
    try:
        attendance.save_marks(installation().database, found.occasion.id, changes, clock.now())
    except (ChangedMeanwhile, UnknownTheme):
        flash(_("Somebody else has changed it meanwhile. Look at what is recorded now."), "warning")
    else:
        words = _("%(name)s: nothing is recorded any more.") if undo else _("%(name)s is here.")
        flash(words % {"name": person.name}, "positive")
    return redirect(address("kod", page_id), 303)


def _poster(occasion: Occasion, kind: str) -> str:
    return page(
        "door_poster",
        kind=kind,
        occasion=occasion,
        door=_door(occasion),
        code=qr.svg(_door(occasion)),
        here=attendance_address(occasion, "qr"),
    )


def _door(occasion: Occasion) -> str:
    return f"{installation().settings.base_url}/t/{occasion.door_id}"


def _person(page_id: str) -> Participant:
    return queries.person_of_code(reading_session(), g.project.id, page_id) or abort(404)


def _scanned(person: Participant) -> list[Scanned]:
    session, now = reading_session(), clock.now()
    found = []
    for enrolment, occasion in queries.occasions_around(session, person.id, now - AROUND, now + AROUND):
        row = queries.rows_of(session, occasion.id, [enrolment.id]).get(enrolment.id)
        found.append(Scanned(enrolment, occasion, attendance.mark_of(row), attendance.is_on(occasion, now)))
    return sorted(found, key=lambda each: not each.is_on)


def _scanned_page(person: Participant, page_id: str) -> str:
    return page(
        "scanned",
        crumbs=crumbs((_("Participants"), address("deltagare")), (person.name, None)),
        person=person,
        found=_scanned(person),
        here=address("kod", page_id),
    )
