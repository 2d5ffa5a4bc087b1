"""The register as the organiser's pages show it. Of answers nothing but whether there is one.

Never asked for by pages that evaluators or readers may open.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from surveys.database import LARGEST_ID
from surveys.keys import Keyring
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Organisation, Series, Theme
from surveys.models.response import Response

Row = TypeVar("Row")
Wanted = TypeVar("Wanted", bound=Select[Any])

PER_PAGE = 50
_KEYS_AT_ONCE = 400  # SQLite takes a limited number of values in one statement

ORDERS: dict[str, ColumnElement[Any]] = {
    "name": Participant.name.expression,
    "code": Participant.code.expression,
    "organisation": Organisation.name.expression,
}


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """One page of a list: its rows, its number from 1, and of how many."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class EnrolledRow:
    """A participant in a series."""

    code: str
    name: str
    organisation: str | None
    work_group: str | None
    state: str
    present: int  # occasions the person was at


@dataclass(frozen=True)
class AttendedRow:
    """That a person was, or was not, at an occasion; ``present`` is None where nothing is recorded."""

    series_id: int
    occasion: Occasion
    present: bool | None
    theme: str | None


def participants(session: Session, project_id: int, search: str, order: str, page: int) -> Sheet[Participant]:
    """One page of a project's participants, with their organisations and enrolments."""
    wanted = (
        select(Participant)
        .outerjoin(Participant.organisation)
        .where(Participant.project_id == project_id, *holding(search))
    )
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number, pages = _page(page, total)
    shown = wanted.options(joinedload(Participant.organisation))
    rows = session.scalars(_cut(_ordered(shown, order), number)).all()
    return Sheet(rows, number, pages, total)


def series_by_participant(session: Session, participant_ids: Collection[int]) -> dict[int, list[str]]:
    """The titles of the series each of the participants is enrolled in."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(Enrolment.participant_id, Series.title)
        .join(Series, Series.id == Enrolment.series_id)
        .where(Enrolment.participant_id.in_(participant_ids))
        .order_by(Series.position)
    )
    for row in rows:
        found.setdefault(row.participant_id, []).append(row.title)
    return found


def enrolled(session: Session, series_id: int, search: str, order: str, page: int) -> Sheet[EnrolledRow]:
    """One page of the participants of a series, with how often each was there."""
    present = (
        select(func.count())
        .where(Attendance.enrolment_id == Enrolment.id, Attendance.present)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    wanted = (
        select(
            Participant.code,
            Participant.name,
            Organisation.name.label("organisation"),
            Enrolment.work_group,
            Enrolment.state,
            present.label("present"),
        )
        .join(Enrolment, Enrolment.participant_id == Participant.id)
        .outerjoin(Participant.organisation)
        .where(Enrolment.series_id == series_id, *holding(search))
    )
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number, pages = _page(page, total)
    rows = session.execute(_cut(_ordered(wanted, order), number))
    return Sheet([EnrolledRow(*row) for row in rows], number, pages, total)


def states(session: Session, series_id: int) -> dict[str, int]:
    """How many enrolments of a series are in each state."""
    rows = session.execute(
        select(Enrolment.state, func.count().label("people"))
        .where(Enrolment.series_id == series_id)
        .group_by(Enrolment.state)
    )
    return {row.state: row.people for row in rows}


def recorded_occasions(session: Session, series_id: int) -> int:
    """At how many occasions of a series attendance has been recorded."""
    return (
        session.scalar(
            select(func.count(Attendance.occasion_id.distinct()))
            .join(Attendance.occasion)
            .where(Occasion.series_id == series_id)
        )
        or 0
    )


def participant(session: Session, project_id: int, code: str) -> Participant | None:
    return session.scalar(
        select(Participant)
        .where(Participant.project_id == project_id, Participant.code == code)
        .options(joinedload(Participant.organisation))
    )


def enrolments_of(session: Session, participant_id: int) -> Sequence[Enrolment]:
    """A person's enrolments in the order of the series."""
    return session.scalars(
        select(Enrolment)
        .join(Enrolment.series)
        .where(Enrolment.participant_id == participant_id)
        .options(joinedload(Enrolment.series))
        .order_by(Series.position, Enrolment.id)
    ).all()


