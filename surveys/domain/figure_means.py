"""Check of figures: means.

Of n answers in whole numbers only some means are possible: Brown & Heathers, The GRIM Test (Social
Psychological and Personality Science 8, 2017).
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from surveys.domain.figure_check import LARGEST, MOST_FITS, fewer_than, judged, nearest_counts
from surveys.domain.figure_finding import Cause, Finding, Fit, Kind, Reason, Verdict
from surveys.domain.figure_habits import decimals_of, follows, habits, unit_of
from surveys.domain.statistics import rounded


def check_mean(
    printed: Decimal, n: int, low: int | None = None, high: int | None = None, items: int = 1
) -> Finding:
    """Whether ``n`` answers in whole numbers can have the mean (GRIM). ``low`` to ``high``: the scale, where
    it is known; ``items``: how many questions the mean is of. Raises ValueError for n or items below 1.
    """
    if not (0 < n * items <= LARGEST and items > 0):
        raise ValueError("a mean of nobody")
    if (low is not None and printed < low) or (high is not None and printed > high):
        return Finding(Kind.MEAN, (printed,), Verdict.DIFFERS, reasons=(Reason(Cause.OFF_SCALE),))
    answers = n * items
    sums = _sums(printed, answers)
    if sums:
        fit = Fit(sums[0], answers, printed)
        return Finding(Kind.MEAN, (printed,), Verdict.FOLLOWS, (fit,))
    nearest = nearest_counts(Fraction(printed) * answers)
    decimals = decimals_of(printed)
    fits = tuple(Fit(each, answers, rounded(Fraction(each, answers), decimals)) for each in nearest)
    reasons = [Reason(cause, (fit,)) for fit in fits for cause in habits(Fraction(fit.k, answers), printed)]
    fewer = tuple(
        Fit(_sums(printed, less * items)[0], less * items, printed)
        for less in fewer_than(n)
        if _sums(printed, less * items)
    )[:MOST_FITS]
    return judged(Kind.MEAN, printed, fits, reasons, fewer)


def check_mean_of(printed: Decimal, values: Sequence[int], counts: Sequence[int]) -> Finding:
    """A printed mean against the counts of its classes, whose ``values`` are known. Raises ValueError for
    a mean of nobody.
    """
    n = sum(counts)
    if not n:
        raise ValueError("a mean of nobody")
    total = sum(value * k for value, k in zip(values, counts, strict=True))
    exact = Fraction(total, n)
    fit = Fit(total, n, rounded(exact, decimals_of(printed)))
    reasons = [Reason(cause, (fit,)) for cause in habits(exact, printed)]
    if follows(exact, printed):
        return Finding(Kind.MEAN, (printed,), Verdict.FOLLOWS, (fit,), counted=True)
    return judged(Kind.MEAN, printed, (fit,), reasons, (), counted=True)


def _sums(printed: Decimal, answers: int) -> range:
    half = unit_of(printed) / 2
    low, high = (Fraction(printed) - half) * answers, (Fraction(printed) + half) * answers
    return range(int(-(-low // 1)), int(-(-high // 1)))
