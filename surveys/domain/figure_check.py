"""Check of figures (sifferkontroll): does a printed share, sum or mean follow from its counts?

Everything is exact (``Fraction``, ``Decimal``); the one rounding that follows is half up. Of a figure that
does not follow it is said what does, by which habit of rounding it may have come about, and which counts near
the stated ones could have given it. That is arithmetic and no more: which of several causes is the true one,
only the authors know.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from surveys.domain.figure_finding import Cause, Finding, Fit, Kind, Reason, Verdict
from surveys.domain.figure_habits import decimals_of, follows, habits, is_adjusted, splits, unit_of
from surveys.domain.statistics import rounded

MOST_SKIPPED = Fraction(15, 100)
"""The largest share of those who answered that is thought to have skipped a question. In the reports this is
made for, 5 of 40 did; with more allowed nearly every figure would find a number that gives it."""
MOST_MISPRINTED = Fraction(5, 100)
"""How far from a stated count another one is looked for; at least two steps."""
MOST_FITS = 3
MOST_STEPS = 30  # counts further off than this are no misprint and no skipped question
LARGEST = 10_000_000  # no count in these reports is larger


def possible_counts(printed: Decimal, n: int) -> range:
    """Every k of ``n`` whose share, half up, is what was printed; empty where none is."""
    # in whole numbers, since a table asks this some hundred thousand times: twice the printed figure in steps
    # of its last digit, a half step less and a half step more
    steps = 10 ** decimals_of(printed)
    twice = int(2 * printed * steps)
    low = -(-(twice - 1) * n // (200 * steps))  # from here on, half up reaches it
    high = -(-(twice + 1) * n // (200 * steps))  # and from here on, the next
    return range(max(0, low), min(n + 1, high))


def check_share(
    printed: Decimal, n: int, k: int | None = None, *, may_skip: bool = True, summed: bool | None = None
) -> Finding:
    """Check a share of ``n`` printed in per cent. ``k`` None: not known, is there any? ``may_skip``: whether
    of the ``n`` some may not have answered this very question. ``summed``: whether it may be several classes
    together, as the two upper ones are (None: where the count is not known). Raises ValueError for counts
    below 0 or above LARGEST.
    """
    if n < 0 or n > LARGEST or (k is not None and not 0 <= k <= LARGEST):
        raise ValueError("counts are 0 or more")
    over = k is not None and k > n
    if over or n == 0 or not 0 <= printed <= 100:
        fits = (_fit(k, n, printed),) if k is not None and n and not over else ()
        reasons = (Reason(Cause.OVER_WHOLE),) if over or not 0 <= printed <= 100 else ()
        return Finding(Kind.SHARE, (printed,), Verdict.DIFFERS, fits, reasons, k is not None)
    if k is not None:
        return _known(printed, k, n, bool(summed))
    return _unknown(printed, n, may_skip, summed is not False)


def check_two_shares(printed: tuple[Decimal, Decimal], n: int, k: int | None = None) -> Finding:
    """Two shares printed where one is meant: their counts added, as far as they can be told, are the one."""
    parts = [check_share(each, n) for each in printed]
    nearest = [each.fits[0] for each in parts if each.fits]
    whole = k if k is not None else sum(fit.k for fit in nearest)
    finest = min(printed, key=unit_of)
    fits = (_fit(whole, n, finest),) if n > 0 and whole <= n else ()
    reason = Reason(Cause.TWO_SHARES, tuple(nearest))
    return Finding(Kind.SHARE, printed, Verdict.DIFFERS, fits, (reason,), k is not None)


def check_classes(
    printed: Sequence[Decimal], counts: Sequence[int], stated: int | None = None
) -> tuple[Finding, ...]:
    """The shares of all classes of one question, whose base is the sum of ``counts``: those who answered it.

    ``stated``: the number printed as having answered, where it is another. One finding a class.
    """
    n = sum(counts)
    found = [check_share(share, n, k) for share, k in zip(printed, counts, strict=True)]
    adjusted = is_adjusted(printed, counts)
    return tuple(
        _explained(each, k, adjusted, stated if stated != n else None)
        for each, k in zip(found, counts, strict=True)
    )


def check_hundred(printed: Sequence[Decimal]) -> Finding:
    """Shares of all classes without counts: each is at most half a step off, so all add to about 100."""
    total = sum(map(Fraction, printed), Fraction(0))
    most = sum((unit_of(each) / 2 for each in printed), Fraction(0))
    verdict = Verdict.FOLLOWS if abs(total - 100) <= most else Verdict.DIFFERS
    return Finding(Kind.HUNDRED, tuple(printed), verdict)


def check_sum(printed: int, parts: Sequence[int]) -> Finding:
    """A printed total against its parts."""
    total = sum(parts)
    verdict = Verdict.FOLLOWS if total == printed else Verdict.DIFFERS
    return Finding(Kind.SUM, (Decimal(printed),), verdict, (Fit(total, len(parts), Decimal(total)),))


def check_count(printed: int, known: int) -> Finding:
    """A printed count against the same count as it is known from the answers themselves."""
    verdict = Verdict.FOLLOWS if known == printed else Verdict.DIFFERS
    return Finding(Kind.COUNT, (Decimal(printed),), verdict, (Fit(known, 1, Decimal(known)),), counted=True)


def over_whole(part: int, whole: int) -> Finding:
    """A part that is larger than its whole."""
    fit = Fit(whole, 1, Decimal(whole))
    return Finding(Kind.COUNT, (Decimal(part),), Verdict.DIFFERS, (fit,), (Reason(Cause.OVER_WHOLE, (fit,)),))


def check_answered(stated: int, classes: Sequence[int]) -> Finding:
    """The classes of a question against the number that answered: fewer have skipped it, more cannot be."""
    total = sum(classes)
    fit = Fit(total, len(classes), Decimal(total))
    if total == stated:
        return Finding(Kind.SUM, (Decimal(stated),), Verdict.FOLLOWS, (fit,))
    verdict, cause = (
        (Verdict.FEWER, Cause.FEWER_ANSWERED) if total < stated else (Verdict.DIFFERS, Cause.OVER_WHOLE)
    )
    return Finding(Kind.SUM, (Decimal(stated),), verdict, (fit,), (Reason(cause, (fit,)),))


def check_whole(printed: Decimal, parts: Sequence[tuple[Decimal, int]]) -> Finding | None:
    """A share of all beside the shares of the groups: (share, n) of each, which together are all.

    The counts of the groups are those their shares can come of; None where one of them can come of none.
    """
    ranges = [possible_counts(share, n) for share, n in parts]
    if not all(ranges) or not parts:
        return None
    n = sum(each for _, each in parts)
    low, high = sum(each[0] for each in ranges), sum(each[-1] for each in ranges)
    if any(k in range(low, high + 1) for k in possible_counts(printed, n)):
        return Finding(Kind.SHARE, (printed,), Verdict.FOLLOWS, (_fit(low, n, printed),), counted=low == high)
    if low == high:
        return check_share(printed, n, low)
    nearest = min((low, high), key=lambda k: abs(Fraction(100 * k, n) - Fraction(printed)))
    return Finding(Kind.SHARE, (printed,), Verdict.DIFFERS, (_fit(nearest, n, printed),))


def _known(printed: Decimal, k: int, n: int, summed: bool) -> Finding:
    exact = Fraction(100 * k, n)
    fit = _fit(k, n, printed)
    if follows(exact, printed):
        return Finding(Kind.SHARE, (printed,), Verdict.FOLLOWS, (fit,), counted=True)
    reasons = [*_by_habit(printed, k, n, summed)]
    if not reasons:
        others = tuple(_misprinted(printed, k, n))
        reasons = [Reason(Cause.OTHER_NUMBER, others)] if others else []
    return judged(Kind.SHARE, printed, (fit,), reasons, (), counted=True)


def _unknown(printed: Decimal, n: int, may_skip: bool, summed: bool) -> Finding:
    possible = possible_counts(printed, n)
    if possible:
        ends = possible if len(possible) == 1 else (possible[0], possible[-1])
        fits = tuple(_fit(k, n, printed) for k in ends)
        return Finding(Kind.SHARE, (printed,), Verdict.FOLLOWS, fits)
    near = [k for k in nearest_counts(Fraction(printed) * n / 100) if 0 <= k <= n]
    reasons = [reason for k in near for reason in _by_habit(printed, k, n, summed)]
    fewer = tuple(_fewer_fits(printed, n)) if may_skip else ()
    return judged(Kind.SHARE, printed, (_fit(near[0], n, printed),), reasons, fewer)


def _by_habit(printed: Decimal, k: int, n: int, summed: bool) -> Iterator[Reason]:
    found = splits(printed, k, n) if summed else ()
    if found:
        yield Reason(Cause.ADDED, (_fit(k, n, printed),), found)
    for cause in habits(Fraction(100 * k, n), printed):
        yield Reason(cause, (_fit(k, n, printed),))


def _misprinted(printed: Decimal, k: int, n: int) -> Iterator[Fit]:
    """The nearest other base, and the nearest other count, that give what was printed."""
    for most, of in ((n, lambda by: (k, n + by)), (k, lambda by: (k + by, n))):
        steps = range(1, min(MOST_STEPS, max(2, int(most * MOST_MISPRINTED))) + 1)
        tried = (of(by) for step in steps for by in (-step, step))
        found = (
            _fit(one, base, printed)
            for one, base in tried
            if 0 <= one <= base and base and follows(Fraction(100 * one, base), printed)
        )
        yield from (fit for fit in [next(found, None)] if fit is not None)


def fewer_than(n: int) -> range:
    return range(n - 1, max(0, n - 1 - min(MOST_STEPS, max(1, int(n * MOST_SKIPPED)))), -1)


def _fewer_fits(printed: Decimal, n: int) -> Iterator[Fit]:
    found = ((less, possible_counts(printed, less)) for less in fewer_than(n))
    for less, possible in islice((each for each in found if each[1]), MOST_FITS):
        yield _fit(possible[0], less, printed)


def _explained(finding: Finding, k: int, adjusted: bool, stated: int | None) -> Finding:
    if finding.verdict is Verdict.FOLLOWS:
        return finding
    reasons = list(finding.reasons)
    if stated and k <= stated and follows(Fraction(100 * k, stated), finding.printed[0]):
        reasons.insert(0, Reason(Cause.OTHER_NUMBER, (_fit(k, stated, finding.printed[0]),)))
    if adjusted:
        reasons.insert(0, Reason(Cause.ADJUSTED, finding.fits))
    return judged(finding.kind, finding.printed[0], finding.fits, reasons, (), finding.counted)


def judged(
    kind: Kind,
    printed: Decimal,
    fits: tuple[Fit, ...],
    reasons: Sequence[Reason],
    fewer: tuple[Fit, ...],
    counted: bool = False,
) -> Finding:
    if fewer:  # what happens in every questionnaire comes before what nobody should do
        every = (Reason(Cause.FEWER_ANSWERED, fewer), *reasons)
        return Finding(kind, (printed,), Verdict.FEWER, fits, every, counted)
    habit = any(each.cause is not Cause.OTHER_NUMBER for each in reasons)
    return Finding(
        kind, (printed,), Verdict.HABIT if habit else Verdict.DIFFERS, fits, tuple(reasons), counted
    )


def _fit(k: int, n: int, printed: Decimal) -> Fit:
    return Fit(k, n, rounded(Fraction(100 * k, n), decimals_of(printed)))


def nearest_counts(exact: Fraction) -> list[int]:
    """The whole numbers on either side, the nearer first."""
    below = exact.numerator // exact.denominator
    return sorted((below, below + 1), key=lambda each: (abs(each - exact), each))
