"""A date as an answer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from surveys.domain import dates
from surveys.domain.counted import Counted, Weighed, weighed
from surveys.domain.document import Node
from surveys.domain.pasted_dates import typed_day
from surveys.domain.question import Answer, Fields, Question, Unacceptable, line_in, persons
from surveys.domain.series import BadField
from surveys.domain.statistics import Distribution
from surveys.domain.summaries import Summary

YEARS = range(1900, 2101)
MOST_MONTHS = 24


@dataclass(frozen=True, kw_only=True)
class DateQuestion(Question):
    """A day, within limits where there are any. Kept as YYYY-MM-DD."""

    kind: ClassVar[str] = "date"
    earliest: date | None = None
    latest: date | None = None

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        earliest, latest = node.day("earliest"), node.day("latest")
        if earliest is not None and latest is not None and earliest > latest:
            node.fault("minimum_above_maximum", "earliest")
        return cls(**common, earliest=earliest, latest=latest)

    def accept(self, raw: Fields) -> str | None:
        typed = line_in(raw, self.field, 60)
        if typed is None:
            return None
        try:
            day = typed_day(typed, YEARS)
        except BadField as bad:
            raise Unacceptable(bad.code) from None
        if self.earliest is not None and day < self.earliest:
            raise Unacceptable("too_early", earliest=self.earliest.isoformat())
        if self.latest is not None and day > self.latest:
            raise Unacceptable("too_late", latest=self.latest.isoformat())
        return day.isoformat()

    def shown(self, value: Answer, language: str) -> str:
        return dates.day(date.fromisoformat(value), language)

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        """Counts by month, or by year where there are more than two years of them."""
        answers, missing = weighed(values)
        periods = _by_period(answers, "2026-11")
        if len(periods) > MOST_MONTHS:
            periods = _by_period(answers, "2026")
        codes = tuple(sorted(periods))
        counts = tuple(periods[code] for code in codes)
        return Summary(n=persons(answers), missing=missing, distribution=Distribution(codes, counts, missing))


def _by_period(answers: Weighed, like: str) -> Counter[str]:
    """Days counted by the first letters of theirs that are as many as of ``like``."""
    periods = Counter[str]()
    for value, many in answers:
        periods[value[: len(like)]] += many
    return periods
