"""All groups that can be asked for: everyone, each class of a variable, each cell of two variables."""

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import combinations

from surveys.domain.privacy import Limit

NOT_STATED = ""
"""The class of those of whom a variable is not known: a group like any other."""

Group = tuple[tuple[str, str], ...]
"""Variable and class, one or two of them in the order of the variables; ``()`` is everyone."""

EVERYONE: Group = ()

Line = tuple[int, tuple[int, ...]]
"""A set of parts and those that it falls into by another variable."""


class Groups:
    """Every group that can be asked for, as sets of parts: a whole number whose bits are the parts in it.

    ``backgrounds``: the classes of each part, in the order of ``variables``.
    """

    def __init__(
        self, backgrounds: Sequence[tuple[str, ...]], variables: Sequence[str], crossed: Sequence[str]
    ) -> None:
        self.variables = tuple(variables)
        self.sets: dict[Group, int] = {EVERYONE: (1 << len(backgrounds)) - 1}
        self.views: list[list[Group]] = []
        self.lines: list[Line] = []
        for view in [*((name,) for name in variables), *combinations(crossed, 2)]:
            self._add([variables.index(name) for name in view], backgrounds, variables)

    def _add(
        self, view: Sequence[int], backgrounds: Sequence[tuple[str, ...]], variables: Sequence[str]
    ) -> None:
        found: dict[Group, int] = {}
        for place, classes in enumerate(backgrounds):
            group = tuple((variables[at], classes[at]) for at in view)
            found[group] = found.get(group, 0) | 1 << place
        self.sets.update(found)
        self.views.append(list(found))
        for at in view:
            lines: dict[Group, list[int]] = {}
            for group, held in found.items():
                lines.setdefault(tuple(each for each in group if each[0] != variables[at]), []).append(held)
            self.lines += [(self.sets[parent], tuple(held)) for parent, held in lines.items()]

    @cached_property
    def lines_of(self) -> list[list[Line]]:
        """For each view the lines in which a group of it stands, by itself or as the whole."""
        through: dict[int, set[int]] = {}
        for number, (parent, parts) in enumerate(self.lines):
            for held in (parent, *parts):
                through.setdefault(held, set()).add(number)
        return [
            [
                self.lines[number]
                for number in sorted(set().union(*(through[self.sets[each]] for each in view)))
            ]
            for view in self.views
        ]


@lru_cache(maxsize=32)
def groups_of(
    backgrounds: tuple[tuple[str, ...], ...], variables: tuple[str, ...], crossed: tuple[str, ...]
) -> Groups:
    """The questions that the same persons answered have the same."""
    return Groups(backgrounds, variables, crossed)


def rests(everyone: int, classes: Iterable[int], limit: Limit) -> set[int]:
    """Those of one class who are not of another, and those of neither (sets of parts, none of them empty):
    what subtracting two classes from each other and from everyone may tell of, though nobody can ask for it.
    Where there are as many parts as twice the limit, they may be shown whatever they answered, and are left
    out here.
    """
    each = set(classes)
    over = {one & ~other for one in each for other in each}
    over |= {everyone & ~(one | other) for one, other in combinations(each, 2)}
    return {held for held in over if held and held.bit_count() < 2 * limit}
