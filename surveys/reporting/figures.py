"""The figures of a report, frozen: each with a name that stays, what it says and the counts behind it.

Every number of a report is printed by a :class:`Ledger`, which writes it down as it does; so nothing can
stand in a report that its list of figures does not have. Two versions of a report are compared by the
figures' names (:func:`differences`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from surveys.reporting.document import Cell
from surveys.reporting.words import Words
from surveys.results.model import Share

COUNT_LEADS_BELOW = 20
NOBODY = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """``printed`` is what the report says. Of a share: ``count`` of ``base``, which ``base_name`` names; of a
    mean: ``base`` is its n. A head count has its ``count`` alone.
    """

    id: str
    label: str
    printed: str
    count: int | None = None
    base: int | None = None
    base_name: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure before and after; None where it was not there."""

    before: Figure | None
    after: Figure | None

    @property
    def label(self) -> str:
        there = self.after or self.before
        return there.label if there else ""


class TwoValues(Exception):
    """One figure was printed with two values: a fault of ours, never of what is reported."""

    code = "two_values"


class Ledger:
    """Prints figures and remembers them, in the order in which they first stand in the report."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._found: dict[str, Figure] = {}

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(self._found.values())

    def number(
        self, name: str, label: str, value: int | Decimal, n: int | None = None, base: str = ""
    ) -> str:
        """A count, a mean with its ``n``, or a limit: "1 234", "3,4"."""
        count = value if isinstance(value, int) else None
        return self._keep(Figure(name, label, self.words.number(value), count, n, base)).printed

    def share(self, name: str, label: str, share: Share, base: str) -> Cell:
        """78,6 % with 77 av 98 beneath; of fewer than 20 the counts come first."""
        words = self.words
        if share.percent is None:
            self._keep(Figure(name, label, NOBODY, share.count, share.base, base))
            return Cell(NOBODY)
        counted, percent = words.of(share.count, share.base), words.percent(share.percent)
        first, second = (counted, percent) if share.base < COUNT_LEADS_BELOW else (percent, counted)
        self._keep(Figure(name, label, f"{first} ({second})", share.count, share.base, base))
        return Cell(first, second)

    def written(self, name: str, label: str, printed: str, share: Share | None = None, base: str = "") -> str:
        """A figure in words of its own: a target with its unit, or a figure as somebody else printed it."""
        count, of = (share.count, share.base) if share else (None, None)
        return self._keep(Figure(name, label, printed, count, of, base)).printed

    def said(self, name: str, label: str, share: Share, base: str) -> str:
        """The same in running text: "78,6 % (77 av 98)"."""
        cell = self.share(name, label, share, base)
        return f"{cell.text} ({cell.quiet})" if cell.quiet else cell.text

    def _keep(self, figure: Figure) -> Figure:
        known = self._found.setdefault(figure.id, figure)
        if (known.printed, known.count, known.base) != (figure.printed, figure.count, figure.base):
            raise TwoValues(f"{figure.id}: {known.printed}, {figure.printed}")
        return known


def plain(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """As JSON keeps them."""
    return [asdict(each) for each in figures]


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Figure, ...]:
    return tuple(Figure(**each) for each in kept)


def differences(before: Sequence[Figure], after: Sequence[Figure]) -> tuple[Difference, ...]:
    """The figures that are not the same in both, in the order of ``after``; then those that are gone.

    The same is what is printed and counted; a label may be worded anew.
    """
    old = {each.id: each for each in before}
    new = {each.id for each in after}
    found = [Difference(old.get(each.id), each) for each in after if _value(old.get(each.id)) != _value(each)]
    return (*found, *(Difference(each, None) for each in before if each.id not in new))


def _value(figure: Figure | None) -> object:
    return figure and (figure.printed, figure.count, figure.base)
