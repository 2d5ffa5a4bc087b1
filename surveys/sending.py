"""The outbox: claim one mail, ask whether it is still wanted, write down what came of it.

Composing and delivering happen between :func:`claim_next` and :func:`settle`, outside any transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import timing
from surveys.keys import Keyring, new_public_id, token_hash
from surveys.mail.outgoing import About, Outcome, Outgoing, Sender, Skipped
from surveys.models.followup import Invitation, RetiredLink
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.planning import CATCH_UP
from surveys.planning_targets import ENDED
from surveys.queries import answering
from surveys.queries import sending as queries

MOST_ATTEMPTS = 5
MOST_ERROR = 1000
# Said of every mail about a log that is not wanted any more, whatever the reason: that somebody has written
# to a prompt must not be told by the absence of the other reasons.
LOG_REASON = "not_needed"


class UnknownInvitation(Exception):
    """There is no such invitation."""

    code = "unknown_invitation"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who claims, and for how long.

    ``worker`` names the process (at most 64 characters). What is claimed longer than ``lease`` and not
    settled is uncertain and may be claimed again. What became due more than ``catch_up`` ago is missed.
    """

    worker: str
    lease: timedelta
    catch_up: timedelta = CATCH_UP


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of a claimed mail, and when; ``jitter`` in [0, 1) spreads the next attempt."""

    message_id: int
    outcome: Outcome
    at: datetime
    jitter: float = 0.5


def claim_next(
    db: Database,
    keys: Keyring,
    now: datetime,
    worker: str,
    lease: timedelta,
    catch_up: timedelta = CATCH_UP,
) -> Outgoing | Skipped | None:
    """Claim one mail that is due, or one that was claimed longer than ``lease`` ago and never settled.

    Returns what is to be sent; or that it is not wanted any more, which is then settled; or None when
    nothing is due.
    """
    with db.transaction() as session:
        return _claim(session, keys, now, Desk(worker, lease, catch_up))


def settle(db: Database, message_id: int, outcome: Outcome, now: datetime, jitter: float = 0.5) -> None:
    """Write down what came of a claimed mail.

    What is uncertain stays claimed until its lease is over, and is then tried again.
    """
    with db.transaction() as session:
        _settle(session, Delivered(message_id, outcome, now, jitter))


def settle_and_claim(
    db: Database, keys: Keyring, delivered: Delivered | None, now: datetime, desk: Desk
) -> Outgoing | Skipped | None:
    """Settle one mail and claim the next, in one transaction: half the waiting for the disk."""
    with db.transaction() as session:
        if delivered is not None:
            _settle(session, delivered)
        return _claim(session, keys, now, desk)


def replace_link(db: Database, keys: Keyring, invitation_id: int, now: datetime) -> bool:
    """Give an invitation a new link; the old one ends, and its page can say so.

    A withdrawn link is open again. Returns whether a mail with the new link is on its way: it is, unless
    the invitation has closed. Of a log prompt it is the log's link. Raises UnknownInvitation.
    """
    with db.transaction() as session:
        invitation = _invitation(session, invitation_id)
        _renew(session, keys, _link_holder(session, invitation), now)
        invitation.withdrawn_at = None
        if now >= invitation.mailing.closes_at:
            return False
        if not any(each.state == "due" for each in queries.mails_of(session, invitation.id)):
            session.add(_resent(session, invitation, now))
        return True


def withdraw_invitation(db: Database, invitation_id: int, now: datetime) -> None:
    """End an invitation: its link says so, and nothing more is sent for it. Raises UnknownInvitation.

    Of a log prompt only the prompt ends; the log and its link stay the writer's.
    """
    with db.transaction() as session:
        invitation = _invitation(session, invitation_id)
        invitation.withdrawn_at = invitation.withdrawn_at or now
        reason = "withdrawn" if invitation.rule.log_prompt is None else LOG_REASON
        waiting = (Message.invitation_id == invitation.id) & (Message.state == "due")
        session.execute(update(Message).where(waiting).values(state="cancelled", reason=reason))


def outbox(db: Database) -> dict[str, int]:
    """How many mails are in each state."""
    with db.reading() as session:
        return queries.outbox(session)


# Claiming


def _claim(session: Session, keys: Keyring, now: datetime, desk: Desk) -> Outgoing | Skipped | None:
    message_id = queries.claim(session, now, desk.worker, desk.lease)
    if message_id is None:
        return None
    row = queries.claimed(session, message_id)
    verdict = _unwanted(session, keys, row, now, desk.catch_up)
    if verdict is None:
        return _outgoing(keys, message_id, row)
    state, reason = verdict
    queries.write(session, message_id, {"state": state, "reason": reason, "attempts": row.attempts - 1})
    return Skipped(message_id, state, reason)


# Still wanted?


def _unwanted(
    session: Session, keys: Keyring, row: Row[Any], now: datetime, catch_up: timedelta
) -> tuple[str, str] | None:
    """(state, reason) of a claimed mail that is not to be sent; None when it is."""
    if reason := _too_late(row, now, catch_up):
        return "missed", "uncertain" if row.attempts > 1 else reason
    is_log = row.log_prompt is not None
    reason = _cancelled(row) or (_log_done if is_log else _answered)(session, keys, row)
    return ("cancelled", LOG_REASON if is_log else reason) if reason else None


def _too_late(row: Row[Any], now: datetime, catch_up: timedelta) -> str | None:
    if row.attempts > MOST_ATTEMPTS:
        return "uncertain"
    if now >= row.closes_at:
        return "closed"
    became_due = max(row.due_at, row.expanded_at or row.due_at)
    return "too_late" if row.resend == 0 and now - became_due > catch_up else None


def _cancelled(row: Row[Any]) -> str | None:
    reasons = {
        "withdrawn": row.withdrawn_at is not None,
        "occasion_cancelled": bool(row.cancelled),
        "enrolment_ended": row.enrolment_state in ENDED,
        "rule_inactive": not row.active,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _answered(session: Session, keys: Keyring, row: Row[Any]) -> str | None:
    if row.resend:  # a new link, to read or change what was sent in
        return None
    return "answered" if answering.is_answered(session, keys.response_key(row.invitation)) else None


def _log_done(session: Session, _keys: Keyring, row: Row[Any]) -> str | None:
    if row.book is None or row.book_withdrawn_at is not None:
        return LOG_REASON
    # Of reminders alone, which no page shows person by person: that a prompt did not go would tell.
    written = row.kind == "log_reminder" and queries.has_entry(session, row.invitation_id)
    return LOG_REASON if written else None


# The mail


def _outgoing(keys: Keyring, message_id: int, row: Row[Any]) -> Outgoing:
    return Outgoing(
        message_id=message_id,
        public_id=row.public_id,
        kind=row.kind,
        step=row.step,
        receiver=row.name,
        address=row.email,
        language=row.language if row.language in row.languages else row.languages[0],
        sender=Sender(
            row.project_code, row.project_title, row.sender_name, row.reply_to, row.project_timezone
        ),
        series=row.series_title,
        about=_about(row),
        attended=row.occasion_id is not None and row.audience == "present" and row.attendance_kept,
        asks=row.questionnaire_title if row.log_prompt is None else row.log_prompt,
        minutes=row.minutes,
        path=_path(keys, row),
        closes_at=row.closes_at,
    )


def _about(row: Row[Any]) -> About | None:
    if row.occasion_id is None:
        return None
    return About(row.occasion_title, row.place, row.starts_wall, row.ends_wall, row.occasion_timezone)


def _path(keys: Keyring, row: Row[Any]) -> str:
    if row.log_prompt is None:
        return f"/s/{keys.link_token(row.invitation, row.generation)}"
    return f"/l/{keys.link_token(row.book, row.book_generation)}?fraga={row.invitation}"


# What came of it


def _settle(session: Session, delivered: Delivered) -> None:
    said = delivered.outcome.text[:MOST_ERROR] or None
    match delivered.outcome.kind:
        case "sent":
            values = {"state": "sent", "sent_at": delivered.at, "reason": None, "error": None}
        case "refused":
            values = {"state": "refused", "reason": "refused", "error": said}
        case "uncertain":
            values = {"reason": "uncertain", "error": said}
        case _:
            values = _again(session, delivered) | {"error": said}
    queries.write(session, delivered.message_id, values)


def _again(session: Session, delivered: Delivered) -> dict[str, Any]:
    """Due again. It has not left, so the attempt does not count among those that may have."""
    attempts, deferrals = queries.tries(session, delivered.message_id)
    values = {"state": "due", "attempts": attempts - 1}
    if delivered.outcome.kind == "unreachable":
        # The pass ends and pauses; this mail need not wait longer than the others.
        return values | {"reason": "unreachable", "next_attempt_at": delivered.at}
    wait = timing.backoff(deferrals + 1, delivered.jitter)
    return values | {
        "reason": "deferred",
        "deferrals": deferrals + 1,
        "next_attempt_at": delivered.at + wait,
    }


# Links


def _invitation(session: Session, invitation_id: int) -> Invitation:
    invitation = queries.invitation(session, invitation_id)
    if invitation is None:
        raise UnknownInvitation
    return invitation


def _link_holder(session: Session, invitation: Invitation) -> Invitation | LogBook:
    if invitation.rule.log_prompt is None:
        return invitation
    return queries.log_book(session, invitation.enrolment_id) or invitation


def _renew(session: Session, keys: Keyring, holder: Invitation | LogBook, now: datetime) -> None:
    session.add(RetiredLink(token_hash=holder.token_hash, retired_at=now))
    holder.generation += 1
    holder.token_hash = token_hash(keys.link_token(holder.public_id, holder.generation))
    holder.withdrawn_at = None


def _resent(session: Session, invitation: Invitation, now: datetime) -> Message:
    kind = "invitation" if invitation.rule.log_prompt is None else "log_prompt"
    earlier = [each.resend for each in queries.mails_of(session, invitation.id) if each.step == 0]
    return Message(
        public_id=new_public_id(),
        invitation_id=invitation.id,
        enrolment_id=invitation.enrolment_id,
        mailing_id=invitation.mailing_id,
        kind=kind,
        step=0,
        resend=max(earlier, default=0) + 1,
        state="due",
        next_attempt_at=now,
    )
