"""Answers. Outside *named* nothing here refers to the register, only to keys that are not stored."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.followup import FollowUpRule
from surveys.models.people import Enrolment
from surveys.models.programme import JsonObject
from surveys.models.questionnaire import QuestionnaireVersion


class Response(Base):
    """One person's answers to one invitation, as one document each for sent in and not yet sent in.

    ``answers`` is what was last submitted (null until then) and is what results read; ``draft`` is
    what has been saved since. ``revision`` rises with every save, so that two devices cannot
    overwrite each other unseen. ``source`` says where what was sent in came from: the web, paper that staff
    typed in, or a file of what others have collected; who typed it in (``entered_by``) is not kept where
    answers become untraceable. ``uncoded``: nobody was asked for it in Följa, so it is an answer and stands
    in no rate.
    """

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("privacy_mode = 'named' OR enrolment_id IS NULL", name="register_apart"),
        CheckConstraint("(answers IS NULL) = (submitted_at IS NULL)", name="submitted_has_answers"),
        CheckConstraint("source IN ('web', 'paper', 'outside')", name="source_known"),
        CheckConstraint(
            "entered_by IS NULL OR (source = 'paper' AND privacy_mode IN ('named', 'pseudonymous'))",
            name="entered_by_of_paper",
        ),
        CheckConstraint(
            "NOT uncoded OR (privacy_mode <> 'named' AND enrolment_id IS NULL "
            "AND (source = 'outside' OR (source = 'paper' AND pairing_key IS NULL)))",
            name="uncoded_is_nobodys",
        ),
        CheckConstraint("source <> 'outside' OR uncoded", name="outside_asked_nobody"),
        # Holds all that is counted at each look at results: how many, and from what a tally was counted.
        Index(
            "ix_response_counted",
            "rule_id",
            "target",
            "uncoded",
            "source",
            "submitted_at",
            "revision",
            "pairing_key",
            "privacy_mode",
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    rule_id: Mapped[int] = mapped_column(ForeignKey("follow_up_rule.id"))
    target: Mapped[str] = mapped_column(String(40))
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"), index=True)
    privacy_mode: Mapped[str] = mapped_column(String(16))
    response_key: Mapped[str] = mapped_column(String(64), unique=True)
    pairing_key: Mapped[str | None] = mapped_column(String(64), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    language: Mapped[str] = mapped_column(String(16))
    background: Mapped[dict[str, str]] = mapped_column(JSON)  # coarse classes only
    answers: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    draft: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    revision: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    source: Mapped[str] = mapped_column(String(8), default="web")
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    uncoded: Mapped[bool] = mapped_column(default=False, server_default=false())

    rule: Mapped[FollowUpRule] = relationship()
    version: Mapped[QuestionnaireVersion] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
