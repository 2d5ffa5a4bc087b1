"""Selects of notices: who was told what of an occasion, and what an occasion was before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.models.followup import Mailing
from surveys.models.message import ASKING_KINDS, NOTICE_KINDS, Message
from surveys.models.people import Enrolment
from surveys.models.programme import Occasion, OccasionChange, Series
from surveys.queries.planning import ACTIVE_STATES

LARGEST_ID = 2**31 - 1  # what the databases call an integer
# What has left, or may have left.
GONE = ("sent", "claimed")


def hold_occasion(session: Session, occasion_id: int) -> Occasion | None:
    """The occasion; nobody else changes it, and no mail about it is claimed, until this transaction ends."""
    if not 0 <= occasion_id <= LARGEST_ID:
        return None
    wanted = select(Occasion).where(Occasion.id == occasion_id).with_for_update(key_share=True)
    return session.scalar(wanted.execution_options(populate_existing=True))


def hold_rest(session: Session, first: Occasion) -> Sequence[Occasion]:
    """``first`` and every occasion of its series that begins with it or later, in order of time."""
    return session.scalars(
        select(Occasion)
        .where(Occasion.series_id == first.series_id, Occasion.starts_at >= first.starts_at)
        .order_by(Occasion.starts_at, Occasion.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def project_of(session: Session, series_id: int) -> int:
    return session.scalars(select(Series.project_id).where(Series.id == series_id)).one()


def changes(session: Session, occasion_id: int) -> dict[int, OccasionChange]:
    """What the occasion was, by the sequence it had then."""
    rows = session.scalars(select(OccasionChange).where(OccasionChange.occasion_id == occasion_id))
    return {each.sequence: each for each in rows}


def told(session: Session, occasion_id: int) -> dict[int, int]:
    """Enrolment (not ended) → the newest sequence of the occasion that it has had a mail about."""
    about = _about(occasion_id)
    rows = session.execute(
        select(about.c.enrolment_id, func.max(about.c.sequence))
        .join(Enrolment, Enrolment.id == about.c.enrolment_id)
        .where(Enrolment.state.in_(ACTIVE_STATES))
        .group_by(about.c.enrolment_id)
    )
    return {row[0]: row[1] for row in rows}


def told_to(session: Session, occasion_id: int, enrolment_id: int, besides: int) -> int | None:
    """The newest sequence that one enrolment has had a mail about, ``besides`` one mail; None for none."""
    about = _about(occasion_id)
    wanted = select(func.max(about.c.sequence))
    return session.scalar(wanted.where(about.c.enrolment_id == enrolment_id, about.c.id != besides))


def overtake(session: Session, occasion_id: int, sequence: int) -> None:
    """Stop the notices about the occasion that still wait and say what is not so any more."""
    session.execute(
        update(Message)
        .where(Message.occasion_id == occasion_id, Message.kind.in_(NOTICE_KINDS))
        .where(Message.state == "due", Message.step < sequence)
        .values(state="cancelled", reason="overtaken")
        .execution_options(synchronize_session=False)
    )


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert notices, many at a time; one that is there already stays as it is."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.connection().execute(dialect.insert(Message).on_conflict_do_nothing(), list(rows))


def forget(session: Session, occasion_id: int) -> None:
    """Delete what an occasion was before, and let mails with one's own page no longer name it."""
    session.execute(delete(OccasionChange).where(OccasionChange.occasion_id == occasion_id))
    own = update(Message).where(Message.occasion_id == occasion_id, Message.kind == "own_page")
    session.execute(own.values(occasion_id=None).execution_options(synchronize_session=False))


def _about(occasion_id: int) -> Any:
    """(id, enrolment_id, sequence) of every mail about the occasion that has left or may have left."""
    columns = (
        Message.id,
        Message.enrolment_id,
        func.coalesce(Message.occasion_sequence, 0).label("sequence"),
    )
    asked = (
        select(*columns)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Mailing.occasion_id == occasion_id, Message.kind.in_(ASKING_KINDS))
    )
    noticed = select(*columns).where(Message.occasion_id == occasion_id, Message.kind.in_(NOTICE_KINDS))
    left = [each.where(Message.state.in_(GONE)) for each in (asked, noticed)]
    return union_all(*left).subquery()
