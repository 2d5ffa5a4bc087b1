"""Answers counted and kept, so that results open at once; dated snapshots of them.

Nothing stands here that does not follow from the responses: it can be deleted at any time and counted anew.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.programme import JsonObject


class StoredTally(Base):
    """The answers of one measurement (``queries.results.Key``), counted.

    ``responses``, ``revisions`` (added up: they grow with every answer and every change) and ``basis`` tell
    what it was counted from; they are null until it is. ``ticket`` is drawn anew, at random, when answers are
    deleted or rewritten: whoever began to count before that keeps nothing.
    """

    __tablename__ = "tally"
    __table_args__ = (
        UniqueConstraint("rule_id", "target"),
        CheckConstraint("(counted_at IS NULL) = (responses IS NULL)", name="counted_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("follow_up_rule.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(String(40))
    ticket: Mapped[str] = mapped_column(String(32))
    basis: Mapped[str] = mapped_column(Text, default="")
    responses: Mapped[int | None]
    revisions: Mapped[int | None] = mapped_column(BigInteger)
    counted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    cells: Mapped[list["StoredCell"]] = relationship(order_by="StoredCell.id", viewonly=True)


class StoredCell(Base):
    """Of a tally, those who answered on one version and share every class of ``background``."""

    __tablename__ = "tally_cell"

    id: Mapped[int] = mapped_column(primary_key=True)
    tally_id: Mapped[int] = mapped_column(ForeignKey("tally.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    background: Mapped[dict[str, str]] = mapped_column(JSON)
    answers: Mapped[JsonObject] = mapped_column(JSON)  # see surveys/domain/tally.py


class Snapshot(Base):
    """A measurement as it stood at the end of ``day``: its counts and its cells, never changed afterwards.

    ``counts`` are those of ``queries.results_counts.Counts``, and of the series. ``cells`` is null from when
    an answer was taken back that may stand in it: the answers are gone for good, the counts stay.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("rule_id", "target", "day"),
        CheckConstraint("why IN ('closing', 'month')", name="why_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("follow_up_rule.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(String(8))
    responses: Mapped[int]
    revisions: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[JsonObject] = mapped_column(JSON)
    cells: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
