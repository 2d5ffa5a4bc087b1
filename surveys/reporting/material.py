"""What the sections of a report are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from surveys.reporting.figures import Ledger
from surveys.reporting.words import Words
from surveys.results.breakdown import Breakdown
from surveys.results.change_model import Change
from surveys.results.indicators import IndicatorResult
from surveys.results.model import SeriesResults
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

    def of(self, series: SeriesResults) -> str:
        """The name of a series where there are several, to begin a caption or a label with."""
        return series.title if len(self.series) > 1 else ""

    def of_several(self, code: str | None) -> bool:
        """Whether a series needs its name, being one of several."""
        return code is not None and len(self.series) > 1

    def compared(self) -> list[Change]:
        """Those of the series that have been asked both before and after."""
        return [each for each in self.changes if each.before is not None and each.after is not None]

    def indexed(self) -> bool:
        """Whether an index of several questions is told of."""
        return any(index.paired for each in self.compared() for index in each.indexes)

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
