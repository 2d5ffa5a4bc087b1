"""An attacker with everything that a role may see of a series at once, and a solver.

He knows who answered what and when, who is in which group and who was let go; and of the answers all that is
shown, as linear equations over how many of each sort of persons answered what (``Known``). What he may answer
is told by ``possible``: every vector there is, or, where he has the rows, those that stand in them.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

CLOSE = 1e-6
NONE = -1

Sort = Hashable
Vector = tuple[int, ...]
Mask = np.ndarray


@dataclass(frozen=True)
class Between:
    """Between which whole numbers a count has to lie, that is ``true`` of ``n`` persons."""

    what: Hashable
    low: int
    high: int
    true: int
    n: int

    @property
    def recovered(self) -> bool:
        return self.low == self.high


class Known:
    """``true``: sort of persons → vector of answers (NONE where there is none) → how many.

    Equations are told by a mask over the unknowns: ``sort`` holds the number of each one's sort in the order
    of ``sorts``, ``vectors`` a row each.
    """

    def __init__(
        self, true: Mapping[Sort, Counter[Vector]], possible: Callable[[Sort], Iterable[Vector]]
    ) -> None:
        self.sorts = list(true)
        units = [
            (number, vector)
            for number, sort in enumerate(self.sorts)
            for vector in dict.fromkeys([*true[sort], *possible(sort)])
        ]
        self.sort = np.array([number for number, _ in units])
        self.vectors = np.array([vector for _, vector in units], dtype=np.int16)
        self.true = np.array([true[self.sorts[number]][vector] for number, vector in units], float)
        sizes = np.array([true[each].total() for each in self.sorts], float)
        self.upper = sizes[self.sort]
        self._rows: list[np.ndarray] = []
        self._between: list[tuple[np.ndarray, float, float]] = []
        for number in range(len(self.sorts)):
            self.tell(self.sort == number)

    def of(self, holds: Callable[[Sort], bool]) -> Mask:
        """The unknowns of those sorts."""
        return np.array([bool(holds(each)) for each in self.sorts])[self.sort]

    def tell(self, mask: Mask) -> None:
        """That so many are among those of a mask."""
        if mask.any():
            self._rows.append(np.flatnonzero(mask))
            self.__dict__.pop("equations", None)

    def tell_between(self, weights: np.ndarray, low: float, high: float) -> None:
        """That a sum over the unknowns lies between two figures, as one does that is printed rounded."""
        assert low - CLOSE <= float(weights @ self.true) <= high + CLOSE, (low, weights @ self.true, high)
        self._between.append((weights.astype(float), low, high))

    def count(self, mask: Mask) -> int:
        return round(float(self.true[mask].sum()))

    @cached_property
    def equations(self) -> tuple[csr_array, np.ndarray]:
        unique = list({each.tobytes(): each for each in self._rows}.values())
        ends = np.cumsum([0, *(len(each) for each in unique)])
        across = np.concatenate(unique)
        matrix = csr_array((np.ones(len(across)), across, ends), shape=(len(unique), len(self.sort)))
        return matrix, matrix @ self.true

    def others(self, chance: np.random.Generator, tries: int) -> list[np.ndarray]:
        """Answers of other persons that agree with everything: whatever differs among them is not told."""
        matrix, right = self.equations
        return [self._solve(chance.normal(size=len(self.sort)), matrix, right)[0] for _ in range(tries)]

    def between(self, what: Hashable, mask: Mask, n: int) -> Between:
        """By linear programming, and where that leaves little among whole persons alone."""
        matrix, right = self.equations
        aim = mask.astype(float)
        low, high = (sign * self._solve(sign * aim, matrix, right)[1] for sign in (1, -1))
        least, most = ceil(low - CLOSE), floor(high + CLOSE)
        return Between(what, least, most, self.count(mask), n)

    def whole(self, found: Between, mask: Mask) -> Between:
        """The same among whole persons only."""
        matrix, right = self.equations
        known, ends = [LinearConstraint(matrix, right, right)], []
        known += [LinearConstraint(weights, low, high) for weights, low, high in self._between]
        for sign in (1, -1):
            solved = milp(
                sign * mask.astype(float),
                integrality=1,
                bounds=Bounds(0, self.upper),
                constraints=known,
                options={"node_limit": 2000},
            )
            ends.append(None if solved.x is None else round(float(mask @ solved.x)))
        low = found.low if ends[0] is None else ends[0]
        high = found.high if ends[1] is None else ends[1]
        return Between(found.what, low, high, found.true, found.n)

    def _solve(self, weights: np.ndarray, matrix: csr_array, right: np.ndarray) -> tuple[np.ndarray, float]:
        bounds = np.column_stack([np.zeros(len(self.upper)), self.upper])
        more = {}
        if self._between:
            rows = csr_array(np.vstack([sign * each for each, _, _ in self._between for sign in (1, -1)]))
            more["A_ub"] = rows
            ends = [end for _, low, high in self._between for end in (high, -low)]
            more["b_ub"] = np.clip(ends, -1e9, 1e9)
        solved = linprog(weights, A_eq=matrix, b_eq=right, bounds=bounds, method="highs", **more)
        assert solved.status == 0, solved.message
        return solved.x, solved.fun
