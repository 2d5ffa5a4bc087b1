"""kill -9 while answers are counted, at every statement: what is kept is whole, or nothing is."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys.answers import responses
from surveys.database import Database
from surveys.installation import Installation
from surveys.models.tally import Snapshot, StoredCell, StoredTally
from surveys.results import aggregates
from tests.support.forms import CLOSES, NOW, ask, filled
from tests.support.killing import killed_at

pytestmark = pytest.mark.fault
PEOPLE = 7
LATER = CLOSES + timedelta(hours=1)


def count_all(url: str) -> None:
    database = Database(url)
    for task in aggregates.work(database, LATER):
        aggregates.count(database, task, LATER)
    database.close()


def _stand(url: str) -> tuple[int, int, int]:
    """What the tally says that it holds, what its groups hold, and what the snapshot does."""
    database = Database(url)
    with database.reading() as session:
        said = sum(each or 0 for each in session.scalars(select(StoredTally.responses)))
        held = sum(each.answers["responses"] for each in session.scalars(select(StoredCell)))
        taken = [cell for each in session.scalars(select(Snapshot)) for cell in each.cells or ()]
    database.close()
    return said, held, sum(each["answers"]["responses"] for each in taken)


def test_killed_anywhere_it_is_counted_by_the_next_round(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    database, keys = sqlite_installation.database, sqlite_installation.keys
    for number, each in enumerate(ask(sqlite_installation, *(f"P{n}" for n in range(PEOPLE)))):
        answers = filled({"q-overall": [str(1 + number % 4)], "q-theme": ["A"]})
        responses.save(database, keys, each.public_id, each.token, answers, NOW)
    original = Path(database.url.removeprefix("sqlite:///"))
    database.close()
    step, seen = 0, set()
    while True:
        step += 1
        path = tmp_path / f"killed-{step}.sqlite"
        shutil.copy(original, path)
        killed = killed_at(step, count_all, f"sqlite:///{path}")
        seen.add(_stand(f"sqlite:///{path}"))
        count_all(f"sqlite:///{path}")
        assert _stand(f"sqlite:///{path}") == (PEOPLE, PEOPLE, PEOPLE)
        if not killed:
            break
    assert step > 10
    assert seen == {(0, 0, 0), (PEOPLE, PEOPLE, PEOPLE)}
