"""The lines of the send calendar.

A line is one mailing; those that go to each person at a time of their own are bundled, before the calendar is
cut into pages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Series
from surveys.queries.mailings import Scope, with_what

LINES_A_PAGE = 60
_Key = tuple[date, int, int, str, str | None, int | None]


@dataclass(frozen=True)
class Line:
    """A mailing, or those of one rule and step to one person each on one day.

    ``on`` is the day they are due, by the clock of the project; ``mailings`` how many they are, the first of
    them due ``first_at`` (UTC), the last ``last_at``. ``mailing_id``: the mailing, or the first of them.
    """

    on: date
    rule_id: int
    step: int
    state: str
    reason: str | None
    mailing_id: int
    first_at: datetime
    last_at: datetime
    mailings: int


@dataclass(frozen=True)
class Sheet:
    """One page: whole days, as many as hold :data:`LINES_A_PAGE` lines. ``left``: mailings on later pages."""

    lines: Sequence[Line]
    number: int
    pages: int
    left: int


def lines(
    session: Session, where: Scope, zone: ZoneInfo, *, order: str = "day", newest_first: bool = False
) -> list[Line]:
    """All lines of the mailings asked for, by day or (``order="rule"``) by rule and day."""
    apart = case((Mailing.enrolment_id.is_(None), Mailing.id))
    kind = (Mailing.rule_id, Mailing.step, Mailing.state, Mailing.reason)
    places = (Series.position, Series.id, FollowUpRule.position)
    first = func.min(Mailing.id)
    due = Mailing.due_at.desc() if newest_first else Mailing.due_at.asc()
    rows = session.execute(
        select(Mailing.due_at, *kind, apart.label("apart"), first.label("first"), func.count().label("held"))
        .join(Mailing.rule)
        .join(FollowUpRule.series)
        .where(where)
        .group_by(Mailing.due_at, *kind, apart, *places)
        .order_by(*((*places, Mailing.rule_id) if order == "rule" else ()), due, Mailing.step, first)
    )
    found: dict[_Key, Line] = {}
    for row in rows:
        day = row.due_at.astimezone(zone).date()
        key = (day, row.rule_id, row.step, row.state, row.reason, row.apart)
        one = Line(*key[:5], row.first, row.due_at, row.due_at, row.held)
        found[key] = _together(found[key], one) if key in found else one
    return list(found.values())


def sheet(found: Sequence[Line], number: int) -> Sheet:
    """A page of the lines; the last one where ``number`` is too large."""
    pages: list[list[Line]] = [[]]
    for _day, held in groupby(found, key=lambda each: each.on):
        if len(pages[-1]) >= LINES_A_PAGE:
            pages.append([])
        pages[-1].extend(held)
    number = min(max(number, 1), len(pages))
    left = sum(each.mailings for page in pages[number:] for each in page)
    return Sheet(pages[number - 1], number, len(pages), left)


def mailings(session: Session, where: Scope, found: Iterable[Line], most: int) -> dict[int, list[Mailing]]:
    """Of each line (by its ``mailing_id``) its mailings, of a bundle the first ``most`` that are due."""
    found = list(found)
    alone = [each.mailing_id for each in found if each.mailings == 1]
    wanted = with_what(select(Mailing).where(Mailing.id.in_(alone)))
    held = {each.id: [each] for each in session.scalars(wanted)}
    for line in found:
        if line.mailings > 1:
            held[line.mailing_id] = list(_bundle(session, where, line, most))
    return held


def names(session: Session, found: Iterable[Mailing]) -> dict[int, str]:
    """Mailing → the one person it goes to; those that go to many are not there."""
    enrolments = {each.id: each.enrolment_id for each in found if each.enrolment_id is not None}
    rows = session.execute(
        select(Enrolment.id, Participant.name)
        .join(Enrolment.participant)
        .where(Enrolment.id.in_(set(enrolments.values())))
    )
    people = {row.id: row.name for row in rows}
    return {mailing: people[enrolment] for mailing, enrolment in enrolments.items()}


def _together(one: Line, other: Line) -> Line:
    return replace(
        one,
        mailing_id=min(one.mailing_id, other.mailing_id),
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
        mailings=one.mailings + other.mailings,
    )


def _bundle(session: Session, where: Scope, line: Line, most: int) -> Sequence[Mailing]:
    same = (
        (Mailing.rule_id == line.rule_id)
        & (Mailing.step == line.step)
        & (Mailing.state == line.state)
        & Mailing.reason.is_not_distinct_from(line.reason)
        & Mailing.enrolment_id.is_not(None)
        & Mailing.due_at.between(line.first_at, line.last_at)
    )
    wanted = select(Mailing).join(Mailing.rule).join(FollowUpRule.series).where(where, same)
    return session.scalars(with_what(wanted).order_by(Mailing.due_at, Mailing.id).limit(most)).all()
