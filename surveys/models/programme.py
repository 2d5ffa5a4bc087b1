"""Project, subproject, series, occasion, theme, organisation: what is held, where and when."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, UTCDateTime
from surveys.keys import new_public_id

OCCASION_KINDS = ("session", "trip", "meeting", "seminar")
EMBLEMS = ("eu_cofunded", "eu_funded")
JsonObject = dict[str, Any]
LocalText = dict[str, str]  # language code → text


class Project(Base):
    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("decimals BETWEEN 0 AND 2", name="decimals_few"),
        CheckConstraint("minimum_group BETWEEN 5 AND 10", name="minimum_group_range"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_hours_whole"),
        CheckConstraint("weekly_cap > 0", name="weekly_cap_positive"),
        CheckConstraint("emblem IN ('eu_cofunded', 'eu_funded')", name="emblem_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    languages: Mapped[list[str]] = mapped_column(JSON)  # first is the default
    sender_name: Mapped[str] = mapped_column(String(120))
    reply_to: Mapped[str] = mapped_column(String(254))
    decimals: Mapped[int]
    minimum_group: Mapped[int]
    # controller, purpose, legal_basis, recipients, retention, rights, contact → LocalText
    privacy: Mapped[dict[str, LocalText]] = mapped_column(JSON)
    # what orders keys and what they lead to destroyed (gallringsbeslut): reference, on (ISO), by
    destruction_decision: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    # own wording of what the first screen says of being traced: mode → language → title, text
    privacy_wording: Mapped[JsonObject | None] = mapped_column(JSON(none_as_null=True))
    logotype: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logotype_type: Mapped[str | None] = mapped_column(String(40))
    logotype_text: Mapped[str | None] = mapped_column(String(200))
    emblem: Mapped[str | None] = mapped_column(String(16))  # the EU emblem with its sentence
    # when no mail goes, by the clock of ``timezone``; both or neither
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    quiet_weekends: Mapped[bool] = mapped_column(default=False)
    quiet_holidays: Mapped[bool] = mapped_column(default=False)  # Swedish holidays and their eves
    weekly_cap: Mapped[int | None]  # most mails to one person in a calendar week, over all series
    generated_note: Mapped[LocalText | None] = mapped_column(JSON)

    subprojects: Mapped[list["Subproject"]] = relationship(order_by="Subproject.position")
    organisations: Mapped[list["Organisation"]] = relationship(order_by="Organisation.position")
    series: Mapped[list["Series"]] = relationship(back_populates="project", order_by="Series.position")


class Subproject(Base):
    __tablename__ = "subproject"
    __table_args__ = (UniqueConstraint("project_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]


class Organisation(Base):
    """Where participants work. ``parent_id`` is the level above. One that was found to be another's second
    spelling stays as a row that names the other (``merged_into_id``): answers given before carry its code.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_above_itself"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_into_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)


class OrganisationName(Base):
    """Another spelling of an organisation; ``key`` is the spelling without case and accents."""

    __tablename__ = "organisation_name"
    __table_args__ = (UniqueConstraint("project_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(200))

    organisation: Mapped[Organisation] = relationship()


class Series(Base):
    """A course series or round (insats, omgång)."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("project_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    subproject_id: Mapped[int | None] = mapped_column(ForeignKey("subproject.id"), index=True)
    code: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(200))
    attendance_kept: Mapped[bool]
    completion_minimum: Mapped[int | None]  # occasions a person must attend to have completed
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    position: Mapped[int]
    generated_note: Mapped[LocalText | None] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)  # False: a round whose dates nobody has confirmed
    round_of_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    response_rows: Mapped[bool] = mapped_column(default=False)  # given out; see ``domain.telling``
    # background variables by which answers are told, in order of worth; NULL: nobody has chosen
    told_by: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))

    project: Mapped[Project] = relationship(back_populates="series")
    round_of: Mapped["Series | None"] = relationship(remote_side="Series.id")
    subproject: Mapped[Subproject | None] = relationship()
    occasions: Mapped[list["Occasion"]] = relationship(back_populates="series", order_by="Occasion.position")


class Occasion(Base):
    """One occasion (tillfälle). Moments are UTC; the wall times are what the organiser meant."""

    __tablename__ = "occasion"
    __table_args__ = (
        UniqueConstraint("series_id", "code"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_or_no_moment"),
        CheckConstraint("kind IN ('session', 'trip', 'meeting', 'seminar')", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    code: Mapped[str] = mapped_column(String(64))
    number: Mapped[int | None]
    round: Mapped[str | None] = mapped_column(String(64))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    starts_wall: Mapped[datetime | None]  # naive, in ``timezone``; null where the date is unknown
    ends_wall: Mapped[datetime | None]
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    measured: Mapped[bool]  # False: "ingen mätning", which is not zero
    cancelled: Mapped[bool] = mapped_column(default=False)
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"), index=True)
    # UID and SEQUENCE of its calendar file; the sequence rises with every change of time, place or fate
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    sequence: Mapped[int] = mapped_column(default=0)
    door_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)  # in the QR code
    generated_note: Mapped[LocalText | None] = mapped_column(JSON)

    series: Mapped[Series] = relationship(back_populates="occasions")
    continues: Mapped["Occasion | None"] = relationship(remote_side="Occasion.id")
    themes: Mapped[list["Theme"]] = relationship(
        back_populates="occasion", order_by="Theme.code", cascade="all, delete-orphan"
    )


class Theme(Base):
    """A parallel pass of an occasion, coded A, B, C …"""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("occasion_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"))
    code: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))

    occasion: Mapped[Occasion] = relationship(back_populates="themes")


class OccasionChange(Base):
    """What an occasion was at a ``sequence`` before it was changed: what those mailed then were told."""

    __tablename__ = "occasion_change"
    __table_args__ = (UniqueConstraint("occasion_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"))
    sequence: Mapped[int]
    starts_wall: Mapped[datetime | None]
    ends_wall: Mapped[datetime | None]
    timezone: Mapped[str] = mapped_column(String(64))
    place: Mapped[str | None] = mapped_column(String(200))
    cancelled: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    occasion: Mapped[Occasion] = relationship()
