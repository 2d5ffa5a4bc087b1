"""How a printed figure may have come out of an exact one in another way than half up; exact throughout.

A printed figure is a ``Decimal`` whose exponent says with how many decimals: 65 and 65.0 are two.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from surveys.domain.figure_finding import Cause
from surveys.domain.statistics import rounded

HALF = Fraction(1, 2)
MOST_SPLIT = 1000
"""Of more answers than this a share is so close to any figure that no two classes need be looked for."""


def decimals_of(printed: Decimal) -> int:
    """With how many decimals a figure was printed."""
    return max(0, -int(printed.as_tuple().exponent))


def unit_of(printed: Decimal) -> Fraction:
    """The step of the last printed digit: 1 or 1/10 …"""
    return Fraction(1, 10 ** decimals_of(printed))


def follows(exact: Fraction, printed: Decimal) -> bool:
    """Whether ``exact``, half up to the decimals of ``printed``, is what was printed."""
    return rounded(exact, decimals_of(printed)) == printed


def habits(exact: Fraction, printed: Decimal) -> tuple[Cause, ...]:
    """By which other roundings ``printed`` comes of ``exact``; none where it follows half up."""
    return () if follows(exact, printed) else tuple(_habits(exact, printed))


def _habits(exact: Fraction, printed: Decimal) -> Iterator[Cause]:
    decimals, unit, value = decimals_of(printed), unit_of(printed), Fraction(printed)
    off = abs(exact - value)
    if off > max(unit, HALF):
        return  # no rounding moves a figure further
    below = exact // unit * unit
    if exact - below == unit * HALF and value == below:
        yield Cause.HALF_DOWN if (below / unit) % 2 else Cause.HALF_EVEN
    if value == below:
        yield Cause.CUT_OFF
    if decimals and value % HALF == 0 and Fraction(rounded(exact / HALF, 0)) * HALF == value:
        yield Cause.NEAREST_HALF
    if off < unit and any(
        rounded(Fraction(rounded(exact, decimals + more)), decimals) == printed for more in (1, 2)
    ):
        yield Cause.ROUNDED_TWICE
    if value % (10 * unit) == 0 and any(
        Fraction(rounded(exact, fewer)) == value for fewer in range(decimals)
    ):
        yield Cause.FEWER_DECIMALS


def splits(printed: Decimal, k: int, n: int) -> tuple[tuple[int, int], ...]:
    """The pairs of counts, the larger first, that are ``k`` together and whose two rounded shares add up to
    what was printed, where the share of ``k`` does not. Empty where there are none.
    """
    if not 0 < n <= MOST_SPLIT or follows(Fraction(100 * k, n), printed):
        return ()
    steps = int(10 ** decimals_of(printed))
    wanted = int(printed * steps)
    if abs(wanted * n - 100 * k * steps) > n:
        return ()  # two rounded shares are together at most one step from the exact one

    def whole(count: int) -> int:  # the share in steps of the last digit, half up
        return (200 * count * steps + n) // (2 * n)

    return tuple(
        (larger, k - larger)
        for larger in range(k - 1, (k - 1) // 2, -1)
        if whole(larger) + whole(k - larger) == wanted
    )


def is_adjusted(printed: Sequence[Decimal], counts: Sequence[int]) -> bool:
    """Whether shares are those of ``counts`` by the largest remainder: cut off, and then the classes with the
    most cut off raised by one step until all add to 100 (of equal remainders either). Not where half up gives
    the same.
    """
    n = sum(counts)
    if not n or len({decimals_of(each) for each in printed}) != 1 or sum(map(Fraction, printed)) != 100:
        return False
    unit, exact = unit_of(printed[0]), [Fraction(100 * k, n) for k in counts]
    cut = [each // unit * unit for each in exact]
    raised = [Fraction(share) - low for share, low in zip(printed, cut, strict=True)]
    if any(each not in (0, unit) for each in raised):
        return False
    left = [each - low for each, low in zip(exact, cut, strict=True)]
    up = [rest for rest, step in zip(left, raised, strict=True) if step]
    down = [rest for rest, step in zip(left, raised, strict=True) if not step]
    largest = not up or not down or min(up) >= max(down)
    return largest and not all(follows(each, share) for each, share in zip(exact, printed, strict=True))
