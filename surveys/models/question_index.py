"""Several questions declared to be one figure."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base, UTCDateTime


class QuestionIndex(Base):
    """An index of a series: a person's mean over ``questions`` (codes), of whom has answered at least
    ``minimum`` of them. What it held before stands in the deeds.
    """

    __tablename__ = "question_index"
    __table_args__ = (
        UniqueConstraint("series_id", "name"),
        CheckConstraint("minimum >= 1", name="minimum_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    name: Mapped[str] = mapped_column(String(120))
    questions: Mapped[list[str]] = mapped_column(JSON)
    minimum: Mapped[int]
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)
