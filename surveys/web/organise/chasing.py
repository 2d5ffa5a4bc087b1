"""Who has not answered: the open questionnaires, and for each a call list by organisation."""

import csv
import io

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import chasing
from surveys.domain.statistics import Rate
from surveys.exporting import csv_file
from surveys.models.followup import Mailing
from surveys.queries import chasing as chasing_queries
from surveys.queries import mailings as queries
from surveys.results import series as results
from surveys.web import filters
from surveys.web.filters import when
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page
from surveys.web.phrases import _

FAULTS = {
    "too_long": _l("The note is too long. Write at most 500 characters."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
}
_MOST_DIGITS = 10


@blueprint.get("/projekt/<project>/utskick/ej-svarat")
@staff("organiser")
def chase(project: str) -> str:
    session, now = reading_session(), clock.now()
    found = chasing_queries.open_mailings(session, g.project.id, now)
    return page(
        "chase",
        crumbs=crumbs((_("Mailings"), address("utskick")), (_("Who has not answered"), None)),
        mailings=found,
        asks=asked_by(found),
        rates={each.id: _rate(each) for each in found},
    )


@blueprint.get("/projekt/<project>/utskick/<int:mailing>/ej-svarat")
@staff("organiser")
def call_list(project: str, mailing: int) -> str:
    return _list_page(_mailing(mailing))


@blueprint.post("/projekt/<project>/utskick/<int:mailing>/ej-svarat")
@staff("organiser")
def note_call(project: str, mailing: int) -> Response | tuple[str, int]:
    one = _mailing(mailing)
    number = request.form.get("invitation", "")
    if not (number.isascii() and number.isdigit() and len(number) < _MOST_DIGITS):
        return _list_page(one), 422
    note = request.form.get("note", "")
    try:
        chasing.note_call(
            installation().database, g.project.id, one.id, int(number), g.user.user_id, note, clock.now()
        )
    except chasing.BadNote as bad:
        return _list_page(one, (int(number), str(FAULTS[bad.code]), note)), 422
    except chasing.UnknownInvitation:
        abort(404)
    except chasing.CannotBeKnown:
        flash(_("The questionnaire has closed, so the note was not saved."), "warning")
    else:
        flash(_("The call is noted."), "positive")
    return redirect(address("utskick", str(one.id), f"ej-svarat#p{number}"), 303)


@blueprint.get("/projekt/<project>/utskick/<int:mailing>/ej-svarat.csv")
@staff("organiser")
def call_list_file(project: str, mailing: int) -> FlaskResponse:
    one, now = _mailing(mailing), clock.now()
    try:
        found = chasing.call_list(reading_session(), installation().keys, one, now)
    except chasing.CannotBeKnown:
        abort(404)
    name = f"ej-svarat-{one.rule.code}-{now.date().isoformat()}.csv"
    answer = FlaskResponse(_as_csv(found).encode(csv_file.ENCODING), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _mailing(mailing_id: int) -> Mailing:
    """The first mailing of a questionnaire; 404 for reminders and logs."""
    one = queries.mailing(reading_session(), g.project.id, mailing_id) or abort(404)
    if one.rule.questionnaire_id is None:
        abort(404)
    return one


def _list_page(one: Mailing, bad: tuple[int, str, str] | None = None) -> str:
    session, now = reading_session(), clock.now()
    known = chasing.can_be_known(one, now)
    title = asked_by([one])[one.id]
    way = (_("Who has not answered"), address("utskick", "ej-svarat"))
    return page(
        "chase_list",
        crumbs=crumbs((_("Mailings"), address("utskick")), way, (title, None)),
        one=one,
        title=title,
        found=chasing.call_list(session, installation().keys, one, now) if known else None,
        rate=_rate(one),
        bad=bad,
        closed=now >= one.closes_at,
    )


def _rate(one: Mailing) -> Rate | None:
    found = results.read_rates(reading_session(), one.rule.series_id, clock.now())
    measurement = found.measurement(one.rule.code, one.occasion.code if one.occasion else "")
    return measurement.rate if measurement else None


def _as_csv(found: chasing.CallList) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=csv_file.SEPARATOR, lineterminator="\r\n")
    writer.writerow(
        [
            _("Organisation"),
            _("Name"),
            _("E-mail"),
            _("Telephone"),
            _("Work group"),
            _("Last mail"),
            _("Calls"),
        ]
    )
    writer.writerows([csv_file.harmless(cell) for cell in _row(each)] for each in found.everyone)
    return file.getvalue()


def _row(each: chasing.Silent) -> list[str]:
    person = each.person
    calls = (
        f"{filters.short_date(note.noted_at)} {note.user.name} {note.note}".strip() for note in each.notes
    )
    return [
        person.organisation or "",
        person.name,
        person.email,
        each.phone,
        person.work_group or "",
        when(person.last_sent_at) if person.last_sent_at else "",
        "; ".join(calls),
    ]
