"""Indicators, their versions, and what has been read of them. No row of a version or a reading is changed."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User
from surveys.models.programme import JsonObject, Project

INDICATOR_KINDS = (
    "head_count",
    "attendances",
    "outcomes",
    "share",
    "mean",
    "pairs",
    "index",
    "products",
    "yes_no",
    "outside",
)


class Indicator(Base):
    """One goal (indikator), or a part of one: ``whole_id`` names what it is a part of."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint(
            "kind IN ('head_count', 'attendances', 'outcomes', 'share', 'mean', 'pairs', 'index',"
            " 'products', 'yes_no', 'outside')",
            name="kind_known",
        ),
        CheckConstraint("whole_id IS NULL OR whole_id <> id", name="not_its_own_part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    whole_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id"), index=True)
    code: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    ended_on: Mapped[date | None]  # not followed any more; what was read stays
    generated_note: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))

    project: Mapped[Project] = relationship()
    versions: Mapped[list["IndicatorVersion"]] = relationship(
        back_populates="indicator", order_by="IndicatorVersion.number"
    )


class IndicatorVersion(Base):
    """What an indicator meant from a day on. The first is the original; every later one says why, and who
    approved it. ``definition`` is as :class:`surveys.domain.indicators.Definition`, but for its kind.
    """

    __tablename__ = "indicator_version"
    __table_args__ = (
        UniqueConstraint("indicator_id", "number"),
        CheckConstraint("number >= 1", name="counted_from_one"),
        CheckConstraint("number = 1 OR (reason <> '' AND approved_by <> '')", name="revision_explained"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    number: Mapped[int]
    decided_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    definition: Mapped[JsonObject] = mapped_column(JSON)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    indicator: Mapped[Indicator] = relationship(back_populates="versions")
    user: Mapped[User | None] = relationship()


class IndicatorReading(Base):
    """What an indicator came to on a day (utfall), with the definition it was read by.

    ``origin`` says how it came: *due* on the reading date, *asked* by somebody, *typed* from a ``source``.
    Counts and the value as text are None where ``lacking`` says why there is no figure.
    """

    __tablename__ = "indicator_reading"
    __table_args__ = (
        CheckConstraint("origin IN ('due', 'asked', 'typed')", name="origin_known"),
        CheckConstraint("(value IS NULL) = (lacking <> '')", name="figure_or_reason"),
        CheckConstraint("origin <> 'typed' OR source <> ''", name="typed_has_source"),
        CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name="counts_whole"),
        Index("ix_indicator_reading_indicator_id_on_date", "indicator_id", "on_date"),
        Index(
            "uq_indicator_reading_due",
            "version_id",
            unique=True,
            sqlite_where=text("origin = 'due'"),
            postgresql_where=text("origin = 'due'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("indicator_version.id"), index=True)
    on_date: Mapped[date]
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    origin: Mapped[str] = mapped_column(String(8))
    value: Mapped[str | None] = mapped_column(String(80))  # exact: "652/3"
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    base: Mapped[str] = mapped_column(String(32), default="")
    n: Mapped[int | None]
    left_out: Mapped[int] = mapped_column(default=0)
    lacking: Mapped[str] = mapped_column(String(32), default="")
    verdict: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(500), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)

    version: Mapped[IndicatorVersion] = relationship()
    user: Mapped[User | None] = relationship()


class IndicatorEntry(Base):
    """One product, or several made together: what, when, how many."""

    __tablename__ = "indicator_entry"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), index=True)
    on_date: Mapped[date]
    title: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)


class IndicatorNote(Base):
    """Qualitative grounds: what somebody says beside the figures, never part of them."""

    __tablename__ = "indicator_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)

    user: Mapped[User | None] = relationship()
