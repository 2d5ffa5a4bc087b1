"""What the organiser's pages call states, reasons, kinds and roles."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

from surveys.models.followup import Mailing
from surveys.web.phrases import _

Words = Mapping[str, LazyString]

OCCASION_KINDS: Words = {
    "session": _l("session"),
    "trip": _l("trip"),
    "meeting": _l("meeting"),
    "seminar": _l("seminar"),
}
ENROLMENT_STATES: Words = {
    "registered": _l("registered"),
    "started": _l("started"),
    "completed": _l("completed"),
    "cancelled": _l("cancelled before"),
    "dropped_out": _l("dropped out"),
}
GENDERS: Words = {
    "woman": _l("woman"),
    "man": _l("man"),
    "other": _l("other gender identity"),
    "not_stated": _l("not stated"),
}
WAVES: Words = {
    "pre": _l("before"),
    "post": _l("after the series"),
    "occasion": _l("after an occasion"),
    "follow_up": _l("follow-up measurement"),
    "other": _l("other"),
}
PRIVACY_MODES: Words = {
    "named": _l("with name"),
    "pseudonymous": _l("coded: confidential, not anonymous"),
    "sealed": _l("coded, the key is destroyed at closing"),
    "anonymous": _l("anonymous, cannot be connected"),
}
ROLES: Words = {
    "administrator": _l("Administrator"),
    "organiser": _l("Organiser"),
    "evaluator": _l("Evaluator"),
    "reader": _l("Reader"),
}
MAILING_STATES: Words = {
    "planned": _l("planned"),
    "waiting": _l("waiting"),
    "expanded": _l("sent out"),
    "missed": _l("missed"),
    "cancelled": _l("cancelled"),
}
MAILING_TAGS = {
    "planned": "neutral",
    "waiting": "warning",
    "expanded": "positive",
    "missed": "danger",
    "cancelled": "neutral",
}
MAILING_REASONS: Words = {
    "attendance": _l("Waits until it is recorded who was at the occasion."),
    "no_attendance": _l("Nobody recorded who was at the occasion in time, so nothing was sent."),
    "closed": _l("It was due after the questionnaire had closed."),
    "too_late": _l("It became due while sending stood still, and is too old to send now."),
    "first_missed": _l("The first mail was never sent, so there is nothing to remind of."),
    "overtaken": _l("The mail before it went out so late that this one would have followed at once."),
    "rule_inactive": _l("The rule is switched off."),
    "occasion_cancelled": _l("The occasion is cancelled."),
    "no_date": _l("The occasion has no date any more."),
    "enrolment_ended": _l("The person does not take part any more."),
    "rule_changed": _l("The rule has been changed and does not ask for it any more."),
}
MESSAGE_STATES: Words = {
    "due": _l("to be sent"),
    "claimed": _l("being sent"),
    "uncertain": _l("uncertain"),
    "sent": _l("sent"),
    "refused": _l("bounced"),
    "missed": _l("missed"),
    "cancelled": _l("not sent"),
    "seen_to": _l("seen to"),
}
# The same beside a number of mails, which some languages bend.
MESSAGE_COUNTS: Words = {
    "due": lazy_pgettext("mails", "to be sent"),
    "claimed": lazy_pgettext("mails", "being sent"),
    "uncertain": lazy_pgettext("mails", "uncertain"),
    "sent": lazy_pgettext("mails", "sent"),
    "refused": lazy_pgettext("mails", "bounced"),
    "missed": lazy_pgettext("mails", "missed"),
    "cancelled": lazy_pgettext("mails", "not sent"),
    "seen_to": lazy_pgettext("mails", "seen to"),
}
MESSAGE_TAGS = {
    "due": "neutral",
    "claimed": "info",
    "uncertain": "warning",
    "sent": "positive",
    "refused": "danger",
    "missed": "danger",
    "cancelled": "neutral",
    "seen_to": "positive",
}
MESSAGE_REASONS: Words = {
    "uncertain": _l(
        "It may or may not have left. It is tried again, with the same link, at most five times."
    ),
    "deferred": _l("The receiver's mail server asked us to come back later."),
    "unreachable": _l("The mail server could not be reached. It is tried again."),
    "refused": _l("The receiver's mail server refused it. Check the address."),
    "closed": _l("It had closed before the mail could be sent."),
    "too_late": _l("Sending stood still, and the mail became too old."),
    "answered": _l("Had already answered."),
    "withdrawn": _l("The link was withdrawn."),
    "occasion_cancelled": _l("The occasion is cancelled."),
    "enrolment_ended": _l("Does not take part any more."),
    "rule_inactive": _l("The rule is switched off."),
    "not_needed": _l("Was not needed any more."),
}
GAVE_UP = _l("It may or may not have left, and has been tried five times.")


def message_reason(state: str, reason: str | None) -> str:
    """Why a mail is in its state, in a sentence; "" where there is nothing to say."""
    if state == "missed" and reason == "uncertain":
        return str(GAVE_UP)
    if state == "uncertain":
        return str(MESSAGE_REASONS["uncertain"])
    return said(MESSAGE_REASONS, reason)


def said(words: Words, code: str | None) -> str:
    """The word for ``code``; the code itself where a newer version has written one we do not know."""
    if not code:
        return ""
    return str(words[code]) if code in words else code


def counted(state: str, count: int) -> str:
    """The word for ``count`` mails in ``state``."""
    return said(MESSAGE_STATES if count == 1 else MESSAGE_COUNTS, state)


def step_name(mailing: Mailing) -> str:
    """ "First mail", "Reminder 1" …"""
    return _("Reminder %(number)s", number=mailing.step) if mailing.step else _("First mail")
