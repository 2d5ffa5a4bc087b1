"""An index: whoever answered too few of its questions is not had by subtracting it from them."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.composite import View, index_value, joined_beside, shown_beside
from surveys.domain.index_views import index_views
from surveys.domain.pairing import joined
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.reliability import cronbach_alpha, standard_deviation
from surveys.domain.statistics import rounded

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


_scale = st.one_of(st.none(), st.integers(1, 3), st.integers(1, 3))


def left_out_of_alpha(persons: list[tuple[int | None, ...]]) -> list[Counter[int]]:
    """Of two questions asked once, what those answered who are not in alpha, question by question."""
    views = []
    for question in range(2):
        values = [(each[question],) for each in persons]
        views.append(View(values, [value is not None for (value,) in values]))
    complete = index_views({0: persons}, 1, LIMIT, views).complete[0]
    assert all(None not in each for each, member in zip(persons, complete.members, strict=True) if member)
    if not any(complete.members):
        return []
    return [
        Counter(
            answer
            for each, member in zip(persons, complete.members, strict=True)
            if not member and (answer := each[question]) is not None
        )
        for question in range(2)
    ]


@given(st.lists(st.tuples(_scale, _scale), min_size=8, max_size=60))
def test_no_few_stand_between_alpha_and_the_questions(persons: list[tuple[int | None, ...]]) -> None:
    """Alpha is of those who answered everything: beside the questions it tells of whoever did not."""
    for left in left_out_of_alpha(persons):
        assert not left or shown(list(left.values()), left.total(), LIMIT) is Verdict.SHOWN


def test_alpha_with_one_left_out_would_tell_what_she_answered() -> None:
    """Whoever has both questions' answers, the index of all and alpha of all but her tries each answer."""
    rows: list[tuple[int | None, ...]] = [(1, 2), (2, 2), (3, 3), (4, 3), (2, 1)] * 4
    persons = [*rows, (4, None)]
    first, alpha = Counter(each[0] for each in persons), rounded(cronbach_alpha(rows) or Fraction(0), 2)

    def spread_of(everyone: Sequence[Sequence[int | None]]) -> Decimal:
        values = Counter(index_value(each, 1) or Fraction(0) for each in everyone)
        return rounded(Fraction(standard_deviation(values) or 0), 4)

    def alpha_if(hers: int) -> tuple[Decimal, Decimal] | None:
        """What would be printed, had she answered so and somebody else as she did: the question stays."""
        for place, (own, other) in enumerate(rows):
            if own == hers:
                changed = [*rows[:place], (4, other), *rows[place + 1 :]]
                alpha_then = rounded(cronbach_alpha(changed) or Fraction(0), 2)
                return alpha_then, spread_of([*changed, (hers, None)])
        return None

    assert first[4]
    assert [hers for hers in (1, 2, 3) if alpha_if(hers) == (alpha, spread_of(persons))] == []
    assert len(left_out_of_alpha(persons)[0]) > 1
