"""An attacker with a solver: what follows of hidden groups from every n and all that is shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import ceil, floor

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_diag, csr_array

from surveys.domain.suppression import NOT_STATED, Group, Part

CLOSE = 1e-6


@dataclass(frozen=True)
class Interval:
    """What the attacker knows of one count: of which group and class, between which whole numbers it lies."""

    group: Group
    kind: int
    low: int
    high: int
    true: int
    n: int

    @property
    def recovered(self) -> bool:
        return self.low == self.high


def members(parts: Sequence[Part], variables: Sequence[str]) -> dict[Group, tuple[int, ...]]:
    """Every group of the family that anybody answered in, worked out apart from the product: its parts."""
    found: dict[Group, list[int]] = {(): [place for place, part in enumerate(parts) if part.n]}
    for place, part in enumerate(parts):
        if part.n:
            own = [(name, part.background.get(name) or NOT_STATED) for name in variables]
            for group in [*((each,) for each in own), *combinations(own, 2)]:
                found.setdefault(group, []).append(place)
    return {group: tuple(held) for group, held in found.items()}


class Attack:
    """One table and what is told of it: n of every smallest group, the answers of every group ``shown``."""

    def __init__(self, parts: Sequence[Part], variables: Sequence[str], shown: Collection[Group]) -> None:
        self.parts, self.groups = parts, members(parts, variables)
        self.shown = [self.groups[group] for group in shown if group in self.groups]
        self.classes = len(parts[0].counts)
        self.unknowns = len(parts) * self.classes
        rows, right = [], []
        for place, part in enumerate(parts):
            rows.append(self._row([place], range(self.classes)))
            right.append(part.n)
        for held, kind in product(self.shown, range(self.classes)):
            rows.append(self._row(held, [kind]))
            right.append(self.count(held, kind))
        self.equations, self.right = csr_array(np.array(rows)), np.array(right, float)
        self.upper = np.repeat([float(part.n) for part in parts], self.classes)

    def _row(self, held: Collection[int], kinds: Collection[int]) -> np.ndarray:
        row = np.zeros(self.unknowns)
        for place, kind in product(held, kinds):
            row[place * self.classes + kind] = 1
        return row

    def count(self, held: Collection[int], kind: int) -> int:
        return sum(self.parts[place].counts[kind] for place in held)

    def size(self, held: Collection[int]) -> int:
        return sum(self.parts[place].n for place in held)

    def targets(self, hidden: Collection[Group]) -> list[tuple[Group, int]]:
        return [
            (group, kind)
            for group, kind in product(hidden, range(self.classes))
            if self.count(self.groups[group], kind)
        ]

    def intervals(self, targets: Sequence[tuple[Group, int]]) -> list[Interval]:
        """By linear programming, every bound of every target at once: blocks of one large programme."""
        found = []
        for start in range(0, len(targets), 40):
            some = targets[start : start + 40]
            aims = [self._row(self.groups[group], [kind]) for group, kind in some]
            blocks = 2 * len(some)
            solved = linprog(
                np.concatenate([*aims, *(-aim for aim in aims)]),
                A_eq=block_diag([self.equations] * blocks, format="csr"),
                b_eq=np.tile(self.right, blocks),
                bounds=np.column_stack([np.zeros(self.unknowns * blocks), np.tile(self.upper, blocks)]),
                method="highs",
            )
            assert solved.status == 0, solved.message
            values = solved.x.reshape(blocks, self.unknowns)
            for position, (group, kind) in enumerate(some):
                aim, held = aims[position], self.groups[group]
                low, high = aim @ values[position], aim @ values[len(some) + position]
                found.append(
                    Interval(
                        group,
                        kind,
                        ceil(low - CLOSE),
                        floor(high + CLOSE),
                        self.count(held, kind),
                        self.size(held),
                    )
                )
        return found

    def whole_numbers(self, group: Group, kind: int) -> tuple[int, int]:
        """The same bounds among whole persons only."""
        aim = self._row(self.groups[group], [kind])
        known = LinearConstraint(self.equations, self.right, self.right)
        ends = [
            milp(sign * aim, integrality=1, bounds=Bounds(0, self.upper), constraints=known)
            for sign in (1, -1)
        ]
        return round(aim @ ends[0].x), round(aim @ ends[1].x)


def told_of_all(attack: Attack, group: Group, kind: int) -> bool:
    """Whether everyone of a shown group that this one lies in chose the class: that is no secret of it."""
    held = set(attack.groups[group])
    return any(held <= set(each) and attack.count(each, kind) == attack.size(each) for each in attack.shown)


def options_apart(parts: Sequence[Part]) -> list[list[Part]]:
    """Several choices as one table an option: chosen, or not."""
    return [
        [Part(part.background, (part.counts[option], part.n - part.counts[option]), part.n) for part in parts]
        for option in range(len(parts[0].counts))
    ]