def attended(session: Session, enrolment_ids: Collection[int]) -> list[AttendedRow]:
    """Every occasion of the series that the enrolments are in, and whether the person was there."""
    rows = session.execute(
        select(Occasion, Attendance.present, Theme.title)
        .join(Enrolment, Enrolment.series_id == Occasion.series_id)
        .outerjoin(
            Attendance,
            and_(Attendance.occasion_id == Occasion.id, Attendance.enrolment_id == Enrolment.id),
        )
        .outerjoin(Theme, Theme.id == Attendance.theme_id)
        .where(Enrolment.id.in_(enrolment_ids))
        .order_by(Occasion.series_id, Occasion.position)
    )
    return [AttendedRow(occasion.series_id, occasion, present, theme) for occasion, present, theme in rows]


def invitations_of(session: Session, enrolment_ids: Collection[int]) -> Sequence[Invitation]:
    """What a person has been asked, newest first, with what asked and when it closes."""
    asked_by = joinedload(Invitation.rule)
    return session.scalars(
        select(Invitation)
        .join(Invitation.mailing)
        .where(Invitation.enrolment_id.in_(enrolment_ids))
        .options(
            asked_by.joinedload(FollowUpRule.questionnaire),
            asked_by.joinedload(FollowUpRule.series),
            joinedload(Invitation.mailing).joinedload(Mailing.occasion),
        )
        .order_by(Mailing.due_at.desc(), Invitation.id.desc())
    ).all()


def invitation_of(session: Session, participant_id: int, invitation_id: int) -> Invitation | None:
    """One invitation of this very person, with what asked; the number may be one that somebody has typed."""
    if invitation_id > LARGEST_ID:
        return None
    return session.scalar(
        select(Invitation)
        .join(Invitation.enrolment)
        .where(Invitation.id == invitation_id, Enrolment.participant_id == participant_id)
        .options(joinedload(Invitation.rule), joinedload(Invitation.mailing).joinedload(Mailing.occasion))
    )


def messages_of(session: Session, invitation_ids: Collection[int]) -> dict[int, list[Message]]:
    """The mails of each invitation, in the order they were meant to go.

    Reminders about the log are left out: that one was not needed tells that something has been written.
    """
    found: dict[int, list[Message]] = {}
    for message in session.scalars(
        select(Message)
        .where(Message.invitation_id.in_(invitation_ids), Message.kind != "log_reminder")
        .order_by(Message.step, Message.resend)
    ):
        found.setdefault(message.invitation_id or 0, []).append(message)
    return found


def answered(session: Session, keys: Keyring, invitations: Iterable[str]) -> set[str]:
    """Which of the invitations (public ids) have been answered: status, never content or time."""
    by_key = {
        keys.response_key(public_id, key): public_id for public_id, key in _keys_of(session, invitations)
    }
    wanted, found = list(by_key), set()
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        found |= set(
            session.scalars(
                select(Response.response_key).where(
                    Response.response_key.in_(wanted[start : start + _KEYS_AT_ONCE]),
                    Response.submitted_at.is_not(None),
                )
            )
        )
    return {by_key[key] for key in found}


def _keys_of(session: Session, invitations: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """(invitation, the name of the key that its answer stands under), of those that are there."""
    wanted = list(invitations)
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        some = Invitation.public_id.in_(wanted[start : start + _KEYS_AT_ONCE])
        for row in session.execute(select(Invitation.public_id, Invitation.key_name).where(some)):
            yield row.public_id, row.key_name


def holding(search: str) -> list[ColumnElement[bool]]:
    """Name, address, code or organisation holds the words sought for, each of them."""
    # SQLite folds the case of a–z only, and a name may begin with Å.
    return [
        or_(
            *(
                column.contains(spelling, autoescape=True)
                for spelling in {word, word.lower(), word.capitalize(), word.upper()}
                for column in (Participant.name, Participant.email, Participant.code, Organisation.name)
            )
        )
        for word in search.split()[:5]
    ]


def _page(page: int, total: int) -> tuple[int, int]:
    pages = max(1, -(-total // PER_PAGE))
    return min(max(page, 1), pages), pages


def _ordered(wanted: Wanted, order: str) -> Wanted:
    column = ORDERS.get(order.removeprefix("-"), ORDERS["name"])
    return wanted.order_by(column.desc() if order.startswith("-") else column, Participant.code)


def _cut(wanted: Wanted, page: int) -> Wanted:
    return wanted.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
