"""The single mails of a mailing and of a person, and how they stand, as the pages show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select
from sqlalchemy.orm import Session, joinedload

from surveys.database import LARGEST_ID
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation
from surveys.models.returned import ReturnedMail
from surveys.queries.mailings import in_project


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


def counts(session: Session, mailing_ids: Collection[int], now: datetime) -> dict[int, Counts]:
    """How the mails of each mailing stand; mailings without mails are not there.

    Of reminders about the log only how many have been seen to, once all have been, and of a single one not
    before it closes: how many were not needed is how many have written, and that is theirs to tell.
    """
    about_log = Message.kind == "log_reminder"
    state = case(
        (and_(about_log, Mailing.closes_at <= now), "seen_to"),
        (and_(about_log, Message.state.in_(("due", "claimed"))), "under_way"),
        (about_log, "over"),
        else_=_state(now),
    )
    rows = session.execute(
        select(Message.mailing_id, state.label("shown"), func.count().label("mails"))
        .join(Mailing, Mailing.id == Message.mailing_id)
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
    if not {"under_way", "over"} & states.keys():
        return states
    # When a single one is over tells whether a server had to be asked again.
    together = "under_way" if "under_way" in states or states == {"over": 1} else "seen_to"
    return {together: sum(states.values())}
