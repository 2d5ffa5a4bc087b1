"""What would be seen of a change to a table, given which groups are shown.

Sets of parts are whole numbers whose bits are the parts in them.
"""

from collections import defaultdict
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
        self._sets: dict[int, int] = {}
        for part, mark in enumerate(self.of):
            self._sets[mark] = self._sets.get(mark, 0) | 1 << part
        self.alike = tuple(self._sets.values())

    def unseen(self, change: Change) -> bool:
        """Whether a change leaves every class of every shown group as it was."""
        of = self.of
        # the first class follows from the others: every part keeps its n
        return not any(sum([more * of[part] for part, more in moved]) for _, moved in change[1:])

    @cached_property
    def partners(self) -> dict[int, list[tuple[int, list[Pair]]]]:
        """For a set of parts alike the others which, together with it, come to the same as other pairs do;
        and all of those pairs.
        """
        marks, sets = list(self._sets)[:_TRACES], self.alike
        first: dict[int, int] = {}  # numbers and not pairs: so many objects would cost more than all else
        again: dict[int, list[Pair]] = {}
        for one, mark in enumerate(marks):
            for other in range(one):
                both, place = mark + marks[other], one * _TRACES + other
                before = first.setdefault(both, place)
                if before != place:
                    pair = sets[before // _TRACES], sets[before % _TRACES]
                    again.setdefault(both, [pair]).append((sets[one], sets[other]))
        found: dict[int, list[tuple[int, list[Pair]]]] = defaultdict(list)
        for pairs in again.values():
            for one, other in pairs:
                found[one].append((other, pairs))
                found[other].append((one, pairs))
        return dict(found)


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
