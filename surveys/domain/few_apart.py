"""Whether figures of overlapping groups, put together, tell of a few persons.

Of each group (a base) it is told how many of it have some property. Added and subtracted with any factors
such figures may come to that of another group: of those in the one and not in the other, or of a whole less
its parts. A group of persons, some of them perhaps counted against the others, is told exactly if its vector
lies in the space that the bases span. Persons who are in the same bases stand together, since nothing tells
them apart. Vectors of −1, 0 and 1 are looked for, by what they are at the pivots of the reduced form.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from operator import mul

Base = frozenset[int]
MOST_STEPS = 20_000
"""After so many nothing has been found, nor that there is nothing: then few are said to be told of."""


def tells_of_few(bases: Sequence[Base], limit: int) -> bool:
    """Whether some group of 1 to ``limit`` − 1 persons is told of by figures of all ``bases`` together."""
    where = Counter(
        tuple(person in base for base in bases) for person in frozenset[int]().union(*bases)
    )  # by which bases they are in: how many
    # the largest first, so that they are the pivots: a group of few has nothing of them
    atoms = sorted(where, key=lambda each: (-where[each], each))
    sizes = [where[each] for each in atoms]
    rows = _reduced([[Fraction(each[number]) for each in atoms] for number in range(len(bases))])
    pivots = [next(place for place, value in enumerate(row) if value) for row in rows]
    steps = 0
    for chosen in _choices([sizes[place] for place in pivots], limit - 1):
        steps += 1
        if steps > MOST_STEPS:
            return True
        if not any(chosen):
            continue
        vector = [sum(map(mul, chosen, column)) for column in zip(*rows, strict=True)]
        few = sum(size for size, value in zip(sizes, vector, strict=True) if value) < limit
        if few and all(value in (-1, 0, 1) for value in vector):
            return True
    return False


def _choices(sizes: Sequence[int], left: int) -> Iterator[tuple[int, ...]]:
    """Every way to take −1, 0 or 1 of each, so that no more than ``left`` persons are in what is taken."""
    if not sizes:
        yield ()
        return
    for sign in (0, 1, -1) if sizes[0] <= left else (0,):
        for others in _choices(sizes[1:], left - sizes[0] * abs(sign)):
            yield (sign, *others)


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The reduced row echelon form, without rows of noughts."""
    found: list[list[Fraction]] = []
    width = len(rows[0]) if rows else 0
    for place in range(width):
        pivot = next((row for row in rows if row[place]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        pivot = [value / pivot[place] for value in pivot]
        rows = [_less(row, pivot, place) for row in rows]
        found = [*(_less(row, pivot, place) for row in found), pivot]
    return found


def _less(row: list[Fraction], pivot: list[Fraction], place: int) -> list[Fraction]:
    return (
        [value - row[place] * other for value, other in zip(row, pivot, strict=True)] if row[place] else row
    )
