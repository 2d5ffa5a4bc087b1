"""The outbox: one row a mail, from due to sent."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.followup import Invitation, Mailing

MESSAGE_STATES = ("due", "claimed", "sent", "refused", "missed", "cancelled")
MESSAGE_KINDS = ("invitation", "reminder", "log_prompt", "log_reminder")


class Message(Base):
    """A mail to one person.

    ``claimed`` and not settled within the lease is what the pages call *uncertain*: it may or may
    not have left, and is tried again with the same Message-ID, at most five times in all.
    ``attempts`` counts the times it may have left, ``deferrals`` the times the server said "later".
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("invitation_id", "kind", "step", "resend"),
        CheckConstraint(
            "state IN ('due', 'claimed', 'sent', 'refused', 'missed', 'cancelled')", name="state_known"
        ),
        Index("ix_message_state_next_attempt_at", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    step: Mapped[int]
    resend: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))  # code: why not sent
    error: Mapped[str | None] = mapped_column(String(1000))  # what the mail server said
    next_attempt_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    deferrals: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    invitation: Mapped[Invitation] = relationship()
    mailing: Mapped[Mailing] = relationship()


class Heartbeat(Base):
    """When each part of the scheduler last went round."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[str | None] = mapped_column(String(200))
