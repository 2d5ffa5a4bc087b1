"""(k) Before and after over 10 000 pairs of 20 questions against one bare pass over the same rows."""

import json
import random
import sqlite3
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks import data
from surveys.domain.intervals import clopper_pearson
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response
from surveys.results import aggregates
from surveys.results.change import read_change

PAIRS = 10_000
QUESTIONS = [f"q{number}" for number in range(1, 21)]
CLOSED = data.NOW - timedelta(days=1)


def measure(folder: Path, pairs: int = PAIRS) -> list[tuple[str, float, float]]:
    """Return (name, the bare pass's seconds, ours): all counts, tests and intervals of every question."""
    house = data.installation(folder / "change")
    with house.database.transaction() as session:
        ids = data.plan(session)
        chance = random.Random(1)
        for position, wave in enumerate(("pre", "post"), start=1):
            _measurement(session, ids, wave, position, pairs, chance)
    for task in aggregates.work(house.database, data.NOW):  # as the scheduler does
        aggregates.count(house.database, task, data.NOW)
    clopper_pearson(1, 2)  # scipy is loaded once in the life of a process
    started = time.perf_counter()
    with house.database.reading() as session:
        found = read_change(session, ids["series"], data.NOW)
    seconds = time.perf_counter() - started
    assert len([each for each in found.questions if each.paired]) == len(QUESTIONS), found.why_not
    house.close()
    bare = _bare(folder / "change" / "folja.sqlite")
    return [(f"k  before and after, {pairs} pairs", bare, seconds)]


def _measurement(
    session: Session, ids: dict[str, int], wave: str, position: int, pairs: int, chance: random.Random
) -> None:
    """One questionnaire about the whole series, answered by ``pairs`` persons and ten more of its own."""
    form = Questionnaire(
        project_id=ids["project"], code=wave, wave=wave, privacy_mode="pseudonymous", position=position
    )
    version = QuestionnaireVersion(
        questionnaire=form, number=1, content=data.content(QUESTIONS), digest="0" * 64
    )
    rule = FollowUpRule(
        series=session.get_one(Series, ids["series"]),
        code=wave,
        position=position,
        questionnaire=form,
        anchor="series_start",
        offset_days=0,
        offset_minutes=0,
        audience="everyone",
        reminder_days=[],
        close_after_days=14,
        active=True,
    )
    mailing = Mailing(
        rule=rule,
        target="series",
        step=0,
        intended_at=CLOSED,
        due_at=CLOSED,
        due_wall=CLOSED.replace(tzinfo=None),
        timezone="UTC",
        closes_at=CLOSED,
        state="expanded",
        expanded_at=CLOSED,
    )
    session.add_all([version, mailing])
    session.flush()
    rows = [
        {
            "id": UUID(int=chance.getrandbits(128)),
            "rule_id": rule.id,
            "target": "series",
            "version_id": version.id,
            "privacy_mode": "pseudonymous",
            "response_key": f"{wave}{n}",
            "pairing_key": f"{n:064x}" if n < pairs else f"{wave}{n}",
            "language": "sv",
            "background": {},
            "answers": {code: chance.choice("1234") for code in QUESTIONS},
            "revision": 1,
            "started_at": CLOSED,
            "saved_at": CLOSED,
            "submitted_at": CLOSED,
        }
        for n in range(pairs + 10)
    ]
    session.execute(insert(Response), rows)


def _bare(database: Path) -> float:
    table = sqlite3.connect(database)
    started = time.perf_counter()
    counted: Counter[tuple[str, str]] = Counter()
    for (answers,) in table.execute("SELECT answers FROM response ORDER BY id"):
        counted.update(json.loads(answers).items())
    seconds = time.perf_counter() - started
    assert len(counted) == 4 * len(QUESTIONS)
    table.close()
    return seconds
