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
    "supplier": _l("Supplier"),
}
# Why a mailing goes later than its rule says.
DEFERRALS: Words = {
    "quiet_hours": _l("put off by the quiet hours"),
    "weekend": _l("put off by the week-end"),
    "holiday": _l("put off by a holiday"),
}
NOTICE_KINDS: Words = {
    "moved": _l("the occasion is changed"),
    "cancelled": _l("the occasion is cancelled"),
    "reinstated": _l("the occasion is held after all"),
}
MAILING_STATES: Words = {
    "planned": _l("planned"),
    "waiting": _l("waiting"),
    "expanding": _l("going out"),
    "expanded": _l("sent out"),
    "missed": _l("missed"),
    "cancelled": _l("cancelled"),
}
MAILING_TAGS = {
    "planned": "neutral",
    "waiting": "warning",
    "expanding": "info",
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
    "series_inactive": _l("The series is switched off, or its dates have not been confirmed."),
    "skipped": _l("Somebody has chosen to skip it."),
}
MESSAGE_STATES: Words = {
    "due": _l("to be sent"),
    "deferred": _l("put off"),
    "under_way": _l("being seen to"),
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
    "deferred": lazy_pgettext("mails", "put off"),
    "under_way": lazy_pgettext("mails", "being seen to"),
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
    "deferred": "warning",
    "under_way": "info",
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
    "declined": _l("Has taken the answer back, and is not asked again."),
    "withdrawn": _l("The link was withdrawn."),
    "occasion_cancelled": _l("The occasion is cancelled."),
    "enrolment_ended": _l("Does not take part any more."),
    "rule_inactive": _l("The rule is switched off."),
    "not_needed": _l("Was not needed any more."),
    "skipped": _l("Somebody has chosen to skip it."),
    "address_dead": _l("Mail to the address has come back. Correct it, and send again."),
    "unsubscribed": _l("Has chosen to get no such mails."),
    "absent": _l("Was not at the occasion."),
    "overtaken": _l("A newer message about the same thing has taken its place."),
    "quiet_hours": _l("Waits for the quiet hours to end."),
    "weekend": _l("Waits for the week-end to end."),
    "holiday": _l("Waits for the holiday to end."),
    "weekly_cap": _l("Waits for next week: the person has had as many mails as a week allows."),
    "series_inactive": _l("The series is switched off, or its dates have not been confirmed."),
}
# Why somebody does not get a mail.
LEFT_OUT: Words = {
    "enrolment_ended": _l("Does not take part any more."),
    "absent": _l("Was not at the occasion."),
    "not_recorded": _l("It is not recorded whether the person was at the occasion."),
    "enrolled_late": _l("Came into the series after it had gone."),
    "unsubscribed": _l("Has chosen to get no such mails."),
    "address_dead": _l("Mail to the address has come back."),
    "answered": _l("Has answered."),
    "withdrawn": _l("The link was withdrawn."),
    "refused": _l("The receiver's mail server refused the mail before."),
    "not_invited": _l("Did not get the first mail."),
    "theme": _l("Chose another theme."),
    "work_group": _l("Is in another work group."),
    "organisation": _l("Is of another organisation."),
    "role": _l("Has another role."),
    "has_not_answered": _l("Has not answered the other questionnaire."),
    "has_answered": _l("Has answered the other questionnaire."),
    "answer": _l("Gave another answer."),
    "conditions": _l("The conditions of the rule do not hold."),
}
# Of the life of a mail: what came back, and what users did by hand.
RETURN_KINDS: Words = {
    "bounce": _l("Came back: it could not be delivered"),
    "delay": _l("The receiver's mail server reports a delay"),
    "auto_reply": _l("An automatic reply came"),
    "complaint": _l("The receiver has reported it as unwanted"),
    "unknown": _l("Something came back that could not be read"),
}
MUTE_REASONS: Words = {
    "restored": _l("Restored from a backup"),
    "demo": _l("Demonstration data were read in"),
    "by_hand": _l("Stopped by hand"),
}
MAIL_NAMES: Words = {
    "invitation": _l("First mail"),
    "log_prompt": _l("First mail"),
    "moved": _l("Message that the occasion is changed"),
    "cancelled": _l("Message that the occasion is cancelled"),
    "reinstated": _l("Message that the occasion is held after all"),
    "own_page": _l("Link to the person's own page"),
}
GAVE_UP = _l("It may or may not have left, and has been tried five times.")


def message_reason(state: str, reason: str | None) -> str:
    """Why a mail is in its state, in a sentence; "" where there is nothing to say."""
    if state == "missed" and reason == "uncertain":
        return str(GAVE_UP)
    if state == "uncertain":
        return str(MESSAGE_REASONS["uncertain"])
    return said(MESSAGE_REASONS, reason)


def message_name(kind: str, step: int) -> str:
    """What a mail to a participant is called."""
    return step_text(step) if kind in ("reminder", "log_reminder") else said(MAIL_NAMES, kind)


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
    return step_text(mailing.step)


def step_text(step: int) -> str:
    return _("Reminder %(number)s", number=step) if step else _("First mail")
