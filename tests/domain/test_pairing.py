"""Who is joined: subtracting what is shown of pairs leaves no small group, and none all alike."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.pairing import Joined, Values, joined, side
from surveys.domain.privacy import Limit, Verdict, shown

LIMIT = Limit(5)


def persons(*groups: tuple[tuple[int | None, ...], int]) -> list[Values]:
    found: list[Values] = [
        tuple(None if each is None else Fraction(each) for each in values)
        for values, count in groups
        for _ in range(count)
    ]
    Random(1).shuffle(found)
    return found


def test_enough_of_everything_is_all_joined() -> None:
    answers = persons(((1, 2), 10), ((2, 2), 10), ((1, None), 4), ((3, None), 2), ((None, 4), 10))
    found = joined(answers, LIMIT)

    assert found.pairs(0, 1) == {(1, 2): 10, (2, 2): 10}
    assert found.let_go(0, 1) == 0
    assert found.others(0, 1) == {1: 4, 3: 2}


def test_everybody_joined_leaves_nobody_to_be_seen() -> None:
    found = joined(persons(((1, 2), 4), ((2, 2), 3), ((3, 1), 1)), LIMIT)

    assert found.pairs(0, 1).total() == 8
    assert not found.others(0, 1)


@pytest.mark.parametrize("alone", [1, 4])
def test_a_few_who_answered_once_are_joined_by_some_let_go(alone: int) -> None:
    enough_after = (((None, 1), 3), ((None, 4), 3))
    found = joined(persons(((1, 2), 15), ((2, 1), 15), ((4, None), alone), *enough_after), LIMIT)

    assert found.let_go(0, 1) == 5 - alone
    assert found.others(0, 1).total() == 5
    assert found.pairs(0, 1).total() == 30 - (5 - alone)


def test_those_left_alike_are_joined_by_one_more() -> None:
    enough_after = (((None, 1), 3), ((None, 4), 3))
    found = joined(persons(((1, 2), 15), ((2, 1), 15), ((4, None), 5), *enough_after), LIMIT)

    assert found.let_go(0, 1) == 1
    assert found.others(0, 1)[Fraction(4)] == 5


@pytest.mark.parametrize(
    "few",
    [
        persons(((1, 2), 2), ((2, 2), 2), ((1, None), 9), ((2, None), 9)),
        persons(((1, 2), 7), ((1, None), 9), ((2, None), 9)),  # all alike before
        persons(((1, 2), 4), ((2, 3), 4)),  # all went up
        persons(((1, 2), 3), ((2, 2), 3), ((1, None), 2)),  # two to be hidden, and too few left to hide them
    ],
    ids=["few", "alike", "one way", "none to spare"],
)
def test_too_few_pairs_are_not_joined(few: list[Values]) -> None:
    assert not joined(few, LIMIT).pairs(0, 1)


def test_nobody() -> None:
    assert joined([], LIMIT) == Joined(Counter(), Counter())


def test_one_who_missed_a_measurement_is_not_had_from_two_comparisons() -> None:
    """Thirty answered before and after, twenty-nine of them half a year later too."""
    all_three = [((before, after, 3), 5) for before, after in product((1, 2), (2, 3))]
    given_ = persons(*all_three, ((3, 4, 4), 9), ((4, 1, None), 1))
    found = joined(given_, LIMIT)

    first, second = side(found.pairs(0, 1), 0), side(found.pairs(0, 2), 0)
    assert found.pairs(0, 1).total() > 20
    assert first == second


_answer = st.one_of(st.none(), st.integers(1, 3))


@given(
    st.lists(st.tuples(_answer, _answer, _answer), max_size=60),
    st.sampled_from([Limit(5), Limit(7)]),
)
def test_what_is_left_of_any_two_that_are_shown_may_be_shown(
    answers: list[tuple[int | None, ...]], limit: Limit
) -> None:
    """Everyone, the pairs of any two measurements, and what one of these leaves of another that holds it."""
    given_ = persons(*((each, 1) for each in answers))
    found = joined(given_, limit)
    for place in range(3):
        groups = [Counter(value for each in given_ if (value := each[place]) is not None)]
        for other in {0, 1, 2} - {place}:
            table = found.pairs(*sorted((place, other)))
            groups.append(side(table, int(other < place)))
        for one, other_group in combinations([group for group in groups if group], 2):
            left = one - other_group
            if other_group <= one and left and one is not groups[0]:
                assert shown(list(left.values()), left.total(), limit) is Verdict.SHOWN
        for group in groups[1:]:
            left = groups[0] - group
            if group and left:
                assert shown(list(left.values()), left.total(), limit) is Verdict.SHOWN
