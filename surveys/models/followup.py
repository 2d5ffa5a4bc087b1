"""Follow-up rules, the mailings they lead to, and the invitations of each person."""

from datetime import datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.people import Enrolment
from surveys.models.programme import JsonObject, LocalText, Occasion, Series
from surveys.models.questionnaire import Questionnaire

ANCHORS = (
    "series_start",
    "series_end",
    "occasion_start",
    "occasion_end",
    "registration",
    "person_start",
    "person_end",
)
AUDIENCES = ("everyone", "present")
LATE = ("from_now", "catch_up", "nothing")
ATTENDANCE_DEFAULTS = ("nobody", "everyone")
MAILING_STATES = ("planned", "waiting", "expanding", "expanded", "missed", "cancelled")


class FollowUpRule(Base):
    """Utskicksregel: what is sent, relative to what, to whom, with which reminders.

    ``outside``: nobody made it and it never sends. Answers that others have collected are under it, as those
    that it asked for are under any other; see ``models/outside_answers.py``.
    """

    __tablename__ = "follow_up_rule"
    __table_args__ = (
        UniqueConstraint("series_id", "code"),
        CheckConstraint("(questionnaire_id IS NULL) <> (log_prompt IS NULL)", name="asks_one_thing"),
        CheckConstraint(
            "anchor IN ('series_start', 'series_end', 'occasion_start', 'occasion_end', 'registration',"
            " 'person_start', 'person_end')",
            name="anchor_known",
        ),
        CheckConstraint("audience IN ('everyone', 'present')", name="audience_known"),
        CheckConstraint("close_after_days > 0", name="closes_later"),
        CheckConstraint("late IN ('from_now', 'catch_up', 'nothing')", name="late_known"),
        CheckConstraint("attendance_default IN ('nobody', 'everyone')", name="attendance_default_known"),
        CheckConstraint("attendance_wait_hours > 0", name="attendance_wait_positive"),
        CheckConstraint("NOT (outside AND active)", name="outside_never_sends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    code: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    questionnaire_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaire.id"), index=True)
    log_prompt: Mapped[LocalText | None] = mapped_column(JSON(none_as_null=True))
    anchor: Mapped[str] = mapped_column(String(16))
    offset_days: Mapped[int]
    offset_minutes: Mapped[int]
    at_time: Mapped[time | None]
    audience: Mapped[str] = mapped_column(String(16))
    # who of them: a tree of conditions, see surveys/domain/condition_tree.py; null: all
    audience_filter: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    # what somebody enrolled after a mailing went gets of it
    late: Mapped[str] = mapped_column(String(16), default="from_now")
    # how long a mailing to those present waits for attendance, and to whom it goes when none was recorded
    attendance_wait_hours: Mapped[int] = mapped_column(default=48)
    attendance_default: Mapped[str] = mapped_column(String(16), default="nobody")
    # which occasions: {"kind": "trip"} or {"codes": ["t1"]}; null: all that are measured
    occasions: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    reminder_days: Mapped[list[int]] = mapped_column(JSON)
    close_after_days: Mapped[int]
    active: Mapped[bool]
    outside: Mapped[bool] = mapped_column(default=False, server_default=false())

    series: Mapped[Series] = relationship()
    questionnaire: Mapped[Questionnaire | None] = relationship()


class Mailing(Base):
    """Utskick: one rule at one target and one step. Step 0 is the first mail, 1 … the reminders.

    ``target`` is ``series``, ``occasion:ID`` or ``enrolment:ID``; never null, so that it can be a key.
    ``intended_at`` is what the rule says, ``due_at`` when it goes: the two differ where quiet hours, a
    week-end or a holiday defer it (``deferral`` says which), or where somebody pinned it ("send now").
    While *expanding*, invitations have been made for enrolments up to ``expand_after``.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        UniqueConstraint("rule_id", "target", "step"),
        CheckConstraint(
            "state IN ('planned', 'waiting', 'expanding', 'expanded', 'missed', 'cancelled')",
            name="state_known",
        ),
        Index("ix_mailing_state_due_at", "state", "due_at"),
        # Few and short-lived, so that looking for them costs nothing.
        Index("ix_mailing_recheck", "id", sqlite_where=text("recheck"), postgresql_where=text("recheck")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("follow_up_rule.id"))
    target: Mapped[str] = mapped_column(String(40))
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    step: Mapped[int]
    intended_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_wall: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(64))
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))  # code: why missed, waiting, cancelled
    deferral: Mapped[str | None] = mapped_column(String(16))  # quiet_hours, weekend, holiday
    quiet_override: Mapped[bool] = mapped_column(default=False)
    pinned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expand_after: Mapped[int | None]
    expanded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recheck: Mapped[bool] = mapped_column(default=False)  # somebody may have come to it after it went

    rule: Mapped[FollowUpRule] = relationship()
    occasion: Mapped[Occasion | None] = relationship()


class Invitation(Base):
    """One person asked once by one rule at one target (enkätutskick); carries the link."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("rule_id", "target", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("follow_up_rule.id"))
    target: Mapped[str] = mapped_column(String(40))
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), index=True)  # the step 0
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # the key of its own that the answer stands under; null: the installation's
    key_name: Mapped[str | None] = mapped_column(ForeignKey("answer_key.name"), index=True)
    # the person has taken the answer back and not answered anew: no more reminders
    declined: Mapped[bool] = mapped_column(default=False)

    rule: Mapped[FollowUpRule] = relationship()
    mailing: Mapped[Mailing] = relationship()
    enrolment: Mapped[Enrolment] = relationship()


class RetiredLink(Base):
    """A link that was replaced by a newer one; kept so that its page can say so."""

    __tablename__ = "retired_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    retired_at: Mapped[datetime] = mapped_column(UTCDateTime)
