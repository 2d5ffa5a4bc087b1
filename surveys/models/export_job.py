"""Exports made in the background: asked for, made by a scheduler, kept for a while, then forgotten.

The file is in the database, in parts: what one machine makes another can hand out, and none holds it whole.
Backups leave both tables out (``surveys.backup``): a file of answers is not to outlive an answer in it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User
from surveys.models.programme import Series

EXPORT_STATES = ("waiting", "making", "made", "failed", "stopped", "dropped")


class ExportJob(Base):
    """``as_evaluator``: whose rights it was made with. ``labels`` is the language of the questionnaires'
    texts, ``words`` that of all else. ``reason`` says why it is failed or dropped.
    """

    __tablename__ = "export_job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'making', 'made', 'failed', 'stopped', 'dropped')", name="state_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    as_evaluator: Mapped[bool]
    labels: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(32), default="")
    worker: Mapped[str | None] = mapped_column(String(64))
    lease_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")

    series: Mapped[Series] = relationship()
    user: Mapped[User] = relationship()


class ExportPart(Base):
    """A piece of a file, in order from 0."""

    __tablename__ = "export_part"

    job_id: Mapped[int] = mapped_column(ForeignKey("export_job.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
