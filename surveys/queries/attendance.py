"""Who was at an occasion, and for how long: for the organiser's lists and exports, and for the door."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.models.people import Attendance, Enrolment, Participant, PersonalPage
from surveys.models.programme import Occasion, Organisation, Series, Theme
from surveys.queries.people import Sheet

PER_PAGE = 200
ENDED = ("cancelled", "dropped_out")
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


@dataclass(frozen=True)
class ListedPerson:
    """A participant on the list of an occasion; ``present`` is None where nothing is recorded."""

    enrolment_id: int
    code: str
    name: str
    email: str
    organisation: str | None
    work_group: str | None
    state: str
    present: bool | None
    theme: str | None
    minutes: int | None
    source: str | None


@dataclass(frozen=True)
class CodeRow:
    """A participant and the id that their personal code leads to; None where it is not made yet."""

    participant_id: int
    name: str
    organisation: str | None
    page_id: str | None


@dataclass(frozen=True)
class Count:
    """How many are recorded as present and as absent at an occasion."""

    present: int = 0
    absent: int = 0

    @property
    def recorded(self) -> int:
        return self.present + self.absent


@dataclass(frozen=True)
class StayRow:
    """That a person was at an occasion; ``minutes`` where somebody has said how long."""

    code: str
    name: str
    organisation: str | None
    series: str
    starts_wall: datetime
    ends_wall: datetime
    starts_at: datetime
    ends_at: datetime
    minutes: int | None


def occasion_by_code(session: Session, series_id: int, code: str) -> Occasion | None:
    return session.scalar(
        select(Occasion)
        .where(Occasion.series_id == series_id, Occasion.code == code)
        .options(selectinload(Occasion.themes))
    )


def occasion_by_door(session: Session, door_id: str) -> Occasion | None:
    """The occasion whose door code this is, with its series and project."""
    # Addresses are typed by anyone: PostgreSQL refuses a NUL, and says so with an error.
    if not _PUBLIC_ID.fullmatch(door_id):
        return None
    return session.scalar(
        select(Occasion)
        .where(Occasion.door_id == door_id)
        .options(joinedload(Occasion.series).joinedload(Series.project), selectinload(Occasion.themes))
    )


def hold_occasion(session: Session, occasion_id: int) -> Occasion | None:
    """Return an occasion; no other transaction records attendance at it until this one ends."""
    return session.scalar(select(Occasion).where(Occasion.id == occasion_id).with_for_update(key_share=True))


def people(
    session: Session, occasion: Occasion, page: int | None = None, only: Collection[int] | None = None
) -> Sheet[ListedPerson]:
    """The participants of an occasion's series by name: a page of them, all, or ``only`` some enrolments.

    Those who have left are there only where something is recorded of them.
    """
    wanted = (
        select(
            Enrolment.id,
            Participant.code,
            Participant.name,
            Participant.email,
            Organisation.name.label("organisation"),
            Enrolment.work_group,
            Enrolment.state,
            Attendance.present,
            Theme.code.label("theme"),
            Attendance.minutes,
            Attendance.source,
        )
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .outerjoin(
            Attendance,
            and_(Attendance.enrolment_id == Enrolment.id, Attendance.occasion_id == occasion.id),
        )
        .outerjoin(Theme, Theme.id == Attendance.theme_id)
        .where(
            Enrolment.series_id == occasion.series_id,
            or_(Enrolment.state.not_in(ENDED), Attendance.id.is_not(None)),
        )
        .order_by(Participant.name, Participant.code)
    )
    if only is not None:
        wanted = wanted.where(Enrolment.id.in_(only))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = 1 if page is None else max(1, -(-total // PER_PAGE))
    number = min(max(page or 1, 1), pages)
    if page is not None:
        wanted = wanted.limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    return Sheet([ListedPerson(*row) for row in session.execute(wanted)], number, pages, total)


def counts(session: Session, series_id: int) -> dict[int, Count]:
    """What is recorded by occasion; those of which nothing is recorded are not there."""
    rows = session.execute(
        select(
            Attendance.occasion_id,
            func.count().filter(Attendance.present).label("present"),
            func.count().filter(~Attendance.present).label("absent"),
        )
        .join(Occasion, Occasion.id == Attendance.occasion_id)
        .where(Occasion.series_id == series_id)
        .group_by(Attendance.occasion_id)
    )
    return {row.occasion_id: Count(row.present, row.absent) for row in rows}


def enrolled(session: Session, series_id: int) -> int:
    """How many take part in the series now."""
    standing = select(func.count()).where(Enrolment.series_id == series_id, Enrolment.state.not_in(ENDED))
    return session.scalar(standing) or 0


def codes(session: Session, series_id: int, number: int, per_page: int) -> tuple[Sequence[CodeRow], int]:
    """Those who take part in the series now, with the id behind their personal code; and how many pages."""
    pages = max(1, -(-enrolled(session, series_id) // per_page))
    rows = session.execute(
        select(
            Participant.id, Participant.name, Organisation.name.label("organisation"), PersonalPage.public_id
        )
        .join(Enrolment, Enrolment.participant_id == Participant.id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .outerjoin(PersonalPage, PersonalPage.participant_id == Participant.id)
        .where(Enrolment.series_id == series_id, Enrolment.state.not_in(ENDED))
        .order_by(Participant.name, Participant.code)
        .limit(per_page)
        .offset((min(max(number, 1), pages) - 1) * per_page)
    )
    return [CodeRow(*row) for row in rows], pages


def without_code(session: Session, series_id: int) -> Sequence[int]:
    """The participants of the series who have no personal code yet."""
    return session.scalars(
        select(Enrolment.participant_id)
        .outerjoin(PersonalPage, PersonalPage.participant_id == Enrolment.participant_id)
        .where(Enrolment.series_id == series_id, Enrolment.state.not_in(ENDED), PersonalPage.id.is_(None))
        .order_by(Enrolment.participant_id)
    ).all()


def rows_of(session: Session, occasion_id: int, enrolment_ids: Collection[int]) -> dict[int, Attendance]:
    """What is recorded of some people at an occasion, by enrolment, themes with it."""
    found = select(Attendance).where(
        Attendance.occasion_id == occasion_id, Attendance.enrolment_id.in_(enrolment_ids)
    )
    return {row.enrolment_id: row for row in session.scalars(found.options(joinedload(Attendance.theme)))}


def enrolments_among(session: Session, series_id: int, enrolment_ids: Collection[int]) -> set[int]:
    """Which of the numbers are enrolments of the series."""
    return set(
        session.scalars(
            select(Enrolment.id).where(Enrolment.series_id == series_id, Enrolment.id.in_(enrolment_ids))
        )
    )


def stays(session: Session, project_id: int, series_id: int | None) -> Sequence[StayRow]:
    """Every time somebody was at an occasion that was held, of a project or one series of it."""
    wanted = (
        select(
            Participant.code,
            Participant.name,
            Organisation.name.label("organisation"),
            Series.title,
            Occasion.starts_wall,
            Occasion.ends_wall,
            Occasion.starts_at,
            Occasion.ends_at,
            Attendance.minutes,
        )
        .join(Enrolment, Enrolment.id == Attendance.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .join(Occasion, Occasion.id == Attendance.occasion_id)
        .join(Series, Series.id == Occasion.series_id)
        .where(
            Series.project_id == project_id,
            Attendance.present,
            Occasion.cancelled.is_(False),
            Occasion.starts_at.is_not(None),
        )
        .order_by(Participant.name, Participant.code, Series.position, Series.id, Occasion.starts_at)
    )
    if series_id is not None:
        wanted = wanted.where(Series.id == series_id)
    # dated ones only, so that no moment of them is missing
    rows: Sequence[Any] = session.execute(wanted).all()
    return [StayRow(*row) for row in rows]


def person_of_code(session: Session, project_id: int, page_id: str) -> Participant | None:
    """The participant whose personal code this is."""
    if not _PUBLIC_ID.fullmatch(page_id):
        return None
    return session.scalar(
        select(Participant)
        .join(PersonalPage, PersonalPage.participant_id == Participant.id)
        .where(PersonalPage.public_id == page_id, Participant.project_id == project_id)
        .options(joinedload(Participant.organisation))
    )


def occasions_around(
    session: Session, participant_id: int, since: datetime, until: datetime
) -> Sequence[tuple[Enrolment, Occasion]]:
    """The occasions of a person's series where attendance is kept that go on between two moments."""
    rows = session.execute(
        select(Enrolment, Occasion)
        .join(Occasion, Occasion.series_id == Enrolment.series_id)
        .join(Series, Series.id == Enrolment.series_id)
        .where(
            Enrolment.participant_id == participant_id,
            Enrolment.state.not_in(ENDED),
            Series.attendance_kept,
            Occasion.cancelled.is_(False),
            Occasion.ends_at > since,
            Occasion.starts_at < until,
        )
        .options(selectinload(Occasion.themes), joinedload(Occasion.series))
        .order_by(Occasion.starts_at, Occasion.id)
    )
    return [(enrolment, occasion) for enrolment, occasion in rows]
