"""Reading learning logs: a person's own, and what has been shared for the project to read.

What is private is asked for by one function only, :func:`entries_of`, and only with a book in hand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from surveys.keys import Keyring, token_hash
from surveys.models.followup import FollowUpRule, Invitation, Mailing, RetiredLink
from surveys.models.log import LogBook, LogEntry
from surveys.models.people import Enrolment
from surveys.models.programme import LocalText, Occasion, Series

_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


@dataclass(frozen=True)
class OccasionName:
    number: int | None
    title: str
    on: date | None  # the day it ended, where it was held


@dataclass(frozen=True)
class SharedEntry:
    """An entry that its writer has shared; nothing here leads back to the register."""

    id: UUID
    alias: str
    work_group: str | None
    written_on: date
    text: str
    shared_at: datetime
    prompt: LocalText | None
    occasion: OccasionName | None


def book_by_token(session: Session, token: str) -> LogBook | None:
    return session.scalar(_books().where(LogBook.token_hash == token_hash(token)))


def book_by_public_id(session: Session, public_id: str) -> LogBook | None:
    # Addresses are typed by anyone: PostgreSQL refuses a NUL, and says so with an error.
    if not _PUBLIC_ID.fullmatch(public_id):
        return None
    return session.scalar(_books().where(LogBook.public_id == public_id))


def hold_book(session: Session, book_id: int) -> None:
    """Let no other transaction write in the book until this one ends."""
    session.execute(select(LogBook.id).where(LogBook.id == book_id).with_for_update())


def is_retired(session: Session, token: str) -> bool:
    """Say whether the link has been replaced by a newer one."""
    return session.get(RetiredLink, token_hash(token)) is not None


def entries_of(session: Session, book_id: int) -> Sequence[LogEntry]:
    """Return all entries of a book, newest first: for its writer alone."""
    asked = joinedload(LogEntry.invitation)
    return session.scalars(
        select(LogEntry)
        .where(LogEntry.book_id == book_id)
        .options(
            asked.joinedload(Invitation.rule),
            asked.joinedload(Invitation.mailing).joinedload(Mailing.occasion),
        )
        .order_by(LogEntry.written_on.desc(), LogEntry.created_at.desc(), LogEntry.id)
    ).all()


def prompts_of(session: Session, enrolment_id: int, only: str | None = None) -> Sequence[Invitation]:
    """Return the log prompts a person has had and that still stand, newest first."""
    wanted = (
        select(Invitation)
        .join(Invitation.rule)
        .join(Invitation.mailing)
        .where(
            Invitation.enrolment_id == enrolment_id,
            Invitation.withdrawn_at.is_(None),
            FollowUpRule.log_prompt.is_not(None),
        )
        .options(joinedload(Invitation.rule), joinedload(Invitation.mailing).joinedload(Mailing.occasion))
        .order_by(Mailing.due_at.desc(), Invitation.id.desc())
    )
    if only is not None:
        if not _PUBLIC_ID.fullmatch(only):
            return ()
        wanted = wanted.where(Invitation.public_id == only)
    return session.scalars(wanted).all()


def shared_entries(session: Session, keys: Keyring, series: Series) -> list[SharedEntry]:
    """Return the shared entries of a series, newest first.

    The alias is the same for all entries of a person in the series, and another than in the export
    of answers: a log often tells who wrote it, and must not open that person's answers as well.
    ``plan`` is for its writer alone and is not selected.
    """
    rows = session.execute(
        select(
            LogEntry.id,
            LogEntry.written_on,
            LogEntry.text,
            LogEntry.shared_at,
            Enrolment.public_id,
            Enrolment.work_group,
            FollowUpRule.log_prompt,
            Occasion.number,
            Occasion.title,
            Occasion.ends_wall,
        )
        .join(LogBook, LogBook.id == LogEntry.book_id)
        .join(Enrolment, Enrolment.id == LogBook.enrolment_id)
        .outerjoin(Invitation, Invitation.id == LogEntry.invitation_id)
        .outerjoin(FollowUpRule, FollowUpRule.id == Invitation.rule_id)
        .outerjoin(Mailing, Mailing.id == Invitation.mailing_id)
        .outerjoin(Occasion, Occasion.id == Mailing.occasion_id)
        .where(Enrolment.series_id == series.id, LogEntry.shared_at.is_not(None))
        .order_by(LogEntry.written_on.desc(), LogEntry.id)
    )
    return [
        SharedEntry(
            id=row.id,
            alias=author_alias(keys, series.code, row.public_id),
            work_group=row.work_group,
            written_on=row.written_on,
            text=row.text,
            shared_at=row.shared_at,
            prompt=row.log_prompt,
            occasion=None
            if row.title is None
            else OccasionName(row.number, row.title, row.ends_wall and row.ends_wall.date()),
        )
        for row in rows
    ]


def author_alias(keys: Keyring, series_code: str, enrolment: str) -> str:
    """Return the name under which a person's (enrolment's public id) shared entries are read."""
    return keys.alias(f"log/{series_code}", keys.pairing_key(enrolment))


def _books() -> Select[LogBook]:
    enrolment = joinedload(LogBook.enrolment, innerjoin=True)
    return select(LogBook).options(
        enrolment.joinedload(Enrolment.participant, innerjoin=True),
        enrolment.joinedload(Enrolment.series, innerjoin=True).joinedload(Series.project, innerjoin=True),
    )
