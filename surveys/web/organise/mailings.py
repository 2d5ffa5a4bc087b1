"""One mailing and how it went, and the life of each of its mails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, g, request

from surveys import clock
from surveys.answers import chasing
from surveys.followups.audience import Audience
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.returned import ReturnedMail
from surveys.queries import mailings as queries
from surveys.queries import mails as mail_queries
from surveys.queries import people as people_queries
from surveys.queries import projects as project_queries
from surveys.results import series as results
from surveys.results.model import Measurement
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import words
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page
from surveys.web.organise.deed_words import deed_name
from surveys.web.organise.mail_acts import offered, offered_on_mail
from surveys.web.organise.mail_preview import going_to, languages_of
from surveys.web.organise.rules import in_words
from surveys.web.phrases import _, ngettext


@dataclass(frozen=True)
class Moment:
    """One event in the life of a mail; ``text`` says more, "" where there is no more to say."""

    at: datetime
    title: str
    text: str = ""


@blueprint.get("/projekt/<project>/utskick/<int:mailing>")
@staff("organiser")
def mailing(project: str, mailing: int) -> str:
    return mailing_page(found_mailing(mailing))


@blueprint.get("/projekt/<project>/utskick/mejl/<int:message>")
@staff("organiser")
def message(project: str, message: int) -> str:
    return message_page(found_message(message))


def found_mailing(mailing_id: int) -> Mailing:
    return queries.mailing(reading_session(), g.project.id, mailing_id) or abort(404)


def found_message(message_id: int) -> Message:
    """A mail to a participant of the project. Reminders about the log have no page: see ``counts``."""
    return mail_queries.message(reading_session(), g.project.id, message_id) or abort(404)


def mailing_page(one: Mailing) -> str:
    session, now = reading_session(), clock.now()
    counts = mail_queries.counts(session, [one.id], now).get(one.id, mail_queries.Counts())
    receivers = mail_queries.receivers(session, one, now)
    knows = chasing.can_be_known(one, now)
    invited = [each.invitation for each in receivers]
    answered = people_queries.answered(session, installation().keys, invited) if knows else set()
    only_silent = request.args.get("visa") == "ej-svarat" and knows
    title, found = asked_by([one])[one.id], going_to(one)
    titles = {each.code: each.title for each in project_queries.occasions_of(session, one.rule.series_id)}
    return page(
        "mailing",
        crumbs=crumbs((_("Mailings"), address("utskick")), (title, None)),
        one=one,
        title=title,
        rule=in_words(one.rule, titles),
        steps=queries.steps(session, one),
        counts=counts,
        is_log=one.rule.questionnaire_id is None,
        knows=knows,
        measurement=_measurement(one, now),
        expected=_expected(one, found),
        spoken=languages_of(one, found),
        receivers=[each for each in receivers if not only_silent or each.invitation not in answered],
        everyone=len(receivers),
        answered=answered,
        only_silent=only_silent,
        deeds=queries.deeds(session, g.project.id, [f"mailing:{one.id}"]),
        acts=offered(one, counts, now),
    )


def message_page(one: Message) -> str:
    session, now = reading_session(), clock.now()
    subjects = [f"message:{one.id}", f"invitation:{one.invitation_id}", f"mailing:{one.mailing_id}"]
    deeds = queries.deeds(session, g.project.id, subjects)
    about = address("utskick", str(one.mailing_id)) if one.mailing_id else None
    asks = asked_by([one.mailing])[one.mailing.id] if one.mailing else ""
    assert one.enrolment is not None  # noqa: S101 (the select joins it)
    return page(
        "message",
        crumbs=crumbs((_("Mailings"), address("utskick")), (asks or _("Mail"), about), (_("Mail"), None)),
        one=one,
        person=one.enrolment.participant,
        asks=asks,
        kind=words.message_name(one.kind, one.step),
        state=mail_queries.shown_state(one, now),
        life=_life(one, deeds, mail_queries.returned(session, one.id), now),
        acts=offered_on_mail(one, now),
        others=_others(one, now),
    )


def _others(one: Message, now: datetime) -> list[tuple[Message, str]]:
    """All mails of the same invitation, with the states to show; reminders about the log left out."""
    if one.invitation_id is None:
        return []
    found = people_queries.messages_of(reading_session(), [one.invitation_id])
    return [(each, mail_queries.shown_state(each, now)) for each in found.get(one.invitation_id, [])]


def _life(
    one: Message, deeds: Sequence[Deed], returned: Iterable[ReturnedMail], now: datetime
) -> list[Moment]:
    """What has happened to a mail and what will, in order."""
    past = [Moment(each.done_at, deed_name(each.action), _by(each)) for each in deeds]
    past += [
        Moment(each.received_at, words.said(words.RETURN_KINDS, each.kind), each.diagnostic)
        for each in returned
    ]
    return sorted([*past, *_planned(one), *_tried(one, now)], key=lambda each: each.at)


def _planned(one: Message) -> list[Moment]:
    mailing = one.mailing
    if mailing is None or one.resend:
        return []
    moments = [Moment(mailing.intended_at, _("Planned for this moment"))]
    if mailing.due_at != mailing.intended_at:
        why = words.said(words.DEFERRALS, mailing.deferral) if mailing.deferral else ""
        moments.append(Moment(mailing.due_at, _("Due"), why))
    if mailing.expanded_at is not None:
        moments.append(Moment(mailing.expanded_at, _("Put in the outbox")))
    return moments


def _tried(one: Message, now: datetime) -> list[Moment]:
    moments = []
    if one.claimed_at is not None:
        text = ngettext("It may have left %(num)s time.", "It may have left %(num)s times.", one.attempts)
        moments.append(Moment(one.claimed_at, _("Taken up to be sent"), text if one.attempts > 1 else ""))
    if one.sent_at is not None:
        moments.append(Moment(one.sent_at, _("Taken by the receiver's mail server")))
    if one.bounced_at is not None:
        moments.append(Moment(one.bounced_at, _("Came back")))
    if one.state == "due" and one.next_attempt_at > now:
        why = words.message_reason("due", one.reason)
        moments.append(Moment(one.next_attempt_at, _("Is tried next"), why))
    return moments


def _by(deed: Deed) -> str:
    who = deed.user.name if deed.user else _("the system")
    return f"{who}: {deed.why}" if deed.why else who


def _measurement(one: Mailing, now: datetime) -> Measurement | None:
    """The measurement that the mailing belongs to: the rate is the one that results show."""
    if one.rule.questionnaire_id is None:
        return None
    found = results.read_rates(reading_session(), one.rule.series_id, now)
    return found.measurement(one.rule.code, one.occasion.code if one.occasion else "")


def _expected(one: Mailing, found: Audience | None) -> int | None:
    """How many the first mail would go to if it went now; None where that is not known or not asked."""
    if found is None or one.state != "planned" or one.step:
        return None
    return len(found.receivers) if found.settled else None
