"""(k) Before and after over 10 000 pairs of 20 questions against one bare pass over the same rows."""

import json
import random
import sqlite3
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from benchmarks import data, whole
from surveys.domain.intervals import clopper_pearson
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
            asked = whole.whole_series(session, ids, wave, position, QUESTIONS, CLOSED)
            keys = [f"{n:064x}" if n < pairs else f"{wave}{n}" for n in range(pairs + 10)]
            whole.answer_whole(session, asked, keys, QUESTIONS, chance)
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
