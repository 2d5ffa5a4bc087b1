"""What the sections of a report are made from."""

from dataclasses import dataclass
from datetime import datetime

from surveys.reporting.figures import Ledger
from surveys.reporting.words import Words
from surveys.results.change_model import Change
from surveys.results.model import SeriesResults


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

    def of(self, series: SeriesResults) -> str:
        """The name of a series where there are several, to begin a caption or a label with."""
        return series.title if len(self.series) > 1 else ""

    def compared(self) -> list[Change]:
        """Those of the series that have been asked both before and after."""
        return [each for each in self.changes if each.before is not None and each.after is not None]

    def tested(self) -> bool:
        """Whether any pairs were enough to be tested."""
        return any(
            question.paired is not None and question.paired.test.p is not None
            for each in self.compared()
            for question in each.questions
        )
