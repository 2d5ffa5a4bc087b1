"""How far numbers lie from each other: standard deviation and quartiles, exact until printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor, isqrt


@dataclass(frozen=True, slots=True)
class Spread:
    """``variance`` of the sample (divided by n − 1; None of fewer than two) and the quartiles.

    Quartiles lie between the two values beside the place (n − 1)·p, in proportion: type 7 of Hyndman and Fan
    (Sample Quantiles in Statistical Packages, 1996), which R and spreadsheets take unless told otherwise.
    """

    variance: Fraction | None
    lower: Fraction
    upper: Fraction

    def deviation(self, decimals: int) -> Decimal | None:
        """The standard deviation, half up; None of fewer than two."""
        return None if self.variance is None else root(self.variance, decimals)


def spread(counts: Mapping[Decimal, int] | Mapping[Fraction, int]) -> Spread | None:
    """Of each different number with how often it was given; None where there are none."""
    values = sorted((Fraction(value), many) for value, many in counts.items() if many)
    n = sum(many for _, many in values)
    if not n:
        return None
    mean = sum((value * many for value, many in values), Fraction(0)) / n
    squares = sum(((value - mean) ** 2 * many for value, many in values), Fraction(0))
    return Spread(
        squares / (n - 1) if n > 1 else None,
        _quantile(values, n, Fraction(1, 4)),
        _quantile(values, n, Fraction(3, 4)),
    )


def root(value: Fraction, decimals: int) -> Decimal:
    """The square root, half up to ``decimals`` places from the exact value."""
    scaled = value * 100**decimals
    # half up of r is floor(r + 1/2) = floor((floor(2r) + 1) / 2), and floor(2r) is an exact root
    doubled = isqrt(floor(4 * scaled))
    return Decimal((doubled + 1) // 2).scaleb(-decimals)


def _quantile(values: list[tuple[Fraction, int]], n: int, share: Fraction) -> Fraction:
    place = (n - 1) * share
    below = floor(place)
    low = _at(values, below)
    return low + (place - below) * (_at(values, min(below + 1, n - 1)) - low)


def _at(values: list[tuple[Fraction, int]], index: int) -> Fraction:
    for value, many in values:
        if index < many:
            return value
        index -= many
    raise IndexError(index)
