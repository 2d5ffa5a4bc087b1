"""Between which values a figure of everyone may lie, seen from those who answered."""

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``, both included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def clopper_pearson(k: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval for a share, ``k`` of ``n``: it holds the true one at least as often as it says.

    By the quantiles of the beta distribution. C. J. Clopper & E. S. Pearson, Biometrika 26 (1934). Raises
    ValueError where ``k`` of ``n`` is no share.
    """
    _check(k, n)
    from scipy.special import betaincinv  # noqa: PLC0415 - takes long to load

    rest = (1 - confidence) / 2
    low = float(betaincinv(k, n - k + 1, rest)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - rest)) if k < n else 1.0
    return Interval(low, high)


def wilson(k: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The score interval for a share, narrower than the exact one and right on the average.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927). Raises ValueError where ``k`` of
    ``n`` is no share.
    """
    _check(k, n)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = k / n, z * z / n
    middle = (share + weight / 2) / (1 + weight)
    reach = z / (1 + weight) * math.sqrt(share * (1 - share) / n + weight / (4 * n))
    # at the ends it meets 0 and 1 exactly, which floats do not
    return Interval(0.0 if k == 0 else middle - reach, 1.0 if k == n else middle + reach)


def _check(k: int, n: int) -> None:
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share")
