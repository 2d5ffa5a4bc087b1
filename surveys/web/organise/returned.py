"""What came back from a participant's address, in the words of the server that sent it back."""

from flask import abort, g
from flask_babel import lazy_gettext as _l

from surveys.queries import people as people_queries
from surveys.queries import returns as queries
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.phrases import _

KINDS = {
    "bounce": _l("Came back"),
    "delay": _l("Delayed"),
    "auto_reply": _l("Automatic reply"),
    "complaint": _l("Marked as junk"),
    "unknown": _l("Something else"),
}
CONSEQUENCES = {
    "bounce": _l("Nothing more is sent to this address. Correct it, and mails go again."),
    "complaint": _l("Nothing more is sent to this person, unless somebody lifts the stop."),
}
IGNORED = {
    "no_consequence": _l("Mails go on as before."),
    "stale": _l("Too old to say anything of the address today. Mails go on as before."),
    "other_address": _l("It is about another address than the person has now. Mails go on as before."),
}


@blueprint.get("/projekt/<project>/deltagare/<code>/retur/<int:returned>")
@staff("organiser")
def returned_mail(project: str, code: str, returned: int) -> str:
    session = reading_session()
    person = people_queries.participant(session, g.project.id, code) or abort(404)
    mail = queries.one(session, person.id, returned) or abort(404)
    way = crumbs((_("Participants"), address("deltagare")), (person.name, address("deltagare", person.code)))
    return page(
        "returned",
        crumbs=[*way, (_("Returned mail"), None)],
        person=person,
        mail=mail,
        kind=KINDS[mail.kind],
        consequence=IGNORED[mail.ignored] if mail.ignored in IGNORED else CONSEQUENCES.get(mail.kind, ""),
    )
