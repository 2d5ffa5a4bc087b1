"""What an organiser does with one mailing or one mail: send now, skip, send again. The difference first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from surveys import clock
from surveys.database import Database
from surveys.domain.texts import has_bad_characters
from surveys.followups.difference import Difference
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.outbox import mailing_acts, message_acts
from surveys.outbox.act_faults import ActError
from surveys.queries import mailings as queries
from surveys.queries import mails as mail_queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import words
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page
from surveys.web.phrases import _

MOST_WHY = 500
Carry = Callable[[Database, int, int | None, str, datetime, bool], Difference | None]


@dataclass(frozen=True)
class Act:
    """``carry`` does it; ``title`` asks, ``text`` says what it means, ``button`` does, ``done`` tells."""

    carry: Carry
    title: LazyString
    text: LazyString
    button: LazyString
    done: LazyString
    dangerous: bool = False


def _plain(
    carry: Callable[[Database, int, int | None, str, datetime], object],
) -> Carry:
    """An act on a single mail, which changes nothing in what is planned."""

    def carried(
        db: Database, subject: int, user: int | None, why: str, now: datetime, rehearse: bool
    ) -> Difference | None:
        if not rehearse:
            carry(db, subject, user, why, now)
        return None

    return carried


MAILING_ACTS: Mapping[str, Act] = {
    "skicka-nu": Act(
        mailing_acts.send_now,
        _l("Send it now?"),
        _l("It goes within minutes, at quiet times too. Its reminders are counted from now."),
        _l("Send it now"),
        _l("It goes within minutes."),
    ),
    "hoppa-over": Act(
        mailing_acts.skip,
        _l("Skip it?"),
        _l("Nobody gets what has not left yet. You can undo it while it is not due."),
        _l("Skip it"),
        _l("It is skipped."),
        dangerous=True,
    ),
    "angra-hoppa-over": Act(
        mailing_acts.unskip,
        _l("Plan it again?"),
        _l("It goes as its rule says."),
        _l("Plan it again"),
        _l("It is planned again."),
    ),
    "trots-tyst-tid": Act(
        mailing_acts.override_quiet,
        _l("Let it go in spite of the quiet time?"),
        _l("This mailing goes when its rule says. All others keep to the quiet times."),
        _l("Let it go at its own time"),
        _l("It goes at its own time."),
    ),
}
MAIL_ACTS: Mapping[str, Act] = {
    "igen": Act(
        _plain(message_acts.send_again),
        _l("Send it again?"),
        _l("The person gets the first mail once more, with the same link."),
        _l("Send it again"),
        _l("It is on its way again."),
    ),
    "hoppa-over": Act(
        _plain(message_acts.skip_message),
        _l("Skip this mail?"),
        _l("The person does not get it. Other mails are not touched."),
        _l("Skip this mail"),
        _l("The mail is skipped."),
        dangerous=True,
    ),
    "nu": Act(
        _plain(message_acts.send_message_now),
        _l("Send this mail now?"),
        _l("It goes within minutes, at a quiet time too."),
        _l("Send this mail now"),
        _l("It goes within minutes."),
    ),
}
REFUSED = {
    "already_sent": _l("It has left already."),
    "closed": _l("It has closed, so it cannot be answered any more."),
    "not_planned": _l("There is nothing of it to send or skip."),
    "no_attendance": _l("It goes to those who were there. Record who was at the occasion first."),
    "not_skipped": _l("It is not skipped."),
    "not_deferred": _l("It does not wait for the end of a quiet time."),
    "already_waiting": _l("The same mail is on its way already."),
    "withdrawn": _l("The link is withdrawn. Make a new link on the page of the participant."),
    "enrolment_ended": _l("The person does not take part any more."),
    "address_dead": _l("Mail to the address has come back. Correct the address first."),
}


def offered(one: Mailing, counts: mail_queries.Counts, now: datetime) -> list[tuple[str, LazyString]]:
    """(end of the address, what it says) of the acts that make sense on a mailing now."""
    open_still = now < one.closes_at
    untried = counts.of("due") + counts.of("deferred") + counts.of("under_way")
    ahead = one.state in ("planned", "waiting")
    names = {
        "skicka-nu": open_still and (ahead or one.state == "missed" or counts.of("deferred") > 0),
        "trots-tyst-tid": ahead and one.deferral is not None and not one.quiet_override,
        "hoppa-over": ahead or untried > 0,
        "angra-hoppa-over": (one.state, one.reason) == ("cancelled", "skipped"),
    }
    return [(name, MAILING_ACTS[name].button) for name, makes_sense in names.items() if makes_sense]


def offered_on_mail(one: Message, now: datetime) -> list[tuple[str, LazyString]]:
    """The same of a single mail."""
    asks = one.invitation
    names = {
        "igen": asks is not None and now < asks.mailing.closes_at and one.state not in ("due", "claimed"),
        "nu": one.state == "due" and one.next_attempt_at > now,
        "hoppa-over": one.state == "due" or mail_queries.shown_state(one, now) == "uncertain",
    }
    return [(name, MAIL_ACTS[name].button) for name, makes_sense in names.items() if makes_sense]


@blueprint.get("/projekt/<project>/utskick/<int:mailing>/<act>")
@staff("organiser")
def ask_to_act(project: str, mailing: int, act: str) -> str | Response:
    return _asked(*_on_mailing(mailing, act))


@blueprint.post("/projekt/<project>/utskick/<int:mailing>/<act>")
@staff("organiser")
def act_on_mailing(project: str, mailing: int, act: str) -> Response | tuple[str, int]:
    return _done(*_on_mailing(mailing, act))


@blueprint.get("/projekt/<project>/utskick/mejl/<int:message>/<act>")
@staff("organiser")
def ask_to_act_on_mail(project: str, message: int, act: str) -> str | Response:
    return _asked(*_on_mail(message, act))


@blueprint.post("/projekt/<project>/utskick/mejl/<int:message>/<act>")
@staff("organiser")
def act_on_mail(project: str, message: int, act: str) -> Response | tuple[str, int]:
    return _done(*_on_mail(message, act))


@dataclass(frozen=True)
class Subject:
    """What is acted on: the number the act takes, the page to go back to, and its name."""

    number: int
    back: str
    name: str


def _on_mailing(mailing_id: int, act: str) -> tuple[Act, Subject]:
    one = queries.mailing(reading_session(), g.project.id, mailing_id) or abort(404)
    name = f"{asked_by([one])[one.id]}, {words.step_name(one).lower()}"
    back = address("utskick", str(one.id))
    return MAILING_ACTS.get(act) or abort(404), Subject(one.id, back, name)


def _on_mail(message_id: int, act: str) -> tuple[Act, Subject]:
    one = mail_queries.message(reading_session(), g.project.id, message_id) or abort(404)
    if act == "igen" and one.invitation_id is None:
        abort(404)
    assert one.enrolment is not None  # noqa: S101 (the select joins it)
    number = (one.invitation_id or 0) if act == "igen" else one.id
    name = f"{words.message_name(one.kind, one.step)}, {one.enrolment.participant.name}"
    return MAIL_ACTS.get(act) or abort(404), Subject(number, address("utskick", "mejl", str(one.id)), name)


def _asked(act: Act, subject: Subject) -> str | Response:
    try:
        difference = _carried(act, subject, "", rehearse=True)
    except ActError as error:
        return _refused(error, subject)
    return _act_page(act, subject, difference)


def _done(act: Act, subject: Subject) -> Response | tuple[str, int]:
    why = " ".join(request.form.get("why", "").split())
    try:
        if fault := _fault(why):
            return _act_page(act, subject, _carried(act, subject, "", rehearse=True), fault, why), 422
        _carried(act, subject, why, rehearse=False)
    except ActError as error:
        return _refused(error, subject)
    flash(str(act.done), "positive")
    return redirect(subject.back, 303)


def _carried(act: Act, subject: Subject, why: str, *, rehearse: bool) -> Difference | None:
    db = installation().database
    return act.carry(db, subject.number, g.user.user_id, why, clock.now(), rehearse)


def _refused(error: ActError, subject: Subject) -> Response:
    flash(str(REFUSED[error.code]) if error.code in REFUSED else _("It cannot be done."), "warning")
    return redirect(subject.back, 303)


def _fault(why: str) -> str | None:
    if not why:
        return _("Say why, in a few words. It is kept with the mailing.")
    if has_bad_characters(why):
        return _("This holds characters that cannot be shown. Write it again.")
    return _("The reason is too long. Write at most 500 characters.") if len(why) > MOST_WHY else None


def _act_page(
    act: Act, subject: Subject, difference: Difference | None, fault: str | None = None, why: str = ""
) -> str:
    way = crumbs((_("Mailings"), address("utskick")), (subject.name, subject.back), (str(act.button), None))
    return page("mail_act", crumbs=way, act=act, subject=subject, difference=difference, fault=fault, why=why)
