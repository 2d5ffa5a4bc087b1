"""Selects of what has closed and has not been told of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from surveys.database import add_missing
from surveys.models.access import Membership, User
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import Message


def closed_between(session: Session, since: datetime, until: datetime) -> Sequence[Mailing]:
    """First mailings of questionnaires that closed in between and of which nobody has had a summary.

    Those of single persons (counted from registration or a person's own days) never close as a whole.
    """
    told = exists().where(Message.mailing_id == Mailing.id, Message.kind == "closing_summary")
    return session.scalars(
        select(Mailing)
        .join(Mailing.rule)
        .where(Mailing.step == 0, Mailing.state == "expanded", Mailing.enrolment_id.is_(None))
        .where(Mailing.closes_at > since, Mailing.closes_at <= until)
        .where(FollowUpRule.questionnaire_id.is_not(None), ~told)
        .options(joinedload(Mailing.rule).joinedload(FollowUpRule.series), joinedload(Mailing.occasion))
        .order_by(Mailing.closes_at, Mailing.id)
    ).all()


def organisers(session: Session, project_id: int) -> Sequence[int]:
    """The users who organise a project and may sign in."""
    return session.scalars(
        select(Membership.user_id)
        .join(Membership.user)
        .where(Membership.project_id == project_id, Membership.role == "organiser", User.active)
        .order_by(Membership.user_id)
    ).all()


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert summaries; one that another process has written stays as it is."""
    add_missing(session, Message, rows)
