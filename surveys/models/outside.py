"""Figures from elsewhere: tables of earlier reports and of partners, with where they are from."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.keys import new_public_id
from surveys.models.access import User
from surveys.models.programme import JsonObject, Series


class OutsideTable(Base):
    """A table of figures from elsewhere; what it says is what its newest version says."""

    __tablename__ = "outside_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    # whose own results it is laid beside
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="SET NULL"), index=True)

    series: Mapped[Series | None] = relationship()
    versions: Mapped[list["OutsideVersion"]] = relationship(
        order_by="OutsideVersion.number", cascade="all, delete-orphan"
    )

    @property
    def newest(self) -> "OutsideVersion":
        return self.versions[-1]


class OutsideVersion(Base):
    """What a table said from ``saved_at`` on; never changed. ``content``: a document of
    :mod:`surveys.domain.outside_table`.
    """

    __tablename__ = "outside_version"
    __table_args__ = (UniqueConstraint("table_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("outside_table.id"))
    number: Mapped[int]
    content: Mapped[JsonObject] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)

    user: Mapped[User | None] = relationship()
