"""Pairs beside the tables by background: who stays joined so that neither tells of groups that are hidden.

Whoever knows who answered when sees the pairs as one more group of the persons that the tables sort by gender
and organisation: a few men who answered once are told by subtracting twice. So for each set of persons that
may not be shown (a group of the tables, or those of it who are joined, who are not, or who answered at the
same measurements) and each answer that somebody in it gave there has to be a *witness*: the same figures
everywhere, and another count in that set (:mod:`surveys.domain.exchanges`). Where none is found somebody more
is let go.

The tables stay as they are: what they show does not hang on who answered when.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from surveys.domain.exchanges import Exchanges, Unit
from surveys.domain.families import EVERYONE, NOT_STATED, Group, rests
from surveys.domain.pairing import Joined, Values, joined, pattern_of
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.suppression import Pattern
from surveys.domain.traces import places

ROUNDS = 60
"""After so many nobody is joined. For each set that is told of one is let go at first, and in the last round
a twentieth of those who are joined: growing faster, many questions are left without a pair.
"""


@dataclass(frozen=True)
class Table:
    """What is shown of the answers at one measurement by background.

    ``backgrounds``: of each person, None where nothing was answered.
    """

    backgrounds: Sequence[Mapping[str, str] | None]
    pattern: Pattern

    def classes(self, person: int) -> tuple[str, ...]:
        known = self.backgrounds[person] or {}
        return tuple([known.get(each) or NOT_STATED for each in self.pattern.variables])


def joined_beside_tables(
    persons: Sequence[Values], limit: Limit, tables: Sequence[Table], classes: Sequence[Values] = ()
) -> Joined:
    """As :func:`surveys.domain.pairing.joined`, of persons of whom ``tables`` are shown, one a measurement.

    ``classes``: their answers as the tables have them, where these are coarser.
    """
    answers = classes or persons
    never: set[int] = set()
    cells = [[each.classes(person) for each in tables] for person in range(len(persons))]
    for attempt in range(ROUNDS):
        found = joined(persons, limit, never)
        members = found.members(persons)
        told = _told(answers, limit, tables, cells, members) if any(members) else []
        if not told:
            return found
        there = [person for person, member in enumerate(members) if member]
        at_once = max(1, len(there) * attempt // (20 * ROUNDS))
        for place, held in told:
            never.update(_first_to_go(place, set(held), cells, there)[:at_once])
    return joined(persons, limit, range(len(persons)))


def _first_to_go(
    place: int, held: Collection[int], cells: Sequence[Sequence[tuple[str, ...]]], there: Sequence[int]
) -> list[int]:
    """Of those joined whoever is told of, then whoever shares every class with them, then the others."""
    alike = {cells[each][place] for each in held}
    return sorted(there, key=lambda each: (each not in held, cells[each][place] not in alike))


def _told(
    persons: Sequence[Values],
    limit: Limit,
    tables: Sequence[Table],
    cells: Sequence[Sequence[tuple[str, ...]]],
    members: Sequence[bool],
) -> list[tuple[int, list[int]]]:
    """The sets of persons (by measurement) of whom some count follows from all that is shown."""
    traces = [
        tuple(_shown_of(table.pattern, cell) for table, cell in zip(tables, own, strict=True))
        for own in cells
    ]
    found = []
    for place, table in enumerate(tables):
        units: dict[Unit, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
        for person, values in enumerate(persons):
            if values[place] is None:
                continue
            rest = (*values[:place], *values[place + 1 :])
            unit = Unit(
                cells[person][place],
                traces[person][place],
                members[person],
                rest if members[person] else None,
                (traces[person], members[person], pattern_of(values)),
            )
            units[unit][values[place]].append(person)
        exchanges, apart = _counted(units), _counted(units, apart=True)
        for held in _secrets(exchanges, table.pattern, limit):
            alone = frozenset(map(_apart, held))
            for answer in exchanges.hidden(held):
                # what no exchange alters without pairs either, tables tell or guard: pairs add nothing to it
                if not exchanges.witnessed(held, answer) and apart.witnessed(alone, answer):
                    found.append((place, [p for unit in held for who in units[unit].values() for p in who]))
                    break
    return found


def _counted(units: Mapping[Unit, Mapping[Hashable, Sequence[int]]], apart: bool = False) -> Exchanges:
    """``apart``: as if nobody were joined."""
    found: dict[Unit, Counter[Hashable]] = defaultdict(Counter)
    for unit, held in units.items():
        found[_apart(unit) if apart else unit].update({answer: len(who) for answer, who in held.items()})
    return Exchanges(found)


def _apart(unit: Unit) -> Unit:
    return unit._replace(rest=None, alike=(unit.alike[0], None, unit.alike[2]))


def _secrets(exchanges: Exchanges, pattern: Pattern, limit: Limit) -> Iterator[frozenset[Unit]]:
    """What may not be shown: groups, those outside one, those of them who answered when, and what two leave
    over.
    """
    sets: dict[Hashable, set[Unit]] = defaultdict(set)
    classes = {own for unit in exchanges.units for own in zip(pattern.variables, unit.cell, strict=True)}
    for unit in exchanges.units:
        outside = classes.difference(zip(pattern.variables, unit.cell, strict=True))
        for group in (*_groups(pattern.variables, unit.cell), *(("outside", each) for each in outside)):
            for way in (None, unit.joined, unit.alike[2]):
                sets[group, way].add(unit)
    over = _rests(list(exchanges.units), pattern.variables, limit)
    for held in dict.fromkeys([*map(frozenset, sets.values()), *over]):
        counts = exchanges.counts(held)
        if shown(list(counts.values()), counts.total(), limit) is not Verdict.SHOWN:
            yield held


def _rests(units: Sequence[Unit], variables: tuple[str, ...], limit: Limit) -> Iterator[frozenset[Unit]]:
    """Those of one class who are not of another, and those of neither, where they may be too few."""
    classes: dict[tuple[str, str], int] = defaultdict(int)
    for place, unit in enumerate(units):
        for each in zip(variables, unit.cell, strict=True):
            classes[each] |= 1 << place
    everyone = (1 << len(units)) - 1
    for held in rests(everyone, classes.values(), limit):
        yield frozenset(units[place] for place in places(held))


@lru_cache(maxsize=4096)
def _shown_of(pattern: Pattern, classes: tuple[str, ...]) -> frozenset[Group]:
    """The groups that are shown and hold those of these classes; everyone always is."""
    return frozenset(each for each in _groups(pattern.variables, classes) if pattern.shows(each)) | {EVERYONE}


@lru_cache(maxsize=4096)
def _groups(variables: tuple[str, ...], classes: tuple[str, ...]) -> tuple[Group, ...]:
    """Every group that can be asked for and that holds those of these classes, and the smallest one."""
    own = tuple(zip(variables, classes, strict=True))
    return tuple(dict.fromkeys([EVERYONE, *((each,) for each in own), *combinations(own, 2), own]))
