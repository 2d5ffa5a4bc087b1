"""Selects of the mails that ask nothing: notices, one's own page, mail to staff; and of the weekly cap."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from surveys.models.access import User
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import ASKING_KINDS, NOTICE_KINDS, Message
from surveys.models.people import Enrolment, Participant, PersonalPage
from surveys.models.programme import Occasion, Project, Series
from surveys.models.texts import MailText
from surveys.queries.planning import ACTIVE_STATES
from surveys.queries.sending import (
    OCCASION,
    PERSON,
    PROJECT,
    WORDING,
    own_wording,
    stopped,
)

CAP_LOCK = 0x466F6C  # any number, the same in every process
FIRST_KINDS = ("invitation", "log_prompt")
COUNTED_KINDS = (*ASKING_KINDS, *NOTICE_KINDS)


def personal(session: Session, message_id: int) -> Row[Any]:
    """All about a claimed notice or mail with one's own page."""
    return session.connection().execute(_PERSONAL, {"message_id": message_id}).one()


def staff(session: Session, message_id: int) -> Row[Any]:
    """All about a claimed mail to a user, but for where it comes from."""
    return session.connection().execute(_STAFF, {"message_id": message_id}).one()


def project(session: Session, project_id: int | None, mailing_id: int | None) -> Project | None:
    """The project a mail to staff comes from: the one named, else that of its mailing."""
    if project_id is not None:
        return session.get(Project, project_id)
    wanted = (
        select(Project)
        .join(Series, Series.project_id == Project.id)
        .join(FollowUpRule, FollowUpRule.series_id == Series.id)
        .join(Mailing, Mailing.rule_id == FollowUpRule.id)
    )
    return session.scalar(wanted.where(Mailing.id == mailing_id))


def wording(session: Session, project_id: int, kind: str, language: str) -> MailText | None:
    """The project's own wording of a kind of mail in a language."""
    wanted = select(MailText).where(MailText.project_id == project_id, MailText.kind == kind)
    return session.scalar(wanted.where(MailText.language == language))


def hold_person(session: Session, participant_id: int) -> None:
    """Let no other dispatcher count this person's mails until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:cap, :person)")
        session.connection().execute(lock, {"cap": CAP_LOCK, "person": participant_id})


def sent_since(session: Session, participant_id: int, since: datetime, besides: int) -> int:
    """How many mails a person has had, or may have had, since then over all series, ``besides`` one.

    A reminder about the log that was not needed counts as one that went: else the cap would tell, by what it
    holds back, who has written.
    """
    spared = and_(Message.kind == "log_reminder", Message.state == "cancelled")
    under_way = and_(or_(Message.state == "claimed", spared), Message.claimed_at >= since)
    left = or_(Message.sent_at >= since, under_way)
    return (
        session.scalar(
            select(func.count())
            .select_from(Enrolment)
            .join(Message, Message.enrolment_id == Enrolment.id)
            .where(Enrolment.participant_id == participant_id, Message.id != besides)
            .where(Message.kind.in_(COUNTED_KINDS), left)
        )
        or 0
    )


def first_mails_before(session: Session, participant_id: int, until: datetime) -> int:
    """How many first mails wait for a person and may go before ``until``: in the outbox, and planned."""
    waiting = session.scalar(
        select(func.count())
        .select_from(Enrolment)
        .join(Message, Message.enrolment_id == Enrolment.id)
        .where(Enrolment.participant_id == participant_id, Message.kind.in_(FIRST_KINDS))
        .where(Message.state == "due", Message.next_attempt_at < until)
    )
    planned = session.scalar(
        select(func.count())
        .select_from(Enrolment)
        .join(FollowUpRule, FollowUpRule.series_id == Enrolment.series_id)
        .join(Mailing, Mailing.rule_id == FollowUpRule.id)
        .where(Enrolment.participant_id == participant_id, Enrolment.state.in_(ACTIVE_STATES))
        .where(Mailing.step == 0, Mailing.state.in_(("planned", "waiting")), Mailing.due_at < until)
        .where(or_(Mailing.enrolment_id.is_(None), Mailing.enrolment_id == Enrolment.id))
    )
    return (waiting or 0) + (planned or 0)


def _personal() -> "Select[*tuple[Any, ...]]":
    return (
        select(
            Message.public_id,
            Message.kind,
            Message.step,
            Message.attempts,
            Message.not_before,
            Message.quiet_override,
            Message.occasion_sequence,
            Series.id.label("series_id"),
            Series.title.label("series_title"),
            *PERSON,
            *PROJECT,
            *OCCASION,
            *WORDING,
            PersonalPage.public_id.label("page"),
            PersonalPage.generation,
            stopped().label("stopped"),
        )
        .join(Enrolment, Enrolment.id == Message.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .join(Series, Series.id == Enrolment.series_id)
        .join(Project, Project.id == Series.project_id)
        .outerjoin(Occasion, Occasion.id == Message.occasion_id)
        .outerjoin(PersonalPage, PersonalPage.participant_id == Participant.id)
        .outerjoin(MailText, own_wording(Message.kind))
        .where(Message.id == bindparam("message_id"))
    )


_PERSONAL = _personal()
_STAFF: "Select[*tuple[Any, ...]]" = (
    select(
        Message.public_id,
        Message.kind,
        Message.step,
        Message.attempts,
        Message.params,
        Message.mailing_id,
        User.name,
        User.email,
        User.language,
        User.active,
    )
    .join(User, User.id == Message.user_id)
    .where(Message.id == bindparam("message_id"))
)
