"""How many were registered, present, asked, reached, and how many have answered: what every rate is of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, CompoundSelect, case, exists, func, literal, select, union
from sqlalchemy.orm import Session

from surveys.models.followup import FollowUpRule, Invitation
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Occasion
from surveys.models.response import Response
from surveys.queries.results import PERSONAL, Key, key, of_series
from surveys.queries.tallies import REVISIONS


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
    revisions: int = 0  # of all that has been sent in, added up: grows with every answer and every change
    outside: int = 0  # collected by others: beside the submitted, and in no rate
    joined: int = 0  # of the submitted: those that another answer of the same person can be told to be
    sealed: int = 0  # of the submitted: under the key of the series, which joins them to such alone

    @property
    def answers(self) -> int:
        """How many sets of answers there are."""
        return self.submitted + self.uncoded + self.outside

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
            self.revisions + other.revisions,
            self.outside + other.outside,
            self.joined + other.joined,
            self.sealed + other.sealed,
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
    return {place: _with_all_who_began(some) for place, some in found.items()}


def _with_all_who_began(some: Counts) -> Counts:
    """Whoever has begun was asked: by a page of their own or on paper, where no mail had gone when it was
    withdrawn.
    """
    return some if some.started <= some.invited else replace(some, invited=some.started)


def head_counts(session: Session, series_id: int, of: Mapping[Key, Counts]) -> HeadCounts:
    """Count the persons of a series; ``of`` are its :func:`counts`.

    Where all that was asked is one measurement, in which nobody is asked twice, its counts are those of
    persons: telling persons apart is what takes longest.
    """
    registered = session.scalar(
        select(func.count()).where(Enrolment.series_id == series_id, Enrolment.state != "cancelled")
    )
    there = (
        select(Attendance.occasion_id, Attendance.enrolment_id)
        .join(Attendance.occasion)
        .join(Attendance.enrolment)
        .where(
            Occasion.series_id == series_id,
            Attendance.present,
            Occasion.cancelled.is_(False),
            Enrolment.state != "cancelled",
        )
    ).subquery()
    present_at = [
        (occasion, many)
        for occasion, many in session.execute(
            select(there.c.occasion_id, func.count()).group_by(there.c.occasion_id)
        )
    ]
    # At one occasion nobody was there twice; else told apart, by a table of them rather than by sorting.
    persons = sum(many for _, many in present_at)
    if len(present_at) > 1:
        each = select(there.c.enrolment_id).distinct().subquery()
        persons = session.scalar(select(func.count()).select_from(each)) or 0
    alone = _only(of)
    answered = _persons_answering(session, series_id, alone)
    invited = _persons_asked(session, series_id) if alone is None else alone.invited
    return HeadCounts(
        registered=registered or 0,
        present=persons,
        attendances=sum(many for _, many in present_at),
        invited=max(invited, answered or 0),
        answered=answered,
        present_at=dict(present_at),
    )


def _only(of: Mapping[Key, Counts]) -> Counts | None:
    """The counts of the only measurement that anybody has been asked; of personal targets one person may have
    had several.
    """
    asked = [place for place, some in of.items() if some != Counts()]
    return of[asked[0]] if len(asked) == 1 and asked[0].target != PERSONAL else None


def _persons_asked(session: Session, series_id: int) -> int:
    return session.scalar(select(func.count()).select_from(asked_once(series_id).subquery())) or 0


def asked_once(series_id: int) -> CompoundSelect[tuple[int]]:
    """The enrolments (ids) of a series that were asked at least once, each once."""
    of = select(Invitation.enrolment_id).join(Invitation.rule).where(of_series(series_id))
    return union(*(of.where(which) for which in sent_out()))


def _persons_answering(session: Session, series_id: int, alone: Counts | None) -> int | None:
    """How many persons sent in a response; None where those of one person cannot be told to be: those that
    nothing joins, and those under the key of the series beside those under the installation's.
    """
    if alone is not None:
        return None if alone.joined < alone.submitted or 0 < alone.sealed < alone.joined else alone.joined
    sealed = case((Response.privacy_mode == "sealed", 1), else_=0).label("sealed")
    theirs = (FollowUpRule.series_id == series_id, Response.submitted_at.is_not(None), ~Response.uncoded)
    # Grouped first: to count different keys PostgreSQL sorts them all.
    each = (
        select(Response.pairing_key, sealed, func.count().label("many"))
        .join(Response.rule)
        .where(*theirs)
        .group_by(Response.pairing_key, sealed)
        .subquery()
    )
    persons, unjoined, kinds = session.execute(
        select(
            func.count(each.c.pairing_key),
            func.sum(case((each.c.pairing_key.is_(None), each.c.many), else_=0)),
            func.count(each.c.sealed.distinct()),
        )
    ).one()
    return None if unjoined or kinds > 1 else persons


def mailed(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an invitation has such a mail; answered from an index alone."""
    return exists().where(Message.invitation_id == Invitation.id, *wanted)


