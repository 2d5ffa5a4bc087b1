"""Selects of notices: who was told what of an occasion, and what an occasion was before."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, case, delete, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from surveys.database import LARGEST_ID, insert_into
from surveys.models.followup import Mailing
from surveys.models.message import ASKING_KINDS, NOTICE_KINDS, Message
from surveys.models.people import Enrolment
from surveys.models.programme import Occasion, OccasionChange, Series
from surveys.queries.planning import ACTIVE_STATES

FEW = 1_000  # people that a select names one by one


class Telling(NamedTuple):
    """A mail about an occasion that has left, or may have left.

    ``sequence`` is the oldest that it can have told, ``is_sure`` whether it is known to have told just that;
    ``tries`` how many times it may have left, each time with what was so then.
    """

    sequence: int
    is_sure: bool
    tries: int


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


def hold_all(session: Session, series_id: int) -> Sequence[Occasion]:
    """All occasions of a series; nobody else changes them until this transaction ends."""
    return session.scalars(
        select(Occasion)
        .where(Occasion.series_id == series_id)
        .order_by(Occasion.starts_at, Occasion.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def told(session: Session, occasion_id: int, only: Collection[int] | None = None) -> dict[int, list[Telling]]:
    """Enrolment (not ended; ``only`` of these) → the mails about the occasion that it has or may have had."""
    about = _about(occasion_id)
    wanted = (
        select(about.c.enrolment_id, about.c.sequence, about.c.is_sure, about.c.tries)
        .join(Enrolment, Enrolment.id == about.c.enrolment_id)
        .where(Enrolment.state.in_(ACTIVE_STATES))
    )
    if only is not None and len(only) <= FEW:
        wanted = wanted.where(Enrolment.id.in_(only))
    found: dict[int, list[Telling]] = defaultdict(list)
    for enrolment_id, *telling in session.execute(wanted):
        if only is None or enrolment_id in only:
            found[enrolment_id].append(Telling(*telling))
    return found


def told_to(session: Session, occasion_id: int, enrolment_id: int, besides: int) -> list[Telling]:
    """The mails about the occasion that one enrolment has or may have had, ``besides`` one mail."""
    about = _about(occasion_id)
    wanted = select(about.c.sequence, about.c.is_sure, about.c.tries)
    found = session.execute(wanted.where(about.c.enrolment_id == enrolment_id, about.c.id != besides))
    return [Telling(*each) for each in found]


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
    """Insert notices, many at a time; one that is there already stays as it is.

    But one that did not go because its receiver had left the series goes after all.
    """
    if not rows:
        return
    insert = insert_into(session, Message)
    again = {name: insert.excluded[name] for name in ("state", "next_attempt_at", "quiet_override")}
    ended = and_(Message.state == "cancelled", Message.reason == "enrolment_ended")
    insert = insert.on_conflict_do_update(
        index_elements=["enrolment_id", "occasion_id", "kind", "step"],
        set_=again | {"reason": None, "not_before": None},
        where=ended,
    )
    session.connection().execute(insert, list(rows))


def forget(session: Session, occasion_id: int) -> None:
    """Delete what an occasion was before, and let mails with one's own page no longer name it."""
    session.execute(delete(OccasionChange).where(OccasionChange.occasion_id == occasion_id))
    own = update(Message).where(Message.occasion_id == occasion_id, Message.kind == "own_page")
    session.execute(own.values(occasion_id=None).execution_options(synchronize_session=False))


def _about(occasion_id: int) -> Any:
    """(id, enrolment_id, and what makes a Telling) of every mail about the occasion that may have left."""
    # Whether a reminder about the log was needed must not show in who has a notice.
    of_log = Message.kind == "log_reminder"
    columns = (
        Message.id,
        Message.enrolment_id,
        func.coalesce(Message.occasion_sequence, 0).label("sequence"),
        and_(Message.state == "sent", ~of_log).label("is_sure"),
        case((of_log, 1), else_=Message.attempts).label("tries"),
    )
    asked = (
        select(*columns)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Mailing.occasion_id == occasion_id, Message.kind.in_(ASKING_KINDS))
    )
    noticed = select(*columns).where(Message.occasion_id == occasion_id, Message.kind.in_(NOTICE_KINDS))
    # One that was refused did not leave the last time; one that was missed or cancelled may have before.
    tried = Message.attempts > case((Message.state == "refused", 1), else_=0)
    spared = and_(of_log, Message.state == "cancelled", Message.claimed_at.is_not(None))
    left = [each.where(or_(Message.state == "sent", tried, spared)) for each in (asked, noticed)]
    return union_all(*left).subquery()
