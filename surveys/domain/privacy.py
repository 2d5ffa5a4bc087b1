"""Privacy modes, and what may be shown of small groups.

Suppression protects answers, not head counts: how many answered is no secret, what they answered is, when
they are few. A threshold with complementary suppression, as official statistics has it.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
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
    if n < limit:
        return Verdict.TOO_FEW
    if n < 2 * limit and n in distribution_counts:
        return Verdict.ALL_SAME
    return Verdict.SHOWN


def hide_groups(sizes: Mapping[str, int], limit: Limit, total_shown: bool) -> set[str]:
    """Which groups' answers are hidden, when all that is known of the groups is how many answered; the
    groups together are the total, so those of no group ("not stated") are a group as well.

    Those under the limit are; an empty group is no secret. Where the total is shown (``shown`` says whether),
    the next smallest follow until what is left of it after subtracting the shown groups comes from at least
    two, holds at least the limit, and is more than one answer each (else it gave the sizes). Ties go by name.

    Where even all groups together do not hold the limit, all are hidden, and so is the total, by ``shown``.
    Does not know what was answered: where distributions are shown, use ``hide_distributions``. Sizes are
    kept from subtraction, not from reasoning about this rule: they are no secret.
    """
    if any(size < 0 for size in sizes.values()):
        raise ValueError("sizes are 0 or more")

    def safe(hidden: Set[str]) -> bool:
        held = sum(sizes[name] for name in hidden)
        return len(hidden) >= 2 and held >= limit and held > len(hidden)

    small = {name for name, size in sizes.items() if 0 < size < limit}
    return _with_complements(small, sizes, safe) if total_shown else small


@dataclass(frozen=True, slots=True)
class GroupAnswers:
    """What a group answered to one question: ``n`` persons, ``counts`` by class in a common order."""

    counts: tuple[int, ...]
    n: int

    def verdict(self, limit: Limit) -> Verdict:
        """As ``shown``."""
        return shown(self.counts, self.n, limit)


def hide_distributions(groups: Mapping[str, GroupAnswers], limit: Limit, total_shown: bool) -> set[str]:
    """Which groups' distributions are hidden, the groups together being the total.

    Those that ``shown`` refuses are; where the total is shown, the next smallest follow until the hidden ones
    are at least two and together could be shown as one group, which is all that subtracting gives. So neither
    a small group nor one in which everyone answered the same can be had from the rest, even by a reader who
    knows every ``n``. An empty group is never hidden. Ties go by name.

    What no hiding can keep from a reader who knows this rule: a group of the limit or more that is hidden
    without a smaller one beside it answered alike (not in which class, unless only one was chosen so often).
    """
    if len({len(group.counts) for group in groups.values()}) > 1:
        raise ValueError("one question has the same classes for every group")

    def safe(hidden: Set[str]) -> bool:
        return len(hidden) >= 2 and _together([groups[name] for name in hidden], limit) is Verdict.SHOWN

    refused = {
        name for name, group in groups.items() if group.n and group.verdict(limit) is not Verdict.SHOWN
    }
    sizes = {name: group.n for name, group in groups.items()}
    return _with_complements(refused, sizes, safe) if total_shown else refused


def carried(
    rows: Sequence[Mapping[str, Hashable]], variables: Sequence[str], limit: Limit
) -> tuple[str, ...]:
    """Which background variables an export of response rows may carry, in the order given.

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


def _with_complements(
    hidden: set[str], sizes: Mapping[str, int], safe: Callable[[Set[str]], bool]
) -> set[str]:
    if not hidden:
        return hidden
    chosen = set(hidden)
    others = sorted((size, name) for name, size in sizes.items() if size > 0 and name not in hidden)
    for _, name in others:
        if safe(chosen):
            break
        chosen.add(name)
    return chosen


def _together(groups: Sequence[GroupAnswers], limit: Limit) -> Verdict:
    counts = [sum(column) for column in zip(*(group.counts for group in groups), strict=True)]
    return shown(counts, sum(group.n for group in groups), limit)


def _joined(level: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Sets one larger, in order, all of whose parts are in ``level`` (Apriori, Agrawal & Srikant 1994)."""
    good = set(level)
    joined = [(*a, b[-1]) for a in level for b in level if a[:-1] == b[:-1] and a[-1] < b[-1]]
    return [
        larger for larger in joined if all(part in good for part in combinations(larger, len(larger) - 1))
    ]
