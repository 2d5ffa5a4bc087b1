"""Selects of the dispatcher: claiming one mail, and all that is known about it, in one row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, func, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from surveys.database import UTCDateTime
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.log import LogBook, LogEntry
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion


def claim(session: Session, now: datetime, worker: str, lease: timedelta) -> int | None:
    """Claim one mail by a single conditional UPDATE and return its id.

    One that was claimed and not settled within its lease comes before those that are due. Both are
    looked up by index; a claimed one's ``next_attempt_at`` is the end of its lease.
    """
    given = {"now": now, "worker": worker, "lease_ends": now + lease}
    return session.connection().scalar(_CLAIM, given)


def claimed(session: Session, message_id: int) -> Row[Any]:
    """All that decides whether a claimed mail is still wanted, and all that stands in it."""
    return session.connection().execute(_CLAIMED, {"message_id": message_id}).one()


def write(session: Session, message_id: int, values: dict[str, Any]) -> None:
    """Write ``values`` on a mail, if it is still claimed."""
    session.connection().execute(_WRITE, {"message_id": message_id} | values)


def has_entry(session: Session, invitation_id: int) -> bool:
    """Whether something has been written to a prompt. Whoever asks must not let it be seen."""
    return bool(session.scalar(select(exists().where(LogEntry.invitation_id == invitation_id))))


def tries(session: Session, message_id: int) -> tuple[int, int]:
    """(attempts, deferrals) of a mail."""
    row = session.execute(select(Message.attempts, Message.deferrals).where(Message.id == message_id)).one()
    return row.attempts, row.deferrals


def invitation(session: Session, invitation_id: int) -> Invitation | None:
    return session.scalar(select(Invitation).where(Invitation.id == invitation_id).with_for_update())


def log_book(session: Session, enrolment_id: int) -> LogBook | None:
    return session.scalar(select(LogBook).where(LogBook.enrolment_id == enrolment_id).with_for_update())


def mails_of(session: Session, invitation_id: int) -> Sequence[Message]:
    return session.scalars(select(Message).where(Message.invitation_id == invitation_id)).all()


def outbox(session: Session) -> dict[str, int]:
    """How many mails are in each state."""
    found = session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {row[0]: row[1] for row in found}


def _claim() -> ReturningUpdate[int]:
    now = bindparam("now", type_=UTCDateTime())
    free = select(Message.id).where(Message.next_attempt_at <= now).order_by(Message.next_attempt_at).limit(1)
    free = free.with_for_update(skip_locked=True)
    lost = free.where(Message.state == "claimed").scalar_subquery()
    due = free.where(Message.state == "due").scalar_subquery()
    return (
        update(Message)
        .where(Message.id == func.coalesce(lost, due), Message.next_attempt_at <= now)
        .where(Message.state.in_(("due", "claimed")))
        .values(
            state="claimed",
            claimed_at=now,
            claimed_by=bindparam("worker"),
            attempts=Message.attempts + 1,
            next_attempt_at=bindparam("lease_ends", type_=UTCDateTime()),
        )
        .returning(Message.id)
    )


def _claimed() -> "Select[*tuple[Any, ...]]":
    first = aliased(Mailing)
    newest = (
        select(func.max(QuestionnaireVersion.id))
        .where(QuestionnaireVersion.questionnaire_id == FollowUpRule.questionnaire_id)
        .correlate(FollowUpRule)
        .scalar_subquery()
    )
    return (
        select(
            Message.public_id,
            Message.kind,
            Message.step,
            Message.resend,
            Message.attempts,
            Mailing.due_at,
            Mailing.expanded_at,
            first.closes_at,
            Invitation.id.label("invitation_id"),
            Invitation.public_id.label("invitation"),
            Invitation.generation,
            Invitation.withdrawn_at,
            Enrolment.state.label("enrolment_state"),
            Participant.name,
            Participant.email,
            Participant.language,
            FollowUpRule.active,
            FollowUpRule.log_prompt,
            FollowUpRule.audience,
            Series.title.label("series_title"),
            Series.attendance_kept,
            Project.code.label("project_code"),
            Project.title.label("project_title"),
            Project.timezone.label("project_timezone"),
            Project.languages,
            Project.sender_name,
            Project.reply_to,
            Occasion.id.label("occasion_id"),
            Occasion.title.label("occasion_title"),
            Occasion.place,
            Occasion.starts_wall,
            Occasion.ends_wall,
            Occasion.timezone.label("occasion_timezone"),
            Occasion.cancelled,
            LogBook.public_id.label("book"),
            LogBook.generation.label("book_generation"),
            LogBook.withdrawn_at.label("book_withdrawn_at"),
            QuestionnaireVersion.content["title"].label("questionnaire_title"),
            QuestionnaireVersion.content["minutes"].label("minutes"),
        )
        .join(Mailing, Mailing.id == Message.mailing_id)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .join(first, first.id == Invitation.mailing_id)
        .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .join(FollowUpRule, FollowUpRule.id == Invitation.rule_id)
        .join(Series, Series.id == FollowUpRule.series_id)
        .join(Project, Project.id == Series.project_id)
        .outerjoin(Occasion, Occasion.id == first.occasion_id)
        .outerjoin(Questionnaire, Questionnaire.id == FollowUpRule.questionnaire_id)
        .outerjoin(QuestionnaireVersion, QuestionnaireVersion.id == newest)
        .outerjoin(LogBook, and_(LogBook.enrolment_id == Enrolment.id, FollowUpRule.log_prompt.is_not(None)))
        .where(Message.id == bindparam("message_id"))
    )


# Built once: they are asked for every mail.
_CLAIM = _claim()
_CLAIMED = _claimed()
_WRITE = update(Message).where(Message.id == bindparam("message_id"), Message.state == "claimed")
