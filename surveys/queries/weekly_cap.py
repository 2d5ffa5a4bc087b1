"""Selects of the weekly cap: how many mails a person has had, and has ahead."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session

from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import ASKING_KINDS, NOTICE_KINDS, Message
from surveys.models.people import Enrolment
from surveys.queries.planning import ACTIVE_STATES

CAP_LOCK = 0x466F6C  # any number, the same in every process
FIRST_KINDS = ("invitation", "log_prompt")
COUNTED_KINDS = (*ASKING_KINDS, *NOTICE_KINDS)


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
