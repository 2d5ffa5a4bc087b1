"""What the planning pages of series and occasions ask."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance
from surveys.models.programme import Occasion, OccasionChange, Series, Subproject

ENDED = ("cancelled", "dropped_out")


def hold_series(session: Session, series_id: int) -> Series | None:
    """Return the series; no other transaction changes its occasions until this one ends.

    Rows that name the series may still be added: the planner does, while it holds what we may want next.
    """
    return session.scalar(
        select(Series)
        .where(Series.id == series_id)
        .options(joinedload(Series.project, innerjoin=True), joinedload(Series.subproject))
        .with_for_update(of=Series, key_share=True)
    )


def occasion(session: Session, series_id: int, code: str) -> Occasion | None:
    """An occasion of the series by its code, with its themes and what it continues."""
    return session.scalar(
        select(Occasion)
        .where(Occasion.series_id == series_id, Occasion.code == code)
        .options(selectinload(Occasion.themes), joinedload(Occasion.continues), joinedload(Occasion.series))
    )


def occasion_by_id(session: Session, occasion_id: int) -> Occasion | None:
    return session.scalar(
        select(Occasion)
        .where(Occasion.id == occasion_id)
        .options(selectinload(Occasion.themes), joinedload(Occasion.continues), joinedload(Occasion.series))
    )


def occasions_of(session: Session, series_id: int) -> list[Occasion]:
    """The occasions of a series in order, with their themes."""
    return list(
        session.scalars(
            select(Occasion)
            .where(Occasion.series_id == series_id)
            .options(selectinload(Occasion.themes), joinedload(Occasion.continues))
            .order_by(Occasion.position, Occasion.id)
        )
    )


def series_codes(session: Session, project_id: int) -> set[str]:
    return set(session.scalars(select(Series.code).where(Series.project_id == project_id)))


def has_title(session: Session, project_id: int, title: str) -> bool:
    """Whether a series of the project is called this."""
    return bool(
        session.scalar(select(exists().where(Series.project_id == project_id, Series.title == title)))
    )


def last_position(session: Session, project_id: int) -> int:
    """The position of the last series of a project, -1 where there is none."""
    found = session.scalar(select(func.max(Series.position)).where(Series.project_id == project_id))
    return -1 if found is None else found


def subprojects(session: Session, project_id: int) -> Sequence[Subproject]:
    return session.scalars(
        select(Subproject).where(Subproject.project_id == project_id).order_by(Subproject.position)
    ).all()


def rules_of(session: Session, series_id: int) -> Sequence[FollowUpRule]:
    return session.scalars(
        select(FollowUpRule)
        .where(FollowUpRule.series_id == series_id, ~FollowUpRule.outside)
        .order_by(FollowUpRule.position)
    ).all()


def has_sent(session: Session, occasion_id: int) -> bool:
    """Whether anybody has been asked about the occasion, or told of it."""
    asked = exists().where(Mailing.occasion_id == occasion_id, Mailing.id == Invitation.mailing_id)
    told = exists().where(Message.occasion_id == occasion_id)
    return bool(session.scalar(select(or_(asked, told))))


def has_attendance(session: Session, occasion_id: int) -> bool:
    return bool(session.scalar(select(exists().where(Attendance.occasion_id == occasion_id))))


def theme_is_chosen(session: Session, theme_id: int) -> bool:
    return bool(session.scalar(select(exists().where(Attendance.theme_id == theme_id))))


def rest_of(session: Session, first: Occasion) -> Sequence[Occasion]:
    """``first`` and the occasions of its series that begin with it or later, in order of time."""
    wanted = select(Occasion).where(
        Occasion.series_id == first.series_id, Occasion.starts_at >= first.starts_at
    )
    return session.scalars(wanted.order_by(Occasion.starts_at, Occasion.id)).all()


def changes_of(session: Session, occasion_id: int) -> Sequence[OccasionChange]:
    """What an occasion was before each change, newest first."""
    wanted = select(OccasionChange).where(OccasionChange.occasion_id == occasion_id)
    return session.scalars(wanted.order_by(OccasionChange.sequence.desc())).all()


def mailings_about(session: Session, occasion_id: int) -> Sequence[Mailing]:
    return session.scalars(select(Mailing).where(Mailing.occasion_id == occasion_id)).all()


def between(
    session: Session, project_id: int, series_id: int | None, since: datetime, until: datetime
) -> Sequence[Occasion]:
    """The occasions that go on between two moments (UTC), of a series or of all of the project."""
    wanted = (
        select(Occasion)
        .join(Occasion.series)
        .where(Series.project_id == project_id, Occasion.starts_at < until, Occasion.ends_at > since)
        .options(joinedload(Occasion.series))
        .order_by(Occasion.starts_at, Occasion.id)
    )
    return session.scalars(wanted if series_id is None else wanted.where(Series.id == series_id)).all()


def all_of_project(session: Session, project_id: int) -> Sequence[Occasion]:
    """Every occasion of the project in the order of time, those without a date last."""
    return session.scalars(
        select(Occasion)
        .join(Occasion.series)
        .where(Series.project_id == project_id)
        .options(joinedload(Occasion.series))
        .order_by(Occasion.starts_at.is_(None), Occasion.starts_at, Series.position, Occasion.position)
    ).all()


def mailing_states(session: Session, project_id: int) -> dict[int, dict[str, int]]:
    """How many mailings about each occasion are in which state, by the occasion's id."""
    found: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Mailing.occasion_id, Mailing.state, func.count())
        .join(Occasion, Occasion.id == Mailing.occasion_id)
        .join(Occasion.series)
        .where(Series.project_id == project_id)
        .group_by(Mailing.occasion_id, Mailing.state)
    )
    for occasion_id, state, count in rows:
        found.setdefault(occasion_id or 0, {})[state] = count
    return found
