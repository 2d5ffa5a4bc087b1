"""From sent out to submitted, by what the register and the answers each know of their groups.

What was sent is grouped by the register; what came in only by the classes that stand with the answers, since
an answer may be nobody's.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Theme
from surveys.models.response import Response
from surveys.queries.results import PERSONAL, Key, of_series
from surveys.queries.results_counts import mailed, was_asked


class SentRow(NamedTuple):
    """How many questionnaires went to those alike in everything here; ``theme`` is the one they were at."""

    occasion: int | None
    gender: str
    organisation: int | None
    work_group: str | None
    theme: str | None
    invited: int
    delivered: int
    bounced: int


class AnsweredRow(NamedTuple):
    """How many began and submitted of those alike; ``background`` is JSON as text."""

    place: Key
    background: str
    language: str
    source: str
    started: int
    submitted: int


def sent(session: Session, series_id: int) -> list[SentRow]:
    """The questionnaires of a series that were sent out, by what the register says of whom they went to."""
    # One line an invitation first: which mails got through is asked once of each.
    each = (
        select(
            Mailing.occasion_id,
            Participant.gender,
            Participant.organisation_id,
            Enrolment.work_group,
            Theme.code.label("theme"),
            case((mailed(Message.state == "sent"), 1), else_=0).label("delivered"),
            case((mailed(Message.state == "refused"), 1), else_=0).label("refused"),
        )
        .select_from(Invitation)
        .join(Invitation.rule)
        .join(Mailing, Mailing.id == Invitation.mailing_id)
        .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(
            Attendance,
            and_(Attendance.enrolment_id == Enrolment.id, Attendance.occasion_id == Mailing.occasion_id),
        )
        .outerjoin(Theme, Theme.id == Attendance.theme_id)
        .where(of_series(series_id), was_asked())
        .subquery()
    )
    groups = (each.c.occasion_id, each.c.gender, each.c.organisation_id, each.c.work_group, each.c.theme)
    rows = session.execute(
        select(
            *groups,
            func.count(),
            func.sum(each.c.delivered),
            func.sum(each.c.refused * (1 - each.c.delivered)),
        ).group_by(*groups)
    )
    return [SentRow(*row) for row in rows]


def answered(session: Session, series_id: int) -> Iterator[AnsweredRow]:
    """What came in of what was sent out; papers that nobody was asked by are left out."""
    # What a parameter is in goes by its name: PostgreSQL does not see that two such expressions are the same.
    each = (
        select(
            Response.rule_id,
            _common(Response.target).label("target"),
            cast(Response.background, Text).label("background"),
            Response.language,
            Response.source,
            Response.submitted_at,
        )
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id, ~Response.uncoded)
        .subquery()
    )
    groups = (each.c.rule_id, each.c.target, each.c.background, each.c.language, each.c.source)
    rows = session.execute(select(*groups, func.count(), func.count(each.c.submitted_at)).group_by(*groups))
    for rule_id, at, *rest in rows:
        yield AnsweredRow(Key(rule_id, at), *rest)


def asked_enrolments(session: Session, series_id: int) -> set[int]:
    """The enrolments that were asked at least once."""
    wanted = select(Invitation.enrolment_id).join(Invitation.rule).where(of_series(series_id), was_asked())
    return set(session.scalars(wanted.distinct()))


def present_by_theme(session: Session, series_id: int) -> dict[tuple[int, str], int]:
    """How many persons were at each theme: (occasion, code of the theme)."""
    rows = session.execute(
        select(Attendance.occasion_id, Theme.code, func.count())
        .join(Theme, Theme.id == Attendance.theme_id)
        .join(Occasion, Occasion.id == Attendance.occasion_id)
        .join(Enrolment, Enrolment.id == Attendance.enrolment_id)
        .where(
            Occasion.series_id == series_id,
            Occasion.cancelled.is_(False),
            Attendance.present,
            Enrolment.state != "cancelled",
        )
        .group_by(Attendance.occasion_id, Theme.code)
    )
    return {(occasion, code): many for occasion, code, many in rows}


def _common(target: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Targets of single persons as the one they are together."""
    return case((target.startswith(f"{PERSONAL}:"), literal(PERSONAL)), else_=target)
