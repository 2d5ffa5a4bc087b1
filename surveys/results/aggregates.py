"""Tallies kept up to date, and dated snapshots of them: the scheduler's work, so that results open at once.

One measurement is counted at a time, in three steps: its ticket is read (and drawn, where there is none), the
responses are read as they stand, and what was counted is kept if the ticket is still the same. A withdrawal
draws another in the transaction that deletes the answer, so what was counted before it is never kept after.
Two that count the same do it twice and keep the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from surveys.answers.form_view import GRACE
from surveys.answers.tallies import ticket
from surveys.database import Database, add_missing
from surveys.domain import timing
from surveys.domain.questionnaire import Form, ThemeRef, expand, parse
from surveys.domain.snapshots import Due, snapshot_due
from surveys.models.programme import Occasion
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.tally import Snapshot, StoredCell, StoredTally
from surveys.queries import results as result_queries
from surveys.queries import results_counts as counting
from surveys.queries import tallies as queries
from surveys.queries.results import Key
from surveys.queries.results_counts import Counts
from surveys.queries.tallies import Asking, Kept, Stand
from surveys.results import cells
from surveys.results.cells import Count

WORTH_KEEPING = 200  # fewer are counted quicker than what is kept is looked up
LEAST_PAUSE = timedelta(seconds=60)
PAUSE_A_RESPONSE = timedelta(
    milliseconds=1
)  # counting costs 20 µs: at most a fiftieth of the time goes to it


@dataclass(frozen=True, slots=True)
class Work:
    """A measurement to be counted, and the snapshot that is to be taken of it."""

    key: Key
    series_id: int
    snapshot: Due | None


def work(db: Database, now: datetime) -> list[Work]:
    """What is to be counted at ``now``, the smallest first: a large one keeps none of the others waiting."""
    with db.reading() as session:
        stands, kept = queries.stands(session), queries.kept(session)
        taken = queries.last_snapshots(session)
        stale = {key for key, stand in stands.items() if _is_stale(session, key, stand, kept.get(key), now)}
        undated = {key for key, stand in stands.items() if key not in taken or taken[key][1] != stand}
        if not stale | undated:
            return []
        asking = queries.asking(session)
        found = [
            Work(key, asking[key].series_id, _due(session, key, asking[key], taken.get(key), now))
            for key in sorted(stale | undated, key=lambda each: stands[each])
            if key in asking
        ]
        return [each for each in found if each.key in stale or (each.snapshot and each.key in undated)]


def count(db: Database, task: Work, now: datetime, go_on: Callable[[], None] = lambda: None) -> bool:
    """Count a measurement and keep it; False where answers were taken back meanwhile, and nothing is kept.

    ``go_on`` is called every few thousand responses; what it raises ends the counting, and nothing is kept.
    """
    before = begin(db, task.key)
    with db.reading() as session:
        basis = cells.basis(queries.themes(session, task.key))
        found = cells.count(session, task.key, _forms(session, task), go_on)
        counts = _counts(session, task) if task.snapshot else {}
    return keep(db, task, before, found, basis, counts, now)


def begin(db: Database, key: Key) -> Kept:
    """The first step: what is kept of a measurement, with a ticket."""
    with db.transaction() as session:
        drawn = {"rule_id": key.rule_id, "target": key.target, "ticket": ticket(), "basis": ""}
        add_missing(session, StoredTally, [drawn])
        return queries.kept(session, only=key)[key]


def keep(
    db: Database,
    task: Work,
    before: Kept,
    found: Count,
    basis: str,
    counts: Mapping[str, int | None],
    now: datetime,
) -> bool:
    """The last step: keep what was counted, and the snapshot; False where the ticket is another by now."""
    with db.transaction() as session:
        if not _keep(session, before, found, basis, now):
            return False
        if task.snapshot:
            _take(session, task.key, task.snapshot, found, counts, now)
        return True


def _is_stale(session: Session, key: Key, stand: Stand, kept: Kept | None, now: datetime) -> bool:
    if stand.responses < WORTH_KEEPING:
        return False
    if kept is None or kept.counted_at is None:
        return True
    # a clock that was put back waits for nothing
    since = now - kept.counted_at
    if timedelta(0) <= since < max(LEAST_PAUSE, stand.responses * PAUSE_A_RESPONSE):
        return False
    return kept.stand != stand or kept.basis != cells.basis(queries.themes(session, key))


def _due(
    session: Session, key: Key, asking: Asking, taken: tuple[date, Stand] | None, now: datetime
) -> Due | None:
    """A snapshot of what leads to nobody is taken once it does: one from before would tell who came early."""
    closed = now >= asking.closes_at + GRACE
    local = timing.to_wall(now, asking.timezone).date()
    opened = timing.to_wall(asking.opens_at, asking.timezone).date()
    closes = timing.to_wall(asking.closes_at, asking.timezone).date()
    due = snapshot_due(local, opened, closes if closed else None, taken[0] if taken else None)
    return None if due is None or queries.could_be_told(session, key, asking.series_id) else due


def _forms(session: Session, task: Work) -> dict[int, Form]:
    """The versions of the questionnaire, as expanded for the occasion."""
    kind, _, number = task.key.target.partition(":")
    occasion = session.get(Occasion, int(number)) if kind == "occasion" else None
    themes = [ThemeRef(each.code, each.title) for each in occasion.themes] if occasion else []
    versions: list[QuestionnaireVersion] = []
    for rule in result_queries.rules(session, task.series_id):
        if rule.id == task.key.rule_id and rule.questionnaire is not None:
            versions = result_queries.versions(session, task.series_id)[rule.questionnaire.id]
    return {each.id: expand(parse(each.content), themes) for each in versions}


def _counts(session: Session, task: Work) -> dict[str, int | None]:
    """Those of the measurement, and of the series how many were registered, present, asked and answered."""
    every = counting.counts(session, task.series_id)
    counts = every.get(task.key, Counts())
    heads = counting.head_counts(session, task.series_id, every)
    series = {"registered": heads.registered, "present": heads.present, "attendances": heads.attendances}
    series |= {"series_invited": heads.invited}
    return {**asdict(counts), **series, "series_answered": heads.answered}


def _keep(session: Session, before: Kept, found: Count, basis: str, now: datetime) -> bool:
    mine = (StoredTally.id == before.id) & (StoredTally.ticket == before.ticket)
    stand = {"responses": found.stand.responses, "revisions": found.stand.revisions}
    kept = session.execute(
        update(StoredTally).where(mine).values(basis=basis, counted_at=now, **stand).returning(StoredTally.id)
    ).all()
    if not kept:
        return False
    session.execute(delete(StoredCell).where(StoredCell.tally_id == before.id))
    if rows := [{"tally_id": before.id, **cells.document(each)} for each in found.cells]:
        session.execute(insert(StoredCell), rows)
    return True


def _take(
    session: Session, key: Key, due: Due, found: Count, counts: Mapping[str, int | None], now: datetime
) -> None:
    row = {
        "rule_id": key.rule_id,
        "target": key.target,
        "day": due.day,
        "taken_at": now,
        "why": due.why,
        "responses": found.stand.responses,
        "revisions": found.stand.revisions,
        "counts": dict(counts),
        "cells": [cells.document(each) for each in found.cells],
    }
    add_missing(session, Snapshot, [row])  # the first of a day stays
