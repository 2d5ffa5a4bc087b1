"""Selects of what people do by hand with single mailings and mails; what is changed is locked."""

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from surveys.database import LARGEST_ID
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Series


def hold_mailing(session: Session, mailing_id: int) -> Mailing | None:
    """The mailing with its rule and series; neither planner nor refresh touches it meanwhile."""
    if not 0 <= mailing_id <= LARGEST_ID:
        return None
    return session.scalar(
        select(Mailing)
        .where(Mailing.id == mailing_id)
        .options(joinedload(Mailing.rule, innerjoin=True).joinedload(FollowUpRule.series, innerjoin=True))
        .with_for_update(of=Mailing, key_share=True)
        .execution_options(populate_existing=True)
    )


def hold_message(session: Session, message_id: int) -> Message | None:
    if not 0 <= message_id <= LARGEST_ID:
        return None
    wanted = select(Message).where(Message.id == message_id).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def hold_invitation(session: Session, invitation_id: int) -> Invitation | None:
    if not 0 <= invitation_id <= LARGEST_ID:
        return None
    return session.scalar(
        select(Invitation).where(Invitation.id == invitation_id).with_for_update(key_share=True)
    )


def has_waiting_mails(session: Session, mailing_id: int) -> bool:
    """Whether mails of the mailing lie in the outbox and have not left.

    Of reminders about the log always: that none waits any more could tell that somebody has written.
    """
    due = or_(Message.state == "due", Message.kind == "log_reminder")
    waiting = exists().where(Message.mailing_id == mailing_id, due)
    waiting = waiting.where(Message.enrolment_id.is_not(None))
    return bool(session.scalar(select(waiting)))


def first_mail_waits(session: Session, invitation_id: int) -> bool:
    """Whether a first mail of the invitation, new or sent again, has not left yet."""
    waiting = exists().where(Message.invitation_id == invitation_id, Message.step == 0)
    return bool(session.scalar(select(waiting.where(Message.state.in_(("due", "claimed"))))))


def project_of_enrolment(session: Session, enrolment_id: int) -> int:
    wanted = select(Series.project_id).join(Enrolment, Enrolment.series_id == Series.id)
    return session.scalars(wanted.where(Enrolment.id == enrolment_id)).one()


def enrolment_by_code(session: Session, mailing: Mailing, code: str) -> Enrolment | None:
    """The enrolment of the participant with ``code`` in the series that a mailing belongs to."""
    return session.scalar(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.series_id == mailing.rule.series_id, Participant.code == code)
    )


def newest_trial(session: Session, user_id: int, mailing_id: int) -> int:
    """How many test mails of the mailing the user has asked for."""
    mine = (Message.user_id == user_id, Message.mailing_id == mailing_id, Message.kind == "test")
    return session.scalar(select(func.max(Message.step)).where(*mine)) or 0
