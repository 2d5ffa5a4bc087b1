"""What is due becomes rows: a due mailing → invitations and mails, some people at a time.

A transaction makes those of at most ``CHUNK`` people and writes down how far it came, so that a mailing to
very many neither holds others up nor loses anybody when it is killed on the way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from surveys.database import add_missing
from surveys.domain import timing
from surveys.domain.privacy import PrivacyMode
from surveys.domain.privacy_wording import blank_fields
from surveys.domain.timing import Moment
from surveys.followups.audience import chosen
from surveys.followups.targets import allowed_in
from surveys.keys import Keyring, new_public_id, token_hash
from surveys.models.followup import Invitation, Mailing
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.queries import answer_keys
from surveys.queries import audience as audience_queries
from surveys.queries import planning as queries

CATCH_UP = timedelta(hours=48)
CHUNK = 2_000
HALF_A_DAY = timedelta(hours=12)
FORM_KINDS = ("invitation", "reminder")
LOG_KINDS = ("log_prompt", "log_reminder")


def catch_up_of(session: Session) -> timedelta:
    """How late a mailing of this installation may go and not be missed."""
    found = session.info.get("catch_up", CATCH_UP)
    assert isinstance(found, timedelta)  # noqa: S101
    return found


def see_to(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> None:
    """Expand a mailing that is due or a part of it, let it wait, call it missed, or invite who came after it.

    A first mail that has waited is due when it goes: its reminders count from there.
    """
    match mailing.state:
        case _ if mailing.recheck:
            _invite_latecomers(session, keys, mailing, now)
        case state if _is_over(session, mailing):
            _end(mailing, now) if state == "expanding" else _miss(mailing, "key_destroyed")
        case "expanding":
            _expand(session, keys, mailing, now)
        case _ if mailing.step == 0:
            _see_to_first(session, keys, mailing, now)
        case _:
            _see_to_reminder(session, keys, mailing, now)


def _see_to_first(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> None:
    if mailing.rule.questionnaire is not None and blank_fields(mailing.rule.series.project.privacy):
        _miss(mailing, "privacy_blank")  # what participants must be told first is not written
        return
    limit = mailing.due_at + timedelta(hours=mailing.rule.attendance_wait_hours)
    waiting = mailing.state == "waiting"
    if _lacks_attendance(session, mailing):
        if now < min(limit, mailing.closes_at):
            mailing.state, mailing.reason = "waiting", "attendance"
            return
        if now >= mailing.closes_at or mailing.rule.attendance_default == "nobody":
            _miss(mailing, "no_attendance" if waiting or now < mailing.closes_at else "closed")
            return
        mailing.reason, waiting = audience_queries.BY_DEFAULT, True
    due = limit if waiting else mailing.due_at
    if now < mailing.closes_at and now - due <= catch_up_of(session):
        if waiting:
            _is_due_from(mailing, now)
        _expand(session, keys, mailing, now)
    else:
        _miss(mailing, "closed" if now >= mailing.closes_at else "too_late")


def _is_over(session: Session, mailing: Mailing) -> bool:
    """Whether the key that answers would stand under has been destroyed: nobody can be asked any more."""
    asks = mailing.rule.questionnaire
    return asks is not None and answer_keys.is_closed(session, mailing, PrivacyMode(asks.privacy_mode))


def _is_due_from(mailing: Mailing, now: datetime) -> None:
    moment = Moment(now, timing.to_wall(now, mailing.timezone), mailing.timezone)
    if not mailing.quiet_override:
        step = allowed_in(mailing.rule.series.project).step(moment)
        moment, mailing.deferral = step.due, step.deferral
    mailing.due_at, mailing.due_wall = moment.utc, moment.wall
    if mailing.pinned_at is not None:
        mailing.pinned_at = moment.utc


def _lacks_attendance(session: Session, mailing: Mailing) -> bool:
    rule, occasion_id = mailing.rule, mailing.occasion_id
    return (
        occasion_id is not None
        and audience_queries.needs_attendance(rule, rule.series, occasion_id)
        and not queries.attendance_is_recorded(session, occasion_id)
    )


def _see_to_reminder(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> None:
    if timing.verdict(mailing.due_at, now, catch_up_of(session), mailing.closes_at) == "missed":
        _miss(mailing, "closed" if now >= mailing.closes_at else "too_late")
    elif overtaken := _why_no_reminder(queries.steps_before(session, mailing), mailing):
        _miss(mailing, overtaken)
    else:
        _expand(session, keys, mailing, now)


def _miss(mailing: Mailing, reason: str) -> None:
    mailing.state, mailing.reason = "missed", reason


def _why_no_reminder(earlier: Sequence[Mailing], mailing: Mailing) -> str | None:
    """Why a reminder that is due is not sent at all.

    After a standstill several steps can be due at once. One that was due already when the step before it
    went out would follow within minutes: it has been overtaken.
    """
    sent = [each.expanded_at for each in earlier if each.expanded_at is not None]
    if not sent or earlier[0].state != "expanded":
        return "overtaken" if earlier and earlier[0].state == "waiting" else "first_missed"
    return "overtaken" if max(sent) >= mailing.due_at else None


# One part of a mailing


def _expand(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> None:
    more = (_remind if mailing.step else _invite)(session, keys, mailing, now)
    if mailing.reason != audience_queries.BY_DEFAULT:
        mailing.reason = None
    if more:
        mailing.state = "expanding"
    else:
        _end(mailing, now)


def _end(mailing: Mailing, now: datetime) -> None:
    mailing.state, mailing.expanded_at, mailing.expand_after = "expanded", now, None


def _invite_latecomers(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> None:
    goes = mailing.state == "expanded" and _still_goes(mailing, now)
    if goes and not _is_over(session, mailing) and _invite(session, keys, mailing, now):
        return
    mailing.recheck, mailing.expand_after = False, None


def _still_goes(mailing: Mailing, now: datetime) -> bool:
    rule, occasion = mailing.rule, mailing.occasion
    held = occasion is None or not occasion.cancelled
    return rule.active and rule.series.active and held and now < mailing.closes_at


def _invite(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> bool:
    """Invite the next of those who are asked; returns whether there may be more."""
    some = audience_queries.candidates(session, mailing, mailing.expand_after or 0, CHUNK)
    invited = chosen(session, keys, mailing.rule, some, mailing.occasion_id)
    name = _key_name(session, mailing, now)
    add_missing(session, Invitation, [_invitation(keys, mailing, each, now, name) for each in invited])
    if mailing.rule.log_prompt is not None:
        add_missing(session, LogBook, [_log_book(keys, each) for each in invited])
    _mail_to(session, mailing, queries.invitations_of(session, mailing, invited), now)
    return _came_to(mailing, some)


def _remind(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> bool:
    """Remind the next of those who are silent; returns whether there may be more."""
    # Whoever has written to a prompt is found out when the mail is about to go, not here: what is left out
    # here could be seen, and a private entry may not be.
    some = queries.invitations_to_remind(
        session, mailing, _youngest(mailing, now), mailing.expand_after or 0, CHUNK
    )
    wanted = [(keys.response_key(each.public_id, each.key_name), each) for each in some if not each.declined]
    answered = audience_queries.answered_among(session, [key for key, _ in wanted])
    _mail_to(session, mailing, [each for key, each in wanted if key not in answered], now)
    return _came_to(mailing, [each.enrolment_id for each in some])


def _youngest(mailing: Mailing, now: datetime) -> datetime:
    """Whoever was invited after the others and later than this has had too little time to be reminded."""
    days = mailing.rule.reminder_days
    number = min(mailing.step, len(days))
    return now - timedelta(days=days[number - 1] if number else 1) + HALF_A_DAY


def _came_to(mailing: Mailing, enrolments: Sequence[int]) -> bool:
    more = len(enrolments) == CHUNK
    mailing.expand_after = enrolments[-1] if more else None
    return more


# Rows


def _mail_to(
    session: Session, mailing: Mailing, invitations: Sequence[queries.Invited], now: datetime
) -> None:
    add_missing(session, Message, [_message(mailing, each, now) for each in invitations])


def _key_name(session: Session, mailing: Mailing, now: datetime) -> str | None:
    """The key of its own that answers stand under; None for those under the installation's."""
    asks = mailing.rule.questionnaire
    if asks is None or PrivacyMode(asks.privacy_mode).traceable:
        return None
    return answer_keys.key_of(session, mailing, PrivacyMode(asks.privacy_mode), now).name


