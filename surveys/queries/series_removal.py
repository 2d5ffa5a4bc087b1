"""What belongs to a series, and the traces that keep it from being removed."""

from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Occasion
from surveys.models.response import Response
from surveys.queries.mailings import AHEAD

Ids = Select[int]


@dataclass(frozen=True)
class Belongings:
    """How many of each go with a series; ``mailings`` are those ahead."""

    occasions: int
    rules: int
    enrolments: int
    mailings: int


def belongings(session: Session, series_id: int) -> Belongings:
    """Count what goes with a series."""
    ahead = select(func.count()).where(
        Mailing.rule_id.in_(rules_of(series_id)), Mailing.step == 0, Mailing.state.in_(AHEAD)
    )
    return Belongings(
        _count(session, Occasion.series_id, series_id),
        _count(session, FollowUpRule.series_id, series_id),
        _count(session, Enrolment.series_id, series_id),
        session.scalar(ahead) or 0,
    )


def trace(session: Session, series_id: int) -> str | None:
    """What has come of a series first of all: has_answers, has_sent, has_log, has_attendance, or None."""
    rules, enrolments = rules_of(series_id), enrolments_of(series_id)
    told = or_(Message.enrolment_id.in_(enrolments), Message.occasion_id.in_(occasions_of(series_id)))
    traces = (
        ("has_answers", Response.rule_id.in_(rules)),
        ("has_sent", Invitation.rule_id.in_(rules)),
        ("has_sent", told),
        ("has_log", LogBook.enrolment_id.in_(enrolments)),
        ("has_attendance", Attendance.enrolment_id.in_(enrolments)),
    )
    return next((code for code, left in traces if session.scalar(select(exists().where(left)))), None)


def rules_of(series_id: int) -> Ids:
    """The ids of its rules, to be looked in."""
    return select(FollowUpRule.id).where(FollowUpRule.series_id == series_id)


def occasions_of(series_id: int) -> Ids:
    """The ids of its occasions, to be looked in."""
    return select(Occasion.id).where(Occasion.series_id == series_id)


def enrolments_of(series_id: int) -> Ids:
    """The ids of its enrolments, to be looked in."""
    return select(Enrolment.id).where(Enrolment.series_id == series_id)


def _count(session: Session, column: InstrumentedAttribute[int], series_id: int) -> int:
    return session.scalar(select(func.count()).where(column == series_id)) or 0
