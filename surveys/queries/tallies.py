"""What has been counted and kept, and from what; and the responses that are counted."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from typing import cast as cast_to

from sqlalchemy import ColumnElement, Text, case, cast, func, select
from sqlalchemy.orm import Session

from surveys.domain.privacy import MODES
from surveys.models.answer_key import AnswerKey
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.programme import Project, Series, Theme
from surveys.models.response import Response
from surveys.models.tally import Snapshot, StoredCell, StoredTally
from surveys.queries.results import PERSONAL, Key, from_outside, key

AT_A_TIME = 2_000
REVISIONS = func.coalesce(func.sum(case((Response.submitted_at.is_not(None), Response.revision), else_=0)), 0)


@dataclass(frozen=True, slots=True, order=True)
class Stand:
    """What a measurement holds: how many responses have been sent in, and their revisions added up."""

    responses: int
    revisions: int

    def __add__(self, other: "Stand") -> "Stand":
        return Stand(self.responses + other.responses, self.revisions + other.revisions)


@dataclass(frozen=True, slots=True)
class Kept:
    """A tally that is kept: what it was counted from, and when; None where it was forgotten since."""

    id: int
    ticket: str
    basis: str
    stand: Stand | None
    counted_at: datetime | None


class CountedRow(NamedTuple):
    """A response to be counted; ``background`` and ``answers`` are JSON as text."""

    version_id: int
    language: str
    source: str
    background: str
    answers: str
    revision: int


@dataclass(frozen=True, slots=True)
class Asking:
    """When a measurement opened and closes, in the zone of its project, and whose it is."""

    series_id: int
    opens_at: datetime
    closes_at: datetime
    timezone: str


def stands(session: Session, only: Key | None = None) -> dict[Key, Stand]:
    """What each measurement holds that anything has been sent in to; read from an index alone."""
    wanted = (
        select(Response.rule_id, Response.target, func.count(), REVISIONS)
        .where(Response.submitted_at.is_not(None))
        .group_by(Response.rule_id, Response.target)
    )
    if only is not None:
        wanted = wanted.where(*at(only))
    found: dict[Key, Stand] = {}
    for rule_id, target, responses, revisions in session.execute(wanted):
        place = key(rule_id, target)
        found[place] = found.get(place, Stand(0, 0)) + Stand(responses, revisions or 0)
    return found


def kept(session: Session, series_id: int | None = None, only: Key | None = None) -> dict[Key, Kept]:
    """The tallies that are kept: of a series, of one measurement, or all."""
    wanted = select(
        StoredTally.rule_id,
        StoredTally.target,
        StoredTally.id,
        StoredTally.ticket,
        StoredTally.basis,
        StoredTally.responses,
        StoredTally.revisions,
        StoredTally.counted_at,
    )
    if series_id is not None:
        rules = select(FollowUpRule.id).where(FollowUpRule.series_id == series_id)
        wanted = wanted.where(StoredTally.rule_id.in_(rules))
    if only is not None:
        wanted = wanted.where(StoredTally.rule_id == only.rule_id, StoredTally.target == only.target)
    return {
        Key(rule_id, target): Kept(
            id_, ticket, basis, None if responses is None else Stand(responses, revisions or 0), counted_at
        )
        for rule_id, target, id_, ticket, basis, responses, revisions, counted_at in session.execute(wanted)
    }


def cells(session: Session, tally_id: int) -> Sequence[StoredCell]:
    return session.scalars(
        select(StoredCell).where(StoredCell.tally_id == tally_id).order_by(StoredCell.id)
    ).all()


def to_count(session: Session, place: Key) -> Iterator[CountedRow]:
    """Yield the responses of a measurement that have been sent in, in whatever order they lie."""
    wanted = (
        select(
            Response.version_id,
            Response.language,
            Response.source,
            cast(Response.background, Text),
            cast(Response.answers, Text),
            Response.revision,
        )
        .where(*at(place), Response.submitted_at.is_not(None))
        .execution_options(yield_per=AT_A_TIME)
    )
    with closing(session.execute(wanted)) as rows:
        yield from cast_to(Iterator[CountedRow], rows)


def themes(session: Session, place: Key) -> list[str]:
    """The codes of the themes of the occasion that a measurement is about."""
    kind, _, number = place.target.partition(":")
    if kind != "occasion":
        return []
    return list(session.scalars(select(Theme.code).where(Theme.occasion_id == int(number))))


def asking(session: Session) -> dict[Key, Asking]:
    """When each measurement that has gone out opened and closes."""
    wanted = (
        select(
            Mailing.rule_id,
            Mailing.target,
            FollowUpRule.series_id,
            func.min(Mailing.due_at),
            func.max(Mailing.closes_at),
            Project.timezone,
        )
        .join(Mailing.rule)
        .join(Series, Series.id == FollowUpRule.series_id)
        .join(Project, Project.id == Series.project_id)
        .where(Mailing.step == 0, Mailing.state.in_(("expanding", "expanded")))
        .group_by(Mailing.rule_id, Mailing.target, FollowUpRule.series_id, Project.timezone)
    )
    found: dict[Key, Asking] = {}
    for rule_id, target, series_id, opens_at, closes_at, timezone in session.execute(wanted):
        place = key(rule_id, target)
        before = found.get(place)
        found[place] = Asking(
            series_id,
            min(opens_at, before.opens_at) if before else opens_at,
            max(closes_at, before.closes_at) if before else closes_at,
            timezone,
        )
    return found | _from_outside(session)


def _from_outside(session: Session) -> dict[Key, Asking]:
    """Those that others have made, which are closed when they come."""
    rows = session.execute(
        select(OutsideAnswers.series_id, Project.timezone)
        .join(Series, Series.id == OutsideAnswers.series_id)
        .join(Project, Project.id == Series.project_id)
        .where(OutsideAnswers.saved_at.is_not(None))
        .distinct()
    )
    return {
        key(each.rule_id, each.target): Asking(series_id, each.due_at, each.closes_at, timezone)
        for series_id, timezone in rows
        for each in from_outside(session, series_id)
    }


def last_snapshots(session: Session) -> dict[Key, tuple[date, Stand]]:
    """The day of the last snapshot of each measurement, and what the measurement held then."""
    newest = (
        select(Snapshot.rule_id, Snapshot.target, func.max(Snapshot.day).label("day"))
        .group_by(Snapshot.rule_id, Snapshot.target)
        .subquery()
    )
    rows = session.execute(
        select(Snapshot.rule_id, Snapshot.target, Snapshot.day, Snapshot.responses, Snapshot.revisions).join(
            newest,
            (newest.c.rule_id == Snapshot.rule_id)
            & (newest.c.target == Snapshot.target)
            & (newest.c.day == Snapshot.day),
        )
    )
    return {Key(row.rule_id, row.target): (row.day, Stand(row.responses, row.revisions)) for row in rows}


def snapshots(session: Session, series_id: int) -> dict[Key, list[Snapshot]]:
    """The snapshots of each measurement of a series, the newest first."""
    found: dict[Key, list[Snapshot]] = {}
    rules = select(FollowUpRule.id).where(FollowUpRule.series_id == series_id)
    for each in session.scalars(
        select(Snapshot).where(Snapshot.rule_id.in_(rules)).order_by(Snapshot.day.desc())
    ):
        found.setdefault(Key(each.rule_id, each.target), []).append(each)
    return found


def could_be_told(session: Session, place: Key, series_id: int) -> bool:
    """Whether a key is still to be destroyed under which answers of a measurement stand."""
    untraceable = [mode.value for mode in MODES if not mode.traceable]
    modes = set(
        session.scalars(
            select(Response.privacy_mode).where(*at(place), Response.privacy_mode.in_(untraceable)).distinct()
        )
    )
    open_keys = select(AnswerKey.id).where(
        AnswerKey.series_id == series_id,
        AnswerKey.mode.in_(modes),
        AnswerKey.closed_at.is_(None),
        AnswerKey.rule_id.is_(None) | (AnswerKey.rule_id == place.rule_id),
    )
    return bool(modes) and session.scalar(open_keys.limit(1)) is not None


def at(place: Key) -> tuple[ColumnElement[bool], ...]:
    """Which responses are of a measurement."""
    at_target = (
        Response.target.startswith(f"{PERSONAL}:")
        if place.target == PERSONAL
        else Response.target == place.target
    )
    return Response.rule_id == place.rule_id, at_target
