"""The register: participants, their enrolments and their attendance. Holds no answers."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.models.programme import Occasion, Organisation, Series, Theme

GENDERS = ("woman", "man", "other", "not_stated")
ENROLMENT_STATES = ("registered", "started", "completed", "cancelled", "dropped_out")


class Participant(Base):
    """A person in a project. Two persons may share an address, so it is not unique."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("gender IN ('woman', 'man', 'other', 'not_stated')", name="gender_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), index=True)
    gender: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str | None] = mapped_column(String(120))
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)
    # an address that mail came back from: nothing is sent while ``email`` is the same
    dead_address: Mapped[str | None] = mapped_column(String(254))

    organisation: Mapped[Organisation | None] = relationship()
    enrolments: Mapped[list["Enrolment"]] = relationship(back_populates="participant")


class Enrolment(Base):
    """A participant in a series (deltagande)."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("series_id", "participant_id"),
        CheckConstraint(
            "state IN ('registered', 'started', 'completed', 'cancelled', 'dropped_out')", name="state_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    work_group: Mapped[str | None] = mapped_column(String(120))
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when Följa came to know; decides who is late
    starts_on: Mapped[date | None]  # the person's own start and end, in the project's zone
    ends_on: Mapped[date | None]

    series: Mapped[Series] = relationship()
    participant: Mapped[Participant] = relationship(back_populates="enrolments")


class Attendance(Base):
    """That a person was, or was not, at an occasion, and which theme they chose."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("occasion_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    present: Mapped[bool]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    minutes: Mapped[int | None]  # of presence; null: the whole occasion
    source: Mapped[str] = mapped_column(String(16), default="staff")  # staff, door, import

    occasion: Mapped[Occasion] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    theme: Mapped[Theme | None] = relationship()


class Outcome(Base):
    """What came of it for a person at a date (utfall): ``kind`` is the name of an :class:`OutcomeKind`."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("enrolment_id", "on_date", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    on_date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_import.id"), index=True)

    enrolment: Mapped[Enrolment] = relationship()


class PersonalPage(Base):
    """A participant's own page: what is open for them, behind a link of its own."""

    __tablename__ = "personal_page"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), unique=True)
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)

    participant: Mapped[Participant] = relationship()


class MailStop(Base):
    """That a person gets no more reminders, nothing more of a series, or nothing at all."""

    __tablename__ = "mail_stop"
    __table_args__ = (
        CheckConstraint("scope IN ('reminders', 'series', 'everything')", name="scope_known"),
        CheckConstraint("source IN ('unsubscribe', 'complaint', 'organiser')", name="source_known"),
        CheckConstraint("(scope = 'series') = (series_id IS NOT NULL)", name="series_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    scope: Mapped[str] = mapped_column(String(16))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    source: Mapped[str] = mapped_column(String(16))
    stopped_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    participant: Mapped[Participant] = relationship()
    series: Mapped[Series | None] = relationship()
