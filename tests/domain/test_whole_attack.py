"""An attacker with a solver against everything that a role may see of a series at once.

He knows who answered what and when, every n of every group (some have another class the next time), who was
let go, and of the answers all that is
shown: whole measurements, tables by background with every filter, and all pairs of any two measurements, cell
by cell; or, where response rows are given out, those and indexes of several questions. ``FOLJA_ATTACKS`` says
how many series. docs/results.md has the figures."""

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
        series = random_series(Random(seed), indexed=False, snapshots=False, moves=0.1, **kinds)  # type: ignore[arg-type]
        one = attack(series, "reader", seed, most=1)
        found.tried += one.tried
        found.had += one.had
    return found


def test_nothing_hidden_is_had_from_tables_and_pairs_together() -> None:
    found = attacked(range(100, 100 + ATTACKS // 10), people=(14, 30))
    three = attacked(range(200, 200 + ATTACKS // 20), people=(12, 20), measurements=3)

    assert found.had == three.had == []
    assert found.tried > 20 * (ATTACKS // 10)


def test_nor_of_those_outside_a_group_who_answered_once() -> None:
    """All men and others stayed joined but three who answered once: women beside everyone told of them."""
    series = random_series(Random(5037), indexed=False, snapshots=False, moves=0.3, people=(14, 30))
    found = attack(series, "reader", 5037, most=1)

    assert found.had == []
    assert found.tried > 100


def test_nor_from_earlier_snapshots_beside_them() -> None:
    """Of groups by background; who came early is a group where a snapshot is shown alone."""
    found = Outcome()
    for seed in range(3000, 3000 + ATTACKS // 4):
        series = random_series(Random(seed), indexed=False, people=(14, 24))
        one = attack(series, "reader", seed, most=1)
        found.tried, found.had = found.tried + one.tried, found.had + one.had

    assert [each for each in found.had if each.what[0][1] != "early"] == []  # type: ignore[index]
    assert found.tried > 20 * (ATTACKS // 10)


def test_nor_from_response_rows_where_tables_stand_by_what_they_carry() -> None:
    """The organiser has the rows of each measurement, all pairs and indexes, and knows who answered when and
    who was let go; not who left a single question out, which nothing shows.
    """
    found, carried, indexed = Outcome(), 0, 0
    for seed in range(500, 500 + ATTACKS // 3):
        series = random_series(Random(seed), snapshots=False, people=(14, 22))
        if not any(len({a is None for a in at}) > 1 for each in series.persons for at in each.answers):
            series.rows = True
            carried += bool(series.carried)
            indexed += any(view.joined and any(view.joined.members) for _, view, _ in series.index_views)
            one = attack(series, "organiser", seed, most=1)
            found.tried, found.had = found.tried + one.tried, found.had + one.had

    assert found.had == []
    assert found.tried > 20 * (ATTACKS // 10)
    assert carried
    assert indexed


def test_joined_without_a_look_at_the_tables_they_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        whole_series, "joined_beside_tables", lambda persons, limit, _: joined(persons, limit)
    )
    assert attacked(range(100, 103), people=(14, 30)).had
