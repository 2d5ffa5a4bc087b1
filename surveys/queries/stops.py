"""Selects of what mails a person has ended."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from surveys.database import LARGEST_ID
from surveys.models.people import MailStop


def standing_of(session: Session, participant_id: int) -> Sequence[MailStop]:
    """What of a person's mails is ended now, oldest first, with the series."""
    return session.scalars(
        select(MailStop)
        .where(MailStop.participant_id == participant_id, MailStop.lifted_at.is_(None))
        .options(joinedload(MailStop.series))
        .order_by(MailStop.stopped_at, MailStop.id)
    ).all()


def standing(session: Session, participant_id: int, stop_id: int, hold: bool = False) -> MailStop | None:
    """One that stands, of this very person; ``hold``: nobody else changes it until the transaction ends."""
    if not 0 <= stop_id <= LARGEST_ID:
        return None
    wanted = select(MailStop).where(
        MailStop.id == stop_id, MailStop.participant_id == participant_id, MailStop.lifted_at.is_(None)
    )
    return session.scalar(wanted.with_for_update() if hold else wanted)
