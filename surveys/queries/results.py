"""What results are made of: how many were asked and answered, and the answers themselves.

A measurement (mätning) is one questionnaire rule at one target. Rules that count from a person's own
registration have one target a person; they are one measurement together, since each alone is one person.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response

PERSONAL = "enrolment"


@dataclass(frozen=True, slots=True)
class Key:
    """One measurement: a rule and ``series``, ``occasion:ID`` or ``enrolment`` (all personal targets)."""

    rule_id: int
    target: str


def key(rule_id: int, target: str) -> Key:
    return Key(rule_id, PERSONAL if target.startswith(f"{PERSONAL}:") else target)


@dataclass(frozen=True, slots=True)
class Asked:
    """The first mail of a measurement: whether it is planned, went out, or never will."""

    rule_id: int
    target: str
    occasion_id: int | None
    state: str
    reason: str | None
    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one measurement, or added up. An invitation withdrawn before anything was sent counts nowhere."""

    invited: int = 0
    delivered: int = 0
    bounced: int = 0  # refused by the mail server, and nothing else came through
    withdrawn: int = 0  # of the invited: the link was withdrawn after it had been sent
    started: int = 0
    submitted: int = 0
    paper: int = 0  # of the submitted: typed in by staff from paper
    uncoded: int = 0  # papers that nobody was asked by: beside the submitted, and in no rate

    @property
    def answers(self) -> int:
        """How many sets of answers there are."""
        return self.submitted + self.uncoded

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.invited + other.invited,
            self.delivered + other.delivered,
            self.bounced + other.bounced,
            self.withdrawn + other.withdrawn,
            self.started + other.started,
            self.submitted + other.submitted,
            self.paper + other.paper,
            self.uncoded + other.uncoded,
        )


@dataclass(frozen=True, slots=True)
class HeadCounts:
    """Persons of a series, and their attendances; the two are never mixed."""

    registered: int  # enrolments but those cancelled before
    present: int  # persons who were there at least once
    attendances: int
    invited: int  # persons asked at least once
    answered: int  # persons who sent in at least one response
    present_at: dict[int, int]  # occasion → persons


def series_by_id(session: Session, series_id: int) -> Series:
    """Return the series with its project, occasions and themes."""
    return session.scalars(
        select(Series)
        .where(Series.id == series_id)
        .options(
            joinedload(Series.project, innerjoin=True),
            selectinload(Series.occasions).selectinload(Occasion.themes),
        )
    ).one()


def series_of(session: Session, project_id: int) -> Sequence[Series]:
    return session.scalars(
        select(Series).where(Series.project_id == project_id).order_by(Series.position, Series.id)
    ).all()


def series_by_code(session: Session, series: str, project: str | None = None) -> Sequence[Series]:
    """Return the series of that code: none, one, or several where no project is named."""
    wanted = select(Series).join(Series.project).where(Series.code == series).order_by(Project.code)
    return session.scalars(wanted if project is None else wanted.where(Project.code == project)).all()


def rules(session: Session, series_id: int) -> Sequence[FollowUpRule]:
    """Return the rules that send a questionnaire, with it and its versions, in their order."""
    return session.scalars(
        select(FollowUpRule)
        .where(FollowUpRule.series_id == series_id, FollowUpRule.questionnaire_id.is_not(None))
        .options(joinedload(FollowUpRule.questionnaire))
        .order_by(FollowUpRule.position, FollowUpRule.id)
    ).all()


def versions(session: Session, series_id: int) -> dict[int, list[QuestionnaireVersion]]:
    """Return the versions of the questionnaires of a series but for drafts, newest last, by questionnaire."""
    found = session.scalars(
        select(QuestionnaireVersion)
        .where(
            QuestionnaireVersion.questionnaire_id.in_(
                select(FollowUpRule.questionnaire_id).where(FollowUpRule.series_id == series_id)
            ),
            QuestionnaireVersion.draft.is_(False),
        )
        .order_by(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.number)
    )
    by_questionnaire: dict[int, list[QuestionnaireVersion]] = {}
    for version in found:
        by_questionnaire.setdefault(version.questionnaire_id, []).append(version)
    return by_questionnaire


def asked(session: Session, series_id: int) -> dict[Key, Asked]:
    """Return the first mail of each measurement; of personal targets, the last closing."""
    rows = session.execute(
        select(
            Mailing.rule_id,
            Mailing.target,
            Mailing.occasion_id,
            Mailing.state,
            Mailing.reason,
            Mailing.due_at,
            Mailing.closes_at,
        )
        .join(Mailing.rule)
        .where(_questionnaires(series_id), Mailing.step == 0)
        .order_by(Mailing.due_at, Mailing.id)
    )
    found: dict[Key, Asked] = {}
    for row in rows:
        this = Asked(*row)
        place = key(this.rule_id, this.target)
        found[place] = _together(found[place], this) if place in found else this
    return found


def counts(session: Session, series_id: int) -> dict[Key, Counts]:
    """Return the counts of each measurement of a series."""
    found: dict[Key, Counts] = {}
    for place, some in (*_invitations(session, series_id), *_responses(session, series_id)):
        found[place] = found.get(place, Counts()) + some
    return found


