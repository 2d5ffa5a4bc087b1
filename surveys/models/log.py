"""Learning logs (lärandelogg): one book an enrolment, one entry at a time shared or not."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.followup import Invitation
from surveys.models.people import Enrolment


class LogBook(Base):
    __tablename__ = "log_book"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    enrolment: Mapped[Enrolment] = relationship()
    entries: Mapped[list["LogEntry"]] = relationship(back_populates="book")


class LogEntry(Base):
    """Private while ``shared_at`` is null; ``plan`` is quoted to the writer alone next time."""

    __tablename__ = "log_entry"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    book_id: Mapped[int] = mapped_column(ForeignKey("log_book.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    written_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    plan: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    shared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    book: Mapped[LogBook] = relationship(back_populates="entries")
    invitation: Mapped[Invitation | None] = relationship()
