"""An index: whoever answered too few of its questions is not had by subtracting it from them."""

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.composite import index_value, index_values
from surveys.domain.privacy import Limit, Verdict, shown

LIMIT = Limit(5)


def test_the_mean_of_what_was_answered() -> None:
    assert index_value((1, 2, None), 2) == Fraction(3, 2)
    assert index_value((1, None, None), 2) is None
    assert index_value((None, None), 1) is None


def test_all_who_answered_enough_have_one() -> None:
    persons = [((1, 2), (2, 3)), ((2, 2), (3, 3))] * 5

    assert index_values(persons, 2, LIMIT) == [(Fraction(3, 2), Fraction(5, 2)), (2, 3)] * 5


def test_one_without_is_hidden_by_some_left_out() -> None:
    found = index_values([*[((1, 2), (2, 3)), ((2, 1), (3, 3))] * 9, ((4, None), (2, 2))], 2, LIMIT)

    assert found[-1][0] is None
    assert 5 <= sum(values[0] is None for values in found) <= 12


_answer = st.one_of(st.none(), st.integers(1, 4))
_sheet = st.tuples(_answer, _answer, _answer)


@given(st.lists(st.tuples(_sheet, _sheet), max_size=40), st.integers(1, 3))
def test_those_without_are_none_or_enough(
    persons: list[tuple[tuple[int | None, ...], ...]], minimum: int
) -> None:
    found = index_values(persons, minimum, LIMIT)
    assert len(found) == len(persons)
    if all(values == (None, None) for values in found):
        return
    for place in range(2):
        for question in range(3):
            for other in (False, True):
                answers = Counter(
                    person[place][question]
                    for person, values in zip(persons, found, strict=True)
                    if values[place] is None
                    and person[place][question] is not None
                    and (person[1 - place][question] is not None) is other
                )
                if answers:
                    assert shown(list(answers.values()), answers.total(), LIMIT) is Verdict.SHOWN
