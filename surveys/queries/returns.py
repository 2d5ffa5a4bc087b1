"""Returned mail: whom it concerns, and what a page shows of it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from surveys.database import LARGEST_ID
from surveys.models.message import Message
from surveys.models.people import Enrolment
from surveys.models.returned import ReturnedMail

SHOWN = 50


def is_known(session: Session, digest: str) -> bool:
    return bool(session.scalar(select(exists().where(ReturnedMail.digest == digest))))


def message(session: Session, message_id: int) -> Message | None:
    """The mail that was returned, with its receiver, held until the transaction ends."""
    if message_id > LARGEST_ID:
        return None
    wanted = select(Message).where(Message.id == message_id).with_for_update(of=Message)
    return session.scalar(wanted.options(joinedload(Message.enrolment).joinedload(Enrolment.participant)))


def of_participant(session: Session, participant_id: int) -> Sequence[ReturnedMail]:
    """What came back from a person's address and had a consequence or is worth reading, newest first.

    What answers a reminder about the log is not shown: that it was sent tells that nothing was written.
    """
    return session.scalars(
        select(ReturnedMail)
        .where(ReturnedMail.participant_id == participant_id, _may_be_shown())
        .order_by(ReturnedMail.received_at.desc(), ReturnedMail.id.desc())
        .limit(SHOWN)
    ).all()


def one(session: Session, participant_id: int, returned_id: int) -> ReturnedMail | None:
    """One of this very person's; the number may be one that somebody has typed."""
    if returned_id > LARGEST_ID:
        return None
    return session.scalar(
        select(ReturnedMail).where(
            ReturnedMail.id == returned_id,
            ReturnedMail.participant_id == participant_id,
            _may_be_shown(),
        )
    )


def _may_be_shown() -> ColumnElement[bool]:
    return ~exists().where(Message.id == ReturnedMail.message_id, Message.kind == "log_reminder")
