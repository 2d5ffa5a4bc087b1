"""Selects of the dispatcher: claiming one mail, and all that is known about an asking one, in one row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from surveys.database import UTCDateTime
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.log import LogBook, LogEntry
from surveys.models.message import Message
from surveys.models.people import (
    Attendance,
    Enrolment,
    MailStop,
    Participant,
)
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.texts import MailText

REMINDERS = ("reminder", "log_reminder")


def claim(session: Session, now: datetime, worker: str, lease: timedelta) -> tuple[int, str] | None:
    """Claim one mail by a single conditional UPDATE and return its id and kind.

    One that was claimed and not settled within its lease comes before those that are due. Both are
    looked up by index; a claimed one's ``next_attempt_at`` is the end of its lease. What the receiver is
    about to be told of an occasion is written down with it.
    """
    given = {"now": now, "worker": worker, "lease_ends": now + lease}
    row = session.connection().execute(_CLAIM, given).one_or_none()
    return None if row is None else (row.id, row.kind)


def claimed(session: Session, message_id: int) -> Row[Any]:
    """All that decides whether a claimed asking mail is still wanted, and all that stands in it."""
    return session.connection().execute(_CLAIMED, {"message_id": message_id}).one()


def specimen(session: Session, mailing_id: int, enrolment_id: int) -> Row[Any] | None:
    """What stands in a mailing's mail to an enrolment, whether or not there is one."""
    given = {"mailing_id": mailing_id, "enrolment_id": enrolment_id}
    return session.connection().execute(_SPECIMEN, given).one_or_none()


def hold_as_told(session: Session, occasion_id: int, sequence: int) -> bool:
    """Whether the occasion is still what a mail claimed just now says; it stays so until this one ends.

    False also while somebody is changing it. Never waits, so that it cannot wait in a circle.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True  # SQLite has one writer at a time
    return session.connection().scalar(_HOLD, {"occasion_id": occasion_id}) == sequence


def write(session: Session, message_id: int, values: dict[str, Any]) -> bool:
    """Write ``values`` on a mail, if it is still claimed; returns whether it was."""
    done = session.connection().execute(_WRITE, {"message_id": message_id} | values)
    return done.rowcount > 0


def mark_dead(session: Session, message_id: int, address: str) -> None:
    """No more mail to the address that a participant's mail went to; nothing where there is none."""
    of_mail = select(Enrolment.participant_id).where(
        Enrolment.id == select(Message.enrolment_id).where(Message.id == message_id).scalar_subquery()
    )
    refused = update(Participant).where(Participant.id == of_mail.scalar_subquery())
    if address:
        session.connection().execute(refused.values(dead_address=address))


def has_entry(session: Session, invitation_id: int) -> bool:
    """Whether something has been written to a prompt. Whoever asks must not let it be seen."""
    return bool(session.scalar(select(exists().where(LogEntry.invitation_id == invitation_id))))


def tries(session: Session, message_id: int) -> tuple[int, int]:
    """(attempts, deferrals) of a mail."""
    row = session.execute(select(Message.attempts, Message.deferrals).where(Message.id == message_id)).one()
    return row.attempts, row.deferrals


def invitation(session: Session, invitation_id: int) -> Invitation | None:
    return session.scalar(
        select(Invitation).where(Invitation.id == invitation_id).with_for_update(key_share=True)
    )


def log_book(session: Session, enrolment_id: int) -> LogBook | None:
    return session.scalar(select(LogBook).where(LogBook.enrolment_id == enrolment_id).with_for_update())


def mails_of(session: Session, invitation_id: int) -> Sequence[Message]:
    return session.scalars(select(Message).where(Message.invitation_id == invitation_id)).all()


def outbox(session: Session) -> dict[str, int]:
    """How many mails are in each state."""
    found = session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {row[0]: row[1] for row in found}


def stopped() -> ColumnElement[bool]:
    """Whether the participant wants no mail of this kind any more; of selects with Message and Series."""
    reaches = or_(
        MailStop.scope == "everything",
        and_(MailStop.scope == "series", MailStop.series_id == Series.id),
        and_(MailStop.scope == "reminders", Message.kind.in_(REMINDERS)),
    )
    stops = exists().where(MailStop.participant_id == Participant.id, MailStop.lifted_at.is_(None), reaches)
    return stops.correlate(Participant, Series, Message)


def _claim() -> "ReturningUpdate[*tuple[int, str]]":
    now = bindparam("now", type_=UTCDateTime())
    free = select(Message.id).where(Message.next_attempt_at <= now).order_by(Message.next_attempt_at).limit(1)
    free = free.with_for_update(skip_locked=True)
    lost = free.where(Message.state == "claimed").scalar_subquery()
    due = free.where(Message.state == "due").scalar_subquery()
    of_mailing = select(Mailing.occasion_id).where(Mailing.id == Message.mailing_id).correlate(Message)
    occasion_id = func.coalesce(Message.occasion_id, of_mailing.scalar_subquery())
    told = select(Occasion.sequence).where(Occasion.id == occasion_id).correlate(Message)
    return (
        update(Message)
        .where(Message.id == func.coalesce(lost, due), Message.next_attempt_at <= now)
        .where(Message.state.in_(("due", "claimed")))
        .values(
            state="claimed",
            claimed_at=now,
            claimed_by=bindparam("worker"),
            attempts=Message.attempts + 1,
            occasion_sequence=told.scalar_subquery(),
            next_attempt_at=bindparam("lease_ends", type_=UTCDateTime()),
        )
        .returning(Message.id, Message.kind)
    )


