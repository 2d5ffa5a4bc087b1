"""A mail as its receiver sees it, and sent to oneself as a test."""

from flask import abort, current_app, flash, g, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from surveys import clock
from surveys.followups.audience import Audience
from surveys.followups.rules_ahead import audience_of
from surveys.mail.office import Office
from surveys.models.followup import Mailing
from surveys.outbox import mail_languages, mail_preview, mailing_acts
from surveys.outbox.act_faults import UnknownPerson
from surveys.outbox.mail_languages import MailLanguage
from surveys.outbox.mail_preview import Receiver
from surveys.queries import mailings as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.language import name as language_name
from surveys.web.mail_html import shown_html
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/utskick/<int:mailing>/forhandsvisning")
@staff("organiser")
def mail_preview_page(project: str, mailing: int) -> str | tuple[str, int]:
    one = _mailing(mailing)
    session, now = reading_session(), clock.now()
    code, wanted = request.args.get("till"), request.args.get("mejlsprak")
    search = request.args.get("sok", "")[:100].strip()
    people = mail_preview.receivers(session, one, search=search)
    if search and not code and people:
        code = people[0].code
    try:
        shown = mail_preview.specimen(session, office(), one, code or None, wanted, now)
    except mail_preview.NobodyToShow:
        shown = None
    title = asked_by([one])[one.id]
    body = page(
        "mail_preview",
        crumbs=crumbs(
            (_("Mailings"), address("utskick")),
            (title, address("utskick", str(one.id))),
            (_("Preview"), None),
        ),
        one=one,
        title=title,
        shown=shown,
        html=shown_html(shown.html) if shown else Markup(),
        people=_with(people, shown.receiver) if shown else people,
        search=search,
        nobody=search != "" and not people,
        many=search != "" or len(people) == mail_preview.MOST_SHOWN,
        languages=[(each, language_name(each)) for each in g.project.languages],
        till=code or "",
        spoken=languages_of(one, going_to(one)),
    )
    return (body, 404) if code and shown is None else body


@blueprint.post("/projekt/<project>/utskick/<int:mailing>/forhandsvisning")
@staff("organiser")
def send_test(project: str, mailing: int) -> Response:
    one = _mailing(mailing)
    code, wanted = request.form.get("till", ""), request.form.get("mejlsprak", "")
    language = wanted if wanted in g.project.languages else g.project.languages[0]
    try:
        mailing_acts.test_send(installation().database, one.id, code, language, g.user.user_id, clock.now())
    except UnknownPerson:
        flash(_("Nobody of that kind gets this mailing."), "warning")
    else:
        flash(_("A test mail is on its way to you. Its link leads nowhere."), "positive")
    return redirect(address("utskick", str(one.id), "forhandsvisning"), 303)


def going_to(one: Mailing) -> Audience | None:
    """Who a mailing that has not gone goes to, as things are now; None where it has."""
    if one.state not in ("planned", "waiting"):
        return None
    return audience_of(reading_session(), installation().keys, one)


def languages_of(one: Mailing, found: Audience | None) -> list[MailLanguage]:
    """In which languages a mailing goes to those of :func:`going_to`."""
    if found is None:
        return []
    return mail_languages.spread(reading_session(), one, [each.language for each in found.receivers])


def _with(people: list[Receiver], one: Receiver) -> list[Receiver]:
    """Those to choose among, the chosen one too."""
    return people if one in people else [one, *people]


def _mailing(mailing_id: int) -> Mailing:
    return queries.mailing(reading_session(), g.project.id, mailing_id) or abort(404)


def office() -> Office:
    """Where mails are written: made once, for templates and texts take time to read."""
    kept = current_app.extensions
    if "folja_office" not in kept:
        kept["folja_office"] = Office(installation().settings)
    office: Office = kept["folja_office"]
    return office
