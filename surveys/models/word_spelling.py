"""Spellings of association words that are counted as another."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User


class WordSpelling(Base):
    """Of a question (``base_code``: without its theme) of a series, a spelling (``domain.spelling_key``) that
    counts as ``word``. Answers stay as they were written. It goes once nobody's answer has the spelling.
    """

    __tablename__ = "word_spelling"
    __table_args__ = (UniqueConstraint("series_id", "question", "spelling"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    question: Mapped[str] = mapped_column(String(200))
    spelling: Mapped[str] = mapped_column(String(400))
    word: Mapped[str] = mapped_column(String(100))
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User | None] = relationship()
