"""The send calendar and what became of each mailing, as the pages show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select
from sqlalchemy.orm import Session, joinedload

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Heartbeat, Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation, Series

Scope = ColumnElement[bool]  # whose mailings: made by in_project or in_series
PER_PAGE = 60
LARGEST_ID = 2**31 - 1  # what the databases call an integer
AHEAD = ("planned", "waiting")


@dataclass(frozen=True)
class Counts:
    """The mails of one mailing by state; *uncertain* may or may not have left."""

    states: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.states.values())

    def of(self, state: str) -> int:
        return self.states.get(state, 0)


@dataclass(frozen=True)
class Receiver:
    """A person a mailing went to, and how the mail stands."""

    invitation: str
    code: str
    name: str
    organisation: str | None
    state: str
    reason: str | None
    error: str | None
    sent_at: datetime | None
    resend: int
    withdrawn: bool


def in_project(project_id: int) -> Scope:
    return Series.project_id == project_id


def in_series(series_id: int) -> Scope:
    return Series.id == series_id


def calendar(
    session: Session, where: Scope, since: datetime, *, ahead: bool, page: int
) -> tuple[Sequence[Mailing], int, int]:
    """One page of mailings, the page's number and how many pages there are.

    ``ahead``: what is due from ``since`` on or has not been seen to, soonest first; else what is past,
    latest first.
    """
    coming = or_(Mailing.due_at >= since, Mailing.state.in_(AHEAD))
    wanted = _mailings().where(where, coming if ahead else ~coming)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), pages)
    order = Mailing.due_at if ahead else Mailing.due_at.desc()
    shown = _with_what(wanted).order_by(order, Mailing.step, Mailing.id)
    rows = session.scalars(shown.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return rows, number, pages


def next_ones(session: Session, where: Scope, most: int) -> Sequence[Mailing]:
    """The mailings that come next, soonest first."""
    wanted = _with_what(_mailings().where(where, Mailing.state.in_(AHEAD)))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id).limit(most)).all()


def of_occasions(session: Session, series_id: int) -> dict[int, list[Mailing]]:
    """The mailings of a series about its occasions, by occasion, in the order they are due."""
    found: dict[int, list[Mailing]] = {}
    wanted = _with_what(_mailings().where(in_series(series_id), Mailing.occasion_id.is_not(None)))
    for mailing in session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id)):
        found.setdefault(mailing.occasion_id or 0, []).append(mailing)
    return found


def mailing(session: Session, project_id: int, mailing_id: int) -> Mailing | None:
    """A mailing of the project; the number may be one that somebody has typed."""
    if mailing_id > LARGEST_ID:
        return None
    wanted = _with_what(_mailings().where(in_project(project_id), Mailing.id == mailing_id))
    return session.scalar(wanted)


def steps(session: Session, one: Mailing) -> Sequence[Mailing]:
    """The first mail and the reminders that ``one`` belongs to, in order."""
    return session.scalars(
        select(Mailing)
        .where(Mailing.rule_id == one.rule_id, Mailing.target == one.target)
        .order_by(Mailing.step)
    ).all()


def counts(session: Session, mailing_ids: Collection[int], now: datetime) -> dict[int, Counts]:
    """How the mails of each mailing stand; mailings without mails are not there.

    Of reminders about the log only how many have been seen to: how many were not needed is how many
    have written, and that is theirs to tell.
    """
    seen_to = and_(Message.kind == "log_reminder", Message.state.in_(("sent", "cancelled")))
    state = case((seen_to, "seen_to"), else_=_state(now))
    rows = session.execute(
        select(Message.mailing_id, state.label("shown"), func.count().label("mails"))
        .where(Message.mailing_id.in_(mailing_ids))
        # By its label: PostgreSQL does not see that two expressions with parameters are one.
        .group_by(Message.mailing_id, literal_column("shown"))
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.mailing_id, {})[row.shown] = row.mails
    return {mailing_id: Counts(states) for mailing_id, states in found.items()}


def receivers(session: Session, one: Mailing, now: datetime) -> list[Receiver]:
    """Everyone a mailing has a mail for, by name; nobody for a reminder about the log (see counts)."""
    rows = session.execute(
        select(
            Invitation.public_id.label("invitation"),
            Participant.code,
            Participant.name,
            Organisation.name.label("organisation"),
            _state(now).label("state"),
            Message.reason,
            Message.error,
            Message.sent_at,
            Message.resend,
            Invitation.withdrawn_at.is_not(None).label("withdrawn"),
        )
        .join(Invitation, Invitation.id == Message.invitation_id)
        .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Message.mailing_id == one.id, Message.kind != "log_reminder")
        .order_by(Participant.name, Participant.code, Message.resend)
    )
    return [Receiver(**row._mapping) for row in rows]


def heartbeats(session: Session) -> Sequence[Heartbeat]:
    return session.scalars(select(Heartbeat).order_by(Heartbeat.name)).all()


def shown_state(message: Message, now: datetime) -> str:
    """The state a page shows: as :func:`counts` counts it."""
    over = message.reason == "uncertain" or message.next_attempt_at <= now
    return "uncertain" if message.state == "claimed" and over else message.state


def _state(now: datetime) -> ColumnElement[str]:
    # Claimed and not settled: while its lease lasts it is being sent, after that nobody knows.
    over = or_(Message.reason == "uncertain", Message.next_attempt_at <= now)
    return case((and_(Message.state == "claimed", over), "uncertain"), else_=Message.state)


def _mailings() -> Select[Mailing]:
    return select(Mailing).join(Mailing.rule).join(FollowUpRule.series)


def _with_what(wanted: Select[Mailing]) -> Select[Mailing]:
    rule = joinedload(Mailing.rule)
    return wanted.options(
        rule.joinedload(FollowUpRule.questionnaire),
        rule.joinedload(FollowUpRule.series),
        joinedload(Mailing.occasion),
    )
