"""The send calendar and what became of each mailing, as the pages show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal_column, not_, or_, select, true
from sqlalchemy.orm import Session, joinedload

from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Heartbeat, Message, SendingState
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation, Series
from surveys.models.returned import ReturnedMail
from surveys.queries.planning import ACTIVE_STATES

Scope = ColumnElement[bool]  # which mailings: made by the functions below, put together with &
PER_PAGE = 60
LARGEST_ID = 2**31 - 1  # what the databases call an integer
AHEAD = ("planned", "waiting", "expanding")
ORDERS = ("day", "rule")


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

    message_id: int
    invitation: str
    code: str
    name: str
    organisation: str | None
    state: str
    reason: str | None
    error: str | None
    sent_at: datetime | None
    bounced_at: datetime | None
    next_attempt_at: datetime
    resend: int
    withdrawn: bool


def in_project(project_id: int) -> Scope:
    return Series.project_id == project_id


def in_series(series_id: int) -> Scope:
    return Series.id == series_id


def of_rule(rule_id: int) -> Scope:
    return Mailing.rule_id == rule_id


def coming(since: datetime, until: datetime) -> Scope:
    """What is due from ``since`` until ``until``, and what is overdue and has not been seen to."""
    return _coming(since) & (Mailing.due_at < until)


def earlier(since: datetime) -> Scope:
    """What was due before ``since`` and has been seen to."""
    return not_(_coming(since))


def between(since: datetime, until: datetime) -> Scope:
    return (Mailing.due_at >= since) & (Mailing.due_at < until)


def only(what: str) -> Scope:
    """Those that are put off (``deferred``), wait, were missed or cancelled; any other word: all."""
    if what == "deferred":
        return Mailing.deferral.is_not(None)
    return Mailing.state == what if what in ("waiting", "missed", "cancelled") else true()


def calendar(
    session: Session, where: Scope, *, order: str = "day", newest_first: bool = False, page: int = 1
) -> tuple[Sequence[Mailing], int, int]:
    """One page of mailings, the page's number and how many pages there are; by day or by rule."""
    wanted = _mailings().where(where)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), pages)
    due = Mailing.due_at.desc() if newest_first else Mailing.due_at.asc()
    by_rule = (Series.position, Series.id, FollowUpRule.position, FollowUpRule.id) if order == "rule" else ()
    shown = _with_what(wanted).order_by(*by_rule, due, Mailing.step, Mailing.id)
    rows = session.scalars(shown.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return rows, number, pages


def first_after(session: Session, where: Scope, until: datetime) -> datetime | None:
    """When the first unsent mailing from ``until`` on is due; None where there is none."""
    later = _mailings().where(where, Mailing.due_at >= until, Mailing.state.in_(AHEAD))
    return session.scalar(later.with_only_columns(func.min(Mailing.due_at)))


def rules(session: Session, where: Scope) -> Sequence[FollowUpRule]:
    """The rules whose mailings can be looked at, in the order of their series."""
    return session.scalars(
        select(FollowUpRule)
        .join(FollowUpRule.series)
        .where(where)
        .options(joinedload(FollowUpRule.series), joinedload(FollowUpRule.questionnaire))
        .order_by(Series.position, Series.id, FollowUpRule.position)
    ).all()


def next_ones(session: Session, where: Scope, most: int) -> Sequence[Mailing]:
    """The mailings that come next, soonest first."""
    wanted = _with_what(_mailings().where(where, Mailing.state.in_(AHEAD)))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id).limit(most)).all()


def unsent_of(
    session: Session, when: Scope, series: Collection[int], enrolments: Collection[int]
) -> Sequence[Mailing]:
    """Unsent mailings of the series, those about somebody else than the ``enrolments`` left out."""
    mine = or_(Mailing.enrolment_id.is_(None), Mailing.enrolment_id.in_(enrolments))
    wanted = _with_what(_mailings().where(when, Mailing.state.in_(AHEAD), Series.id.in_(series), mine))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id)).all()


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


def by_ids(session: Session, project_id: int, ids: Collection[int]) -> Sequence[Mailing]:
    """Those of the mailings that are the project's, in the order they are due."""
    wanted = _with_what(_mailings().where(in_project(project_id), Mailing.id.in_(ids)))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id)).all()


def steps(session: Session, one: Mailing) -> Sequence[Mailing]:
    """The first mail and the reminders that ``one`` belongs to, in order."""
    return session.scalars(
        select(Mailing)
        .where(Mailing.rule_id == one.rule_id, Mailing.target == one.target)
        .order_by(Mailing.step)
    ).all()


def counts(session: Session, mailing_ids: Collection[int], now: datetime) -> dict[int, Counts]:
    """How the mails of each mailing stand; mailings without mails are not there.

    Of reminders about the log only how many have been seen to, once all have been: how many were not
    needed is how many have written, and that is theirs to tell.
    """
    about_log = Message.kind == "log_reminder"
    state = case(
        (and_(about_log, Message.state.in_(("sent", "cancelled"))), "seen_to"),
        (and_(about_log, Message.state.in_(("due", "claimed"))), "under_way"),
        else_=_state(now),
    )
    rows = session.execute(
        select(Message.mailing_id, state.label("shown"), func.count().label("mails"))
        .where(Message.mailing_id.in_(mailing_ids), Message.user_id.is_(None))
        # By its label: PostgreSQL does not see that two expressions with parameters are one.
        .group_by(Message.mailing_id, literal_column("shown"))
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.mailing_id, {})[row.shown] = row.mails
    return {mailing_id: Counts(_as_one(states)) for mailing_id, states in found.items()}


