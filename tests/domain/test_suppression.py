"""What is shown of groups: tables of cases. The attack is in test_suppression_attack."""

from collections.abc import Sequence
from random import Random

import pytest

from surveys.domain.privacy import Limit
from surveys.domain.suppression import (
    EVERYONE,
    NOT_STATED,
    Part,
    Pattern,
    decide,
)

FIVE = Limit(5)
NAMES = ("gender", "organisation")


def part(counts: Sequence[int], n: int | None = None, **background: str) -> Part:
    return Part(background, tuple(counts), sum(counts) if n is None else n)


def single(parts: Sequence[Part], variable: str = "organisation", limit: Limit = FIVE) -> str:
    """The classes of one variable that are shown, in order, when there is no other."""
    pattern = decide(parts, [variable], limit)
    return "".join(sorted(group[0][1] or "-" for group in pattern.groups if group))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param({"a": 9, "b": 9}, "ab", id="all large enough"),
        pytest.param({"a": 3, "b": 9, "c": 12}, "c", id="the smallest other is hidden with one too small"),
        pytest.param({"a": 3, "b": 9, "c": 9}, "c", id="of two as small, the first in order"),
        pytest.param({"a": 3, "b": 4, "c": 12}, "c", id="two that hold the limit together"),
        pytest.param({"a": 1, "b": 1, "c": 8, "d": 20}, "d", id="two that do not"),
        pytest.param({"a": 3, "b": 30}, "", id="nothing left to show but the whole"),
        pytest.param({NOT_STATED: 2, "b": 9, "c": 12}, "c", id="not stated is a group"),
        pytest.param({"a": 2, "b": 2}, "", id="all together under the limit"),
        pytest.param({"a": 0, "b": 9}, "b", id="who did not answer hides nobody"),
    ],
)
def test_classes_of_one_variable(sizes: dict[str, int], expected: str) -> None:
    parts = [part((n // 2, n - n // 2), organisation=name) for name, n in sizes.items()]

    assert single(parts) == expected


def test_a_group_that_answered_alike_is_shown_from_twice_the_limit() -> None:
    others = [part((10, 20), organisation="b"), part((12, 20), organisation="c")]

    assert single([part((7, 0), organisation="a"), *others]) == "c"
    assert single([part((10, 0), organisation="a"), *others]) == "abc"


def test_where_the_whole_may_not_be_shown_nothing_is() -> None:
    parts = [part((4, 0), organisation="a"), part((5, 0), organisation="b")]

    assert decide(parts, ["organisation"], FIVE).groups == frozenset()


def cross(cells: dict[str, tuple[int, int]]) -> Pattern:
    return decide(
        [part(counts, gender=key[0], organisation=key[1]) for key, counts in cells.items()], NAMES, FIVE
    )


def shown_cells(pattern: Pattern) -> set[str]:
    return {group[0][1] + group[1][1] for group in pattern.groups if len(group) == 2}


def test_a_small_cell_takes_a_rectangle_with_it_and_both_margins_stay() -> None:
    cells = {f"{gender}{name}": (9, 11) for gender in "wmo" for name in "ABC"} | {"mA": (1, 2)}
    pattern = cross(cells)
    hidden = set(cells) - shown_cells(pattern)

    assert "mA" in hidden
    assert len(hidden) == 4
    assert all(
        len([cell for cell in hidden if cell[at] == cell_[at]]) == 2 for at in (0, 1) for cell_ in hidden
    )
    assert len([group for group in pattern.groups if len(group) == 1]) == 6


def test_a_group_under_two_names_has_one_fate() -> None:
    """Nobody but women in A: A and the women of A are the same persons."""
    parts = [
        part((9, 12), gender="w", organisation="A"),
        part((9, 12), gender="w", organisation="B"),
        part((9, 12), gender="m", organisation="B"),
    ]
    pattern = decide(parts, NAMES, FIVE)

    for group in ((("organisation", "A"),), (("gender", "w"), ("organisation", "A"))):
        assert pattern.shows(group)


def test_two_single_variables_do_not_give_a_small_cell_between_them() -> None:
    """All women but two are in A, where there is no man: women and A shown would give the two."""
    parts = [
        part((10, 12), gender="w", organisation="A"),
        part((1, 1), gender="w", organisation="B"),
        part((9, 14), gender="m", organisation="B"),
    ]
    pattern = decide(parts, NAMES, FIVE)

    assert pattern.shows(EVERYONE)
    assert not {(("gender", "w"),), (("organisation", "A"),)} <= pattern.groups


def test_a_variable_within_another_does_not_give_its_small_groups() -> None:
    parts = [
        part((9, 8), organisation="A", work_group="A1"),
        part((1, 2), organisation="A", work_group="A2"),
        part((8, 8), organisation="B", work_group="B1"),
        part((7, 8), organisation="B", work_group="B2"),
    ]
    pattern = decide(parts, ("organisation", "work_group"), FIVE)

    assert {(("organisation", "A"),), (("organisation", "B"),)} <= pattern.groups
    assert not pattern.shows((("work_group", "A1"),))  # A without it is A2


def test_three_variables_are_never_combined_and_only_those_that_may_are_crossed() -> None:
    chance = Random(3)
    parts = [
        part((chance.randint(20, 30), 25), gender=g, organisation=o, theme=t)
        for g in "wm"
        for o in "AB"
        for t in "12"
    ]
    names = ("gender", "organisation", "theme")

    assert max(len(group) for group in decide(parts, names, FIVE).groups) == 2
    crossed = decide(parts, names, FIVE, crossed=names[:2]).groups
    assert {tuple(name for name, _ in group) for group in crossed if len(group) == 2} == {names[:2]}


def test_the_order_of_the_parts_does_not_matter() -> None:
    chance = Random(7)
    parts = [
        part((chance.randint(0, 5), chance.randint(1, 6)), gender=g, organisation=o)
        for g in "wmo"
        for o in "ABCD"
    ]

    assert decide(parts, NAMES, FIVE) == decide(parts[::-1], NAMES, FIVE)


def test_an_option_that_all_of_a_group_chose_is_told_from_twice_the_limit() -> None:
    def groups(n: int) -> int:
        parts = [part((n, 1), n, gender="w"), part((3, 4), 12, gender="m"), part((5, 9), 14, gender="o")]
        return len(decide(parts, ["gender"], FIVE, several=True).groups)

    assert groups(9) < groups(10)
