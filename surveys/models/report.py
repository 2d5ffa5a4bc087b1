"""Reports as they were made, what they recommend, their headings, and the house's own Word template."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.keys import new_public_id
from surveys.models.access import User
from surveys.models.programme import JsonObject

REPORT_KINDS = ("interim", "midterm", "final", "one_page")
FOLLOWED_UP = ("done", "partly", "not_done")


class Report(Base):
    """One version of a report; ``follows``: whose recommendations it follows up. ``line`` is the public id
    of its first version; ``document`` and ``figures`` are never changed, and once it is signed nothing of it
    is.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("line", "version"),
        CheckConstraint("kind IN ('interim', 'midterm', 'final', 'one_page')", name="kind_known"),
        CheckConstraint("(signed_at IS NULL) = (signed_by_id IS NULL)", name="signed_by_somebody"),
        Index("ix_report_project_id_made_at", "project_id", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    line: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    series: Mapped[list[str]] = mapped_column(JSON)  # codes, in order
    headings: Mapped[list[JsonObject]] = mapped_column(JSON)
    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("report.id")
    )  # whose recommendations it follows up
    as_of: Mapped[date | None]  # the day its figures are of; None: when it was made
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    document: Mapped[JsonObject] = mapped_column(JSON, deferred=True)
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    made_by: Mapped[User] = relationship(foreign_keys=made_by_id)
    signed_by: Mapped[User | None] = relationship(foreign_keys=signed_by_id)
    follows: Mapped["Report | None"] = relationship(remote_side="Report.id")
    recommendations: Mapped[list["Recommendation"]] = relationship(
        back_populates="report", order_by="Recommendation.position", cascade="all, delete-orphan"
    )


class Recommendation(Base):
    """What a report recommends, to whom and until when."""

    __tablename__ = "recommendation"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    to_whom: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date | None]

    report: Mapped[Report] = relationship(back_populates="recommendations")


class RecommendationFollowUp(Base):
    """What has become of an earlier report's recommendation, as a later report tells it."""

    __tablename__ = "recommendation_follow_up"
    __table_args__ = (
        UniqueConstraint("report_id", "recommendation_id"),
        CheckConstraint("status IN ('done', 'partly', 'not_done')", name="status_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text, default="")

    recommendation: Mapped[Recommendation] = relationship()


class ReportHeadings(Base):
    """A set of headings as a funder asks for them; ``sections``: key, heading, text."""

    __tablename__ = "report_headings"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(16))
    sections: Mapped[list[JsonObject]] = mapped_column(JSON)


class ReportTemplate(Base):
    """The Word file that a project's reports are poured into."""

    __tablename__ = "report_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    uploaded_by: Mapped[User] = relationship()
