"""What follows from a returned mail: a dead address is left alone, a complaint ends all mails.

Only a mail to the return address of one of ours counts, told by the code in that address; anybody may write
to it. What is older than a mail could travel, or about another address than the person has now, is kept and
shown but changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.returned import stops_address
from surveys.keys import Keyring
from surveys.mail.returned import Returned, read_returned
from surveys.models.message import Message
from surveys.models.people import MailStop, Participant
from surveys.models.returned import ReturnedMail
from surveys.queries import returns as queries

STALE_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Verdict:
    """``kind`` of RETURN_KINDS; ``ignored`` why nothing followed: known, unsigned, unknown_mail, stale,
    other_address, no_consequence; None when something did.
    """

    kind: str
    ignored: str | None


def take_in(db: Database, keys: Keyring, content: bytes, now: datetime) -> Verdict:
    """Take in one mail that came to the return address; the same one again changes nothing."""
    digest = sha256(content).hexdigest()
    found = read_returned(content)
    with db.transaction() as session:
        if queries.is_known(session, digest):
            return Verdict(found.kind, "known")
        message = _about(session, keys, found)
        ignored = _why_ignored(message, keys, found, now)
        if message is not None and ignored is None:
            ignored = _follow(session, message, found, now)
        if message is not None:
            # A mail of nobody's is not kept: anybody could fill the database with them.
            session.add(_row(message, found, digest, now, ignored))
        return Verdict(found.kind, ignored)


def _about(session: Session, keys: Keyring, found: Returned) -> Message | None:
    for token in found.tokens:
        number = keys.returned_message(token)
        if number is not None:
            return queries.message(session, number)
    return None


def _why_ignored(message: Message | None, keys: Keyring, found: Returned, now: datetime) -> str | None:
    if message is None:
        signed = any(keys.returned_message(token) is not None for token in found.tokens)
        return "unknown_mail" if signed else "unsigned"
    if message.enrolment is None:
        return "no_consequence"  # a mail to one of the staff
    sent_at = message.sent_at or message.claimed_at
    if sent_at is None or now - sent_at > STALE_AFTER or sent_at > now + timedelta(hours=1):
        return "stale"
    address = message.enrolment.participant.email.lower()
    # Servers that forward name the address they forwarded to; one of the same mailbox's names is enough.
    if found.kind == "bounce" and found.addresses and address not in found.addresses:
        return "other_address"
    return None


def _follow(session: Session, message: Message, found: Returned, now: datetime) -> str | None:
    assert message.enrolment is not None  # noqa: S101
    participant = message.enrolment.participant
    if found.kind == "bounce":
        if (
            message.kind == "log_reminder"
        ):  # it goes to those who have not written: nobody may see that it went
            return "no_consequence"
        message.bounced_at, message.error = now, found.diagnostic[:1000] or message.error
        if not stops_address(found.said, found.of_receiver):
            return "no_consequence"
        participant.dead_address = participant.email
        return None
    if found.kind == "complaint":
        # As the link in the mail would: a complaint without its mail tells that a reminder went.
        source = "unsubscribe" if message.kind == "log_reminder" else "complaint"
        return _stop_everything(session, participant, source, now)
    return "no_consequence"


def _stop_everything(session: Session, participant: Participant, source: str, now: datetime) -> str | None:
    same = select(MailStop).where(
        MailStop.participant_id == participant.id,
        MailStop.scope == "everything",
        MailStop.lifted_at.is_(None),
    )
    if session.scalar(same) is not None:
        return "no_consequence"
    session.add(MailStop(participant_id=participant.id, scope="everything", source=source, stopped_at=now))
    return None


def _row(message: Message, found: Returned, digest: str, now: datetime, ignored: str | None) -> ReturnedMail:
    if message.kind == "forgotten":  # who was reminded is not to be known any more
        return ReturnedMail(digest=digest, kind=found.kind, received_at=now, ignored=ignored)
    return ReturnedMail(
        digest=digest,
        kind=found.kind,
        received_at=now,
        message_id=message.id,
        participant_id=message.enrolment.participant_id if message.enrolment else None,
        address=min(found.addresses, default=None),
        status=found.status,
        diagnostic=found.diagnostic,
        original=found.text,
        ignored=ignored,
    )
