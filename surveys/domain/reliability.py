"""How answers spread, and whether several questions hang together well enough to be one index."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from surveys.domain.paired import Number

Counted = Mapping[Number, int]


def mean(counted: Counted) -> Fraction | None:
    """The exact mean of values → how many have each; None of nobody."""
    n = sum(counted.values())
    return Fraction(sum(value * count for value, count in counted.items())) / n if n else None


def standard_deviation(counted: Counted) -> float | None:
    """The sample's standard deviation, divided by n − 1; None of fewer than two."""
    n, middle = sum(counted.values()), mean(counted)
    if middle is None or n < 2:
        return None
    squares = sum(((value - middle) ** 2 * count for value, count in counted.items()), Fraction(0))
    return math.sqrt(squares / (n - 1))


def quartiles(counted: Counted) -> tuple[Fraction, Fraction, Fraction] | None:
    """Lower quartile, median and upper quartile: values that somebody gave, or halfway between two where
    a quartile falls just between them. Definition 2 of R. J. Hyndman & Y. Fan, The American Statistician 50
    (1996), whose median is the usual one. None of nobody.
    """
    n = sum(counted.values())
    if not n:
        return None
    ordered = sorted((value, count) for value, count in counted.items() if count)
    low, middle, high = (_quantile(ordered, n, quarters) for quarters in (1, 2, 3))
    return low, middle, high


def _quantile(ordered: Sequence[tuple[Number, int]], n: int, quarters: int) -> Fraction:
    place, rest = divmod(n * quarters, 4)
    if rest:
        return Fraction(_at(ordered, place))
    return Fraction(_at(ordered, place - 1) + _at(ordered, place)) / 2


def _at(ordered: Sequence[tuple[Number, int]], place: int) -> Number:
    for value, count in ordered:
        if place < count:
            return value
        place -= count
    raise IndexError(place)


def cronbach_alpha(rows: Sequence[Sequence[Number]]) -> Fraction | None:
    """Cronbach's alpha, exact, of persons who answered every question: a row each, an entry a question.

    k / (k − 1) · (1 − sum of the questions' variances / variance of the sums). L. J. Cronbach, Psychometrika
    16 (1951). None of fewer than two questions or persons, and where all sums are the same. Raises ValueError
    for rows of different lengths.
    """
    if len({len(row) for row in rows}) > 1:
        raise ValueError("a person has an answer to every question")
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    k, whole = len(rows[0]), _variance([sum(row) for row in rows])
    if whole == 0:
        return None
    parts = sum((_variance(column) for column in zip(*rows, strict=True)), Fraction(0))
    return Fraction(k, k - 1) * (1 - parts / whole)


def _variance(values: Sequence[Number]) -> Fraction:
    n, total = len(values), Fraction(sum(values))
    return (sum(value * value for value in values) - total * total / n) / (n - 1)
