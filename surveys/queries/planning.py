"""Selects of the planner. The planner's own question, "what is due?", is answered from an index."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Series

PLANNER_LOCK = 0x466F6C6A61  # "Folja": any number, the same in every process
ACTIVE_STATES = ("registered", "started", "completed")


def hold_planner(session: Session) -> bool:
    """Become the one planner until the transaction ends; False where another one is at it."""
    if session.get_bind().dialect.name != "postgresql":
        return True  # SQLite has one writer at a time
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(PLANNER_LOCK))))


def next_due(session: Session, now: datetime, catch_up: timedelta) -> Mailing | None:
    """The due mailing to see to next, locked; one that waits only if its waiting is over."""
    due = (
        select(Mailing)
        .where(Mailing.due_at <= now)
        .order_by(Mailing.due_at, Mailing.step, Mailing.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Mailing)
    )
    planned = session.scalar(due.where(Mailing.state == "planned"))
    if planned is not None:
        return planned
    return session.scalar(due.where(Mailing.state == "waiting", _waiting_is_over(now, catch_up)))


def _waiting_is_over(now: datetime, catch_up: timedelta) -> ColumnElement[bool]:
    return or_(
        Mailing.due_at < now - catch_up,
        Mailing.closes_at <= now,
        exists().where(Attendance.occasion_id == Mailing.occasion_id),
    )


def attendance_is_recorded(session: Session, occasion_id: int) -> bool:
    """Whether anybody's presence or absence has been written down for the occasion."""
    return bool(session.scalar(select(exists().where(Attendance.occasion_id == occasion_id))))


def series_to_plan(session: Session, series_id: int) -> Series:
    return session.scalars(select(Series).where(Series.id == series_id)).one()


def rules_of(session: Session, series_id: int) -> Sequence[FollowUpRule]:
    return session.scalars(
        select(FollowUpRule).where(FollowUpRule.series_id == series_id).order_by(FollowUpRule.position)
    ).all()


def occasions_of(session: Session, series_id: int) -> Sequence[Occasion]:
    return session.scalars(
        select(Occasion).where(Occasion.series_id == series_id).order_by(Occasion.position)
    ).all()


def enrolments_of(session: Session, series_id: int) -> Sequence[Enrolment]:
    return session.scalars(select(Enrolment).where(Enrolment.series_id == series_id)).all()


def mailings_to_refresh(session: Session, series_id: int) -> Sequence[Mailing]:
    """All mailings of a series, locked, so that the planner does not expand one while it moves."""
    return session.scalars(
        select(Mailing)
        .join(Mailing.rule)
        .where(FollowUpRule.series_id == series_id)
        .with_for_update(of=Mailing)
        .execution_options(populate_existing=True)
    ).all()


def steps_before(session: Session, mailing: Mailing) -> Sequence[Mailing]:
    """The earlier steps of the same rule and target, first one first."""
    return session.scalars(
        select(Mailing)
        .where(
            Mailing.rule_id == mailing.rule_id, Mailing.target == mailing.target, Mailing.step < mailing.step
        )
        .order_by(Mailing.step)
    ).all()


def audience(session: Session, mailing: Mailing, series: Series) -> Sequence[int]:
    """The enrolments that the first mail of a mailing goes to."""
    wanted = select(Enrolment.id).where(Enrolment.state.in_(ACTIVE_STATES)).order_by(Enrolment.id)
    if mailing.enrolment_id is not None:
        return session.scalars(wanted.where(Enrolment.id == mailing.enrolment_id)).all()
    if needs_attendance(mailing, series):
        return session.scalars(
            wanted.join(Attendance, Attendance.enrolment_id == Enrolment.id).where(
                Attendance.occasion_id == mailing.occasion_id, Attendance.present
            )
        ).all()
    return session.scalars(wanted.where(Enrolment.series_id == series.id)).all()


def needs_attendance(mailing: Mailing, series: Series) -> bool:
    """Whether it goes to those present at an occasion whose attendance is kept."""
    return mailing.rule.audience == "present" and series.attendance_kept and mailing.occasion_id is not None


class Invited(NamedTuple):
    """An invitation, as far as mailing to it needs to know."""

    id: int
    public_id: str
    enrolment_id: int


def invitations_of(session: Session, mailing: Mailing) -> Sequence[Invited]:
    """Every invitation of the mailing's rule and target, withdrawn ones left out."""
    found = session.execute(
        select(Invitation.id, Invitation.public_id, Invitation.enrolment_id).where(
            Invitation.rule_id == mailing.rule_id,
            Invitation.target == mailing.target,
            Invitation.withdrawn_at.is_(None),
        )
    )
    return [Invited(*each) for each in found]


def invitations_to_remind(session: Session, mailing: Mailing) -> Sequence[Invited]:
    """Those whom a reminder can reach.

    Left out: withdrawn links, ended enrolments, and those whose earlier mail is still on its way (it
    would come together with its reminder) or was refused for good.
    """
    hindered = aliased(Message)
    found = session.execute(
        select(Invitation.id, Invitation.public_id, Invitation.enrolment_id)
        .join(Invitation.enrolment)
        .where(
            Invitation.rule_id == mailing.rule_id,
            Invitation.target == mailing.target,
            Invitation.withdrawn_at.is_(None),
            Enrolment.state.in_(ACTIVE_STATES),
            ~exists().where(
                hindered.invitation_id == Invitation.id,
                hindered.state.in_(("due", "claimed", "refused")),
                hindered.step < mailing.step,
            ),
        )
    )
    return [Invited(*each) for each in found]


def unsent_only(session: Session, mailing_id: int) -> bool:
    """Whether no mail of the mailing has been tried yet."""
    tried = exists().where(
        Message.mailing_id == mailing_id, or_(Message.state != "due", Message.attempts > 0)
    )
    return not session.scalar(select(tried))


def people_enrolled(session: Session, series_id: int) -> Sequence[tuple[Enrolment, Participant]]:
    found = session.execute(
        select(Enrolment, Participant)
        .join(Enrolment.participant)
        .where(Enrolment.series_id == series_id)
        .order_by(Participant.name, Participant.code)
    )
    return [(each[0], each[1]) for each in found]


def presence(session: Session, occasion_id: int) -> dict[int, bool]:
    """Enrolment → whether present, for those of whom it is written down."""
    found = session.execute(
        select(Attendance.enrolment_id, Attendance.present).where(Attendance.occasion_id == occasion_id)
    )
    return {each.enrolment_id: each.present for each in found}


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
