"""Pairs, intervals and reliability: published values, every outcome counted by hand, and what R gives."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from statistics import mean as plain_mean
from statistics import median, stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain import paired, reliability
from surveys.domain.differences import newcombe
from surveys.domain.intervals import clopper_pearson, wilson
from surveys.domain.paired import Differences

R = json.loads((Path(__file__).parents[1] / "fixtures" / "statistics" / "r.json").read_text(encoding="utf-8"))
GOLDEN = (1, 1, 0, 0, 2, 0, 2, 0, -1, 1)


def counted(values: Sequence[float | int]) -> Differences:
    """Values with at most one decimal, exactly."""
    return dict(Counter(Fraction(round(10 * value), 10) for value in values))


def differences(case: dict[str, Any]) -> Differences:
    both = zip(case["before"], case["after"], strict=True)
    return counted([after - before for before, after in both])


def test_the_golden_values() -> None:
    found = counted(GOLDEN)
    test = paired.signed_rank(found)

    assert paired.directions(found) == paired.Directions(higher=5, same=4, lower=1)
    assert (test.n, test.zeros, test.tied, test.exact) == (6, 4, True, True)
    assert test.p == Fraction(10, 64) == 0.15625
    assert round(float(test.rank_biserial or 0), 3) == 0.762
    interval = clopper_pearson(5, 10)
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.187, 0.813)


@pytest.mark.parametrize(
    "values", [(), (0, 0, 0), (1, 2, 3, 4, 5), (1, 1, 1, 1, 1, 0, 0)], ids=["none", "zeros", "five", "ties"]
)
def test_fewer_than_six_that_differ_are_never_tested(values: tuple[int, ...]) -> None:
    test = paired.signed_rank(counted(values))

    assert test.p is None
    assert paired.rank_biserial_interval(counted(values)) is None
    assert paired.crossings(sum(value > 0 for value in values), 0).p is None


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=11))
def test_every_outcome_is_counted(values: list[int]) -> None:
    """Against giving out the signs in every way, and against the definition of ranks."""
    test = paired.signed_rank(counted(values))
    sizes = sorted(abs(value) for value in values if value)
    ranks = [Fraction(2 * sizes.index(size) + sizes.count(size) + 1, 2) for size in sizes]
    assert test.positive + test.negative == sum(ranks)
    if len(sizes) < paired.FEWEST_CHANGED:
        assert test.p is None
        return
    smaller = min(test.positive, test.negative)
    ways = product((False, True), repeat=len(ranks))
    sums = [sum(rank for rank, up in zip(ranks, signs, strict=True) if up) for signs in ways]
    assert test.p == min(1, Fraction(2 * sum(each <= smaller for each in sums), len(sums)))


def test_up_to_two_hundred_is_exact_and_beyond_is_said() -> None:
    small = paired.signed_rank({Fraction(1): 110, Fraction(-1): 90, Fraction(0): 500})
    large = paired.signed_rank({Fraction(1): 111, Fraction(-1): 90, Fraction(0): 500})

    assert (small.exact, isinstance(small.p, Fraction)) == (True, True)
    assert (large.exact, isinstance(large.p, float)) == (False, True)
    assert float(small.p or 0) == pytest.approx(float(large.p or 0), abs=0.05)


def test_a_mean_difference_of_one_pair_or_of_equal_ones_has_no_interval() -> None:
    one = paired.mean_difference({Fraction(2): 1})
    same = paired.mean_difference({Fraction(1): 8})

    assert paired.mean_difference({}) is None
    assert one == paired.MeanDifference(1, Fraction(2))
    assert same == paired.MeanDifference(8, Fraction(1), 0.0)


def test_all_in_one_direction_have_no_interval_for_the_rank_correlation() -> None:
    found: Differences = {1: 5, 2: 3}

    assert paired.signed_rank(found).rank_biserial == 1
    assert paired.rank_biserial_interval(found) is None


@given(st.lists(st.integers(-4, 4), min_size=6, max_size=40))
def test_the_rank_correlation_is_the_mean_sign_of_all_sums(values: list[int]) -> None:
    test, interval = paired.signed_rank(counted(values)), paired.rank_biserial_interval(counted(values))
    changed = [value for value in values if value]
    sums = [one + other for place, one in enumerate(changed) for other in changed[place:]]
    if sums:
        assert test.rank_biserial == Fraction(sum((each > 0) - (each < 0) for each in sums), len(sums))
    if interval is not None:
        assert -1 <= interval.low <= float(test.rank_biserial or 0) <= interval.high <= 1


def test_holm_leaves_out_what_was_not_tested() -> None:
    assert paired.holm([None, 0.01, None, 0.04]) == (None, 0.02, None, 0.04)
    assert paired.holm([]) == ()


@pytest.mark.parametrize(("k", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_no_interval_of_what_is_no_share(k: int, n: int) -> None:
    for interval in (clopper_pearson, wilson):
        with pytest.raises(ValueError, match="no share"):
            interval(k, n)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=40))
def test_spread(values: list[int]) -> None:
    found = counted(values)
    assert reliability.mean(found) == Fraction(plain_mean(map(Fraction, values)))
    low, middle, high = reliability.quartiles(found) or (0, 0, 0)
    assert (low <= middle <= high, middle) == (True, median(map(Fraction, values)))
    deviation = reliability.standard_deviation(found)
    assert deviation == (pytest.approx(stdev(values)) if len(values) > 1 else None)


def test_nobody_has_no_mean_and_no_quartiles() -> None:
    assert reliability.mean({}) is None
    assert reliability.quartiles({}) is None


@pytest.mark.parametrize(
    "rows",
    [[], [(1, 2)], [(1,), (2,)], [(1, 2), (2, 1)]],
    ids=["nobody", "one person", "one question", "no variance"],
)
def test_no_alpha(rows: list[tuple[int, ...]]) -> None:
    assert reliability.cronbach_alpha([tuple(map(Fraction, row)) for row in rows]) is None


def test_alpha_needs_an_answer_to_every_question() -> None:
    with pytest.raises(ValueError, match="every question"):
        reliability.cronbach_alpha([(Fraction(1), Fraction(2)), (Fraction(1),)])


# Against R


@pytest.mark.parametrize("case", R["cases"], ids=lambda case: case["name"])
def test_pairs_as_r_has_them(case: dict[str, Any]) -> None:
    found = differences(case)
    expected = case["wilcoxon"]
    test = paired.signed_rank(found)

    assert (test.n, test.positive, test.negative) == (expected["n"], expected["plus"], expected["minus"])
    if test.n >= paired.FEWEST_CHANGED:
        kind = "exact" if test.exact else "approximate"
        assert float(test.p or 0) == pytest.approx(expected[kind], rel=1e-9)
    crossed = paired.crossings(case["up"], case["down"])
    if crossed.p is not None:
        assert float(crossed.p) == pytest.approx(case["mcnemar"], rel=1e-12)
    _same_mean(paired.mean_difference(found), case["t"])
    after = counted(case["after"])
    assert list(reliability.quartiles(after) or ()) == pytest.approx(case["quartiles"])


def _same_mean(found: paired.MeanDifference | None, expected: dict[str, float] | None) -> None:
    assert found is not None
    if expected is None:
        assert (found.interval, found.t, found.p) == (None, None, None)
        return
    assert found.interval is not None
    ours = (float(found.mean), found.interval.low, found.interval.high, found.t, found.p)
    theirs = tuple(expected[name] for name in ("mean", "low", "high", "t", "p"))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_the_normal_approximation_is_r_s_for_every_number_of_pairs() -> None:
    for case in R["cases"]:
        groups = [(up + down, rank) for up, down, rank in paired._ranks(differences(case))]
        expected = case["wilcoxon"]
        smaller = Fraction(min(expected["plus"], expected["minus"]))
        if expected["approximate"] is not None and expected["plus"] != expected["minus"]:
            assert paired._approximate(groups, smaller) == pytest.approx(expected["approximate"], rel=1e-9)


def test_intervals_as_r_has_them() -> None:
    for each in R["shares"]:
        for interval, name in ((clopper_pearson, "exact"), (wilson, "wilson")):
            found = interval(each["k"], each["n"])
            assert (found.low, found.high) == pytest.approx(tuple(each[name]), rel=1e-9, abs=1e-12)


def test_differences_of_shares_as_r_has_them() -> None:
    for each in R["differences"]:
        found = newcombe(tuple(each["earlier"]), tuple(each["later"]))
        assert (found.low, found.high) == pytest.approx(tuple(each["interval"]), rel=1e-9, abs=1e-12)


def test_holm_and_alpha_as_r_has_them() -> None:
    for each in R["holm"]:
        assert paired.holm(each["p"]) == pytest.approx(tuple(each["holm"]))
    for each in R["alpha"]:
        found = reliability.cronbach_alpha([tuple(map(Fraction, row)) for row in each["rows"]])
        assert math.isclose(float(found or 0), each["alpha"], rel_tol=1e-9)
