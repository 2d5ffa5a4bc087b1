"""Between which values the difference of two shares may lie, of two groups that are not the same persons."""

import math

from surveys.domain.intervals import CONFIDENCE, Interval, wilson


def newcombe(earlier: tuple[int, int], later: tuple[int, int], confidence: float = CONFIDENCE) -> Interval:
    """The hybrid score interval for the share of ``later`` less that of ``earlier``, each (k, n).

    Made of the two Wilson intervals. It takes the groups to be independent, and is too wide or too narrow
    where the same persons are in both. R. G. Newcombe, *Interval estimation for the difference between
    independent proportions: comparison of eleven methods*, Statistics in Medicine 17 (1998), method 10.
    Raises ValueError where one is no share.
    """
    before, after = wilson(*earlier, confidence), wilson(*later, confidence)
    first, last = earlier[0] / earlier[1], later[0] / later[1]
    apart = last - first
    down = math.hypot(last - after.low, before.high - first)
    up = math.hypot(after.high - last, first - before.low)
    return Interval(max(-1.0, apart - down), min(1.0, apart + up))
