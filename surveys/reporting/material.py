"""What the sections of a report are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from surveys.reporting.figures import Ledger
from surveys.reporting.words import Words
from surveys.results.breakdown import Breakdown
from surveys.results.change_model import Change
from surveys.results.indicators import IndicatorResult
from surveys.results.model import Measurement, SeriesResults
from surveys.results.outside import OutsideFigures


@dataclass(frozen=True)
class Material:
    """``series`` as those see them who may not follow what is open; ``now`` is when the figures were frozen.

    ``brief``: for one page, with no more than one table a series.
    """

    words: Words
    ledger: Ledger
    series: tuple[SeriesResults, ...]
    limit: int
    decimals: int
    now: datetime
    brief: bool = False
    changes: tuple[Change, ...] = ()  # before and after of each series
    breakdowns: tuple[Breakdown, ...] = ()  # of each measurement shown, by gender and by organisation
    indicators: tuple[IndicatorResult, ...] = ()
    grounds: Mapping[int, str] = field(default_factory=dict)  # indicator → what is said beside its figures
    outside: tuple[OutsideFigures, ...] = ()
    organisations: Mapping[str, str] = field(default_factory=dict)  # code → name
    as_of: date | None = None  # the earlier day that the figures are of; None: those of ``now``
    not_kept: tuple[tuple[Measurement, ...], ...] = ()  # of each series: sent out by then, but not counted
    counted_on: tuple[date | None, ...] = ()  # of each series: when persons were counted

    def of(self, series: SeriesResults) -> str:
        """The name of a series where there are several, to begin a caption or a label with."""
        return series.title if len(self.series) > 1 else ""

    def counted_late(self, series: SeriesResults) -> date | None:
        """The day on which persons and attendances were counted, where it is later than the day told of."""
        if self.as_of is None:
            return None
        on = self.counted_on[self.series.index(series)]
        return on if on is not None and on > self.as_of + timedelta(days=1) else None

    def of_several(self, code: str | None) -> bool:
        """Whether a series needs its name, being one of several."""
        return code is not None and len(self.series) > 1

    def compared(self) -> list[Change]:
        """Those of the series that have been asked both before and after."""
        return [each for each in self.changes if each.before is not None and each.after is not None]

    def indexed(self) -> bool:
        """Whether an index of several questions is told of."""
        return any(
            index.paired or index.before or index.after for each in self.changes for index in each.indexes
        )

    def tested(self) -> bool:
        """Whether any pairs were enough to be tested."""
        return any(
            question.paired is not None and question.paired.test.p is not None
            for each in self.compared()
            for question in each.questions
        )

    def classes_tested(self) -> bool:
        """Whether any single classes of pairs were."""
        return any(
            one.test.p is not None
            for each in self.compared()
            for question in each.questions
            if question.classes is not None
            for one in question.classes.classes
        )
