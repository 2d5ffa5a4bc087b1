"""Mailings as rows to compare and change, very many at a time."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import bindparam, inspect, update
from sqlalchemy.orm import Session

from surveys.models.followup import Mailing

AT_ONCE = 2_000  # well below the number of parameters that SQLite takes
FEW_ALIKE = 20  # from so many on, rows to be changed alike are changed together


@dataclass(slots=True)
class Planned:
    """A mailing as a row to compare and change; there may be very many, and each is dear as an object."""

    id: int
    rule_id: int
    target: str
    step: int
    occasion_id: int | None
    enrolment_id: int | None
    quiet_override: bool
    pinned_at: datetime | None
    intended_at: datetime
    due_at: datetime
    due_wall: datetime
    timezone: str
    deferral: str | None
    closes_at: datetime
    state: str
    reason: str | None

    def changing(self) -> tuple[object, ...]:
        """What planning may change of it."""
        return _changing(self)


CHANGING = ("intended_at", "due_at", "due_wall", "timezone", "deferral", "closes_at", "state", "reason")
_changing: Callable[[Planned], tuple[object, ...]] = attrgetter(*CHANGING)


def write_mailings(session: Session, changed: Sequence[tuple[Planned, tuple[object, ...]]]) -> None:
    """Write what has been changed of mailings, each with what it was before; many alike at once.

    The session's own objects of them are read anew.
    """
    alike: dict[tuple[tuple[str, object], ...], list[Planned]] = defaultdict(list)
    for each, before in changed:
        all_values = zip(CHANGING, each.changing(), before, strict=True)
        alike[tuple((name, to) for name, to, was in all_values if to != was)].append(each)
    single: list[Planned] = []
    for values, mailings in alike.items():
        if len(mailings) < FEW_ALIKE:
            single += mailings
        else:
            _write_alike(session, dict(values), [each.id for each in mailings])
    if single:
        rows = [{f"new_{name}": getattr(each, name) for name in ("id", *CHANGING)} for each in single]
        session.connection().execute(_CHANGE, rows)
    ids = {each.id for each, _ in changed}
    for known in list(session):
        if isinstance(known, Mailing) and (inspect(known).identity or (0,))[0] in ids:
            session.expire(known)


def _write_alike(session: Session, values: dict[str, object], ids: Sequence[int]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        some = update(Mailing).where(Mailing.id.in_(ids[start : start + AT_ONCE]))
        session.connection().execute(some.values(values))


_CHANGE = (
    update(Mailing)
    .where(Mailing.id == bindparam("new_id"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING})
)
