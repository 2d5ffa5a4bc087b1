"""What users did by hand that others must be able to see: overrides, sendings, calls made."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User
from surveys.models.followup import Invitation
from surveys.models.programme import JsonObject


class Deed(Base):
    """One act of a user (null: of the system). ``subject`` is such as ``mailing:12``, and ``gone:mailing:12``
    from when that is removed; all else is never changed.
    """

    __tablename__ = "deed"
    __table_args__ = (Index("ix_deed_project_id_subject", "project_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    done_at: Mapped[datetime] = mapped_column(UTCDateTime)
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))

    user: Mapped[User | None] = relationship()


class CallNote(Base):
    """A note on the call list: somebody who had not answered was rung."""

    __tablename__ = "call_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(Text, default="")

    invitation: Mapped[Invitation] = relationship()
    user: Mapped[User] = relationship()
