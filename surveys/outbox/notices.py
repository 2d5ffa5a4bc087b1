"""Telling those who had a mail about an occasion that it is not what the mail said.

Whoever has had none is told nothing: their first mail will say what is so then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from surveys.keys import new_public_id
from surveys.models.programme import Occasion, OccasionChange
from surveys.queries import notices as queries


@dataclass(frozen=True, slots=True)
class Stand:
    """What there is to be told of an occasion; wall times of ``timezone``."""

    starts_wall: datetime | None
    ends_wall: datetime | None
    timezone: str
    place: str | None
    cancelled: bool


def stand(of: Occasion | OccasionChange) -> Stand:
    """What an occasion is, or was at a sequence."""
    return Stand(of.starts_wall, of.ends_wall, of.timezone, of.place, of.cancelled)


def kind_of(before: Stand, now: Stand) -> str | None:
    """The kind of notice that leads from ``before`` to ``now``; None where there is nothing to tell."""
    if before == now or (before.cancelled and now.cancelled):
        return None
    if now.cancelled:
        return "cancelled"
    return "reinstated" if before.cancelled else "moved"


def notify(
    session: Session,
    occasion: Occasion,
    now: datetime,
    quiet_override: bool = False,
    ended_at: datetime | None = None,
) -> int:
    """Write the notices that an occasion, just changed, calls for; returns how many.

    Called in the transaction of the change, after ``occasion.sequence`` has risen. ``ended_at`` is when it
    would have ended before: nobody is told of what is over either way. Doing it twice changes nothing.
    """
    session.flush()
    queries.overtake(session, occasion.id, occasion.sequence)
    if max((each for each in (ended_at, occasion.ends_at) if each is not None), default=now) <= now:
        return 0
    current = stand(occasion)
    kinds = {
        number: kind_of(stand(was), current) for number, was in queries.changes(session, occasion.id).items()
    }
    rows = [
        _notice(occasion, enrolment_id, kind, now, quiet_override)
        for enrolment_id, sequence in sorted(queries.told(session, occasion.id).items())
        if (kind := kinds.get(sequence)) is not None
    ]
    queries.add(session, rows)
    return len(rows)


def _notice(
    occasion: Occasion, enrolment_id: int, kind: str, now: datetime, quiet_override: bool
) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "enrolment_id": enrolment_id,
        "occasion_id": occasion.id,
        "kind": kind,
        "step": occasion.sequence,
        "resend": 0,
        "state": "due",
        "next_attempt_at": now,
        "attempts": 0,
        "deferrals": 0,
        "quiet_override": quiet_override,
    }