def sent_out() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The two ways in which an invitation counts as sent out: never withdrawn, or once a mail had been tried.

    Asked about apart, for the second are few: of all of them at once it looks so costly to PostgreSQL that it
    compiles the select first.
    """
    return Invitation.withdrawn_at.is_(None), _withdrawn_after_all()


def _withdrawn_after_all() -> ColumnElement[bool]:
    """Whether an invitation was sent out and withdrawn then."""
    return Invitation.withdrawn_at.is_not(None) & mailed(Message.attempts > 0)


def _invitations(session: Session, series_id: int) -> Iterator[tuple[Key, Counts]]:
    any_withdrawn = False
    for place, every, withdrawn in _by_measurement(
        session, series_id, more=func.count(Invitation.withdrawn_at)
    ):
        any_withdrawn |= bool(withdrawn)
        if every > withdrawn:
            yield place, Counts(every - withdrawn)
    apart = _by_measurement(session, series_id, _withdrawn_after_all()) if any_withdrawn else ()
    for place, many, _ in apart:
        yield place, Counts(many, withdrawn=many)
    sent = mailed(Message.state == "sent")
    for place, delivered, _ in _by_measurement(session, series_id, sent):
        yield place, Counts(delivered=delivered)
    # From the mails that were refused, which are few, rather than for every invitation.
    refused = Invitation.id.in_(select(Message.invitation_id).where(Message.state == "refused"))
    for place, bounced, _ in _by_measurement(session, series_id, refused & ~sent):
        yield place, Counts(bounced=bounced)


def _by_measurement(
    session: Session,
    series_id: int,
    which: ColumnElement[bool] | None = None,
    more: ColumnElement[int] | None = None,
) -> Iterator[tuple[Key, int, int]]:
    """How many invitations of each measurement are such, and of these ``more``."""
    counted = select(
        Invitation.rule_id, Invitation.target, func.count(), literal(0) if more is None else more
    ).join(Invitation.rule)
    if which is not None:
        counted = counted.where(which)
    grouped = counted.where(of_series(series_id)).group_by(Invitation.rule_id, Invitation.target)
    for rule_id, target, many, of_these in session.execute(grouped):
        yield key(rule_id, target), many, of_these


def _responses(session: Session, series_id: int) -> Iterator[tuple[Key, Counts]]:
    sent = Response.submitted_at.is_not(None)
    rows = session.execute(
        select(
            Response.rule_id,
            Response.target,
            Response.uncoded,
            func.count(),
            func.count(Response.submitted_at),
            func.count(case((Response.source == "paper", 1))),
            func.count(case((Response.source == "outside", 1))),
            REVISIONS,
            func.count(case((sent, Response.pairing_key))),
            func.count(case((sent & (Response.privacy_mode == "sealed"), 1))),
        )
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id)
        .group_by(Response.rule_id, Response.target, Response.uncoded)
    )
    for rule_id, target, uncoded, started, submitted, paper, outside, revisions, joined, sealed in rows:
        of_asked = Counts(
            started=started,
            submitted=submitted,
            paper=paper,
            revisions=revisions,
            joined=joined,
            sealed=sealed,
        )
        beside = Counts(uncoded=submitted - outside, revisions=revisions, outside=outside)
        yield key(rule_id, target), beside if uncoded else of_asked
