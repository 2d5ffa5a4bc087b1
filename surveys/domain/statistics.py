"""From counts to shares, means and frequencies. Exact throughout: counts, fractions, decimals, never floats.

One rounding rule for the whole product: half up (a tie moves away from zero), from the exact fraction.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

ANSWERED_QUESTION = "answered_question"
"""The base of shares within one question: those who gave it an answer other than "don't know"."""

_NUMERIC = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_AFTER_Z = {"å": 1, "ä": 2, "æ": 2, "ö": 3, "ø": 3}
_AFTER_ALL = 0x10FFF0
_SORTED_AS = {"ü": "y", "ð": "d", "đ": "d", "þ": "th"}


class StatisticsError(ValueError):
    """A figure that does not exist; ``code`` is stable, the attributes are the parameters."""

    code = "statistics"


class EmptyBase(StatisticsError):
    """A share or a mean of nobody."""

    code = "empty_base"


class NotNumeric(StatisticsError):
    """A mean or median of classes that are no numbers, or of merged ones."""

    code = "not_numeric"

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(f"no numbers: {', '.join(codes)}")
        self.codes = codes


class UnknownClass(StatisticsError):
    """A code that the distribution does not have."""

    code = "unknown_class"

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown class: {name!r}")
        self.name = name


class BadMerge(StatisticsError):
    """Merged classes that leave classes out, or count one twice."""

    code = "bad_merge"

    def __init__(self, left_out: tuple[str, ...], twice: tuple[str, ...]) -> None:
        super().__init__(f"left out: {left_out}, twice: {twice}")
        self.left_out = left_out
        self.twice = twice


def rounded(value: Fraction | Decimal | int, decimals: int) -> Decimal:
    """``value`` half up to ``decimals`` places, trailing zeros kept ("65.0")."""
    if decimals < 0:
        raise ValueError("decimals are 0 or more")
    exact = Fraction(value) * 10**decimals
    # built digit by digit: arithmetic on Decimal would round to the precision of the context
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return Decimal((int(exact < 0 and whole > 0), tuple(map(int, str(whole))), -decimals))


def percent(k: int, n: int, decimals: int) -> Decimal:
    """``k`` of ``n`` in per cent, half up from the exact fraction. Raises EmptyBase, ValueError."""
    if n == 0:
        raise EmptyBase("a share of nobody")
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    return rounded(Fraction(100 * k, n), decimals)


def shares(counts: Sequence[int], decimals: int) -> tuple[Decimal | None, ...]:
    """Each count in per cent of their sum, each rounded by itself, never nudged; None where the sum is 0."""
    n = sum(counts)
    return tuple(percent(k, n, decimals) if n else None for k in counts)


def adds_to_hundred(printed: Iterable[Decimal | None]) -> bool:
    """Whether shares as printed add to 100; where nothing is printed there is nothing to remark on: True."""
    figures = [Fraction(share) for share in printed if share is not None]
    return not figures or sum(figures) == 100


@dataclass(frozen=True, slots=True)
class Rate:
    """``numerator`` of ``denominator``, never without the name of its base ("invited", "present" …)."""

    numerator: int
    denominator: int
    base: str

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is no rate")
        if not self.base.strip():
            raise ValueError("a rate names its base")

    def percent(self, decimals: int) -> Decimal:
        """Half up; raises EmptyBase where the base holds nobody."""
        return percent(self.numerator, self.denominator, decimals)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the answers to a question with one answer a person fall on its classes.

    ``codes`` stand in the order of the scale, lowest first. ``missing`` (internt bortfall) and ``dont_know``
    are counted apart and belong to no base. ``merged_classes`` declares each class made by ``merged``
    together with the classes it holds. A question with several answers a person has no such distribution:
    its shares are rates of those who answered.
    """

    codes: tuple[str, ...]
    counts: tuple[int, ...]
    missing: int = 0
    dont_know: int = 0
    merged_classes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        if len(self.codes) != len(self.counts) or len(set(self.codes)) != len(self.codes):
            raise ValueError("one count for each code, each code once")
        if min(*self.counts, self.missing, self.dont_know, 0) < 0:
            raise ValueError("counts are 0 or more")

    @property
    def n(self) -> int:
        """Those who gave an answer other than "don't know"."""
        return sum(self.counts)

    def count(self, code: str) -> int:
        """How many chose the class; raises UnknownClass."""
        if code not in self.codes:
            raise UnknownClass(code)
        return self.counts[self.codes.index(code)]

    def share(self, code: str) -> Rate:
        """Those of the class among those who answered; raises UnknownClass."""
        return Rate(self.count(code), self.n, ANSWERED_QUESTION)

    def top(self, k: int) -> Rate:
        """Those in the ``k`` upper classes together, added as counts (never as rounded shares)."""
        if not 1 <= k <= len(self.codes):
            raise ValueError(f"no {k} upper classes among {len(self.codes)}")
        return Rate(sum(self.counts[-k:]), self.n, ANSWERED_QUESTION)

    def mean(self) -> Fraction:
        """The exact mean of numeric codes; raises NotNumeric, EmptyBase."""
        values = self._values()
        return sum((value * k for value, k in values), Fraction(0)) / self.n

    def median(self) -> Fraction:
        """The exact median of numeric codes, halfway between the two in the middle; NotNumeric, EmptyBase."""
        values = sorted(self._values())
        low, high = _at(values, (self.n - 1) // 2), _at(values, self.n // 2)
        return (low + high) / 2

    def merged(self, groups: Mapping[str, Sequence[str]]) -> "Distribution":
        """The same answers on fewer classes: new code → the codes it holds, every code exactly once.

        Raises UnknownClass, BadMerge. Merging again declares the classes first asked.
        """
        used = Counter(code for group in groups.values() for code in group)
        self._check_merge(used)
        origin = dict(self.merged_classes)
        declared = tuple(
            (new, tuple(first for code in group for first in origin.get(code, (code,))))
            for new, group in groups.items()
        )
        return Distribution(
            codes=tuple(groups),
            counts=tuple(sum(self.count(code) for code in group) for group in groups.values()),
            missing=self.missing,
            dont_know=self.dont_know,
            merged_classes=tuple((new, held) for new, held in declared if held != (new,)),
        )

    def _check_merge(self, used: Counter[str]) -> None:
        for code in used:
            self.count(code)
        left_out = tuple(code for code in self.codes if code not in used)
        twice = tuple(code for code in self.codes if used[code] > 1)
        if left_out or twice:
            raise BadMerge(left_out, twice)

    def _values(self) -> list[tuple[Fraction, int]]:
        # a merged class may be named "1" and still stands for several values
        if self.merged_classes or not all(map(_NUMERIC.fullmatch, self.codes)):
            raise NotNumeric(self.codes)
        if self.n == 0:
            raise EmptyBase("a mean of nobody")
        return [(Fraction(code), k) for code, k in zip(self.codes, self.counts, strict=True)]


def _at(values: Iterable[tuple[Fraction, int]], index: int) -> Fraction:
    """The value at ``index`` when each value stands as many times as its count."""
    for value, k in values:
        if index < k:
            return value
        index -= k
    raise IndexError(index)


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """Of numbers that were answered: how many, and their exact smallest, middle, mean and largest value."""

    n: int
    min: Decimal
    median: Fraction
    mean: Fraction
    max: Decimal


def number_summary(values: Iterable[Decimal] | Mapping[Decimal, int]) -> NumberSummary:
    """Of numbers one by one, or of each different number with how often it was given.

    Raises EmptyBase where there are none, ValueError for what is no finite number.
    """
    given = values if isinstance(values, Mapping) else list(values)
    if not all(value.is_finite() for value in given):
        raise ValueError("only finite numbers can be summarised")
    counts = Counter(given)
    n = counts.total()
    if n == 0:
        raise EmptyBase("a mean of nobody")
    ordered = [(Fraction(value), counts[value]) for value in sorted(counts)]
    return NumberSummary(
        n=n,
        min=min(counts),
        median=(_at(ordered, (n - 1) // 2) + _at(ordered, n // 2)) / 2,
        mean=sum((value * many for value, many in ordered), Fraction(0)) / n,
        max=max(counts),
    )


@dataclass(frozen=True, slots=True)
class WordCount:
    """An association word in its most common spelling, and how many times it was given.

    ``spellings`` are the words counted together in it, each with its count, where staff have said so.
    """

    word: str
    count: int
    spellings: tuple[tuple[str, int], ...] = ()


def word_frequencies(words: Iterable[str] | Mapping[str, int]) -> list[WordCount]:
    """The words, one by one or each with how often it was given, by frequency, then in Swedish alphabetical
    order. Case, outer and doubled spaces do not count, nor how an accent is encoded (NFC); blank words are
    left out. Of two spellings as common as each other the one with small letters is shown, whatever the order
    of the answers.
    """
    spellings: dict[str, Counter[str]] = {}
    for word, many in Counter(words).items():
        spelling = unicodedata.normalize("NFC", " ".join(word.split()))
        if spelling:
            spellings.setdefault(folded(spelling), Counter())[spelling] += many
    ordered = sorted(spellings.items(), key=lambda item: (-item[1].total(), swedish_order(item[0])))
    return [WordCount(_commonest(found), found.total()) for _, found in ordered]


def swedish_order(word: str) -> tuple[list[tuple[str, int]], str]:
    """A sort key: å ä ö after z, other accents only where the words are otherwise the same."""
    same = folded(word)
    return [place for letter in same for place in _places(letter)], same


def alphabetical(text: str, longest: int = 60) -> str:
    """As :func:`swedish_order`, as a text that a database can sort by its code points."""
    places, same = swedish_order(text[:longest])
    # after every letter there is, so that å comes after z and whatever follows on it
    first = "".join(letter + (chr(_AFTER_ALL + after) if after else "") for letter, after in places)
    return f"{first}\x01{same}"


def folded(word: str) -> str:
    """Equal for words that differ in capitals alone, or in how an accent is encoded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).casefold())


def _places(letter: str) -> list[tuple[str, int]]:
    if letter in _AFTER_Z:
        return [("z", _AFTER_Z[letter])]
    plain = _SORTED_AS.get(letter) or unicodedata.normalize("NFD", letter)
    return [(part, 0) for part in plain if not unicodedata.combining(part)]


def _commonest(found: Counter[str]) -> str:
    # swapped case: small letters come before capitals
    return min(found, key=lambda spelling: (-found[spelling], spelling.swapcase(), spelling))
