"""How numbers are written on a chart, and the few words that every chart has, in one language."""

from decimal import Decimal

from surveys.catalogues import catalogue, language_of
from surveys.charts.specs import AnyRow, Chart, Dot, Level, Levels, Row, Stacked, groups
from surveys.domain.statistics import percent

HARD_SPACE = "\u00a0"
FEW = 20  # under this n the count leads, and the share is muted


class Manner:
    """``language`` is a tag such as "sv"."""

    def __init__(self, language: str) -> None:
        self.code = language
        self._written = language_of(language)
        self._texts = catalogue(language)

    def number(self, value: int | Decimal) -> str:
        whole, point, part = f"{Decimal(value):,f}".partition(".")
        return whole.replace(",", self._written.thousands_mark) + (
            self._written.decimal_mark + part if point else ""
        )

    def percent(self, value: int | Decimal) -> str:
        return self._written.percent.format(number=self.number(value))

    def share(self, k: int, n: int, decimals: int) -> str:
        """ "78,6 %", half up from the counts; "–" of nobody."""
        return self.percent(percent(k, n, decimals)) if n else "–"

    def rate(self, k: int, n: int, decimals: int) -> str:
        """ "77 av 98 (78,6 %)"."""
        counted = str(self._texts.gettext("%(k)s of %(n)s")) % {"k": self.number(k), "n": self.number(n)}
        return f"{counted} ({self.share(k, n, decimals)})" if n else counted

    def n(self, value: int) -> str:
        return f"n = {self.number(value)}"

    def few(self) -> str:
        """What a hollow mark means."""
        return str(self._texts.gettext("fewer than %(limit)s answers")) % {"limit": FEW}

    def interval(self) -> str:
        """What the line through a mark means."""
        return str(self._texts.gettext("95% interval"))

    def beside(self, row: AnyRow, decimals: int) -> str:
        """What is printed beside a row: its n, or its count as a rate."""
        if isinstance(row, Row):
            return self.n(row.n) if row.counts is not None else ""
        if isinstance(row, Level):
            return row.said
        if row.count is None:
            return ""
        base = row.n if isinstance(row, Dot) else row.of
        return self.number(row.count) if base is None else self.rate(row.count, base, decimals)

    def described(self, chart: Chart) -> str:
        """All that the chart shows, as text."""
        said = [
            f"{heading}: {inside}" if heading else inside
            for heading, rows in groups(chart.rows)
            for inside in ["; ".join(self._row(row, chart) for row in rows)]
        ]
        if isinstance(chart, Levels) and chart.target_said:
            said.append(chart.target_said)
        return ". ".join(said) + "."

    def _row(self, row: AnyRow, chart: Chart) -> str:
        said = [part for part in (self._figures(row, chart), row.note) if part]
        return f"{row.label}: {', '.join(said)}" if row.label else ", ".join(said)

    def _figures(self, row: AnyRow, chart: Chart) -> str:
        if not isinstance(row, Row) or row.counts is None or not isinstance(chart, Stacked):
            return self.beside(row, chart.decimals)
        classes = [
            f"{name} {self.number(count)} ({self.share(count, row.n, chart.decimals)})"
            for name, count in zip(chart.classes, row.counts, strict=True)
        ]
        return f"{', '.join(classes)}, {self.n(row.n)}"


def is_few(row: AnyRow) -> bool:
    base = row.n if isinstance(row, Dot) else None
    return base is not None and base < FEW
