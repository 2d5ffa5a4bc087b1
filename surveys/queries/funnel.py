"""From sent out to submitted, by what the register and the answers each know of their groups.

What was sent is grouped by the register; what came in only by the classes that stand with the answers, since
an answer may be nobody's.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Theme
from surveys.models.response import Response
from surveys.queries.results import PERSONAL, Key, of_series
from surveys.queries.results_counts import asked_once, sent_out


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


class AskedRow(NamedTuple):
    """How many ``persons`` alike in everything else here were asked."""

    gender: str
    organisation: int | None
    work_group: str | None
    persons: int


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
    return [row for which in sent_out() for row in _sent(session, series_id, which)]


def _sent(session: Session, series_id: int, which: ColumnElement[bool]) -> Iterator[SentRow]:
    # One line an invitation first. Its mails are joined and not asked about: of so many as PostgreSQL guesses
    # it would have to ask of, it takes longer to compile the select than to carry it out.
    mail = aliased(Message)
    each = (
        select(
            Invitation.enrolment_id,
            func.min(Mailing.occasion_id).label("occasion_id"),  # there is one
            func.max(case((mail.state == "sent", 1), else_=0)).label("delivered"),
            func.max(case((mail.state == "refused", 1), else_=0)).label("refused"),
        )
        .join(Invitation.rule)
        .join(Mailing, Mailing.id == Invitation.mailing_id)
        .outerjoin(mail, mail.invitation_id == Invitation.id)
        .where(of_series(series_id), which)
        .group_by(Invitation.id)
        .subquery()
    )
    groups = (
        each.c.occasion_id,
        Participant.gender,
        Participant.organisation_id,
        Enrolment.work_group,
        Theme.code,
    )
    rows = session.execute(
        select(
            *groups,
            func.count(),
            func.sum(each.c.delivered),
            func.sum(each.c.refused * (1 - each.c.delivered)),
        )
        .select_from(each)
        .join(Enrolment, Enrolment.id == each.c.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(
            Attendance,
            and_(Attendance.enrolment_id == Enrolment.id, Attendance.occasion_id == each.c.occasion_id),
        )
        .outerjoin(Theme, Theme.id == Attendance.theme_id)
        .group_by(*groups)
    )
    return (SentRow(*row) for row in rows)


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


def asked(session: Session, series_id: int) -> list[AskedRow]:
    """The persons of a series that were asked at least once, each once, by what the register says of them."""
    once = asked_once(series_id).subquery()
    groups = (Participant.gender, Participant.organisation_id, Enrolment.work_group)
    rows = session.execute(
        select(*groups, func.count())
        .select_from(once)
        .join(Enrolment, Enrolment.id == once.c.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .group_by(*groups)
    )
    return [AskedRow(*row) for row in rows]


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
