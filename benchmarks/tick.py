"""(e) what one pass costs: by what is due, not by who exists.

A pass plans until nothing is left and claims one mail; what sending costs is measured in (d).
"""

import time
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks import data
from surveys.followups.planning import expand_next
from surveys.installation import Installation
from surveys.outbox.sending import claim_next

DUE = 100


def measure(folder: Path) -> list[tuple[str, float]]:
    """Return (name, milliseconds) of a quiet pass with few and many people, and of one with 100 due."""
    small = _house(folder / "small", 1_000)
    large = _house(folder / "large", 100_000)
    quiet = data.NOW - timedelta(days=1)
    small_due, large_due = _milliseconds(small, data.NOW), _milliseconds(large, data.NOW)
    result = [
        ("e  quiet tick,   1 000 participants", min(_milliseconds(small, quiet) for _ in range(20))),
        ("e  quiet tick, 100 000 participants", min(_milliseconds(large, quiet) for _ in range(20))),
        (f"e  tick with {DUE} due of   1 000", small_due),
        (f"e  tick with {DUE} due of 100 000", large_due),
    ]
    small.close()
    large.close()
    return result


def _house(folder: Path, participants: int) -> Installation:
    house = data.installation(folder)
    with house.database.transaction() as session:
        ids = data.plan(session)
        data.people(session, ids, participants, DUE)
        data.mailing(session, ids, "planned")
    return house


def _milliseconds(house: Installation, at: datetime) -> float:
    started = time.perf_counter()
    while expand_next(house.database, house.keys, at):
        pass
    claim_next(house.database, house.keys, at, "bench", timedelta(minutes=2))
    return (time.perf_counter() - started) * 1000