def _invitation(
    keys: Keyring, mailing: Mailing, enrolment_id: int, now: datetime, key_name: str | None
) -> dict[str, Any]:
    public_id = new_public_id()
    return {
        "public_id": public_id,
        "rule_id": mailing.rule_id,
        "target": mailing.target,
        "mailing_id": mailing.id,
        "enrolment_id": enrolment_id,
        "generation": 1,
        "token_hash": token_hash(keys.link_token(public_id, 1)),
        "created_at": now,
        "key_name": key_name,
        "declined": False,
    }


def _log_book(keys: Keyring, enrolment_id: int) -> dict[str, Any]:
    public_id = new_public_id()
    return {
        "public_id": public_id,
        "enrolment_id": enrolment_id,
        "generation": 1,
        "token_hash": token_hash(keys.link_token(public_id, 1)),
    }


def _message(mailing: Mailing, invited: queries.Invited, now: datetime) -> dict[str, Any]:
    kinds = LOG_KINDS if mailing.rule.log_prompt is not None else FORM_KINDS
    return {
        "public_id": new_public_id(),
        "invitation_id": invited.id,
        "enrolment_id": invited.enrolment_id,
        "mailing_id": mailing.id,
        "kind": kinds[1 if mailing.step else 0],
        "step": mailing.step,
        "resend": 0,
        "state": "due",
        "next_attempt_at": max(now, mailing.due_at),
        "attempts": 0,
        "deferrals": 0,
        "quiet_override": mailing.quiet_override,
    }
