"""Indicators made of answers: measurement by measurement as results show them, now or as of a day.

Nothing is counted here: the figures are those of :mod:`surveys.results.series`, of the snapshots and of the
pairs before and after, and only those that are shown. So a figure over several measurements is the sum of
what every page shows of them, and nothing hidden can be had by subtracting.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from surveys.domain.indicators import Definition, Figure, Kind
from surveys.results.at_date import read_series_at
from surveys.results.change import read_change
from surveys.results.change_model import Change
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.series import read_rates, read_series

NO_READING = "no_reading_then"


@dataclass(frozen=True)
class Behind:
    """One measurement behind a figure: how many of ``n`` count. ``left_out`` says why it is in no figure."""

    series: SeriesResults
    measurement: Measurement
    question: QuestionResult | None
    count: int | None = None
    n: int | None = None
    left_out: str = ""


@dataclass(frozen=True)
class Read:
    """A figure and, where it is made of answers, what stands behind it."""

    figure: Figure
    behind: tuple[Behind, ...] = ()


class Answers:
    """The answers of a project's series (``codes`` → ids) at ``now``; each series is read once."""

    def __init__(
        self, session: Session, codes: Mapping[str, int], now: datetime, today: date, as_evaluator: bool
    ) -> None:
        self.session, self._codes = session, codes
        self.now, self.today, self.as_evaluator = now, today, as_evaluator
        self._series: dict[tuple[str, date], SeriesResults] = {}
        self._changes: dict[str, Change] = {}

    def read(self, definition: Definition, day: date) -> Read:
        """What a definition comes to on ``day``. Pairs are known of today alone."""
        if definition.kind is not Kind.PAIRS:
            return self._counted(definition, day)
        return self._paired(definition) if day >= self.today else Read(Figure(lacking=NO_READING))

    def _counted(self, definition: Definition, day: date) -> Read:
        behind = [each for path in definition.questions for each in self._behind(definition, path, day)]
        counted = [each for each in behind if not each.left_out]
        few = sum(each.left_out == "too_few" for each in behind)
        waiting = sum(each.left_out == "until_closed" for each in behind)
        n = sum(each.n or 0 for each in counted)
        if not counted or not n:
            nothing = "not_measured" if day >= self.today else NO_READING
            why = "too_few" if few else "until_closed" if waiting else nothing
            return Read(Figure(lacking=why, left_out=few, waiting=waiting), tuple(behind))
        if definition.kind is Kind.MEAN:
            return self._mean(counted, n, few, waiting, tuple(behind))
        k = sum(each.count or 0 for each in counted)
        base = (
            n if definition.base == "answered" else sum(each.measurement.counts.invited for each in counted)
        )
        if k > base:  # papers that nobody was asked by are answers, and in no rate
            return Read(Figure(lacking="more_than_asked", left_out=few, waiting=waiting), tuple(behind))
        figure = Figure(Fraction(100 * k, base), k, base, definition.base, n, "", few, waiting)
        return Read(figure, tuple(behind))

    def _paired(self, definition: Definition) -> Read:
        """How many of the pairs answered higher, as the page of before and after has them."""
        behind = [each for path in definition.questions for each in self._pairs(path)]
        counted = [each for each in behind if not each.left_out]
        n = sum(each.n or 0 for each in counted)
        if not n:
            why = next((each.left_out for each in behind), "not_measured")
            return Read(Figure(lacking=why), tuple(behind))
        k = sum(each.count or 0 for each in counted)
        left_out = len(behind) - len(counted)
        return Read(Figure(Fraction(100 * k, n), k, n, "pairs", n, "", left_out), tuple(behind))

    def _pairs(self, path: str) -> Iterator[Behind]:
        series, questionnaire, code = path.split("/")
        change = self._change(series)
        if change is None or change.after is None or change.after.questionnaire_code != questionnaire:
            return
        if change.why_not == "withheld":
            yield Behind(change.series, change.after, None, left_out=change.after.withheld or "too_few")
        for each in change.questions:
            if each.code == code and each.paired is not None:
                higher = each.paired.higher
                yield Behind(change.series, change.after, each.after, higher.count, each.paired.n)
            elif each.code == code:
                yield Behind(change.series, change.after, each.after, left_out=each.why_not or "too_few")

    def _change(self, code: str) -> Change | None:
        number = self._codes.get(code)
        if number is None:
            return None
        if code not in self._changes:
            self._changes[code] = read_change(self.session, number, self.now, self.as_evaluator)
        return self._changes[code]

    def _mean(
        self, counted: Sequence[Behind], n: int, few: int, waiting: int, behind: tuple[Behind, ...]
    ) -> Read:
        points = [bar for each in counted if each.question for bar in each.question.points]
        if not all(_is_number(bar.code) for bar in points):
            return Read(Figure(lacking="not_numeric", left_out=few, waiting=waiting), behind)
        total = sum((Fraction(bar.code) * bar.share.count for bar in points), Fraction(0))
        return Read(Figure(total / n, None, None, "answered", n, "", few, waiting), behind)

    def _behind(self, definition: Definition, path: str, day: date) -> Iterator[Behind]:
        series, questionnaire, code = path.split("/")
        found = self._results(series, day)
        if found is None:
            return
        for measurement in found.measurements:
            if measurement.questionnaire_code != questionnaire or not measurement.asked:
                continue
            if measurement.withheld:
                yield Behind(found, measurement, None, left_out=measurement.withheld)
                continue
            for question in measurement.questions:
                if question.base_code == code:
                    yield _of_question(definition, found, measurement, question)

    def _results(self, code: str, day: date) -> SeriesResults | None:
        number = self._codes.get(code)
        if number is None:
            return None
        if (code, day) not in self._series:
            self._series[code, day] = (
                read_series(self.session, number, self.now, self.as_evaluator)
                if day >= self.today
                else self._series_at(number, day)
            )
        return self._series[code, day]

    def _series_at(self, number: int, day: date) -> SeriesResults:
        """The measurements that there is a snapshot of by ``day``, as they were in it."""
        outline = read_rates(self.session, number, self.now, self.as_evaluator)
        then = read_series_at(self.session, number, day, self.now, self.as_evaluator)
        seen = [
            replace(
                each, questions=at.questions, counts=replace(each.counts, invited=at.counts["invited"] or 0)
            )
            for each in outline.measurements
            if each.key is not None and (at := then.get(each.key)) is not None
        ]
        return replace(outline, measurements=tuple(seen))


def _of_question(
    definition: Definition, series: SeriesResults, measurement: Measurement, question: QuestionResult
) -> Behind:
    if not question.shown:
        return Behind(series, measurement, question, left_out="too_few")
    codes = [bar.code for bar in question.points]
    if definition.kind is Kind.MEAN:
        return Behind(series, measurement, question, None, question.n)
    if definition.threshold not in codes:
        return Behind(series, measurement, question, left_out="other_classes")
    at_or_above = question.points[codes.index(definition.threshold) :]
    return Behind(series, measurement, question, sum(bar.share.count for bar in at_or_above), question.n)


def _is_number(code: str) -> bool:
    return code.removeprefix("-").replace(".", "", 1).isdecimal() and code.isascii()
