"""The same persons before and after: which way they went, how far, and whether chance could have done it.

What comes in is counts, since thousands of pairs have but a handful of different answers: a *difference*
(after − before, exact) → how many pairs have it. Nothing here says what caused a difference.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from surveys.domain.intervals import CONFIDENCE, Interval

FEWEST_CHANGED = 6
"""With fewer pairs that differ no two-sided p can come below 0.05 (2/2⁵ = 0.0625): they are not tested."""

MOST_EXACT = 200
"""Up to as many pairs that differ the signed-rank test counts every outcome; beyond, it approximates."""

Number = Fraction | int
"""Exact; whole numbers as such, since thousands of them are counted."""

Differences = Mapping[Number, int]


@dataclass(frozen=True, slots=True)
class Directions:
    """Pairs that answered higher, the same and lower after than before. Together they are all pairs."""

    higher: int
    same: int
    lower: int

    @property
    def n(self) -> int:
        return self.higher + self.same + self.lower


@dataclass(frozen=True, slots=True)
class SignedRank:
    """Wilcoxon's test. ``n`` pairs differ and are ranked; ``zeros`` do not and were dropped.

    ``positive`` and ``negative`` are the sums of the ranks of those that went up and down. ``p`` is
    two-sided, a fraction where every outcome was counted (``exact``), None under FEWEST_CHANGED.
    """

    n: int
    zeros: int
    tied: bool
    positive: Fraction
    negative: Fraction
    exact: bool
    p: Fraction | float | None

    @property
    def rank_biserial(self) -> Fraction | None:
        """The matched-pairs rank-biserial correlation, −1 to 1: the share of the ranks that went up less the
        share that went down. None where no pair differs. D. S. Kerby, Comprehensive Psychology 3 (2014).
        """
        total = self.positive + self.negative
        return (self.positive - self.negative) / total if total else None


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """Student's paired t. ``mean`` is exact. ``deviation`` (of the differences, n − 1) is None for one pair;
    ``interval``, ``t`` and ``p`` (two-sided) are None where the deviation is none or zero.
    """

    n: int
    mean: Fraction
    deviation: float | None = None
    interval: Interval | None = None
    t: float | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Crossings:
    """McNemar's test: how many pairs came over a threshold and how many fell below it.

    ``p`` is exact and two-sided; None where fewer than FEWEST_CHANGED crossed it.
    """

    up: int
    down: int
    p: Fraction | None


def directions(differences: Differences) -> Directions:
    """How many pairs have a difference above, at and below zero."""
    higher = sum(count for value, count in differences.items() if value > 0)
    same = sum(count for value, count in differences.items() if value == 0)
    return Directions(higher, same, sum(differences.values()) - higher - same)


def signed_rank(differences: Differences) -> SignedRank:
    """Wilcoxon's signed-rank test that the differences lie evenly about zero.

    Zeros are dropped, as Wilcoxon did; equal sizes share the mean of their ranks. Up to MOST_EXACT pairs the
    distribution is counted out given just these ranks, so that it is exact under ties; beyond, the normal
    distribution with the variance corrected for ties and a correction of a half for continuity.
    F. Wilcoxon, Biometrics Bulletin 1 (1945); for ties E. L. Lehmann, Nonparametrics (1975), ch. 3.2.
    """
    ranks = _ranks(differences)
    n = sum(up + down for up, down, _ in ranks)
    positive = sum((up * rank for up, _, rank in ranks), Fraction(0))
    negative = sum((down * rank for _, down, rank in ranks), Fraction(0))
    groups = [(up + down, rank) for up, down, rank in ranks]
    p: Fraction | float | None = None
    if n >= FEWEST_CHANGED:
        smaller = min(positive, negative)
        p = _exact(groups, smaller) if n <= MOST_EXACT else _approximate(groups, smaller)
    return SignedRank(
        n=n,
        zeros=sum(differences.values()) - n,
        tied=any(size > 1 for size, _ in groups),
        positive=positive,
        negative=negative,
        exact=n <= MOST_EXACT,
        p=p,
    )


def rank_biserial_interval(differences: Differences, confidence: float = CONFIDENCE) -> Interval | None:
    """An approximate interval for :attr:`SignedRank.rank_biserial`.

    The correlation is the mean, over all two differences, of the sign of their sum (J. W. Tukey 1949), a
    U-statistic; its standard error is that of the means by difference (W. Hoeffding, Annals of Mathematical
    Statistics 19, 1948), carried through Fisher's z, so that the interval stays within −1 and 1, with
    Student's t. None under FEWEST_CHANGED pairs that differ, and where all of them went the same way, of
    which it can say nothing. How often it holds the true value is in docs/statistics.md.
    """
    found = signed_rank(differences)
    r = found.rank_biserial
    if r is None or found.n < FEWEST_CHANGED or abs(r) == 1:
        return None
    n, parts = found.n, _sums_of_signs(differences)
    variance = sum((part / n - float(r)) ** 2 * count for part, count in parts) / (n - 1)
    from scipy.special import stdtrit  # noqa: PLC0415 - takes long to load

    error = 2 * math.sqrt(variance / n) / (1 - float(r) ** 2)
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    return Interval(math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach))


def mean_difference(differences: Differences, confidence: float = CONFIDENCE) -> MeanDifference | None:
    """Student's t for pairs, with its interval; None of no pairs. "Student", Biometrika 6 (1908)."""
    n = sum(differences.values())
    if n == 0:
        return None
    mean = Fraction(sum(value * count for value, count in differences.items())) / n
    if n == 1:
        return MeanDifference(n, mean)
    variance = sum(((value - mean) ** 2 * count for value, count in differences.items()), Fraction(0)) / (
        n - 1
    )
    if variance == 0:
        return MeanDifference(n, mean, 0.0)
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - takes long to load

    error = math.sqrt(variance / n)
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    t = float(mean) / error
    return MeanDifference(
        n=n,
        mean=mean,
        deviation=math.sqrt(variance),
        interval=Interval(float(mean) - reach, float(mean) + reach),
        t=t,
        p=float(2 * stdtr(n - 1, -abs(t))),
    )