PROJECT = (
    Project.id.label("project_id"),
    Project.code.label("project_code"),
    Project.title.label("project_title"),
    Project.timezone.label("project_timezone"),
    Project.languages,
    Project.sender_name,
    Project.reply_to,
    Project.emblem,
    Project.quiet_from,
    Project.quiet_to,
    Project.quiet_weekends,
    Project.quiet_holidays,
    Project.weekly_cap,
)
PERSON = (
    Enrolment.id.label("enrolment_id"),
    Enrolment.public_id.label("enrolment"),
    Enrolment.state.label("enrolment_state"),
    Participant.id.label("participant_id"),
    Participant.name,
    Participant.email,
    Participant.language,
    Participant.dead_address,
)
OCCASION = (
    Occasion.id.label("occasion_id"),
    Occasion.title.label("occasion_title"),
    Occasion.place,
    Occasion.starts_wall,
    Occasion.ends_wall,
    Occasion.timezone.label("occasion_timezone"),
    Occasion.cancelled,
    Occasion.uid,
    Occasion.sequence,
    Occasion.starts_at,
    Occasion.ends_at,
)
WORDING = (MailText.subject.label("own_subject"), MailText.body.label("own_body"))
_ASKED = (
    FollowUpRule.active,
    FollowUpRule.log_prompt,
    FollowUpRule.audience,
    Series.id.label("series_id"),
    Series.title.label("series_title"),
    Series.active.label("series_active"),
    Series.attendance_kept,
    QuestionnaireVersion.content["title"].label("questionnaire_title"),
    QuestionnaireVersion.content["minutes"].label("minutes"),
)


def _newest() -> Any:
    return (
        select(func.max(QuestionnaireVersion.id))
        .where(QuestionnaireVersion.questionnaire_id == FollowUpRule.questionnaire_id)
        .correlate(FollowUpRule)
        .scalar_subquery()
    )


def own_wording(kind: Any) -> ColumnElement[bool]:
    """Which of the project's own wordings is meant; where the language is none of its, there is none."""
    return and_(
        MailText.project_id == Project.id,
        MailText.kind == kind,
        MailText.language == Participant.language,
    )


def _claimed() -> "Select[*tuple[Any, ...]]":
    first = aliased(Mailing)
    return (
        select(
            Message.public_id,
            Message.kind,
            Message.step,
            Message.resend,
            Message.attempts,
            Message.not_before,
            Message.quiet_override,
            Message.occasion_sequence,
            Mailing.due_at,
            Mailing.expanded_at,
            first.closes_at,
            Invitation.id.label("invitation_id"),
            Invitation.public_id.label("invitation"),
            Invitation.generation,
            Invitation.withdrawn_at,
            *PERSON,
            *_ASKED,
            *PROJECT,
            *OCCASION,
            *WORDING,
            LogBook.public_id.label("book"),
            LogBook.generation.label("book_generation"),
            LogBook.withdrawn_at.label("book_withdrawn_at"),
            Attendance.present,
            stopped().label("stopped"),
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
        .outerjoin(
            Attendance, and_(Attendance.occasion_id == Occasion.id, Attendance.enrolment_id == Enrolment.id)
        )
        .outerjoin(Questionnaire, Questionnaire.id == FollowUpRule.questionnaire_id)
        .outerjoin(QuestionnaireVersion, QuestionnaireVersion.id == _newest())
        .outerjoin(LogBook, and_(LogBook.enrolment_id == Enrolment.id, FollowUpRule.log_prompt.is_not(None)))
        .outerjoin(MailText, own_wording(Message.kind))
        .where(Message.id == bindparam("message_id"))
    )


def _specimen() -> "Select[*tuple[Any, ...]]":
    return (
        select(Mailing.step, Mailing.closes_at, *PERSON, *_ASKED, *PROJECT, *OCCASION)
        .join(FollowUpRule, FollowUpRule.id == Mailing.rule_id)
        .join(Series, Series.id == FollowUpRule.series_id)
        .join(Project, Project.id == Series.project_id)
        .join(Enrolment, Enrolment.series_id == Series.id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Occasion, Occasion.id == Mailing.occasion_id)
        .outerjoin(Questionnaire, Questionnaire.id == FollowUpRule.questionnaire_id)
        .outerjoin(QuestionnaireVersion, QuestionnaireVersion.id == _newest())
        .where(Mailing.id == bindparam("mailing_id"), Enrolment.id == bindparam("enrolment_id"))
    )


# Built once: they are asked for every mail.
_CLAIM = _claim()
_CLAIMED = _claimed()
_SPECIMEN = _specimen()
_HOLD = (
    select(Occasion.sequence)
    .where(Occasion.id == bindparam("occasion_id"))
    .with_for_update(read=True, skip_locked=True)
)
_WRITE = update(Message).where(Message.id == bindparam("message_id"), Message.state == "claimed")
