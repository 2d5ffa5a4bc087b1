"""Selects for showing what a change alters: the mailings of a series, how many each reaches, and notices."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import NOTICE_KINDS, Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import LocalText, Occasion
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.queries.audience import ACTIVE_STATES


def mailings(
    session: Session, series_id: int, only: Collection[int] | None = None
) -> Sequence[tuple[Mailing, FollowUpRule, str | None, str | None]]:
    """Every mailing of a series with its rule, occasion and the one person it goes to, in the order they go.

    ``only``: of those that are one person's alone, those of these few enrolments.
    """
    wanted = (
        select(Mailing, FollowUpRule, Occasion.number, Occasion.title, Participant.name)
        .join(Mailing.rule)
        .outerjoin(Occasion, Occasion.id == Mailing.occasion_id)
        .outerjoin(Enrolment, Enrolment.id == Mailing.enrolment_id)
        .outerjoin(Participant, Participant.id == Enrolment.participant_id)
        .where(FollowUpRule.series_id == series_id)
    )
    if only is not None:
        wanted = wanted.where(or_(Mailing.enrolment_id.is_(None), Mailing.enrolment_id.in_(only)))
    found = session.execute(wanted.order_by(Mailing.due_at, FollowUpRule.position, Mailing.step, Mailing.id))
    return [(row[0], row[1], named(row[2], row[3]) if row[3] else None, row[4]) for row in found]


def named(number: int | None, title: str) -> str:
    """The name of an occasion in a line of text; several of a series may bear the same title."""
    return f"{number}. {title}" if number else title


def titles(session: Session, series_id: int) -> Mapping[int, LocalText]:
    """Questionnaire id → its newest title, of those that the rules of a series send."""
    asked = select(FollowUpRule.questionnaire_id).where(
        FollowUpRule.series_id == series_id, ~FollowUpRule.outside
    )
    newest = (
        select(func.max(QuestionnaireVersion.id))
        .where(QuestionnaireVersion.questionnaire_id.in_(asked), QuestionnaireVersion.draft.is_(False))
        .group_by(QuestionnaireVersion.questionnaire_id)
    )
    found = session.execute(
        select(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.content["title"]).where(
            QuestionnaireVersion.id.in_(newest)
        )
    )
    return {row[0]: row[1] for row in found}


def active_people(session: Session, series_id: int) -> int:
    """How many take part in a series now."""
    counted = (
        select(func.count())
        .select_from(Enrolment)
        .where(Enrolment.series_id == series_id, Enrolment.state.in_(ACTIVE_STATES))
    )
    return session.scalar(counted) or 0


def present_people(session: Session, series_id: int) -> Mapping[int, int]:
    """Occasion → how many of those taking part were there; only occasions with attendance written down."""
    recorded = session.scalars(
        select(Occasion.id).where(
            Occasion.series_id == series_id, exists().where(Attendance.occasion_id == Occasion.id)
        )
    )
    counts = dict.fromkeys(recorded, 0)
    found = session.execute(
        select(Attendance.occasion_id, func.count())
        .join(Attendance.enrolment)
        .where(
            Enrolment.series_id == series_id, Enrolment.state.in_(ACTIVE_STATES), Attendance.present.is_(True)
        )
        .group_by(Attendance.occasion_id)
    )
    return counts | {row[0]: row[1] for row in found}


def invited_people(session: Session, series_id: int) -> Mapping[tuple[int, str], int]:
    """(rule, target) → how many hold an invitation that has not been withdrawn."""
    found = session.execute(
        select(Invitation.rule_id, Invitation.target, func.count())
        .join(Invitation.rule)
        .where(FollowUpRule.series_id == series_id, Invitation.withdrawn_at.is_(None))
        .group_by(Invitation.rule_id, Invitation.target)
    )
    return {(row[0], row[1]): row[2] for row in found}


def notices(session: Session, series_ids: Sequence[int]) -> Mapping[int, tuple[int, str]]:
    """Message → (occasion, kind) of the notices that wait to be sent about occasions of the series."""
    found = session.execute(
        select(Message.id, Message.occasion_id, Message.kind)
        .join(Occasion, Occasion.id == Message.occasion_id)
        .where(Occasion.series_id.in_(series_ids), Message.kind.in_(NOTICE_KINDS), Message.state == "due")
    )
    return {row.id: (row.occasion_id, row.kind) for row in found if row.occasion_id is not None}


def occasion_titles(session: Session, occasions: Counter[tuple[int, str]]) -> Mapping[int, str]:
    found = session.execute(
        select(Occasion.id, Occasion.number, Occasion.title)
        .where(Occasion.id.in_({occasion for occasion, _ in occasions}))
        .order_by(Occasion.starts_at, Occasion.position)
    )
    return {row.id: named(row.number, row.title) for row in found}