def crossings(up: int, down: int) -> Crossings:
    """McNemar's test in its exact form: of those who crossed, were as many on their way up as down?

    A sign test with the binomial distribution. Q. McNemar, Psychometrika 12 (1947). Raises ValueError for
    counts below zero.
    """
    if min(up, down) < 0:
        raise ValueError("counts are 0 or more")
    n = up + down
    if n < FEWEST_CHANGED:
        return Crossings(up, down, None)
    ways = term = 1
    for k in range(1, min(up, down) + 1):
        term = term * (n - k + 1) // k
        ways += term
    return Crossings(up, down, min(Fraction(1), Fraction(2 * ways, 2**n)))


def holm(values: Sequence[Fraction | float | None]) -> tuple[Fraction | float | None, ...]:
    """Each p adjusted for all being looked at together, in their order; None stays None and is not counted.

    The step-down method of S. Holm, Scandinavian Journal of Statistics 6 (1979): the chance of even one
    finding where there is none stays under the level, however the questions hang together.
    """
    tested = sorted((value, place) for place, value in enumerate(values) if value is not None)
    adjusted: list[Fraction | float | None] = [None] * len(values)
    highest: Fraction | float = 0
    for passed, (value, place) in enumerate(tested):
        highest = max(highest, min(1, (len(tested) - passed) * value))
        adjusted[place] = highest
    return tuple(adjusted)


def _ranks(differences: Differences) -> list[tuple[int, int, Fraction]]:
    """By size: how many went up, how many down, and the rank that they share."""
    sizes: list[Number] = sorted(
        {value if value > 0 else -value for value, count in differences.items() if value and count}
    )
    found, before = [], 0
    for size in sizes:
        up, down = differences.get(size, 0), differences.get(-size, 0)
        found.append((up, down, before + Fraction(up + down + 1, 2)))
        before += up + down
    return found


def _sums_of_signs(differences: Differences) -> list[tuple[int, int]]:
    """For each difference but zero: the signs of its sums with every difference added up, and its count."""
    ordered = sorted((value, count) for value, count in differences.items() if value and count)
    values = [value for value, _ in ordered]
    upto = [0, *accumulate(count for _, count in ordered)]
    return [
        # above −value the sum is positive, below it negative
        (upto[-1] - upto[bisect_right(values, -value)] - upto[bisect_left(values, -value)], count)
        for value, count in ordered
    ]


def _exact(groups: Sequence[tuple[int, Fraction]], smaller: Fraction) -> Fraction:
    """Twice the share of the 2ⁿ ways to give out signs whose rank sum is at most ``smaller``.

    The ways are counted by dynamic programming over the ranks. The counts of all sums stand side by side in
    one large whole number, ``wide`` bits each, so that one more rank is one shift and one addition.
    """
    n = sum(size for size, _ in groups)
    wide = n + 1  # no count is above 2ⁿ
    ways = 1
    for size, rank in groups:
        step = int(2 * rank) * wide  # a shared rank may be a half
        for _ in range(size):
            ways += ways << step
    tail = ways & ((1 << (int(2 * smaller) + 1) * wide) - 1)
    # a number is, modulo its base less one, the sum of its digits
    return min(Fraction(1), Fraction(2 * (tail % ((1 << wide) - 1)), 2**n))


def _approximate(groups: Sequence[tuple[int, Fraction]], smaller: Fraction) -> float:
    n = sum(size for size, _ in groups)
    middle = Fraction(n * (n + 1), 4)
    variance = Fraction(n * (n + 1) * (2 * n + 1), 24) - Fraction(sum(t**3 - t for t, _ in groups), 48)
    z = max(Fraction(0), middle - smaller - Fraction(1, 2)) / Fraction(math.sqrt(variance))
    return math.erfc(float(z) / math.sqrt(2))
