"""Pairs beside response rows: who stays joined so that the rows of no class are told apart by it.

Whoever has the rows of two measurements, and every question's pairs, may find the rows of those who are
joined, and so of those who are not. The rows carry background variables. So what
:mod:`surveys.domain.pairing` does with the answers to one question is done with whole rows, once for all
questions, in each combination of classes that the rows carry: those who are joined, and those who answered
there alone, are as many as may be shown, or none, and to no question do all of them have the same answer.
Then any two of them may change places, and nothing that is told is another: nobody can tell whose row is
whose."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence

from surveys.domain.pairing import Joined, Values, joined
from surveys.domain.privacy import Limit, Verdict, shown

Classes = tuple[str, ...]
"""A person's class of each variable that the rows carry, as it was at a measurement."""

Row = tuple[Hashable, ...]
"""What a person answered at a measurement, a place a question; None where not."""

Rows = tuple[Row | None, ...]
"""A person's rows, a place a measurement; None where there is none."""


def joined_rows(persons: Sequence[Rows], limit: Limit, classes: Sequence[Sequence[Classes]]) -> list[bool]:
    """Who of ``persons``, in an order that is chance, stays joined beside their rows.

    ``classes``: of each person a place a measurement; what stands where there is no row is not looked at.
    Nothing joins the rows of a person whose class has changed in between."""
    held: dict[Classes, list[tuple[int, Rows]]] = defaultdict(list)
    for number, (rows, own) in enumerate(zip(persons, classes, strict=True)):
        there = [place for place, row in enumerate(rows) if row is not None]
        combinations = {own[place] for place in there}
        if len(combinations) == 1:
            held[combinations.pop()].append((number, rows))
        else:
            for place in there:
                alone = tuple(row if at == place else None for at, row in enumerate(rows))
                held[own[place]].append((number, alone))
    stay = [False] * len(persons)
    for them in held.values():
        for at in _in_one_class([rows for _, rows in them], limit):
            stay[them[at][0]] = True
    return stay


def joined_among(persons: Sequence[Values], limit: Limit, members: Sequence[bool]) -> Joined:
    """As :func:`surveys.domain.pairing.joined` of one question's answers, of ``members`` alone."""
    # who is no member stands there once for each measurement, joined with nobody
    apart: list[Values] = []
    numbers: list[int] = []
    for number, (values, member) in enumerate(zip(persons, members, strict=True)):
        for own in [values] if member else _one_by_one(values):
            apart.append(own)
            numbers.append(number)
    stay = [False] * len(persons)
    for number, member in zip(numbers, joined(apart, limit).members(apart), strict=True):
        stay[number] = stay[number] or member
    kept = Counter(values for values, member in zip(persons, stay, strict=True) if member)
    never = frozenset(number for number, member in enumerate(stay) if not member)
    return Joined(kept, Counter(persons), never=never)


def _one_by_one(values: Values) -> Iterator[Values]:
    for place, value in enumerate(values):
        if value is not None:
            yield tuple(value if at == place else None for at in range(len(values)))


def _in_one_class(persons: Sequence[Rows], limit: Limit) -> list[int]:
    """The places in ``persons`` of those who stay joined."""
    groups: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for number, rows in enumerate(persons):
        groups[tuple(row is not None for row in rows)].append(number)
    kept = {
        pattern: them
        for pattern, them in groups.items()
        if sum(pattern) > 1 and _may_be_told(persons, pattern, them, limit)
    }
    while (pattern := _too_few_alone(persons, kept, limit)) is not None:
        kept[pattern] = kept[pattern][1:]
        if not _may_be_told(persons, pattern, kept[pattern], limit):
            del kept[pattern]
    return sorted(number for them in kept.values() for number in them)


def _too_few_alone(
    persons: Sequence[Rows], kept: Mapping[tuple[bool, ...], Sequence[int]], limit: Limit
) -> tuple[bool, ...] | None:
    """The largest group of those at a measurement where too few are alone; None where there is no such."""
    stay = {number for them in kept.values() for number in them}
    for place in range(len(persons[0]) if persons else 0):
        there = sorted(pattern for pattern in kept if pattern[place])
        alone = [number for number, rows in enumerate(persons) if rows[place] and number not in stay]
        if there and alone and not _may_be_rows(persons, place, alone, limit):
            return max(there, key=lambda pattern: len(kept[pattern]))
    return None


def _may_be_told(persons: Sequence[Rows], pattern: Sequence[bool], them: Sequence[int], limit: Limit) -> bool:
    return all(_may_be_rows(persons, place, them, limit) for place, there in enumerate(pattern) if there)


def _may_be_rows(persons: Sequence[Rows], place: int, them: Sequence[int], limit: Limit) -> bool:
    """Whether the rows that they have at a measurement may be told: no answer is one too."""
    rows = [row for number in them if (row := persons[number][place]) is not None]
    return len(rows) >= limit and all(
        shown(list(Counter(answers).values()), len(rows), limit) is Verdict.SHOWN
        for answers in zip(*rows, strict=True)
    )
