"""What a check of figures finds of a printed figure: in no language, counts and values only."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Cause(StrEnum):
    """Why a figure may have been printed that does not follow: habits of rounding, then other counts."""

    CUT_OFF = "cut_off"  # the decimals left out, not rounded
    HALF_EVEN = "half_even"  # a tie to the even digit, as some programs do
    HALF_DOWN = "half_down"
    NEAREST_HALF = "nearest_half"  # to the nearest half
    ROUNDED_TWICE = "rounded_twice"  # first to more decimals, then what came of it
    FEWER_DECIMALS = "fewer_decimals"  # to fewer decimals than are printed
    ADDED = "added"  # two shares were rounded, and what came of it added
    ADJUSTED = "adjusted"  # moved so that the shares add to 100 (largest remainder)
    FEWER_ANSWERED = "fewer_answered"  # of those who answered, some skipped this question
    OTHER_NUMBER = "other_number"  # a count misprinted: another one near it gives what was printed
    TWO_SHARES = "two_shares"  # two shares are printed where their sum is meant
    OVER_WHOLE = "over_whole"  # a part larger than its whole
    OFF_SCALE = "off_scale"  # a mean that is no value of the scale
    ALSO_SUM = "also_sum"  # with that count the total of its column comes out as well


class Verdict(StrEnum):
    FOLLOWS = "follows"
    FEWER = "fewer"  # follows only if fewer answered than is stated
    HABIT = "habit"  # follows only by another rounding than half up
    DIFFERS = "differs"


class Kind(StrEnum):
    SHARE = "share"
    SUM = "sum"
    MEAN = "mean"
    COUNT = "count"  # a count against one that is known
    HUNDRED = "hundred"  # shares of all classes


@dataclass(frozen=True, slots=True)
class Fit:
    """``k`` of ``n`` is ``value`` per cent, half up; of a mean, ``k`` is the sum of ``n`` answers."""

    k: int
    n: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """What may lie behind; ``fits`` are counts that give what was printed by it, ``splits`` those of
    ADDED: (one class, the other)."""

    cause: Cause
    fits: tuple[Fit, ...] = ()
    splits: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """``printed`` as it stood; ``fits`` what follows (the nearest where the count is not known); ``reasons``
    empty where it follows, or where nothing explains it. ``counted`` says that the count was given."""

    kind: Kind
    printed: tuple[Decimal, ...]
    verdict: Verdict
    fits: tuple[Fit, ...] = ()
    reasons: tuple[Reason, ...] = ()
    counted: bool = False

    def has(self, cause: Cause) -> bool:
        return any(each.cause == cause for each in self.reasons)
