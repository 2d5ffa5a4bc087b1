"""Exchanges of answers that nobody would see: witnesses that a count does not follow from what is shown.

Persons at one measurement are sorted into *units*: those of one unit are told apart by their answer alone.
One who answered so takes the answer of one who answered otherwise; what would be seen of that is which shown
groups the two lie in, and of those who are joined what they answered at the other measurements. Where it is
the same of both nothing is seen; where it is not, another two may undo it (the rectangle of a two-way table;
moves of a Markov basis, Diaconis & Sturmfels, Ann. Stat. 26, 1998). Persons of whom all is seen alike
exchange everything that they answered.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

_CLASSES = 80  # sorts of persons that are tried two by two


class Unit(NamedTuple):
    """``cell``: their classes; ``seen``: the shown groups they lie in; ``rest``: of those who are ``joined``
    the other answers. Those ``alike`` lie in the same shown groups at every measurement, and are joined or
    not, and answered at the same ones (its third entry).
    """

    cell: tuple[str, ...]
    seen: frozenset[Hashable]
    joined: bool
    rest: tuple[Any, ...] | None
    alike: tuple[Hashable, Hashable, Hashable]


class Exchanges:
    """``units`` → answer → how many, at one measurement."""

    def __init__(self, units: Mapping[Unit, Mapping[Hashable, int]]) -> None:
        self.units = units
        self._marks: dict[Hashable, int] = {}
        self._chance = Random(1956)  # noqa: S311 - it has to be the same each time, not secret
        self._alike: dict[Hashable, list[Unit]] = defaultdict(list)
        for unit in units:
            self._alike[unit.alike].append(unit)
        answers = {answer for held in units.values() for answer in held}
        self.answers = sorted(answers, key=str)
        self._sums: dict[tuple[Hashable, Hashable, bool], dict[int, list[tuple[int, int]]]] = {}
        self._sorted: dict[tuple[Hashable, Hashable, bool], dict[int, list[Unit]]] = {}
        self._uniform = [mask for mask in self._told_sets() if len(self.counts(mask)) == 1]

    def counts(self, held: Iterable[Unit]) -> Counter[Hashable]:
        """What those of some units answered."""
        found = Counter[Hashable]()
        for unit in held:
            found.update(self.units[unit])
        return found

    def hidden(self, held: frozenset[Unit]) -> list[Hashable]:
        """What somebody in a set answered; nothing where a shown group that it lies in answered alike."""
        known = any(held <= mask for mask in self._uniform)
        return [] if known else list(self.counts(held))

    def _told_sets(self) -> list[frozenset[Unit]]:
        """All that is shown at this measurement: groups, and those joined and those not."""
        sets: dict[Hashable, set[Unit]] = defaultdict(set)
        for unit in self.units:
            for each in (*unit.seen, unit.joined):
                sets[each].add(unit)
        return list(map(frozenset, sets.values()))

    def witnessed(self, held: frozenset[Unit], answer: Hashable) -> bool:
        """Whether an exchange that nobody would see alters how many of a set gave an answer."""
        return self._among_alike(held, answer) or any(
            self._paired(held, answer, other) for other in self.answers if other != answer
        )

    def _among_alike(self, held: frozenset[Unit], answer: Hashable) -> bool:
        for alike in dict.fromkeys(unit.alike for unit in held):
            inside, outside = set[bool](), set[bool]()
            for unit in self._alike[alike]:
                gave = {each == answer for each in self.units[unit]}
                (inside if unit in held else outside).update(gave)
            if (True in inside and False in outside) or (False in inside and True in outside):
                return True
        return False

    def _paired(self, held: frozenset[Unit], answer: Hashable, other: Hashable) -> bool:
        """Whether one or two who gave ``answer`` change it with as many who gave ``other``, of whom more or
        fewer are in the set.
        """
        giving, taking = self._sort(answer, other, True), self._sort(answer, other, False)
        for these, those in ((giving, taking), (taking, giving)):
            sums: dict[int, list[tuple[int, int]]] | None = None
            for mine, units in these.items():
                ours = _within(held, units)
                if True not in ours:
                    continue
                if len(ours | _within(held, those.get(mine, ()))) > 1 and mine in those:
                    return True
                sums = self._sum(answer, other, those is giving) if sums is None else sums
                for beside, more in these.items():
                    for one, two in sums.get(mine + beside, ()) if beside != mine else ():
                        left, right = _within(held, those[one]), _within(held, those[two])
                        if {one, two} != {mine, beside} and _differ(ours, _within(held, more), left, right):
                            return True
        return False

    def _sort(self, answer: Hashable, other: Hashable, gives: bool) -> dict[int, list[Unit]]:
        """Those who gave ``answer`` (or, not ``gives``, ``other``), by what would be seen of their taking the
        one for the other.
        """
        key = answer, other, gives
        if key not in self._sorted:
            found: dict[int, list[Unit]] = defaultdict(list)
            for unit, held in self.units.items():
                if held.get(answer if gives else other):
                    found[self._mark_of(unit, other) - self._mark_of(unit, answer)].append(unit)
            self._sorted[key] = dict(found)
        return self._sorted[key]

    def _sum(self, answer: Hashable, other: Hashable, gives: bool) -> dict[int, list[tuple[int, int]]]:
        key = answer, other, gives
        if key not in self._sums:
            found: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for pair in combinations(list(self._sort(*key))[:_CLASSES], 2):
                found[sum(pair)].append(pair)
            self._sums[key] = dict(found)
        return self._sums[key]

    def _mark_of(self, unit: Unit, answer: Hashable) -> int:
        marks: list[Hashable] = [(group, answer) for group in unit.seen]
        if unit.rest is not None:
            marks += [(place, given, answer) for place, given in enumerate(unit.rest) if given is not None]
        return sum(self._mark(each) for each in marks)

    def _mark(self, told: Hashable) -> int:
        """A number drawn once for all: sums of a few are alike where what they stand for is."""
        if told not in self._marks:
            self._marks[told] = self._chance.getrandbits(96)
        return self._marks[told]


def _within(held: frozenset[Unit], units: Collection[Unit]) -> set[bool]:
    return {unit in held for unit in units}


def _differ(one: set[bool], two: set[bool], three: set[bool], four: set[bool]) -> bool:
    """Whether there is a choice with more of the set among the first two than among the last, or fewer."""
    first = {a + b for a in one for b in two}
    return len(first | {a + b for a in three for b in four}) > 1
