"""A file of participants on its way in: uploaded, checked, then saved whole or not at all."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User
from surveys.models.programme import JsonObject, Series

IMPORT_STATES = ("uploaded", "checking", "checked", "saving", "saved", "failed", "stopped")


class PeopleImport(Base):
    """``mapping``: field → column of the file; ``report``: every row's verdict, or what was saved."""

    __tablename__ = "people_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'saving', 'saved', 'failed', 'stopped')",
            name="state_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    mapping: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(String(16), index=True)
    worker: Mapped[str | None] = mapped_column(String(64))
    lease_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    series: Mapped[Series] = relationship()
    user: Mapped[User] = relationship()
