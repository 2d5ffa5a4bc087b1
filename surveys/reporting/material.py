"""What the sections of a report are made from."""

from dataclasses import dataclass
from datetime import datetime

from surveys.reporting.figures import Ledger
from surveys.reporting.words import Words
from surveys.results.beside import Beside, beside
from surveys.results.model import Measurement, SeriesResults


@dataclass(frozen=True)
class Compared:
    """The first pre-measurement and the first post-measurement of a series, question by question."""

    series: SeriesResults
    before: Measurement
    after: Measurement
    pairs: tuple[Beside, ...]


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

    def of(self, series: SeriesResults) -> str:
        """The name of a series where there are several, to begin a caption or a label with."""
        return series.title if len(self.series) > 1 else ""

    def compared(self) -> list[Compared]:
        """Of each series that has both been asked before and after."""
        return [found for each in self.series if (found := _compared(each)) is not None]


def _compared(series: SeriesResults) -> Compared | None:
    made = [each for each in series.measurements if each.asked]
    before = next((each for each in made if each.wave == "pre"), None)
    after = next((each for each in made if each.wave == "post"), None)
    return Compared(series, before, after, beside(before, after)) if before and after else None
