"""How many were registered, present, asked, reached, and how many have answered: what every rate is of."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, case, func, or_, select
from sqlalchemy.orm import Session

from surveys.models.followup import FollowUpRule, Invitation
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Occasion
from surveys.models.response import Response
from surveys.queries.results import Key, key, of_series


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
    answered: int | None  # persons who sent in at least one response; None where answers do not tell
    present_at: dict[int, int]  # occasion → persons


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
        .where(of_series(series_id), _was_asked(mails))
    )
    return HeadCounts(
        registered=registered or 0,
        present=persons or 0,
        attendances=sum(many for _, many in present_at),
        invited=invited or 0,
        answered=_persons_answering(session, series_id),
        present_at=dict(present_at),
    )


def _persons_answering(session: Session, series_id: int) -> int | None:
    """How many persons sent in a response; None where those of one person cannot be told to be: those that
    nothing joins, and those under the key of the series beside those under the installation's.
    """
    sealed = case((Response.privacy_mode == "sealed", 1), else_=0)
    persons, alone, kinds = session.execute(
        select(
            func.count(Response.pairing_key.distinct()),
            func.count(case((Response.pairing_key.is_(None), Response.id))),
            func.count(sealed.distinct()),
        )
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id, Response.submitted_at.is_not(None), ~Response.uncoded)
    ).one()
    return None if alone or kinds > 1 else persons


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
        .where(of_series(series_id))
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
        .where(of_series(series_id), _was_asked(mails))
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
