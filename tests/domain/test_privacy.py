"""Small groups: tables of cases, and an attacker who tries every table that could lie behind a page."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.privacy import (
    MODES,
    BadLimit,
    GroupAnswers,
    Limit,
    PrivacyMode,
    Verdict,
    carried,
    hide_distributions,
    hide_groups,
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


@pytest.mark.parametrize(
    ("sizes", "total_shown", "hidden"),
    [
        pytest.param({}, True, "", id="no groups"),
        pytest.param({"a": 5, "b": 9}, True, "", id="all large enough"),
        pytest.param({"a": 0, "b": 9}, True, "", id="an empty group is no secret"),
        pytest.param({"a": 3, "b": 9, "c": 12}, False, "a", id="no total, nothing to subtract from"),
        pytest.param({"a": 3, "b": 9, "c": 12}, True, "ab", id="one alone takes the next smallest"),
        pytest.param({"a": 3, "b": 9, "c": 7}, True, "ac", id="the smallest, not the next in order"),
        pytest.param({"c": 7, "a": 3, "b": 7}, True, "ab", id="ties by name, not by order"),
        pytest.param({"a": 3, "b": 3, "c": 20}, True, "ab", id="two that hold the limit"),
        pytest.param({"a": 1, "b": 1, "c": 20, "d": 8}, True, "abd", id="two that do not"),
        pytest.param({"a": 1, "b": 0, "c": 6}, True, "ac", id="an empty group hides nothing"),
        pytest.param({"a": 3}, True, "a", id="nothing left to hide"),
        pytest.param({"a": 1, "b": 2}, True, "ab", id="all together under the limit"),
        pytest.param(dict.fromkeys("abcde", 1) | {"f": 9}, True, "abcdef", id="one each would be plain"),
        pytest.param({"women": 108, "men": 14, "other": 1}, True, {"men", "other"}, id="gender"),
    ],
)
def test_hide_groups(sizes: dict[str, int], total_shown: bool, hidden: str | set[str]) -> None:
    assert hide_groups(sizes, FIVE, total_shown) == set(hidden)


def test_a_size_under_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="sizes"):
        hide_groups({"a": -1}, FIVE, True)


def compositions(total: int, groups: int) -> Iterator[tuple[int, ...]]:
    """Every way to share ``total`` out on so many groups with at least one each."""
    if groups == 1:
        yield from [(total,)] if total > 0 else []
        return
    for first in range(1, total - groups + 2):
        for rest in compositions(total - first, groups - 1):
            yield (first, *rest)


@cache
def possible_sizes(total: int, groups: int) -> tuple[frozenset[int], ...]:
    """For each hidden group all sizes it can have, for one who knows what is left of the total."""
    return tuple(frozenset(sizes) for sizes in zip(*compositions(total, groups), strict=True))


@pytest.mark.parametrize(("groups", "largest"), [(2, 11), (3, 8), (4, 6), (5, 4)])
def test_no_hidden_size_can_be_had_by_subtracting(groups: int, largest: int) -> None:
    names = "abcde"[:groups]
    attacked = 0
    for sizes in product(range(largest + 1), repeat=groups):
        table = dict(zip(names, sizes, strict=True))
        hidden = hide_groups(table, FIVE, total_shown=True)
        total = sum(sizes)
        # a total under the limit is not shown; without it there is nothing to subtract from
        if not hidden or total < FIVE or (len(hidden) == groups == total):
            continue
        attacked += 1
        left = total - sum(size for name, size in table.items() if name not in hidden)
        assert all(len(possible) > 1 for possible in possible_sizes(left, len(hidden))), table
        assert left >= FIVE, table
        assert {name for name in names if 0 < table[name] < FIVE} <= hidden, table
    assert attacked > 60


def test_the_attacker_succeeds_where_nothing_is_complemented() -> None:
    table = {"a": 3, "b": 9, "c": 12}
    hidden = hide_groups(table, FIVE, total_shown=False)
    left = sum(table.values()) - sum(size for name, size in table.items() if name not in hidden)

    assert possible_sizes(left, len(hidden)) == (frozenset({3}),)


sizes_by_name = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 40))


@given(sizes_by_name, limits)
def test_hiding_hides_the_small_and_enough(sizes: dict[str, int], limit: Limit) -> None:
    small = {name for name, size in sizes.items() if 0 < size < limit}
    hidden = hide_groups(sizes, limit, total_shown=True)
    everyone = {name for name, size in sizes.items() if size}

    assert hide_groups(sizes, limit, total_shown=False) == small
    assert small <= hidden <= everyone
    assert bool(hidden) is bool(small)
    if hidden and hidden != everyone:
        assert len(hidden) >= 2
        assert sum(sizes[name] for name in hidden) >= limit
    # complements are the smallest of the others
    assert all(sizes[extra] <= sizes[kept] for extra in hidden - small for kept in everyone - hidden)


@given(sizes_by_name.flatmap(lambda sizes: st.tuples(st.just(sizes), st.permutations(list(sizes)))), limits)
def test_hiding_does_not_depend_on_the_order(case: tuple[dict[str, int], list[str]], limit: Limit) -> None:
    sizes, order = case

    assert hide_groups({name: sizes[name] for name in order}, limit, True) == hide_groups(sizes, limit, True)


@given(sizes_by_name, limits)
def test_no_complement_is_hidden_in_vain(sizes: dict[str, int], limit: Limit) -> None:
    small = {name for name, size in sizes.items() if 0 < size < limit}
    extra = sorted((sizes[name], name) for name in hide_groups(sizes, limit, True) - small)
    if extra:
        fewer = [sizes[name] for name in small] + [size for size, _ in extra[:-1]]
        assert len(fewer) < 2 or sum(fewer) < limit or sum(fewer) == len(fewer)


def one_answer(*counts: int) -> GroupAnswers:
    return GroupAnswers(counts, sum(counts))


def test_a_group_that_answered_the_same_cannot_be_subtracted() -> None:
    groups = {"a": one_answer(6, 0), "b": one_answer(10, 10), "c": one_answer(20, 12)}

    assert hide_groups({name: group.n for name, group in groups.items()}, FIVE, True) == set()
    assert hide_distributions(groups, FIVE, total_shown=False) == {"a"}
    assert hide_distributions(groups, FIVE, total_shown=True) == {"a", "b"}


def test_two_groups_that_answered_the_same_do_not_hide_each_other() -> None:
    groups = {"a": one_answer(4, 0), "b": one_answer(3, 0), "c": one_answer(6, 9)}

    assert hide_distributions(groups, FIVE, total_shown=True) == {"a", "b", "c"}


def test_groups_of_different_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="classes"):
        hide_distributions({"a": one_answer(1, 1), "b": one_answer(1, 1, 1)}, FIVE, total_shown=True)


def splits(answers: tuple[int, ...], size: int) -> Iterator[tuple[int, ...]]:
    """Every distribution that ``size`` of those who gave ``answers`` can have."""
    yield from (part for part in product(*(range(k + 1) for k in answers)) if sum(part) == size)


def possible_answers(left: tuple[int, ...], size: int) -> set[tuple[int, ...]]:
    """What a hidden group can have answered, for one who knows its size and what is left of the total.

    Whatever it did not answer, the other hidden groups did, in some way: each split of the rest is possible.
    """
    return set(splits(left, size))


def small_tables(largest: int) -> Iterator[Mapping[str, GroupAnswers]]:
    cells = [counts for counts in product(range(largest + 1), repeat=2) if sum(counts) <= largest]
    for rows in product(cells, repeat=3):
        yield dict(zip("abc", (one_answer(*row) for row in rows), strict=True))


def test_no_hidden_answer_can_be_had_by_subtracting() -> None:
    """The attacker knows every group's size, every distribution shown, and that of the total."""
    attacked = 0
    for groups in small_tables(largest=6):
        total = one_answer(
            *(sum(column) for column in zip(*(g.counts for g in groups.values()), strict=True))
        )
        if total.verdict(FIVE) is not Verdict.SHOWN:
            continue
        hidden = hide_distributions(groups, FIVE, total_shown=True)
        assert all(
            g.verdict(FIVE) is Verdict.SHOWN for name, g in groups.items() if g.n and name not in hidden
        )
        if not hidden:
            continue
        attacked += 1
        left = tuple(sum(groups[name].counts[i] for name in hidden) for i in range(2))
        assert sum(left) >= FIVE, groups
        if 0 in left:  # everyone left answered the same: told only of twice the limit
            assert sum(left) >= 2 * FIVE, groups
            continue
        for name in hidden:
            for answer in (0, 1):
                possible = {split[answer] for split in possible_answers(left, groups[name].n)}
                assert len(possible) > 1, (groups, name)
    assert attacked > 1000


tables = st.lists(
    st.lists(st.integers(0, 9), min_size=3, max_size=3).map(lambda row: one_answer(*row)), max_size=7
).map(lambda rows: {f"g{i}": row for i, row in enumerate(rows)})


@given(tables, limits)
def test_what_is_left_of_the_total_could_be_shown(groups: dict[str, GroupAnswers], limit: Limit) -> None:
    total = one_answer(*(sum(group.counts[i] for group in groups.values()) for i in range(3)))
    total_shown = total.verdict(limit) is Verdict.SHOWN
    hidden = hide_distributions(groups, limit, total_shown)

    assert all(
        group.verdict(limit) is Verdict.SHOWN
        for name, group in groups.items()
        if group.n and name not in hidden
    )
    if total_shown and hidden:
        left = one_answer(*(sum(groups[name].counts[i] for name in hidden) for i in range(3)))
        assert len(hidden) >= 2
        assert left.verdict(limit) is Verdict.SHOWN


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
