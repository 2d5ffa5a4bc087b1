"""Whose answers at several measurements are laid beside each other, so that nobody is left to be seen.

All who answered a question at a measurement are shown as one group. Were the pairs shown as another, whoever
answered once could be had by subtracting, and with three measurements so could whoever missed one of them.
So persons are sorted by which measurements they answered at, and every such group of persons is one that may
be shown by itself (:func:`surveys.domain.privacy.shown`), or is not joined. Where the few who answered at one
measurement alone would be left, some who are joined are let go at random until they are enough. Whatever is
shown is then made of groups that may be shown, whichever measurements are compared.

The same is done to sealed answers when their key is destroyed (:mod:`surveys.domain.unlinking`), there once
and for all and by counts alone; here by question, and by what was answered.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from surveys.domain.paired import Number
from surveys.domain.privacy import Limit, Verdict, shown

Values = tuple[Number | None, ...]
"""What one person answered to a question, a place a measurement; None where not at all."""

Table = Counter[tuple[Number, Number]]
"""(before, after) → how many pairs."""


@dataclass(frozen=True)
class Joined:
    """``kept``: what those answered who stay joined → how many; ``everyone``: the same of all.

    ``gone``: which measurements → how many of those who stay joined there were let go, the first in order;
    ``never``: the places of those whom nothing joins.
    """

    kept: Counter[Values]
    everyone: Counter[Values]
    gone: Counter[tuple[bool, ...]] = field(default_factory=Counter)
    never: frozenset[int] = frozenset()

    def members(self, persons: Sequence[Values]) -> list[bool]:
        """Who of ``persons``, in the order in which they were joined, stays so."""
        patterns = {pattern_of(values) for values in self.kept}
        left, found = Counter(self.gone), []
        for place, values in enumerate(persons):
            pattern = pattern_of(values)
            may = place not in self.never
            left[pattern] -= may
            found.append(may and pattern in patterns and left[pattern] < 0)
        return found

    def pairs(self, before: int, after: int) -> Table:
        """The pairs of two measurements (places in Values) that may be shown."""
        return _pairs(self.kept, before, after)

    def let_go(self, before: int, after: int) -> int:
        """How many more answered both times."""
        return _pairs(self.everyone, before, after).total() - self.pairs(before, after).total()

    def others(self, before: int, after: int) -> Counter[Number]:
        """What those answered at ``before`` who are not among the pairs."""
        values = Counter(_marginal(self.everyone, before))
        values.subtract(side(self.pairs(before, after), 0))
        return +values


def joined(persons: Sequence[Values], limit: Limit, never: Collection[int] = ()) -> Joined:
    """Who stays joined. ``persons`` stand in an order that is chance: those first in it are let go first, and
    those at the places ``never`` before all.
    """
    everyone, apart = Counter(persons), frozenset(never)
    may = [values for place, values in enumerate(persons) if place not in apart] if apart else persons
    groups: dict[tuple[bool, ...], Counter[Values]] = defaultdict(Counter)
    for values, count in Counter(may).items():
        groups[pattern_of(values)][values] += count
    several = {pattern: group for pattern, group in groups.items() if sum(pattern) > 1}
    kept = {pattern: group for pattern, group in several.items() if _may_be_shown(group, limit)}
    alone = [_alone(everyone, kept, place) for place in range(len(persons[0]) if persons else 0)]
    waiting: dict[tuple[bool, ...], Iterator[Values]] = {}
    gone: Counter[tuple[bool, ...]] = Counter()
    while (pattern := _too_few_alone(alone, kept, limit)) is not None:
        queue = waiting.setdefault(pattern, iter([each for each in may if pattern_of(each) == pattern]))
        _let_go(kept, pattern, next(queue), alone)
        gone[pattern] += 1
        if not _may_be_shown(kept[pattern], limit):
            for values in list(kept.pop(pattern).elements()):
                _add(alone, values)
    return Joined(sum(kept.values(), Counter()), everyone, gone, apart)


def side(table: Table, place: int) -> Counter[Number]:
    """What the pairs answered before (0) or after (1)."""
    values: Counter[Number] = Counter()
    for pair, count in table.items():
        values[pair[place]] += count
    return values


def differences(table: Mapping[tuple[Number, Number], int]) -> Counter[Number]:
    """After − before → how many pairs."""
    found: Counter[Number] = Counter()
    for (before, after), count in table.items():
        found[after - before] += count
    return found


def pattern_of(values: Values) -> tuple[bool, ...]:
    """At which measurements there is an answer."""
    return tuple(value is not None for value in values)


def _pairs(counted: Counter[Values], before: int, after: int) -> Table:
    found: Table = Counter()
    for values, count in counted.items():
        one, other = values[before], values[after]
        if one is not None and other is not None:
            found[one, other] += count
    return found


def _marginal(counted: Counter[Values], place: int) -> Counter[Number]:
    found: Counter[Number] = Counter()
    for values, count in counted.items():
        value = values[place]
        if value is not None:
            found[value] += count
    return found


def _verdict(counts: Counter[Number], limit: Limit) -> Verdict:
    return shown(list(counts.values()), counts.total(), limit)


def _may_be_shown(group: Counter[Values], limit: Limit) -> bool:
    """Whether at each of its measurements, and in which way they went between two, they are enough."""
    places = [place for place, there in enumerate(pattern_of(next(iter(group)))) if there]
    if any(_verdict(_marginal(group, place), limit) is not Verdict.SHOWN for place in places):
        return False
    return all(
        _verdict(_ways(_pairs(group, before, after)), limit) is Verdict.SHOWN
        for before, after in combinations(places, 2)
    )


def _ways(table: Table) -> Counter[Number]:
    found: Counter[Number] = Counter()
    for (before, after), count in table.items():
        found[(after > before) - (after < before)] += count
    return found


def _alone(
    everyone: Counter[Values], kept: Mapping[tuple[bool, ...], Counter[Values]], place: int
) -> Counter[Number]:
    """What those answered at a measurement who are joined with none."""
    found = _marginal(everyone, place)
    for group in kept.values():
        found.subtract(_marginal(group, place))
    return +found


def _too_few_alone(
    alone: Sequence[Counter[Number]], kept: Mapping[tuple[bool, ...], Counter[Values]], limit: Limit
) -> tuple[bool, ...] | None:
    """The largest group of those at a measurement where too few are alone; None where there is no such."""
    for place, values in enumerate(alone):
        there = sorted(pattern for pattern in kept if pattern[place])
        if there and values and _verdict(values, limit) is not Verdict.SHOWN:
            return max(there, key=lambda pattern: kept[pattern].total())
    return None


def _let_go(
    kept: Mapping[tuple[bool, ...], Counter[Values]],
    pattern: tuple[bool, ...],
    values: Values,
    alone: Sequence[Counter[Number]],
) -> None:
    group = kept[pattern]
    group[values] -= 1
    if not group[values]:
        del group[values]
    _add(alone, values)


def _add(alone: Sequence[Counter[Number]], values: Values) -> None:
    for counts, value in zip(alone, values, strict=True):
        if value is not None:
            counts[value] += 1
