"""Selects of the demo's walk through time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.models.access import User
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.log import LogBook
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series


@dataclass(frozen=True)
class FirstMailing:
    """A questionnaire or prompt that went out; ``occasion`` is "" where it is about the series."""

    id: int
    series: str
    rule: str
    occasion: str
    due_at: datetime
    closes_at: datetime
    reminder_days: list[int]


@dataclass(frozen=True)
class Invited:
    """Somebody who was asked; ``book`` is their learning log, where they have one."""

    participant: str
    public_id: str
    generation: int
    language: str
    book: str | None
    book_generation: int | None


def is_empty(session: Session) -> bool:
    """Whether there is neither a project nor a user."""
    return all(session.scalar(select(table.id).limit(1)) is None for table in (Project, User))


def next_due_at(session: Session) -> datetime | None:
    found = session.scalars(
        select(Mailing.due_at).where(Mailing.state == "planned").order_by(Mailing.due_at).limit(1)
    )
    return found.first()


def mailings_until(session: Session, until: datetime) -> int:
    wanted = select(func.count(Mailing.id)).where(Mailing.state == "planned", Mailing.due_at <= until)
    return session.scalar(wanted) or 0


def asked_at(session: Session, moment: datetime) -> list[FirstMailing]:
    """Return the first mailings expanded at ``moment``, with the codes of what they are about."""
    found = session.execute(
        select(
            Mailing.id,
            Series.code.label("series"),
            FollowUpRule.code.label("rule"),
            func.coalesce(Occasion.code, "").label("occasion"),
            Mailing.due_at,
            Mailing.closes_at,
            FollowUpRule.reminder_days,
        )
        .join(FollowUpRule, FollowUpRule.id == Mailing.rule_id)
        .join(Series, Series.id == FollowUpRule.series_id)
        .outerjoin(Occasion, Occasion.id == Mailing.occasion_id)
        .where(Mailing.expanded_at == moment, Mailing.step == 0)
        .order_by(Mailing.id)
    )
    return [FirstMailing(*row) for row in found]


def invited(session: Session, mailing_id: int) -> list[Invited]:
    """Return those invited by a mailing, in the order of the register; with their log where they have one."""
    found = session.execute(
        select(
            Participant.code,
            Invitation.public_id,
            Invitation.generation,
            Participant.language,
            LogBook.public_id.label("book"),
            LogBook.generation.label("book_generation"),
        )
        .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(LogBook, LogBook.enrolment_id == Enrolment.id)
        .where(Invitation.mailing_id == mailing_id)
        .order_by(Participant.code)
    )
    return [Invited(*row) for row in found]