def head_counts(session: Session, series_id: int) -> HeadCounts:
    registered = session.scalar(
        select(func.count()).where(Enrolment.series_id == series_id, Enrolment.state != "cancelled")
    )
    there = (
        select(Attendance.occasion_id, Attendance.enrolment_id)
        .join(Attendance.occasion)
        .where(Occasion.series_id == series_id, Attendance.present)
    ).subquery()
    present_at = [
        (occasion, many)
        for occasion, many in session.execute(
            select(there.c.occasion_id, func.count()).group_by(there.c.occasion_id)
        )
    ]
    persons = session.scalar(select(func.count(there.c.enrolment_id.distinct())))
    mails = _mails(series_id)
    invited = session.scalar(
        select(func.count(Invitation.enrolment_id.distinct()))
        .join(Invitation.rule)
        .outerjoin(mails, mails.c.invitation_id == Invitation.id)
        .where(_questionnaires(series_id), _was_asked(mails))
    )
    answered = session.execute(
        select(
            func.count(Response.pairing_key.distinct()),
            func.count(case((Response.pairing_key.is_(None), Response.id))),
        )
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id, Response.submitted_at.is_not(None), ~Response.uncoded)
    ).one()
    return HeadCounts(
        registered=registered or 0,
        present=persons or 0,
        attendances=sum(many for _, many in present_at),
        invited=invited or 0,
        answered=answered[0] + answered[1],
        present_at=dict(present_at),
    )


def answers(
    session: Session, series_id: int, only: Key | None = None
) -> Generator[tuple[Key, int, dict[str, Any]], None, None]:
    """Yield measurement, version and answers of each submitted response, in no telling order."""
    wanted = (
        select(Response.rule_id, Response.target, Response.version_id, Response.answers)
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id, Response.answers.is_not(None))
        .order_by(Response.id)
        .execution_options(yield_per=2000)
    )
    if only is not None:
        wanted = wanted.where(Response.rule_id == only.rule_id, _at_target(only.target))
    with closing(session.execute(wanted)) as rows:  # a reader may stop in the middle
        for rule_id, target, version_id, given in rows:
            yield key(rule_id, target), version_id, given or {}


def _at_target(target: str) -> ColumnElement[bool]:
    if target == PERSONAL:
        return Response.target.startswith(f"{PERSONAL}:")
    return Response.target == target


def _questionnaires(series_id: int) -> ColumnElement[bool]:
    return (FollowUpRule.series_id == series_id) & FollowUpRule.questionnaire_id.is_not(None)


def _together(first: Asked, later: Asked) -> Asked:
    """The two as one: gone out when one of them has, planned when one still is."""
    order = ("expanded", "expanding", "planned", "waiting", "missed", "cancelled")
    leading = min(first, later, key=lambda each: order.index(each.state))
    return replace(leading, target=PERSONAL, closes_at=max(first.closes_at, later.closes_at))


def _mails(series_id: int) -> Subquery:
    """What has become of the mails of each invitation of the series."""

    def seen(state: str) -> ColumnElement[int]:
        return func.max(case((Message.state == state, 1), else_=0))

    return (
        select(
            Message.invitation_id,
            seen("sent").label("sent"),
            seen("refused").label("refused"),
            func.max(Message.attempts).label("attempts"),
        )
        .join(Message.invitation)
        .join(Invitation.rule)
        .where(_questionnaires(series_id))
        .group_by(Message.invitation_id)
        .subquery("mails")
    )


def _was_asked(mails: Subquery) -> ColumnElement[bool]:
    # A link can have been used only if a mail was at least tried, so whoever answered is among these.
    return or_(Invitation.withdrawn_at.is_(None), func.coalesce(mails.c.attempts, 0) > 0)


def _invitations(session: Session, series_id: int) -> Iterator[tuple[Key, Counts]]:
    mails = _mails(series_id)
    sent, refused = func.coalesce(mails.c.sent, 0), func.coalesce(mails.c.refused, 0)
    rows = session.execute(
        select(
            Invitation.rule_id,
            Invitation.target,
            func.count(),
            func.sum(sent),
            func.sum(case((sent == 0, refused), else_=0)),
            func.count(Invitation.withdrawn_at),
        )
        .join(Invitation.rule)
        .outerjoin(mails, mails.c.invitation_id == Invitation.id)
        .where(_questionnaires(series_id), _was_asked(mails))
        .group_by(Invitation.rule_id, Invitation.target)
    )
    for rule_id, target, invited, delivered, bounced, withdrawn in rows:
        yield key(rule_id, target), Counts(invited, delivered, bounced, withdrawn)


def _responses(session: Session, series_id: int) -> Iterator[tuple[Key, Counts]]:
    rows = session.execute(
        select(
            Response.rule_id,
            Response.target,
            Response.uncoded,
            func.count(),
            func.count(Response.submitted_at),
            func.count(case((Response.source == "paper", 1))),
        )
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id)
        .group_by(Response.rule_id, Response.target, Response.uncoded)
    )
    for rule_id, target, uncoded, started, submitted, paper in rows:
        of_asked = Counts(started=started, submitted=submitted, paper=paper)
        yield key(rule_id, target), Counts(uncoded=submitted) if uncoded else of_asked
