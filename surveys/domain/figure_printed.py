"""A printed table, as it is checked: its columns told to be what they are, its cells read.

A row is an occasion, a group, a class. Where a row has a number of answers, its shares are of that; where the
rows are the classes themselves, shares are of the column's total.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from surveys.domain.figure_check import LARGEST


class Role(StrEnum):
    """What a column holds."""

    LABEL = "label"
    ASKED = "asked"  # how many were asked, or present: what the rate is of
    BASE = "base"  # how many answered: what the shares are of
    RATE = "rate"  # the answered of the asked, in per cent
    COUNT = "count"
    SHARE = "share"
    CLASS = "class"  # the count of one class; those of a row are all who answered the question
    CLASS_SHARE = "class_share"
    TOTAL = "total"  # the sum of the row's counts
    MEAN = "mean"
    IGNORED = "ignored"


COUNTED = (Role.ASKED, Role.BASE, Role.COUNT, Role.CLASS, Role.TOTAL)
PERCENTAGES = (Role.RATE, Role.SHARE, Role.CLASS_SHARE)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stood there: ``text``, its plain ``figures`` (several where several are printed), and ``k`` and
    ``n`` where they stand in the cell itself ("77 av 98 (78,6 %)"; then ``figures`` is the share)."""

    text: str = ""
    figures: tuple[Decimal, ...] = ()
    k: int | None = None
    n: int | None = None

    @property
    def count(self) -> int | None:
        """The cell as one whole number; None where it is none."""
        if self.k is not None:
            return self.k
        one = self.figures[0] if len(self.figures) == 1 else None
        if one is None or one < 0 or one > LARGEST or one != one.to_integral_value():
            return None
        return int(one)


@dataclass(frozen=True, slots=True)
class Known:
    """The same figure as it is known from the answers themselves: ``k`` of ``n``, or a count ``k``."""

    k: int
    n: int | None = None


Place = tuple[int, int]  # row, column


@dataclass(frozen=True)
class Printed:
    """A printed table. ``totals``: the rows that sum up those before them. ``base``: how many answered, where
    that holds for all of it; ``bases`` by column. ``scale``: the lowest and highest value of means."""

    roles: tuple[Role, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: frozenset[int] = frozenset()
    base: int | None = None
    bases: Mapping[int, int] = field(default_factory=dict)
    scale: tuple[int, int] | None = None
    known: Mapping[Place, Known] = field(default_factory=dict)

    def columns(self, *roles: Role) -> list[int]:
        return [number for number, role in enumerate(self.roles) if role in roles]

    def count(self, row: int, *roles: Role) -> int | None:
        """The first count of the row in a column of these roles."""
        found = (self.rows[row][column].count for column in self.columns(*roles))
        return next((each for each in found if each is not None), None)

    @property
    def downward(self) -> bool:
        """Whether the shares are of the column's total: its rows are the classes."""
        own = self.base is not None or self.bases or self.columns(Role.BASE, Role.CLASS, Role.ASKED)
        return not own and bool(self.columns(Role.COUNT))
