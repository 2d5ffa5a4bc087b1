"""The outbox: one row a mail, from due to sent; and the state of sending as a whole."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User
from surveys.models.followup import Invitation, Mailing
from surveys.models.people import Enrolment
from surveys.models.programme import JsonObject, Occasion

MESSAGE_STATES = ("due", "claimed", "sent", "refused", "missed", "cancelled")
ASKING_KINDS = ("invitation", "reminder", "log_prompt", "log_reminder")
NOTICE_KINDS = ("moved", "cancelled", "reinstated")
STAFF_KINDS = ("closing_summary", "sending_paused", "test")
MESSAGE_KINDS = (*ASKING_KINDS, *NOTICE_KINDS, "own_page", *STAFF_KINDS, "forgotten")


class Message(Base):
    """A mail to one person: a participant (``enrolment_id``) or a user (``user_id``).

    *Asking* mails have an invitation and a mailing; *notices* tell that an occasion is not what its receiver
    was told (``occasion_sequence`` in ``step``); ``own_page`` is asked for by the receiver; the others are
    for staff. *Forgotten* was a reminder whose receiver is not to be known any more; its number stands in a
    return address and is never given to another. ``occasion_sequence`` is what the receiver was told of the
    occasion.

    ``claimed`` and not settled within the lease is what the pages call *uncertain*: it may or may
    not have left, and is tried again with the same Message-ID, at most five times in all.
    ``attempts`` counts the times it may have left, ``deferrals`` the times the server said "later".
    ``not_before`` is when it could first go, or how long quiet hours or the weekly cap hold it: it is not
    late before.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("invitation_id", "kind", "step", "resend"),
        # Notices; elsewhere one of the three is null, and a null is equal to none.
        UniqueConstraint("enrolment_id", "occasion_id", "kind", "step"),
        UniqueConstraint("user_id", "mailing_id", "kind", "step"),
        CheckConstraint(
            "state IN ('due', 'claimed', 'sent', 'refused', 'missed', 'cancelled')", name="state_known"
        ),
        CheckConstraint(
            "CASE WHEN kind = 'forgotten' THEN enrolment_id IS NULL AND user_id IS NULL"
            " AND invitation_id IS NULL ELSE (enrolment_id IS NULL) <> (user_id IS NULL) END",
            name="one_receiver",
        ),
        CheckConstraint(
            "kind NOT IN ('invitation', 'reminder', 'log_prompt', 'log_reminder')"
            " OR (invitation_id IS NOT NULL AND mailing_id IS NOT NULL)",
            name="asking_has_invitation",
        ),
        Index("ix_message_state_next_attempt_at", "state", "next_attempt_at"),
        Index("ix_message_enrolment_id_sent_at", "enrolment_id", "sent_at"),
        Index("ix_message_sent_at", "sent_at"),
        Index("ix_message_invitation_id_state_attempts", "invitation_id", "state", "attempts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"), index=True)
    occasion_sequence: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(16))
    step: Mapped[int]
    resend: Mapped[int] = mapped_column(default=0)
    params: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))  # of staff mails
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))  # code: why not sent
    error: Mapped[str | None] = mapped_column(String(1000))  # what the mail server said
    next_attempt_at: Mapped[datetime] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UTCDateTime)
    quiet_override: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    deferrals: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    invitation: Mapped[Invitation | None] = relationship()
    mailing: Mapped[Mailing | None] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    user: Mapped[User | None] = relationship()
    occasion: Mapped[Occasion | None] = relationship()


class SendingState(Base):
    """Whether mail goes at all: one row (id 1).

    *Paused* by itself after repeated errors, until a moment; *muted* by somebody, or by a restore, until
    somebody says otherwise. ``window_count`` mails have left in the minute that began at ``window_at``.
    """

    __tablename__ = "sending_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    paused_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    pauses: Mapped[int] = mapped_column(default=0)
    pause_code: Mapped[str | None] = mapped_column(String(64))
    pause_text: Mapped[str | None] = mapped_column(String(1000))
    muted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    muted_reason: Mapped[str | None] = mapped_column(String(64))  # restored, demo, by_hand
    window_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    window_count: Mapped[int] = mapped_column(default=0)


class Heartbeat(Base):
    """When each part of the scheduler last went round."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[str | None] = mapped_column(String(200))
