"""Answers that others have collected, in a file: on its way in, and where what was taken in is from."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.keys import new_public_id
from surveys.models.access import User
from surveys.models.followup import FollowUpRule
from surveys.models.programme import JsonObject, Occasion, Series
from surveys.models.questionnaire import Questionnaire


class OutsideAnswers(Base):
    """A file of answers. Until it is saved it has its ``content``, as it was read; from then on a rule of its
    own, that never sends, under which the responses are, and the file is gone.

    ``reading``: what its columns are used for, and what their values stand for. ``counts``: what became of
    its rows, and whether a supplier took them in (``untold``: nothing of the register was told). ``joined``:
    some responses are joined with what the same persons answer in Följa.
    """

    __tablename__ = "outside_answers"
    __table_args__ = (
        CheckConstraint("(rule_id IS NULL) = (saved_at IS NULL)", name="saved_has_rule"),
        CheckConstraint("(content IS NULL) = (saved_at IS NOT NULL)", name="unsaved_has_content"),
        CheckConstraint("wave IN ('pre', 'post', 'follow_up', 'occasion')", name="wave_known"),
        CheckConstraint("(wave = 'occasion') = (occasion_id IS NOT NULL)", name="occasion_of_wave"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up_rule.id"), unique=True)
    questionnaire_id: Mapped[int] = mapped_column(
        ForeignKey("questionnaire.id", ondelete="CASCADE"), index=True
    )
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id", ondelete="CASCADE"), index=True)
    wave: Mapped[str] = mapped_column(String(16))
    source_name: Mapped[str] = mapped_column(String(200))
    collected_by: Mapped[str] = mapped_column(String(200))
    collected_on: Mapped[date]
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    reading: Mapped[JsonObject] = mapped_column(JSON)
    counts: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    joined: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    series: Mapped[Series] = relationship()
    rule: Mapped[FollowUpRule | None] = relationship()
    questionnaire: Mapped[Questionnaire] = relationship()
    occasion: Mapped[Occasion | None] = relationship()
    user: Mapped[User | None] = relationship()

    @property
    def handed_in_by(self) -> str:
        """The name of the supplier's user who took the file in; "" where staff did, or nobody has yet."""
        return self.user.name if self.user and (self.counts or {}).get("untold") else ""
