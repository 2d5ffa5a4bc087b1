"""Privacy modes, and what may be shown of small groups.

Suppression protects answers, not head counts: how many answered is no secret, what they answered is, when
they are few. A threshold with complementary suppression, as official statistics has it: what is shown of one
group is decided here, what of groups beside each other in ``suppression``.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from operator import itemgetter

SMALLEST_LIMIT = 5
LARGEST_LIMIT = 10


class PrivacyMode(StrEnum):
    """How far a response can be followed to a person, as it is once the questionnaire has closed.

    *Sealed* and *anonymous* can be traced as long as their keys live, which is until closing.
    """

    NAMED = "named"
    PSEUDONYMOUS = "pseudonymous"
    SEALED = "sealed"
    ANONYMOUS = "anonymous"

    @property
    def traceable(self) -> bool:
        """Whether whoever holds the keys can find the person after closing."""
        return self in (PrivacyMode.NAMED, PrivacyMode.PSEUDONYMOUS)

    @property
    def pairable(self) -> bool:
        """Whether one person's answers before and after can be joined."""
        return self is not PrivacyMode.ANONYMOUS

    @property
    def keeps_link(self) -> bool:
        """Whether the response itself references the register."""
        return self is PrivacyMode.NAMED

    @property
    def keeps_time(self) -> bool:
        """Whether the moment of an answer is kept; else its day, and after closing nothing."""
        return self.traceable


MODES = tuple(PrivacyMode)
ALL_PERSONS = "enrolment:"


def common_target(target: str) -> str:
    """The target of an answer that is not to lead to its person: single persons' targets are one."""
    return ALL_PERSONS if target.startswith(ALL_PERSONS) else target


class BadLimit(ValueError):
    """A limit for small groups outside 5–10."""

    code = "bad_limit"

    def __init__(self, value: int) -> None:
        super().__init__(f"the limit lies between {SMALLEST_LIMIT} and {LARGEST_LIMIT}, not at {value}")
        self.value = value


class Limit(int):
    """The least number of answers of a group whose answers are shown: 5 to 10. Raises BadLimit."""

    def __new__(cls, value: int = SMALLEST_LIMIT) -> "Limit":
        if not SMALLEST_LIMIT <= value <= LARGEST_LIMIT:
            raise BadLimit(value)
        return super().__new__(cls, value)


class Verdict(StrEnum):
    """What may be said of a group's answers: all, or nothing but how many they are.

    A reader is told the same of ``too_few`` and ``all_same``: the word itself would give the answers away.
    """

    SHOWN = "shown"
    TOO_FEW = "too_few"
    ALL_SAME = "all_same"


def shown(distribution_counts: Sequence[int], n: int, limit: Limit) -> Verdict:
    """Whether a group's distribution may be shown; if not, nothing but ``n`` may, not even "don't know".

    ``n`` answered the question, ``distribution_counts`` chose each class (several classes each where the
    question allows it). Everyone in one class is told only of groups of at least twice the limit.
    """
    if any(not 0 <= k <= n for k in distribution_counts):
        raise ValueError(f"counts lie between 0 and n = {n}")
    return by_size(n, limit) or (Verdict.ALL_SAME if n in distribution_counts else Verdict.SHOWN)


def by_size(n: int, limit: Limit) -> Verdict | None:
    """What :func:`shown` says of a group of ``n``, whatever it answered; None where that matters."""
    if n < limit:
        return Verdict.TOO_FEW
    return Verdict.SHOWN if n >= 2 * limit else None


def carried(
    rows: Sequence[Mapping[str, Hashable]], variables: Sequence[str], limit: Limit
) -> tuple[str, ...]:
    """Which background variables rows that are kept apart from persons may carry, in the order given.

    The largest set of which every combination of values present stands in at least ``limit`` rows; among sets
    as large, the one whose variables come first. A variable that a row lacks counts as the value None.
    """
    names = tuple(dict.fromkeys(variables))
    combined = Counter(tuple(row.get(name) for name in names) for row in rows)

    def enough(positions: tuple[int, ...]) -> bool:
        chosen = itemgetter(*positions)  # of one position the value, of more a tuple; either can be counted
        found: Counter[Hashable] = Counter()
        for values, k in combined.items():
            found[chosen(values)] += k
        return all(k >= limit for k in found.values())

    # what is too fine stays so with one variable more, so only sets made of good ones need to be tried
    everything = tuple(range(len(names)))
    if not names or enough(everything):
        return names
    best: list[tuple[int, ...]] = [()]
    level: list[tuple[int, ...]] = [(position,) for position in everything if enough((position,))]
    while level:
        best = level
        level = [larger for larger in _joined(level) if enough(larger)]
    return tuple(names[position] for position in best[0])


def _joined(level: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Sets one larger, in order, all of whose parts are in ``level`` (Apriori, Agrawal & Srikant 1994)."""
    good = set(level)
    joined = [(*a, b[-1]) for a in level for b in level if a[:-1] == b[:-1] and a[-1] < b[-1]]
    return [
        larger for larger in joined if all(part in good for part in combinations(larger, len(larger) - 1))
    ]
