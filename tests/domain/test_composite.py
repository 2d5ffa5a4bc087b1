"""An index: whoever answered too few of its questions is not had by subtracting it from them."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.composite import View, index_value, joined_beside, shown_beside
from surveys.domain.pairing import joined
from surveys.domain.privacy import Limit, Verdict, shown

LIMIT = Limit(5)


def test_the_mean_of_what_was_answered() -> None:
    assert index_value((1, 2, None), 2) == Fraction(3, 2)
    assert index_value((1, None, None), 2) is None
    assert index_value((None, None), 1) is None


def beside(persons: Sequence[tuple[tuple[int | None, ...], ...]], minimum: int) -> tuple[list[View], View]:
    """Questions as they are shown, and their index. ``persons``: person → measurement → question."""
    views = []
    for question in range(len(persons[0][0]) if persons else 0):
        values = [tuple(at[question] for at in person) for person in persons]
        views.append(View(values, joined(values, LIMIT).members(values)))
    values = [tuple(index_value(at, minimum) for at in person) for person in persons]
    return views, joined_beside(values, LIMIT, views)[1]


def test_all_who_answered_enough_have_one() -> None:
    persons = [((1, 2), (2, 3)), ((2, 2), (3, 3)), ((2, 1), (2, 1))] * 4
    _, own = beside(persons, 2)

    assert all(own.members)
    assert own.values[0] == (Fraction(3, 2), Fraction(5, 2))


@pytest.mark.parametrize("minimum", [1, 2])
def test_one_who_left_a_question_out_is_hidden_among_others_left_out(minimum: int) -> None:
    """Where one answer is enough for an index, she would be in it, but in one question alone."""
    alike = [((1, 2), (2, 3)), ((2, 1), (1, 3)), ((3, 3), (3, 3)), ((2, 2), (2, 1))]
    persons = [*alike * 5, ((4, None), (2, None))]
    _, own = beside(persons, minimum)

    assert not own.members[-1]
    assert 5 <= own.members.count(False) <= 8


def test_at_one_measurement_who_left_a_question_out_is_hidden_among_others_left_out() -> None:
    persons = [(1, 2), (2, 1), (3, 3), (2, 2)] * 5
    views = [View([(each[place],) for each in persons], [True] * 20) for place in range(2)]
    whole = shown_beside([index_value(each, 2) for each in persons], LIMIT, views)
    assert whole.members.count(True) == 20

    persons.append((4, None))
    views = [View([(each[place],) for each in persons], [True] * 21) for place in range(2)]
    own = shown_beside([index_value(each, 2) for each in persons], LIMIT, views)
    assert 5 <= own.members.count(False) <= 8

    few = shown_beside([Fraction(2)] * 4, LIMIT, [])
    assert not any(few.members)


_answer = st.one_of(st.none(), st.integers(1, 4))
_sheet = st.tuples(_answer, _answer)


@given(st.lists(st.tuples(_sheet, _sheet), max_size=60), st.integers(1, 2))
def test_no_few_stand_between_an_index_and_its_questions(
    persons: list[tuple[tuple[int | None, ...], ...]], minimum: int
) -> None:
    views, own = beside(persons, minimum)
    for view in views:
        for place in range(2):
            both, rest = (
                Counter(
                    values[place]
                    for values, joins, member in zip(view.values, view.members, own.members, strict=True)
                    if joins and member is wanted and values[place] is not None
                )
                for wanted in (True, False)
            )
            for group in (both, rest) if both and rest else ():
                assert shown(list(group.values()), group.total(), LIMIT) is Verdict.SHOWN
