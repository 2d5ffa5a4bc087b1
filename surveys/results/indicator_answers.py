"""Indicators made of answers: measurement by measurement as results show them, now or as of a day.

Nothing is counted here: the figures are those of :mod:`surveys.results.series`, of the snapshots and of the
pairs before and after, and only those that are shown. So a figure over several measurements is the sum of
what every page shows of them, and nothing hidden can be had by subtracting.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from surveys.domain.indicators import INDEX_HIGHER, Definition, Figure, Kind, index_path
from surveys.results.at_date import AtDate, read_series_at
from surveys.results.change import read_change
from surveys.results.change_model import Change, IndexChange
from surveys.results.indicator_behind import Behind, Read, of_question
from surveys.results.indicator_groups import Groups
from surveys.results.model import Measurement, SeriesResults
from surveys.results.series import read_rates, read_series

NO_READING = "no_reading_then"
GONE = "gone"  # the answers of the day, because one of them was taken back since


class Answers:
    """The answers of a project's series (``codes`` → ids) at ``now``; each series is read once."""

    def __init__(
        self,
        session: Session,
        project_id: int,
        codes: Mapping[str, int],
        now: datetime,
        today: date,
        as_evaluator: bool,
    ) -> None:
        self.session, self._codes = session, codes
        self.groups = Groups(session, project_id, now, as_evaluator)
        self.now, self.today, self.as_evaluator = now, today, as_evaluator
        self._series: dict[tuple[str, date], SeriesResults] = {}
        self._changes: dict[str, Change] = {}

    def read(self, definition: Definition, day: date) -> Read:
        """What a definition comes to on ``day``. Pairs, indexes and groups are known of today alone."""
        if day < self.today and not in_snapshots(definition):
            return Read(Figure(lacking=NO_READING))
        if definition.kind is Kind.PAIRS:
            return self._paired(definition)
        return self._indexed(definition) if definition.kind is Kind.INDEX else self._counted(definition, day)

    def _counted(self, definition: Definition, day: date) -> Read:
        behind = [each for path in definition.questions for each in self._behind(definition, path, day)]
        counted = [each for each in behind if not each.left_out]
        few = sum(each.left_out == "too_few" for each in behind)
        waiting = sum(each.left_out == "until_closed" for each in behind)
        n = sum(each.n or 0 for each in counted)
        if any(each.left_out == GONE for each in behind):
            return Read(Figure(lacking=NO_READING))  # the rest is not what the figure was
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
        beside = sum(each.measurement.counts.uncoded for each in counted)
        if definition.base == "invited" and (beside or n > base):
            # papers that nobody was asked by are answers, and in no rate
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

    def _indexed(self, definition: Definition) -> Read:
        """The index of all who have one afterwards, or of the pairs how many have a higher one."""
        behind = [_of_index(definition, *each) for path in definition.indexes for each in self._indexes(path)]
        counted = [each for each in behind if not each.left_out]
        n = sum(each.n or 0 for each in counted)
        if not n:
            why = next((each.left_out for each in behind), "index_gone")
            return Read(Figure(lacking=why), tuple(behind))
        left_out = len(behind) - len(counted)
        if definition.is_mean:
            total = sum((each.total for each in counted if each.total is not None), Fraction(0))
            return Read(Figure(total / n, None, None, "index", n, "", left_out), tuple(behind))
        k = sum(each.count or 0 for each in counted)
        base = "pairs" if definition.measure == INDEX_HIGHER else "index"
        return Read(Figure(Fraction(100 * k, n), k, n, base, n, "", left_out), tuple(behind))

    def _indexes(self, path: str) -> Iterator[tuple[Change, Measurement, IndexChange]]:
        series = path.partition("/")[0]
        change = self._change(series)
        if change is None or change.after is None:
            return
        if not change.after.shown:
            why = change.after.withheld or "too_few"
            yield change, change.after, IndexChange(0, "", (), 0, why_not=why)
            return
        for each in change.indexes:
            if index_path(series, each.minimum, each.codes) == path:
                yield change, change.after, each

    def _change(self, code: str) -> Change | None:
        number = self._codes.get(code)
        if number is None:
            return None
        if code not in self._changes:
            self._changes[code] = read_change(self.session, number, self.now, self.as_evaluator)
        found = self._changes[code]
        return None if any(each and each.outside for each in (found.before, found.after)) else found

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
            asked_it = measurement.questionnaire_code == questionnaire and measurement.asked
            # what others have collected is laid beside the project's own answers, and in no indicator
            if not asked_it or measurement.outside:
                continue
            if measurement.withheld:
                yield Behind(found, measurement, None, left_out=measurement.withheld)
                continue
            if definition.of_a_group:
                yield from self.groups.behind(definition, found, measurement, code)
                continue
            for question in measurement.questions:
                if question.base_code == code:
                    yield of_question(definition, found, measurement, question)

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
                each,
                questions=at.questions,
                counts=replace(each.counts, invited=at.counts["invited"] or 0),
                withheld=_withheld(each, at),
            )
            for each in outline.measurements
            if each.key is not None and (at := then.get(each.key)) is not None
        ]
        return replace(outline, measurements=tuple(seen))


def _withheld(measurement: Measurement, at: AtDate) -> str | None:
    """Why nothing is told of a measurement on a day, though it may be told of today."""
    if at.gone:
        return GONE
    return measurement.withheld or (None if at.questions else "too_few")


def _of_index(definition: Definition, change: Change, measurement: Measurement, index: IndexChange) -> Behind:
    behind = Behind(change.series, measurement, None, label=index.name)
    if definition.measure == INDEX_HIGHER:
        if index.paired is None:
            return replace(behind, left_out=index.why_not or "too_few")
        return replace(behind, count=index.paired.higher.count, n=index.paired.n)
    if not index.values:
        return replace(behind, left_out=index.why_not or "too_few")
    n = sum(many for _, many in index.values)
    if definition.is_mean:
        return replace(
            behind, n=n, total=sum((value * Fraction(many) for value, many in index.values), Fraction(0))
        )
    least = Fraction(definition.threshold)
    return replace(behind, count=sum(many for value, many in index.values if value >= least), n=n)


def in_snapshots(definition: Definition) -> bool:
    """Whether the snapshots of results hold what the definition counts: whole measurements alone."""
    if definition.kind in (Kind.PAIRS, Kind.INDEX):
        return False
    return not definition.of_a_group


def _is_number(code: str) -> bool:
    return code.removeprefix("-").replace(".", "", 1).isdecimal() and code.isascii()
