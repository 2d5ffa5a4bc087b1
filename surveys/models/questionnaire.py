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

    @property
    def in_use(self) -> "QuestionnaireVersion | None":
        """The version that is asked now; None before the first draft has been taken into use."""
        return next((each for each in reversed(self.versions) if not each.draft), None)

    @property
    def draft(self) -> "QuestionnaireVersion | None":
        """The version that is being written; None where none is."""
        return next((each for each in self.versions if each.draft), None)

    @property
    def unanswered(self) -> "QuestionnaireVersion | None":
        """The version in use, as long as nobody has answered it: what the draft takes the place of.

        None also where a programme file brought it after the draft was begun: then both are kept.
        """
        asked, draft = self.in_use, self.draft
        if asked is None or asked.locked_at is not None:
            return None
        return asked if draft is None or draft.number > asked.number else None

    @property
    def becomes(self) -> int:
        """The number of the version that a draft is taken into use as, if nobody answers before."""
        replaced, last = self.unanswered, self.versions[-1]
        if replaced is not None:
            return replaced.number
        return last.number if self.draft in (last, None) else last.number + 1

    @property
    def written(self) -> "QuestionnaireVersion":
        """What an editor shows: the draft where there is one, else what is in use."""
        return self.draft or self.versions[-1]


class QuestionnaireVersion(Base):
    """``content`` is the document of :mod:`surveys.domain.questionnaire`.

    Nobody is asked a ``draft``. Once in use (since ``begun_at``; null where it came with a programme file) a
    version is what new answers are given to until a newer one is. Until the first answer locks it, the draft
    that is taken into use takes its place.
    ``previous`` is what a draft said before its last change, for taking that back.
    """

    __tablename__ = "questionnaire_version"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "number"),
        CheckConstraint("NOT draft OR locked_at IS NULL", name="draft_unlocked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"))
    number: Mapped[int]
    content: Mapped[JsonObject] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the canonical content
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    draft: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    previous: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))

    questionnaire: Mapped[Questionnaire] = relationship(back_populates="versions")


class LibraryScale(Base):
    """A scale of a project, to be used in its questionnaires. Each version has its own copy written out.

    ``content`` is a scale of :mod:`surveys.domain.scales` with its ``code``.
    """

    __tablename__ = "scale"
    __table_args__ = (UniqueConstraint("project_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    content: Mapped[JsonObject] = mapped_column(JSON)
