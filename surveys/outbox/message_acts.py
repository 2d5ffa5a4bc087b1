"""What people do by hand with a single mail: send it again, skip it, send it now. Each leaves a deed."""

from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.followups.targets import ENDED
from surveys.models.deeds import Deed
from surveys.models.message import Message
from surveys.outbox import sending
from surveys.outbox.act_faults import (
    AddressDead,
    AlreadySent,
    AlreadyWaiting,
    Closed,
    EnrolmentEnded,
    LinkWithdrawn,
    NotDeferred,
    UnknownMessage,
)
from surveys.queries import acts as queries


def send_again(db: Database, invitation_id: int, user_id: int | None, why: str, now: datetime) -> int:
    """Send an invitation's first mail once more, with the same link; returns the new mail's id.

    Raises UnknownMessage, Closed, LinkWithdrawn, EnrolmentEnded, AddressDead, AlreadyWaiting.
    """
    with db.transaction() as session:
        invitation = queries.hold_invitation(session, invitation_id)
        if invitation is None:
            raise UnknownMessage
        if now >= invitation.mailing.closes_at:
            raise Closed
        if invitation.withdrawn_at is not None:
            raise LinkWithdrawn
        enrolment = invitation.enrolment
        if enrolment.state in ENDED:
            raise EnrolmentEnded
        if enrolment.participant.dead_address == enrolment.participant.email:
            raise AddressDead
        if queries.first_mail_waits(session, invitation.id):
            raise AlreadyWaiting
        message = sending.resent(session, invitation, now)
        session.add(message)
        session.flush()
        session.add(_deed("send_again", message, session, user_id, why, now))
        return message.id


def skip_message(db: Database, message_id: int, user_id: int | None, why: str, now: datetime) -> None:
    """Let one participant's mail not be sent. One that may have left is not tried again.

    Raises UnknownMessage (reminders about a log are nobody's to see, nor to skip), AlreadySent.
    """
    with db.transaction() as session:
        message = _message(session, message_id)
        if message.state == "due":
            message.state, message.reason = "cancelled", "skipped"
        elif message.state == "claimed" and message.next_attempt_at <= now:
            message.state, message.reason = "missed", "uncertain"
        else:
            raise AlreadySent
        session.add(_deed("skip_message", message, session, user_id, why, now))


def send_message_now(db: Database, message_id: int, user_id: int | None, why: str, now: datetime) -> None:
    """Let one participant's mail that waits for the end of quiet hours go at once.

    Raises UnknownMessage, AlreadySent, NotDeferred.
    """
    with db.transaction() as session:
        message = _message(session, message_id)
        if message.state != "due":
            raise AlreadySent
        if message.next_attempt_at <= now:
            raise NotDeferred
        message.next_attempt_at, message.not_before, message.quiet_override = now, now, True
        session.add(_deed("send_message_now", message, session, user_id, why, now))


def _message(session: Session, message_id: int) -> Message:
    message = queries.hold_message(session, message_id)
    if message is None or message.enrolment_id is None or message.kind == "log_reminder":
        raise UnknownMessage
    return message


def _deed(
    action: str, message: Message, session: Session, user_id: int | None, why: str, now: datetime
) -> Deed:
    assert message.enrolment_id is not None  # noqa: S101
    return Deed(
        project_id=queries.project_of_enrolment(session, message.enrolment_id),
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"message:{message.id}",
        why=why,
    )
