"""Telling those who had a mail about an occasion that it is not what the mail said.

Whoever has had none is told nothing: their first mail will say what is so then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain import timing
from surveys.keys import new_public_id
from surveys.models.programme import Occasion, OccasionChange
from surveys.queries import notices as queries
from surveys.queries.notices import Telling


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


def untrue(
    told: Iterable[Telling], was: Mapping[int, OccasionChange], sequence: int, current: Stand
) -> OccasionChange | None:
    """The newest of what somebody was told, or may have been, that is not so now; None where there is none.

    ``was`` is what the occasion was by sequence, ``current`` what it is at ``sequence``.
    """
    known = sorted(set(_known(list(told), sequence)), reverse=True)
    return next((was[each] for each in known if each in was and kind_of(stand(was[each]), current)), None)


def notify(
    session: Session,
    occasion: Occasion,
    now: datetime,
    quiet_override: bool = False,
    ended_at: datetime | None = None,
    only: Collection[int] | None = None,
) -> int:
    """Write the notices that an occasion, just changed, calls for; returns how many.

    Called in the transaction of the change, after ``occasion.sequence`` has risen. ``ended_at`` is when it
    would have ended before: nobody is told of what is over either way. ``only``: to these enrolments. Doing
    it twice changes nothing.
    """
    session.flush()
    queries.overtake(session, occasion.id, occasion.sequence)
    if max((each for each in (ended_at, occasion.ends_at) if each is not None), default=now) <= now:
        return 0
    current, was = stand(occasion), queries.changes(session, occasion.id)
    told = queries.told(session, occasion.id, only)
    before = {each: untrue(told[each], was, occasion.sequence, current) for each in sorted(told)}
    rows = [
        _notice(occasion, enrolment_id, kind, now, quiet_override)
        for enrolment_id, change in before.items()
        if change is not None and (kind := kind_of(stand(change), current)) is not None
    ]
    queries.add(session, rows)
    return len(rows)


def tell_restored(session: Session, series_id: int, restored: Collection[int], now: datetime) -> None:
    """Tell enrolments that take part again what has changed of the series while they did not.

    Called in the transaction that restores them.
    """
    if not restored:
        return
    for occasion in queries.hold_all(session, series_id):
        if occasion.sequence > 0:
            before = queries.changes(session, occasion.id).get(occasion.sequence - 1)
            notify(session, occasion, now, ended_at=_ends_at(before), only=restored)


def _ends_at(change: OccasionChange | None) -> datetime | None:
    if change is None or change.ends_wall is None:
        return None
    return timing.to_utc(change.ends_wall, change.timezone)


def _known(told: Collection[Telling], sequence: int) -> Iterator[int]:
    """What somebody knows, or may know: the newest that is sure, and all that may have come after it."""
    sure = max((each.sequence for each in told if each.is_sure), default=-1)
    yield sure
    for each in told:
        if not each.is_sure:
            newest = each.sequence if each.tries == 1 else sequence
            yield from range(max(each.sequence, sure + 1), newest + 1)


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
