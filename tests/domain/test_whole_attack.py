"""An attacker with a solver against everything that a role may see of a series at once.

He knows who answered what and when, every n of every group, who was let go, and of the answers all that is
shown: whole measurements, tables by background with every filter, and all pairs of any two measurements, cell
by cell. ``FOLJA_ATTACKS`` says how many series. docs/results.md has the figures, also of rows, indexes and
snapshots (``tests/support/whole_series.py`` tells him of them too), of which less is claimed.
"""

import os
from random import Random

import pytest

from surveys.domain.pairing import joined
from tests.support import whole_series
from tests.support.whole_series import Outcome, attack, random_series

ATTACKS = int(os.environ.get("FOLJA_ATTACKS", "40"))


def attacked(seeds: range, **kinds: object) -> Outcome:
    found = Outcome()
    for seed in seeds:
        series = random_series(Random(seed), indexed=False, snapshots=False, **kinds)  # type: ignore[arg-type]
        one = attack(series, "reader", seed, most=1)
        found.tried += one.tried
        found.had += one.had
    return found


def test_nothing_hidden_is_had_from_tables_and_pairs_together() -> None:
    found = attacked(range(100, 100 + ATTACKS // 10), people=(14, 30))
    three = attacked(range(200, 200 + ATTACKS // 20), people=(12, 20), measurements=3)

    assert found.had == three.had == []
    assert found.tried > 20 * (ATTACKS // 10)


def test_joined_without_a_look_at_the_tables_they_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        whole_series, "joined_beside_tables", lambda persons, limit, _: joined(persons, limit)
    )
    assert attacked(range(100, 103), people=(14, 30)).had
