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
from surveys.domain.returned import stops_address
from surveys.keys import Keyring, new_public_id, token_hash
from surveys.mail.outgoing import Outcome, Outgoing, Skipped, StaffMail
from surveys.models.followup import Invitation, RetiredLink
from surveys.models.log import LogBook
from surveys.models.message import ASKING_KINDS, STAFF_KINDS, Message
from surveys.outbox import letters, limits, wanted
from surveys.outbox.wanted import LOG_REASON, Verdict
from surveys.queries import acts
from surveys.queries import letters as letter_queries
from surveys.queries import sending as queries

MOST_ERROR = 1000
SOON = timedelta(seconds=5)
Claimed = Outgoing | StaffMail | Skipped | None


class UnknownInvitation(Exception):
    """There is no such invitation."""

    code = "unknown_invitation"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who claims, and for how long.

    ``worker`` names the process (at most 64 characters). What is claimed longer than ``lease`` and not
    settled is uncertain and may be claimed again. ``per_minute`` is how many mails all dispatchers together
    may send in a minute; 0 for no limit.
    """

    worker: str
    lease: timedelta
    per_minute: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of a claimed mail, and when; ``jitter`` in [0, 1) spreads the next attempt.

    ``address`` is where it went: the person's may have been corrected since it was claimed. ``told`` is the
    sequence of the occasion that stood in it.
    """

    message_id: int
    outcome: Outcome
    at: datetime
    jitter: float = 0.5
    address: str = ""
    told: int | None = None


def claim_next(
    db: Database,
    keys: Keyring,
    now: datetime,
    worker: str,
    lease: timedelta,
) -> Claimed:
    """Claim one mail that is due, or one that was claimed longer than ``lease`` ago and never settled.

    Returns what is to be sent; or that it is not wanted (any more, or just now: then it is due again
    later), which is then settled; or None when nothing is due, or sending is paused, muted or throttled.
    """
    with db.transaction() as session:
        return _claim(session, keys, now, Desk(worker, lease))


def settle(
    db: Database,
    message_id: int,
    outcome: Outcome,
    now: datetime,
    jitter: float = 0.5,
    address: str = "",
    told: int | None = None,
) -> None:
    """Write down what came of a claimed mail that went to ``address`` and told of an occasion at ``told``.

    What is uncertain stays claimed until its lease is over, and is then tried again. An address that a
    server does not know gets no more mail.
    """
    with db.transaction() as session:
        _settle(session, Delivered(message_id, outcome, now, jitter, address, told))


def settle_and_claim(
    db: Database, keys: Keyring, delivered: Delivered | None, now: datetime, desk: Desk
) -> Claimed:
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
            session.add(resent(session, invitation, now))
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


def _claim(session: Session, keys: Keyring, now: datetime, desk: Desk) -> Claimed:
    gate = limits.gate(session, now, desk.per_minute)
    found = queries.claim(session, now, desk.worker, desk.lease) if gate.is_open else None
    if found is None:
        return None
    message_id, kind = found
    given = _look(session, keys, message_id, kind, now)
    if not isinstance(given, Verdict):
        limits.count(session, gate, desk.per_minute)
        return given
    return _not_sent(session, message_id, given)


def _look(
    session: Session, keys: Keyring, message_id: int, kind: str, now: datetime
) -> Outgoing | StaffMail | Verdict:
    """What is to be sent, or what becomes of it instead."""
    if kind in ASKING_KINDS:
        row = letter_queries.asked(session, message_id)
        verdict = wanted.asked(session, keys, message_id, row, now) or _held(session, row, now)
        return verdict or letters.asked(session, keys, message_id, row)
    if kind in STAFF_KINDS:
        row = letter_queries.staff(session, message_id)
        mail = letters.staff(session, keys, message_id, row)
        return wanted.staff(row, now) or mail or Verdict("cancelled", "not_needed")
    row = letter_queries.personal(session, message_id)
    verdict = wanted.personal(session, message_id, row, now) or _held(session, row, now)
    return verdict or letters.personal(session, keys, message_id, row)


def _held(session: Session, row: Row[Any], now: datetime) -> Verdict | None:
    """A mail about an occasion that somebody is changing at this moment is looked at again soon.

    So is the first try of one that has changed since the claim wrote down what the receiver is told.
    """
    as_claimed = row.attempts > 1 or row.occasion_sequence == row.sequence
    if row.occasion_id is None or (
        as_claimed and queries.hold_as_told(session, row.occasion_id, row.sequence)
    ):
        return None
    return Verdict("due", "deferred", now + SOON)


def _not_sent(session: Session, message_id: int, verdict: Verdict) -> Skipped:
    attempts, _ = queries.tries(session, message_id)
    values: dict[str, Any] = {"state": verdict.state, "reason": verdict.reason, "attempts": attempts - 1}
    if verdict.until is not None:
        values |= {"next_attempt_at": verdict.until, "not_before": verdict.until}
    queries.write(session, message_id, values)
    return Skipped(message_id, verdict.state, verdict.reason)


# What came of it


def _settle(session: Session, delivered: Delivered) -> None:
    said = delivered.outcome.text[:MOST_ERROR] or None
    match delivered.outcome.kind:
        case "sent":
            values = {"state": "sent", "sent_at": delivered.at, "reason": None, "error": None}
            if delivered.told is not None:
                values["occasion_sequence"] = delivered.told
        case "refused":
            values = {"state": "refused", "reason": "refused", "error": said}
        case "uncertain":
            values = {"reason": "uncertain", "error": said}
        case _:
            values = _again(session, delivered) | {"error": said}
    written = queries.write(session, delivered.message_id, values)
    refused = delivered.outcome.kind == "refused"
    if written and refused and stops_address(delivered.outcome.text, delivered.outcome.of_receiver):
        queries.mark_dead(session, delivered.message_id, delivered.address)


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
    invitation = acts.hold_invitation(session, invitation_id)
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


def resent(session: Session, invitation: Invitation, now: datetime) -> Message:
    """The first mail of an invitation once more, due now; not added yet."""
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
