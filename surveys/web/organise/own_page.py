"""The link to a participant's own page, mailed to them or replaced by a new one."""

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.models.people import Participant
from surveys.queries import people as queries
from surveys.register import own_page
from surveys.register.enrolment import NotEnrolled
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/deltagare/<code>/sida")
@staff("organiser")
def ask_to_send_page(project: str, code: str) -> str:
    person = _person(code)
    return page(
        "own_page",
        crumbs=crumbs(
            (_("Participants"), address("deltagare")),
            (person.name, address("deltagare", person.code)),
            (_("Own page"), None),
        ),
        person=person,
    )


@blueprint.post("/projekt/<project>/deltagare/<code>/sida")
@staff("organiser")
def send_page(project: str, code: str) -> Response:
    person, house = _person(code), installation()
    renew = "renew" in request.form
    try:
        own_page.send_link(house.database, house.keys, person.id, g.user.user_id, clock.now(), another=renew)
    except NotEnrolled:
        flash(
            _("%(name)s takes part in no series now, so nothing is sent.") % {"name": person.name}, "warning"
        )
    else:
        old = _("The old link has ended. A mail with the new one is on its way.")
        flash(old if renew else _("A mail with the link to their page is on its way."), "positive")
    return redirect(address("deltagare", person.code), 303)


def _person(code: str) -> Participant:
    return queries.participant(reading_session(), g.project.id, code) or abort(404)
