"""What would be seen of a change to a table, given which groups are shown.

Sets of parts are whole numbers whose bits are the parts in them.
"""

from collections.abc import Collection, Iterator
from functools import cached_property, lru_cache
from random import Random

Pair = tuple[int, int]

Change = tuple[tuple[int, tuple[Pair, ...]], ...]
"""Class, and of which parts how many more chose it. Over all classes it comes to nought for every part."""

_TRACES = 160  # different traces among which exchanges are paired


class Trace:
    """For each part the shown groups that it lies in, as one number of which any few can be added up.

    Each shown group has a number of its own, drawn once for all: sums of a few are alike where the groups
    are, and otherwise by a chance of one in 2⁹⁶.
    """

    def __init__(self, shown: Collection[int], parts: int) -> None:
        self.of = [0] * parts
        for drawn, held in zip(_drawn(len(shown)), sorted(shown), strict=True):
            for part in places(held):
                self.of[part] += drawn
        sets: dict[int, int] = {}
        for part, mark in enumerate(self.of):
            sets[mark] = sets.get(mark, 0) | 1 << part
        self.alike = tuple(sets.values())
        self._marks = tuple(sets)[:_TRACES]
        self._number = {alike: number for number, alike in enumerate(self.alike[:_TRACES])}

    def unseen(self, change: Change) -> bool:
        """Whether a change leaves every class of every shown group as it was."""
        of = self.of
        # the first class follows from the others: every part keeps its n
        return not any(sum([more * of[part] for part, more in moved]) for _, moved in change[1:])

    def crossings(self, one: int) -> Iterator[tuple[Pair, Pair]]:
        """``one`` set of parts alike with another, and two others that come to the same as they do."""
        sets, number = self.alike, self._number.get(one)
        if number is None:
            return
        for other in range(len(self._marks)):
            for place in self._again.get(self._marks[number] + self._marks[other], ()):
                pair = place // _TRACES, place % _TRACES
                if number not in pair:
                    yield (one, sets[other]), (sets[pair[0]], sets[pair[1]])

    @cached_property
    def _again(self) -> dict[int, list[int]]:
        """What two traces and two others come to alike, and the places of all such twos, as one number each:
        so many pairs would cost more than all else.
        """
        first: dict[int, int] = {}
        found: dict[int, list[int]] = {}
        for one, mark in enumerate(self._marks):
            place = one * _TRACES
            for other in self._marks[:one]:
                before = first.setdefault(mark + other, place)
                if before != place:
                    found.setdefault(mark + other, [before]).append(place)
                place += 1
        return found


@lru_cache(maxsize=64)
def trace_of(shown: frozenset[int], parts: int) -> Trace:
    """Questions that the same persons answered try the same groups, one after the other."""
    return Trace(shown, parts)


@lru_cache(maxsize=8)
def _drawn(count: int) -> tuple[int, ...]:
    chance = Random(1956)  # noqa: S311 - it has to be the same each time, not secret
    return tuple(chance.getrandbits(96) for _ in range(count))


def places(held: int) -> Iterator[int]:
    """The parts of a set, in order."""
    while held:
        lowest = held & -held
        yield lowest.bit_length() - 1
        held ^= lowest
