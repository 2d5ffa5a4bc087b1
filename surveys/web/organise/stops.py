"""What mails a person has ended, and letting them go again, after a question."""

from flask import abort, flash, g, redirect
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.models.people import MailStop, Participant
from surveys.outbox import stops
from surveys.queries import people as people_queries
from surveys.queries import stops as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.phrases import _

LIFT = "/projekt/<project>/deltagare/<code>/stopp/<int:stop>"
SOURCES = {
    "unsubscribe": _l("by the person, with the link in a mail"),
    "complaint": _l("because the person marked a mail as junk"),
    "organiser": _l("by an organiser"),
}


def told_scope(stop: MailStop) -> str:
    """What a stop ends, in words."""
    if stop.scope == "reminders":
        return _("Reminders")
    if stop.series is not None:
        return _("All mails about %(series)s", series=stop.series.title)
    return _("All mails from %(project)s", project=g.project.title)


def stops_of(person: Participant) -> list[tuple[MailStop, str, str]]:
    """(stop, what it ends, by whom) of everything that a person gets no more."""
    found = queries.standing_of(reading_session(), person.id)
    return [(each, told_scope(each), str(SOURCES[each.source])) for each in found]


@blueprint.get(LIFT)
@staff("organiser")
def ask_to_lift_stop(project: str, code: str, stop: int) -> str:
    person = _person(code)
    found = queries.standing(reading_session(), person.id, stop) or abort(404)
    here = address("deltagare", person.code)
    return page(
        "lift_stop",
        crumbs=crumbs(
            (_("Participants"), address("deltagare")), (person.name, here), (_("Ended mails"), None)
        ),
        person=person,
        stop=found,
        what=told_scope(found),
        by=SOURCES[found.source],
        back=here,
    )


@blueprint.post(LIFT)
@staff("organiser")
def lift_stop(project: str, code: str, stop: int) -> Response:
    person = _person(code)
    try:
        stops.lift_by_hand(installation().database, person.id, stop, g.user.user_id, clock.now())
    except stops.UnknownStop:
        abort(404)
    flash(_("Mails to %(name)s go again.", name=person.name), "positive")
    return redirect(address("deltagare", person.code), 303)


def _person(code: str) -> Participant:
    return people_queries.participant(reading_session(), g.project.id, code) or abort(404)
