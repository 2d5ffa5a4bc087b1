"""An attacker with a solver: what follows of persons, sorted into groups, from figures told of them."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from math import ceil, floor

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

CLOSE = 1e-6

Group = Hashable
Vector = tuple[int | None, ...]
Weight = Callable[[Group, Vector], float]
Told = tuple[Weight, float]


class Attacker:
    """``true``: group → what its persons answered → how many. He knows who is in which group, and which
    answers there are to choose from (``possible``, of a group), and is told figures: sums over everybody.
    """

    def __init__(
        self, true: Mapping[Group, Counter[Vector]], possible: Callable[[Group], Sequence[Vector]]
    ) -> None:
        self.true = true
        self.unknown = [(group, vector) for group in true for vector in possible(group)]
        self.upper = [true[group].total() for group, _ in self.unknown]
        self.rows = [self._row(lambda held, _, one=group: held == one) for group in true]
        self.right: list[float] = [true[group].total() for group in true]

    def tell(self, weight: Weight) -> None:
        row = self._row(weight)
        if row.any():
            self.rows.append(row)
            self.right.append(self.value(weight))

    def value(self, weight: Weight) -> float:
        return sum(
            weight(group, vector) * count
            for group, held in self.true.items()
            for vector, count in held.items()
        )

    def between(self, aim: Weight) -> tuple[int, int]:
        """The whole numbers between which a count has to lie."""
        row, known, ends = self._row(aim), csr_array(np.array(self.rows)), []
        for sign in (1, -1):
            solved = linprog(
                sign * row,
                A_eq=known,
                b_eq=self.right,
                bounds=np.column_stack([np.zeros(len(self.upper)), self.upper]),
                method="highs",
            )
            assert solved.status == 0, solved.message
            ends.append(sign * solved.fun)
        return ceil(ends[0] - CLOSE), floor(ends[1] + CLOSE)

    def _row(self, weight: Weight) -> np.ndarray:
        return np.array([float(weight(group, vector)) for group, vector in self.unknown])
