"""Selects about sending as a whole: its one row, and what lies in wait behind it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Update, bindparam, func, select, update
from sqlalchemy.orm import Session, joinedload

from surveys.database import insert_into
from surveys.models.access import Membership, User
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import Heartbeat, Message, SendingState

AHEAD = ("planned", "waiting", "expanding")

_LOOK: "Select[*tuple[Any, ...]]" = select(
    SendingState.paused_until, SendingState.muted_at, SendingState.window_at, SendingState.window_count
).where(SendingState.id == 1)
_HOLD = _LOOK.with_for_update()


def look(session: Session, hold: bool) -> Row[Any] | None:
    """What a claim must know; with ``hold`` no other dispatcher counts mails until this transaction ends."""
    return session.connection().execute(_HOLD if hold else _LOOK).one_or_none()


def count(session: Session, window_at: datetime, window_count: int) -> None:
    """Write down how many mails have left in the minute since ``window_at``."""
    values = {"window_at": window_at, "window_count": window_count}
    session.connection().execute(update(SendingState).where(SendingState.id == 1).values(**values))


def read(session: Session) -> SendingState | None:
    return session.get(SendingState, 1)


def hold(session: Session) -> SendingState:
    """The row, made if it was not there; no other transaction changes it until this one ends."""
    made = insert_into(session, SendingState).values(id=1, pauses=0, window_count=0)
    session.execute(made.on_conflict_do_nothing())
    wanted = select(SendingState).where(SendingState.id == 1).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def heartbeats(session: Session) -> Sequence[Heartbeat]:
    return session.scalars(select(Heartbeat).order_by(Heartbeat.name)).all()


def to_tell(session: Session) -> Sequence[Membership]:
    """One membership of every organiser and administrator who may sign in."""
    rows = session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(Membership.role.in_(("organiser", "administrator")), User.active)
        .options(joinedload(Membership.user))
        .order_by(Membership.user_id, Membership.project_id)
    )
    return list({each.user_id: each for each in reversed(rows.all())}.values())


def told_since(session: Session, user_id: int, since: datetime) -> bool:
    """Whether a mail about paused sending has been written to a user at ``since`` or later."""
    found = select(Message.not_before).where(Message.user_id == user_id, Message.kind == "sending_paused")
    return any(moment is not None and moment >= since for moment in session.scalars(found))


def mailings_due(session: Session, now: datetime) -> Sequence[Mailing]:
    """Mailings that the planner would see to at ``now``, in order."""
    return session.scalars(
        select(Mailing)
        .where(Mailing.state.in_(AHEAD), Mailing.due_at <= now)
        .order_by(Mailing.due_at, Mailing.step, Mailing.id)
    ).all()


def mails_waiting(session: Session, now: datetime) -> dict[tuple[int | None, str], int]:
    """(mailing, kind) → how many mails lie in the outbox and would go at ``now``."""
    rows = session.execute(
        select(Message.mailing_id, Message.kind, func.count())
        .where(Message.state.in_(("due", "claimed")), Message.next_attempt_at <= now)
        .group_by(Message.mailing_id, Message.kind)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def places(session: Session, mailing_ids: Sequence[int]) -> set[tuple[int, str]]:
    """(rule, target) of mailings."""
    rows = session.execute(select(Mailing.rule_id, Mailing.target).where(Mailing.id.in_(mailing_ids)))
    return {(row[0], row[1]) for row in rows}


def series_of(session: Session, mailing_ids: Sequence[int]) -> Sequence[int]:
    """The series that mailings belong to, in order."""
    wanted = select(FollowUpRule.series_id).join(Mailing, Mailing.rule_id == FollowUpRule.id)
    wanted = wanted.where(Mailing.id.in_(mailing_ids)).distinct()
    return session.scalars(wanted.order_by(FollowUpRule.series_id)).all()


def unsent(now: datetime) -> Update:
    """The mails in the outbox that would go at ``now``."""
    return (
        update(Message)
        .where(Message.state.in_(("due", "claimed")), Message.next_attempt_at <= bindparam("at", now))
        .execution_options(synchronize_session=False)
    )
