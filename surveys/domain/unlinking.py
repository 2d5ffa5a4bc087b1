"""What of responses may stay joined, and which background they keep, when their key is destroyed.

Afterwards each response must be one of at least ``limit`` that nothing tells apart but what was answered.
Three things could tell: which other responses it is joined with (somebody asked at odd occasions is known by
them), its background classes, and both together. So, in this order:

1. Only measurements to be compared stay joined, and only where as many persons answered the same of them.
2. Where some are left alone at a measurement, and too few, others are let go at random until there are
   enough.
3. Among those alike in this, classes that are too small lose their name, with the next smallest where that
   leaves too few without one; then the largest set of variables is kept whose combinations are large enough.

The rows come from one key. Chance is an argument. The notion is k-anonymity (Samarati & Sweeney 1998).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from surveys.domain.privacy import Limit, carried

Pattern = tuple[str, ...]  # the measurements that a unit's responses are from


@dataclass(frozen=True, slots=True)
class Held:
    """A response before: ``person`` joins it with others ("" joins with none), where ``compared`` allows."""

    measurement: str
    person: str
    compared: bool
    classes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Freed:
    """What is left of it: those of the same ``unit`` stay joined (None: with none), and its classes."""

    unit: int | None
    classes: Mapping[str, str]


def freed(rows: Sequence[Held], variables: Sequence[str], limit: Limit, chance: Random) -> list[Freed]:
    """What is left of each row, in their order; ``variables``: the classes most wanted come first."""
    units = _units(rows, limit, chance)
    kept: dict[int, Freed] = {}
    by_pattern: dict[Pattern, list[list[int]]] = defaultdict(list)
    for unit in units:
        by_pattern[_pattern(rows, unit)].append(unit)
    number = 0
    for pattern, alike in by_pattern.items():
        for unit, classes in zip(alike, _classes(rows, alike, variables, limit), strict=True):
            number += 1
            for place, row in enumerate(unit):
                values = {name: joint[place] for name, joint in classes.items() if joint[place]}
                kept[row] = Freed(number if len(pattern) > 1 else None, values)
    return [kept[row] for row in range(len(rows))]


# Who stays joined


def _units(rows: Sequence[Held], limit: Limit, chance: Random) -> list[list[int]]:
    """The rows (by number) that stay joined, as lists; one by itself is a list of one."""
    persons: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(rows):
        if each.person and each.compared:
            persons[each.person].append(row)
    joined = [_in_order(rows, unit) for unit in persons.values() if len(unit) > 1]
    sizes = Counter(_pattern(rows, unit) for unit in joined)
    joined = [unit for unit in joined if sizes[_pattern(rows, unit)] >= limit]
    joined = _enough_alone(rows, joined, limit, chance)
    taken = {row for unit in joined for row in unit}
    return [*joined, *([row] for row in range(len(rows)) if row not in taken)]


def _enough_alone(
    rows: Sequence[Held], joined: list[list[int]], limit: Limit, chance: Random
) -> list[list[int]]:
    """Let go of some, so that at each measurement none or at least ``limit`` are alone."""
    while True:
        alone = Counter(each.measurement for each in rows)
        for unit in joined:
            alone.subtract(_pattern(rows, unit))
        # Where nobody is joined, nobody can be let go, which must not keep the rest from being looked at.
        among = {name for unit in joined for name in _pattern(rows, unit)}
        few = next((name for name in sorted(among) if 0 < alone[name] < limit), None)
        if few is None:
            return joined
        there = [unit for unit in joined if few in _pattern(rows, unit)]
        sizes = Counter(_pattern(rows, unit) for unit in there)
        largest = max(sorted(sizes), key=lambda pattern: sizes[pattern])
        of_largest = [unit for unit in there if _pattern(rows, unit) == largest]
        needed = limit - alone[few]
        if len(of_largest) - needed < limit:
            needed = len(of_largest)
        let_go = {unit[0] for unit in chance.sample(of_largest, needed)}
        joined = [unit for unit in joined if unit[0] not in let_go]


def _pattern(rows: Sequence[Held], unit: Sequence[int]) -> Pattern:
    return tuple(rows[row].measurement for row in unit)


def _in_order(rows: Sequence[Held], unit: list[int]) -> list[int]:
    return sorted(unit, key=lambda row: rows[row].measurement)


# Which classes they keep


def _classes(
    rows: Sequence[Held], alike: Sequence[list[int]], variables: Sequence[str], limit: Limit
) -> Iterator[dict[str, tuple[str, ...]]]:
    """For each of the units its classes: variable → a value for each of its rows."""
    known = {name for unit in alike for row in unit for name in rows[row].classes}
    names = [*(name for name in variables if name in known), *sorted(known.difference(variables))]
    columns = {
        name: _merged([tuple(rows[row].classes.get(name, "") for row in unit) for unit in alike], limit)
        for name in names
    }
    combined: list[dict[str, Hashable]] = [
        {name: columns[name][place] for name in names} for place in range(len(alike))
    ]
    may = carried(combined, names, limit)
    for place in range(len(alike)):
        yield {name: columns[name][place] for name in may}


def _merged(values: Sequence[tuple[str, ...]], limit: Limit) -> list[tuple[str, ...]]:
    """The values, those that too few have without a name; the next too, while those are few together."""
    blank = ("",) * len(values[0])
    sizes = Counter(values)
    nameless = {value for value, size in sizes.items() if size < limit or value == blank}
    for value, _ in sorted(sizes.items(), key=lambda each: (each[1], each[0])):
        if not 0 < sum(sizes[each] for each in nameless) < limit:
            break
        nameless.add(value)
    return [blank if value in nameless else value for value in values]
