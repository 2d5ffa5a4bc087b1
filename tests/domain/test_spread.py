"""Standard deviation and quartiles, against the values of R (sd, quantile)."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from surveys.domain.spread import root, spread

# In R: sd(x), quantile(x, c(.25, .75)).
CASES = {
    (2, 4, 4, 4, 5, 5, 7, 9): ("2.138", "4", "5.5"),
    (1, 2, 3, 4): ("1.291", "1.75", "3.25"),
    (3, 3, 3): ("0.000", "3", "3"),
    (0, 10): ("7.071", "2.5", "7.5"),
}


@pytest.mark.parametrize("values", CASES)
def test_spread_of_numbers(values: tuple[int, ...]) -> None:
    deviation, lower, upper = CASES[values]
    found = spread(Counter(Decimal(value) for value in values))
    assert found is not None
    assert str(found.deviation(3)) == deviation
    assert (found.lower, found.upper) == (Fraction(lower), Fraction(upper))


def test_one_answer_has_no_deviation_and_none_have_no_spread() -> None:
    one = spread({Decimal("1.5"): 1})
    assert one is not None
    assert (one.deviation(1), one.lower) == (None, Fraction(3, 2))
    assert spread({}) is None


def test_a_root_is_rounded_half_up_from_the_exact_value() -> None:
    assert root(Fraction(9, 4), 0) == Decimal(2)
    assert root(Fraction("2.2499999999999999999999"), 0) == Decimal(1)
    assert str(root(Fraction(25, 100), 1)) == "0.5"
