"""The register of the keys that are destroyed: what stands under them, and what became of them. No keys."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.access import User
from surveys.models.followup import FollowUpRule
from surveys.models.programme import JsonObject, Series


class AnswerKey(Base):
    """A key of *sealed* answers (of a series) or *anonymous* ones (of a rule at a target). ``name`` is its
    file's.

    ``closed_at``: nothing stands under it any more, its answers have been made to lead nowhere;
    ``destroyed_at``: the file is gone too. ``decision`` (reference, on, by) is what ordered it, ``user_id``
    who did it by hand.
    """

    __tablename__ = "answer_key"
    __table_args__ = (
        CheckConstraint("mode IN ('sealed', 'anonymous')", name="mode_known"),
        CheckConstraint(
            "(mode = 'anonymous') = (rule_id IS NOT NULL AND target IS NOT NULL)",
            name="anonymous_has_measurement",
        ),
        CheckConstraint("destroyed_at IS NULL OR closed_at IS NOT NULL", name="closed_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    scope: Mapped[str] = mapped_column(String(80), unique=True)  # see surveys/queries/answer_keys.py
    mode: Mapped[str] = mapped_column(String(16))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up_rule.id"))
    target: Mapped[str | None] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    series: Mapped[Series] = relationship()
    rule: Mapped[FollowUpRule | None] = relationship()
    user: Mapped[User | None] = relationship()
