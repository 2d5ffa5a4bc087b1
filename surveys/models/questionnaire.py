"""Questionnaires and their versions. A version is one document: it is read whole and never in part."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.programme import JsonObject, LocalText, Project

WAVES = ("pre", "post", "occasion", "follow_up", "other")


class Questionnaire(Base):
    __tablename__ = "questionnaire"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("wave IN ('pre', 'post', 'occasion', 'follow_up', 'other')", name="wave_known"),
        CheckConstraint(
            "privacy_mode IN ('named', 'pseudonymous', 'sealed', 'anonymous')", name="privacy_mode_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str] = mapped_column(String(64))
    wave: Mapped[str] = mapped_column(String(16))
    privacy_mode: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    generated_note: Mapped[LocalText | None] = mapped_column(JSON)

    project: Mapped[Project] = relationship()
    versions: Mapped[list["QuestionnaireVersion"]] = relationship(
        back_populates="questionnaire", order_by="QuestionnaireVersion.number"
    )


class QuestionnaireVersion(Base):
    """``content`` is the document of :mod:`surveys.domain.questionnaire`; locked at the first answer."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"))
    number: Mapped[int]
    content: Mapped[JsonObject] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the canonical content
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    questionnaire: Mapped[Questionnaire] = relationship(back_populates="versions")
