"""Selects of the planner. The planner's own question, "what is due?", is answered from an index."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, func, or_, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased

from surveys.database import LARGEST_ID, UTCDateTime
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Occasion, Series
from surveys.queries import audience as audience_queries
from surveys.queries.planned import Planned

ACTIVE_STATES = audience_queries.ACTIVE_STATES
AT_ONCE = audience_queries.AT_ONCE
LOCK_NOT_AVAILABLE = "55P03"
PLANNER_LOCK = 0x466F6C6A61  # "Folja": any number, the same in every process


class SeriesBusy(Exception):
    """Somebody else is changing the mailings of the series at this moment."""

    code = "series_busy"


def hold_planner(session: Session) -> bool:
    """Become the one planner until the transaction ends; False where another one is at it."""
    if session.get_bind().dialect.name != "postgresql":
        return True  # SQLite has one writer at a time
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(PLANNER_LOCK))))


def next_mailing(session: Session, now: datetime) -> Mailing | None:
    """The mailing to see to next, locked: one begun, one due, one whose waiting is over, or one that somebody
    may have come to since it went.
    """
    begun, due, waits, again = session.connection().execute(_NEXT, {"now": now}).one()
    found = begun or due or (_waited_out(session, now) if waits else None) or again
    return session.get(Mailing, found, with_for_update={"of": Mailing, "key_share": True}) if found else None


def _next() -> "Select[*tuple[Any, ...]]":
    now = bindparam("now", type_=UTCDateTime())
    free = select(Mailing.id).limit(1).with_for_update(skip_locked=True, key_share=True)
    due = free.where(Mailing.due_at <= now).order_by(Mailing.due_at, Mailing.step, Mailing.id)
    return select(
        due.where(Mailing.state == "expanding").scalar_subquery(),
        due.where(Mailing.state == "planned").scalar_subquery(),
        exists().where(Mailing.state == "waiting", Mailing.due_at <= now),
        free.where(text("mailing.recheck")).order_by(Mailing.id).scalar_subquery(),
    )


# Built once: it is asked several times a minute, mostly for nothing.
_NEXT = _next()


def _waited_out(session: Session, now: datetime) -> int | None:
    """The first mailing that need not wait for attendance any longer."""
    waiting = session.execute(
        select(
            Mailing.id,
            Mailing.due_at,
            Mailing.closes_at,
            FollowUpRule.attendance_wait_hours,
            exists().where(Attendance.occasion_id == Mailing.occasion_id).label("recorded"),
        )
        .join(Mailing.rule)
        .where(Mailing.state == "waiting", Mailing.due_at <= now)
        .order_by(Mailing.due_at, Mailing.step, Mailing.id)
        .with_for_update(skip_locked=True, of=Mailing, key_share=True)
    )
    for each in waiting:
        limit = each.due_at + timedelta(hours=each.attendance_wait_hours)
        if each.recorded or now >= min(limit, each.closes_at):
            return int(each.id)
    return None


def attendance_is_recorded(session: Session, occasion_id: int) -> bool:
    """Whether anybody's presence or absence has been written down for the occasion."""
    return bool(session.scalar(select(exists().where(Attendance.occasion_id == occasion_id))))


def series_of(session: Session, project_id: int) -> Sequence[int]:
    """The series of a project, in order."""
    return session.scalars(
        select(Series.id).where(Series.project_id == project_id).order_by(Series.position, Series.id)
    ).all()


def series_to_plan(session: Session, series_id: int) -> Series:
    return session.scalars(select(Series).where(Series.id == series_id)).one()


def rules_of(session: Session, series_id: int) -> Sequence[FollowUpRule]:
    return session.scalars(
        select(FollowUpRule)
        .where(FollowUpRule.series_id == series_id, ~FollowUpRule.outside)
        .order_by(FollowUpRule.position)
    ).all()


def occasions_of(session: Session, series_id: int) -> Sequence[Occasion]:
    return session.scalars(
        select(Occasion).where(Occasion.series_id == series_id).order_by(Occasion.position)
    ).all()


class Enrolled(NamedTuple):
    """An enrolment, as far as a rule that counts from its person needs to know."""

    id: int
    state: str
    registered_at: datetime
    added_at: datetime
    starts_on: date | None
    ends_on: date | None


def enrolments_of(
    session: Session, series_id: int, only: Collection[int] | None = None
) -> Sequence[Enrolled]:
    """The enrolments of a series, ``only`` these few of them."""
    columns = (getattr(Enrolment, name) for name in Enrolled._fields)
    wanted = select(*columns).where(Enrolment.series_id == series_id)
    rows = session.execute(wanted if only is None else wanted.where(Enrolment.id.in_(only)))
    return [Enrolled(*row) for row in rows]


def mailings_to_refresh(
    session: Session, series_id: int, only: Collection[int] | None = None, nowait: bool = False
) -> Sequence[Planned]:
    """The mailings of a series, locked, so that the planner does not expand one while it moves.

    ``only``: of those that are one person's alone, those of these few enrolments. Always locked in the same
    order, so that two who change a series wait for each other and not in a circle. ``nowait`` is for whoever
    holds a mailing already, and so may not wait for another: raises :class:`SeriesBusy` instead.
    """
    columns = (getattr(Mailing, each.name) for each in fields(Planned))
    wanted = select(*columns).join(Mailing.rule).where(FollowUpRule.series_id == series_id)
    if only is not None:
        wanted = wanted.where(or_(Mailing.enrolment_id.is_(None), Mailing.enrolment_id.in_(only)))
    held = wanted.order_by(Mailing.id).with_for_update(of=Mailing, key_share=True, nowait=nowait)
    try:
        return [Planned(*row) for row in session.execute(held)]
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise SeriesBusy from None
        raise


