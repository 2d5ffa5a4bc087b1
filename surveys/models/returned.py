"""What came back: bounces, automatic replies, complaints."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.message import Message
from surveys.models.people import Participant

RETURN_KINDS = ("bounce", "delay", "auto_reply", "complaint", "unknown")


class ReturnedMail(Base):
    """A mail that came to the return address; ``ignored`` is a code of why nothing followed from it.

    ``status`` is the enhanced status code of RFC 3463, ``original`` what the person in charge may read.
    """

    __tablename__ = "returned_mail"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('bounce', 'delay', 'auto_reply', 'complaint', 'unknown')", name="kind_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the mail: read once
    kind: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(254))
    status: Mapped[str | None] = mapped_column(String(16))
    diagnostic: Mapped[str] = mapped_column(String(1000), default="")
    original: Mapped[str] = mapped_column(Text, default="")
    ignored: Mapped[str | None] = mapped_column(String(64))

    message: Mapped[Message | None] = relationship()
    participant: Mapped[Participant | None] = relationship()
