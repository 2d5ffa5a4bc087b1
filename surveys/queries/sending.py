"""Selects of the dispatcher: claiming one mail, and writing on it what came of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, exists, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from surveys.database import UTCDateTime
from surveys.models.followup import Mailing
from surveys.models.log import LogBook, LogEntry
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion


def claim(session: Session, now: datetime, worker: str, lease: timedelta) -> tuple[int, str] | None:
    """Claim one mail by a single conditional UPDATE and return its id and kind.

    One that was claimed and not settled within its lease comes before those that are due. Both are
    looked up by index; a claimed one's ``next_attempt_at`` is the end of its lease. What the receiver is
    about to be told of an occasion is written down with it, or what a try before may have told.
    """
    given = {"now": now, "worker": worker, "lease_ends": now + lease}
    row = session.connection().execute(_CLAIM, given).one_or_none()
    return None if row is None else (row.id, row.kind)


def hold_as_told(session: Session, occasion_id: int, sequence: int) -> bool:
    """Whether the occasion is still what a mail claimed just now says; it stays so until this one ends.

    False also while somebody is changing it. Never waits, so that it cannot wait in a circle.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True  # SQLite has one writer at a time
    return session.connection().scalar(_HOLD, {"occasion_id": occasion_id}) == sequence


def write(session: Session, message_id: int, values: dict[str, Any]) -> bool:
    """Write ``values`` on a mail, if it is still claimed; returns whether it was."""
    done = session.connection().execute(_WRITE, {"message_id": message_id} | values)
    return done.rowcount > 0


def mark_dead(session: Session, message_id: int, address: str) -> None:
    """No more mail to the address that a participant's mail went to; nothing where there is none.

    Nor of a reminder about the log: it goes to those who have not written, and nobody may see that it went.
    """
    shown = select(Message.enrolment_id).where(Message.id == message_id, Message.kind != "log_reminder")
    of_mail = select(Enrolment.participant_id).where(Enrolment.id == shown.scalar_subquery())
    refused = update(Participant).where(Participant.id == of_mail.scalar_subquery())
    if address:
        session.connection().execute(refused.values(dead_address=address))


def has_entry(session: Session, invitation_id: int) -> bool:
    """Whether something has been written to a prompt. Whoever asks must not let it be seen."""
    return bool(session.scalar(select(exists().where(LogEntry.invitation_id == invitation_id))))


def tries(session: Session, message_id: int) -> tuple[int, int]:
    """(attempts, deferrals) of a mail."""
    row = session.execute(select(Message.attempts, Message.deferrals).where(Message.id == message_id)).one()
    return row.attempts, row.deferrals


def log_book(session: Session, enrolment_id: int) -> LogBook | None:
    return session.scalar(select(LogBook).where(LogBook.enrolment_id == enrolment_id).with_for_update())


def mails_of(session: Session, invitation_id: int) -> Sequence[Message]:
    return session.scalars(select(Message).where(Message.invitation_id == invitation_id)).all()


def outbox(session: Session) -> dict[str, int]:
    """How many mails are in each state."""
    found = session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {row[0]: row[1] for row in found}


def _claim() -> "ReturningUpdate[*tuple[int, str]]":
    now = bindparam("now", type_=UTCDateTime())
    free = select(Message.id).where(Message.next_attempt_at <= now).order_by(Message.next_attempt_at).limit(1)
    free = free.with_for_update(skip_locked=True)
    lost = free.where(Message.state == "claimed").scalar_subquery()
    due = free.where(Message.state == "due").scalar_subquery()
    of_mailing = select(Mailing.occasion_id).where(Mailing.id == Message.mailing_id).correlate(Message)
    occasion_id = func.coalesce(Message.occasion_id, of_mailing.scalar_subquery())
    told = select(Occasion.sequence).where(Occasion.id == occasion_id).correlate(Message).scalar_subquery()
    # Of a mail that may have left before, the oldest that it can have told, until it is known to have left.
    first_told = func.coalesce(Message.occasion_sequence, told)
    return (
        update(Message)
        .where(Message.id == func.coalesce(lost, due), Message.next_attempt_at <= now)
        .where(Message.state.in_(("due", "claimed")))
        .values(
            state="claimed",
            claimed_at=now,
            claimed_by=bindparam("worker"),
            attempts=Message.attempts + 1,
            occasion_sequence=case((Message.attempts > 0, first_told), else_=told),
            not_before=func.coalesce(Message.not_before, Message.next_attempt_at),
            next_attempt_at=bindparam("lease_ends", type_=UTCDateTime()),
        )
        .returning(Message.id, Message.kind)
    )


# Built once: they are asked for every mail.
_CLAIM = _claim()
_HOLD = (
    select(Occasion.sequence)
    .where(Occasion.id == bindparam("occasion_id"))
    .with_for_update(read=True, skip_locked=True)
)
_WRITE = update(Message).where(Message.id == bindparam("message_id"), Message.state == "claimed")
