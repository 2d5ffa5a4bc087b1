"""The kinds of outcomes that a project counts, and the files that outcomes came with."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User


class OutcomeKind(Base):
    """A kind of outcome that may be noted of persons: in work, in studies … ``key`` is its name, folded."""

    __tablename__ = "outcome_kind"
    __table_args__ = (UniqueConstraint("project_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(360))
    position: Mapped[int]


class OutcomeImport(Base):
    """A file of outcomes that was saved; what came with it names it, until it is written anew by hand."""

    __tablename__ = "outcome_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    file_name: Mapped[str] = mapped_column(String(200))
    added: Mapped[int]
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
