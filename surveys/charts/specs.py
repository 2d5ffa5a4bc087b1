"""What a chart shows, before it is drawn: words in one language, and counts.

A chart holds counts and works shares out itself, so that no bar can differ from its n. Rows that follow each
other with the same ``group`` stand under one heading: the two measurements of a question, the themes of an
occasion. A row without counts is a gap with its ``note`` ("no measurement"), never a zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of classes. ``counts``: persons in each class, lowest first; None where ``note`` says why."""

    label: str
    counts: tuple[int, ...] | None
    note: str = ""
    group: str = ""

    @property
    def n(self) -> int:
        return sum(self.counts or ())


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar for one count. ``of``: what it is a share of, where it is printed as a rate."""

    label: str
    count: int | None
    of: int | None = None
    note: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A share of one group: ``count`` of ``n`` persons, and the ends of its interval (0–1) where known."""

    label: str
    count: int | None
    n: int | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    group: str = ""

    @property
    def share(self) -> float | None:
        return self.count / self.n if self.n and self.count is not None else None


@dataclass(frozen=True, slots=True)
class Level:
    """What something came to: ``said`` is the figure as it is written. ``few``: there are few behind it."""

    label: str
    value: float | None
    said: str = ""
    few: bool = False
    note: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every chart has. ``note`` is read before the chart; ``source`` stands under it: the base, where
    the figures come from and when. ``decimals`` are those of percentages.
    """

    title: str
    note: str = ""
    source: str = ""
    decimals: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked(Common):
    """A whole distribution a row, as shares of its own n.

    ``diverging``: the middle of the scale is one line through all rows, half of an odd scale's middle class
    on each side of it (Heiberger & Robbins 2014, Journal of Statistical Software 57:5). For classes in an
    order; else all bars begin at the same edge. Before and after are two rows under the heading of their
    question; higher, same and lower are three classes.
    """

    classes: tuple[str, ...]
    rows: tuple[Row, ...]
    diverging: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Common):
    """Counts beside each other, from one edge: answers to a question, or from registered to submitted.

    ``longest``: the count that fills the width; the largest where None.
    """

    rows: tuple[Bar, ...]
    longest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots(Common):
    """Shares from 0 to 100 per cent, one a row: occasions in time, each with its n. No line joins them, since
    those who answered are not the same each time.
    """

    rows: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels(Common):
    """Figures of any unit, one a row: readings over time. No line joins them.

    The axis goes from the first to the last of ``ticks`` (value, as written), which hold every figure.
    ``target`` is a line through all rows, and ``target_said`` what it is.
    """

    rows: tuple[Level, ...]
    ticks: tuple[tuple[float, str], ...]
    target: float | None = None
    target_said: str = ""

    def place(self, value: float) -> float:
        """Where on the axis a figure is, 0 to 1."""
        first, last = self.ticks[0][0], self.ticks[-1][0]
        return (value - first) / (last - first)


Chart = Stacked | Bars | Dots | Levels
AnyRow = Row | Bar | Dot | Level


def groups(rows: Sequence[AnyRow]) -> list[tuple[str, list[AnyRow]]]:
    """The rows under their headings, in their order."""
    found: list[tuple[str, list[AnyRow]]] = []
    for row in rows:
        if not found or found[-1][0] != row.group:
            found.append((row.group, []))
        found[-1][1].append(row)
    return found