def series_of_mailing(session: Session, mailing_id: int) -> tuple[int, int | None] | None:
    """(Series, enrolment of whom alone it is), None where there is no such mailing."""
    if not 0 <= mailing_id <= LARGEST_ID:
        return None
    wanted = select(FollowUpRule.series_id, Mailing.enrolment_id).join(Mailing.rule)
    found = session.execute(wanted.where(Mailing.id == mailing_id)).one_or_none()
    return (found[0], found[1]) if found else None


def steps_before(session: Session, mailing: Mailing) -> Sequence[Mailing]:
    """The earlier steps of the same rule and target, first one first."""
    return session.scalars(
        select(Mailing)
        .where(
            Mailing.rule_id == mailing.rule_id, Mailing.target == mailing.target, Mailing.step < mailing.step
        )
        .order_by(Mailing.step)
    ).all()


def needs_attendance(mailing: Mailing, series: Series) -> bool:
    """Whether a mailing goes to those present at an occasion whose attendance is kept."""
    return audience_queries.needs_attendance(mailing.rule, series, mailing.occasion_id)


class Invited(NamedTuple):
    """An invitation, as far as mailing to it needs to know."""

    id: int
    public_id: str
    enrolment_id: int
    key_name: str | None
    declined: bool


_INVITED = (
    Invitation.id,
    Invitation.public_id,
    Invitation.enrolment_id,
    Invitation.key_name,
    Invitation.declined,
)


def invitations_of(session: Session, mailing: Mailing, enrolments: Sequence[int]) -> Sequence[Invited]:
    """The invitations of these enrolments to the mailing's rule and target, withdrawn ones left out."""
    found = session.execute(
        select(*_INVITED).where(
            Invitation.rule_id == mailing.rule_id,
            Invitation.target == mailing.target,
            Invitation.enrolment_id.in_(enrolments),
            Invitation.withdrawn_at.is_(None),
        )
    )
    return [Invited(*each) for each in found]


def invitations_to_remind(
    session: Session, mailing: Mailing, youngest: datetime, after: int, most: int
) -> Sequence[Invited]:
    """Those whom a reminder can reach: ``most`` of those with an enrolment id above ``after``, in order.

    Left out: withdrawn links, ended enrolments, those whose earlier mail is still on its way (it would come
    together with its reminder) or was refused for good, and whoever was invited after the others and later
    than ``youngest``.
    """
    hindered, first = aliased(Message), aliased(Mailing)
    found = session.execute(
        select(*_INVITED)
        .join(Invitation.enrolment)
        .join(first, first.id == Invitation.mailing_id)
        .where(
            Invitation.rule_id == mailing.rule_id,
            Invitation.target == mailing.target,
            Invitation.withdrawn_at.is_(None),
            Invitation.enrolment_id > after,
            or_(Invitation.created_at <= youngest, Invitation.created_at <= first.expanded_at),
            Enrolment.state.in_(ACTIVE_STATES),
            ~exists().where(
                hindered.invitation_id == Invitation.id,
                hindered.state.in_(("due", "claimed", "refused")),
                hindered.step < mailing.step,
            ),
        )
        .order_by(Invitation.enrolment_id)
        .limit(most)
    )
    return [Invited(*each) for each in found]


def tried_among(session: Session, mailing_ids: Sequence[int]) -> set[int]:
    """Those of the mailings of which a mail has been tried, or settled without one."""
    found: set[int] = set()
    for start in range(0, len(mailing_ids), AT_ONCE):
        some = Message.mailing_id.in_(mailing_ids[start : start + AT_ONCE])
        tried = select(Message.mailing_id).where(some, or_(Message.state != "due", Message.attempts > 0))
        found |= {each for each in session.scalars(tried.distinct()) if each is not None}
    return found


def mailings_ahead(session: Session, until: datetime, project_code: str | None) -> Sequence[Mailing]:
    """Mailings not yet expanded and due before ``until``, in order."""
    wanted = select(Mailing).where(Mailing.state.in_(("planned", "waiting")), Mailing.due_at < until)
    if project_code is not None:
        wanted = wanted.join(Mailing.rule).join(FollowUpRule.series).join(Series.project)
        wanted = wanted.where(Series.project.has(code=project_code))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id)).all()


def invitations_by_enrolment(session: Session, mailing: Mailing) -> dict[int, Invitation]:
    found = session.scalars(
        select(Invitation).where(Invitation.rule_id == mailing.rule_id, Invitation.target == mailing.target)
    )
    return {each.enrolment_id: each for each in found}


def refused(session: Session, mailing: Mailing) -> set[int]:
    """Invitations whose address the mail server has refused."""
    found = session.scalars(
        select(Message.invitation_id)
        .join(Message.invitation)
        .where(
            Invitation.rule_id == mailing.rule_id,
            Invitation.target == mailing.target,
            Message.state == "refused",
        )
    )
    return {each for each in found if each is not None}


def states(session: Session) -> dict[str, int]:
    found = session.execute(select(Mailing.state, func.count()).group_by(Mailing.state))
    return {row[0]: row[1] for row in found}
