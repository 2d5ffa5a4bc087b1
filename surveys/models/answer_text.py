"""What people wrote in their own words, indexed so that it can be searched.

Nothing stands here that does not follow from the responses: it can be deleted at any time and written anew.
"""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base

# SQLite's table of words (FTS5), kept in step by two triggers; with those it makes for itself.
FOUND = "answer_text_found"


def vector(column: str) -> str:
    """PostgreSQL's index of a column of words: as they stand, for they are stemmed already."""
    return f"array_to_tsvector(string_to_array({column}, ' '))"


class AnswerText(Base):
    """One text of a response that was sent in; it goes with the response, and is replaced, never changed.

    ``rule_id`` and ``target`` are its measurement (``queries.results.Key``), ``code`` the question's.
    ``place`` sorts in Swedish alphabetical order; ``words`` and ``stems`` are ``domain.searching.Indexed``,
    with blanks between.
    """

    __tablename__ = "answer_text"
    __table_args__ = (
        Index("ix_answer_text_measurement", "rule_id", "target", "version_id", "code"),
        Index("ix_answer_text_stems", text(vector("stems")), postgresql_using="gin").ddl_if("postgresql"),
        Index("ix_answer_text_words", text(vector("words")), postgresql_using="gin").ddl_if("postgresql"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("response.id", ondelete="CASCADE"), index=True)
    rule_id: Mapped[int]
    target: Mapped[str] = mapped_column(String(40))
    version_id: Mapped[int]
    code: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))
    words: Mapped[str] = mapped_column(Text)
    stems: Mapped[str] = mapped_column(Text)


class TextBacklog(Base):
    """A rule whose answers are not all indexed yet: they were there before the index was."""

    __tablename__ = "text_backlog"

    rule_id: Mapped[int] = mapped_column(
        ForeignKey("follow_up_rule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