def receivers(session: Session, one: Mailing, now: datetime) -> list[Receiver]:
    """Everyone a mailing has a mail for, by name; nobody for a reminder about the log (see counts)."""
    rows = session.execute(
        select(
            Message.id.label("message_id"),
            Invitation.public_id.label("invitation"),
            Participant.code,
            Participant.name,
            Organisation.name.label("organisation"),
            _state(now).label("state"),
            Message.reason,
            Message.error,
            Message.sent_at,
            Message.bounced_at,
            Message.next_attempt_at,
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


def to_show(session: Session, one: Mailing, code: str | None, most: int) -> Sequence[Row[int, str, str, str]]:
    """(enrolment, code, name, language) of those a mailing can be looked at for, by name."""
    wanted = (
        select(Enrolment.id, Participant.code, Participant.name, Participant.language)
        .join(Enrolment.participant)
        .where(Enrolment.series_id == one.rule.series_id, Enrolment.state.in_(ACTIVE_STATES))
    )
    if code is not None:
        wanted = wanted.where(Participant.code == code)
    if one.enrolment_id is not None:
        wanted = wanted.where(Enrolment.id == one.enrolment_id)
    return session.execute(wanted.order_by(Participant.name, Participant.code).limit(most)).all()


def heartbeats(session: Session) -> Sequence[Heartbeat]:
    return session.scalars(select(Heartbeat).order_by(Heartbeat.name)).all()


def message(session: Session, project_id: int, message_id: int) -> Message | None:
    """A mail to a participant of the project; none of the reminders about the log (see :func:`counts`)."""
    if message_id > LARGEST_ID:
        return None
    return session.scalar(
        select(Message)
        .join(Message.enrolment)
        .join(Enrolment.series)
        .where(Message.id == message_id, in_project(project_id), Message.kind != "log_reminder")
        .options(
            joinedload(Message.enrolment).joinedload(Enrolment.participant),
            joinedload(Message.enrolment).joinedload(Enrolment.series),
            joinedload(Message.mailing).joinedload(Mailing.rule),
            joinedload(Message.invitation).joinedload(Invitation.mailing),
            joinedload(Message.occasion),
        )
    )


def mails_to(session: Session, participant_id: int, most: int) -> Sequence[Message]:
    """The newest mails to a person; none of the reminders about the log (see :func:`counts`)."""
    return session.scalars(
        select(Message)
        .join(Message.enrolment)
        .where(Enrolment.participant_id == participant_id, Message.kind != "log_reminder")
        .options(
            joinedload(Message.mailing).joinedload(Mailing.rule).joinedload(FollowUpRule.series),
            joinedload(Message.mailing).joinedload(Mailing.occasion),
            joinedload(Message.occasion),
        )
        .order_by(func.coalesce(Message.sent_at, Message.next_attempt_at).desc(), Message.id.desc())
        .limit(most)
    ).all()


def returned(session: Session, message_id: int) -> Sequence[ReturnedMail]:
    """What came back of a mail, in order; what was ignored left out."""
    return session.scalars(
        select(ReturnedMail)
        .where(ReturnedMail.message_id == message_id, ReturnedMail.ignored.is_(None))
        .order_by(ReturnedMail.received_at, ReturnedMail.id)
    ).all()


def sending_state(session: Session) -> SendingState | None:
    """Whether mail goes at all; None where nobody has ever stopped it."""
    return session.get(SendingState, 1)


def deeds(session: Session, project_id: int, subjects: Collection[str]) -> Sequence[Deed]:
    """What users have done by hand to the ``subjects`` (such as ``mailing:12``), newest first."""
    return session.scalars(
        select(Deed)
        .where(Deed.project_id == project_id, Deed.subject.in_(subjects))
        .options(joinedload(Deed.user))
        .order_by(Deed.done_at.desc(), Deed.id.desc())
    ).all()


def shown_state(message: Message, now: datetime) -> str:
    """The state a page shows: as :func:`counts` counts it."""
    ahead = message.next_attempt_at > now
    if message.bounced_at is not None and message.state == "sent":
        return "refused"
    if message.state == "due":
        return "deferred" if ahead else "due"
    if message.state == "claimed":
        return "uncertain" if message.reason == "uncertain" or not ahead else "claimed"
    return message.state


def _state(now: datetime) -> ColumnElement[str]:
    # Claimed and not settled: while its lease lasts it is being sent, after that nobody knows.
    over = or_(Message.reason == "uncertain", Message.next_attempt_at <= now)
    return case(
        (and_(Message.state == "claimed", over), "uncertain"),
        (and_(Message.state == "due", Message.next_attempt_at > now), "deferred"),
        (and_(Message.state == "sent", Message.bounced_at.is_not(None)), "refused"),
        else_=Message.state,
    )


def _as_one(states: dict[str, int]) -> dict[str, int]:
    """While some reminders about the log are under way all are: the rest would tell how many have written."""
    if "under_way" not in states:
        return states
    rest = {state: mails for state, mails in states.items() if state != "seen_to"}
    return rest | {"under_way": states["under_way"] + states.get("seen_to", 0)}


def _coming(since: datetime) -> Scope:
    return or_(Mailing.due_at >= since, Mailing.state.in_(AHEAD))


def _mailings() -> Select[Mailing]:
    return select(Mailing).join(Mailing.rule).join(FollowUpRule.series)


def _with_what(wanted: Select[Mailing]) -> Select[Mailing]:
    rule = joinedload(Mailing.rule)
    return wanted.options(
        rule.joinedload(FollowUpRule.questionnaire),
        rule.joinedload(FollowUpRule.series),
        joinedload(Mailing.occasion),
    )
