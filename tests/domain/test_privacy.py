"""Small groups: tables of cases, and an attacker who tries every table that could lie behind a page."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.privacy import (
    MODES,
    BadLimit,
    Limit,
    PrivacyMode,
    Verdict,
    carried,
    shown,
)

FIVE = Limit(5)
limits = st.integers(5, 10).map(Limit)


@pytest.mark.parametrize(
    ("mode", "traceable", "pairable", "keeps_link", "keeps_time"),
    [
        ("named", True, True, True, True),
        ("pseudonymous", True, True, False, True),
        ("sealed", False, True, False, False),
        ("anonymous", False, False, False, False),
    ],
)
def test_modes(mode: str, traceable: bool, pairable: bool, keeps_link: bool, keeps_time: bool) -> None:
    found = PrivacyMode(mode)

    assert (found.traceable, found.pairable, found.keeps_link, found.keeps_time) == (
        traceable,
        pairable,
        keeps_link,
        keeps_time,
    )


def test_there_are_four_modes() -> None:
    assert [str(mode) for mode in MODES] == ["named", "pseudonymous", "sealed", "anonymous"]


def test_the_limit_is_five_unless_said() -> None:
    assert Limit() == 5
    assert [Limit(value) for value in range(5, 11)] == list(range(5, 11))


@pytest.mark.parametrize("value", [4, 11, 0, -5])
def test_a_limit_outside_five_to_ten_is_named(value: int) -> None:
    with pytest.raises(BadLimit) as refused:
        Limit(value)

    assert (refused.value.code, refused.value.value) == ("bad_limit", value)


@pytest.mark.parametrize(
    ("counts", "n", "limit", "expected"),
    [
        ([0, 0, 0], 0, 5, "too_few"),
        ([2, 2], 4, 5, "too_few"),
        ([4, 0], 4, 5, "too_few"),
        ([4, 1], 5, 5, "shown"),  # small classes of a group that is large enough are shown
        ([3, 2], 5, 6, "too_few"),
        ([5, 0], 5, 5, "all_same"),
        ([0, 9], 9, 5, "all_same"),
        ([0, 10], 10, 5, "shown"),
        ([19, 0], 19, 10, "all_same"),
        ([20, 0], 20, 10, "shown"),
        ([9, 3], 9, 5, "all_same"),  # several answers a person: everyone gave the first
        ([5, 3], 6, 5, "shown"),
        ([0, 0], 6, 5, "shown"),  # several answers a person: nobody gave any
    ],
)
def test_shown(counts: list[int], n: int, limit: int, expected: str) -> None:
    assert shown(counts, n, Limit(limit)) == Verdict(expected)


@pytest.mark.parametrize(("counts", "n"), [([-1, 6], 5), ([6, 0], 5)])
def test_counts_that_cannot_be_are_refused(counts: list[int], n: int) -> None:
    with pytest.raises(ValueError, match="counts"):
        shown(counts, n, FIVE)


def row(gender: str | None, organisation: str, role: str = "bas") -> dict[str, str | None]:
    return {"gender": gender, "organisation": organisation, "role": role}


VARIABLES = ("gender", "organisation", "role")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], VARIABLES, id="no rows, nobody to find"),
        pytest.param([row("woman", "A")] * 4, (), id="fewer than the limit"),
        pytest.param([row("woman", "A")] * 5 + [row("man", "B")] * 5, VARIABLES, id="all large enough"),
        pytest.param(
            [row("woman", "A")] * 5 + [row("man", "A")] * 3 + [row("man", "B")] * 5,
            ("gender", "role"),
            id="as large, the first given",
        ),
        pytest.param(
            [row("woman", "A")] * 9 + [row("man", "A")] * 1,
            ("organisation", "role"),
            id="one man",
        ),
        pytest.param(
            [row("woman", "A")] * 9 + [row(None, "A")] * 4,
            ("organisation", "role"),
            id="not stated is a value",
        ),
        pytest.param(
            [row("woman", "A", "x")] * 4
            + [row("man", "B", "y")] * 4
            + [row("woman", "B", "y")] * 4
            + [row("man", "A", "x")] * 4,
            ("organisation", "role"),
            id="a larger set before an earlier variable",
        ),
        pytest.param(
            [row("woman", f"org {i}", f"role {i}") for i in range(9)], ("gender",), id="all their own"
        ),
    ],
)
def test_carried(rows: list[dict[str, str | None]], expected: tuple[str, ...]) -> None:
    assert carried(rows, VARIABLES, FIVE) == expected


def test_a_variable_that_rows_lack_is_not_stated() -> None:
    rows = [{"gender": "woman"}] * 5 + [{}] * 4

    assert carried(rows, ["gender"], FIVE) == ()
    assert carried([*rows, {"gender": None}], ["gender"], FIVE) == ("gender",)


def test_a_variable_named_twice_is_carried_once() -> None:
    assert carried([{"a": 1}] * 5, ["a", "a"], FIVE) == ("a",)


people = st.lists(st.fixed_dictionaries({name: st.sampled_from("xy") for name in "abcd"}), max_size=60)


@given(people, st.permutations("abcd"), limits)
def test_carried_is_the_first_of_the_largest(
    rows: list[dict[str, str]], order: list[str], limit: Limit
) -> None:
    def allowed(names: tuple[str, ...]) -> bool:
        return all(k >= limit for k in Counter(tuple(row[name] for name in names) for row in rows).values())

    sets = (names for size in range(4, 0, -1) for names in combinations(order, size))

    assert carried(rows, order, limit) == next(filter(allowed, sets), ())


@given(people, limits)
def test_rows_do_not_depend_on_their_order(rows: list[dict[str, str]], limit: Limit) -> None:
    assert carried(rows[::-1], "abcd", limit) == carried(rows, "abcd", limit)
