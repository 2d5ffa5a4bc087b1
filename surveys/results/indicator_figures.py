"""What an indicator comes to: from dated rows of the register, from results, entries or typed readings.

Answers are never counted here: they are those of :mod:`surveys.results.series`, measurement by measurement,
and only those that are shown. So a figure over several measurements is the sum of what every page shows of
them, and nothing hidden can be had by subtracting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.domain import participation
from surveys.domain.indicators import Definition, Figure, Kind
from surveys.domain.participation import Participation, PersonOutcome
from surveys.models.indicator import IndicatorReading
from surveys.models.programme import Project
from surveys.queries import indicators as queries
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.series import read_series


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


def lacking(why: str) -> Read:
    return Read(Figure(lacking=why))


class Look:
    """One look at a project's indicators at ``now``; what several of them need is read once."""

    def __init__(self, session: Session, project: Project, now: datetime, as_evaluator: bool) -> None:
        self.session, self.project, self.now, self.as_evaluator = session, project, now, as_evaluator
        self.zone = ZoneInfo(project.timezone)
        self.today: date = now.astimezone(self.zone).date()
        self._series: dict[str, SeriesResults] = {}

    def read(self, indicator_id: int, definition: Definition, day: date) -> Read:
        """What the indicator came to at the end of ``day``, as far as dated rows can tell.

        Answers carry no date that results may use: of another day than today there is but what has been read.
        """
        kind = definition.kind
        if kind.from_register:
            return Read(self._from_register(definition, day))
        if kind is Kind.PRODUCTS:
            return Read(self._products(indicator_id, day))
        if kind.typed:
            return Read(self._typed(indicator_id, day))
        if day < self.today:
            return Read(figure_of(self._last_reading(indicator_id, day, "no_reading_then")))
        return self._from_answers(definition)

    @cached_property
    def readings(self) -> dict[int, list[IndicatorReading]]:
        return queries.readings(self.session, self.project.id)

    def _last_reading(self, indicator_id: int, day: date, none: str) -> IndicatorReading | Figure:
        found = (each for each in self.readings.get(indicator_id, ()) if each.on_date <= day)
        return next(found, None) or Figure(lacking=none)

    def _typed(self, indicator_id: int, day: date) -> Figure:
        typed = [each for each in self.readings.get(indicator_id, ()) if each.origin == "typed"]
        found = next((each for each in typed if each.on_date <= day), None)
        return figure_of(found) if found else Figure(lacking="nothing_typed")

    @cached_property
    def _entries(self) -> dict[int, list[tuple[date, int]]]:
        found = queries.entries(self.session, self.project.id)
        return {number: [(each.on_date, each.quantity) for each in rows] for number, rows in found.items()}

    def _products(self, indicator_id: int, day: date) -> Figure:
        made = sum(quantity for when, quantity in self._entries.get(indicator_id, ()) if when <= day)
        return Figure(value=Fraction(made))

    @cached_property
    def _taken(self) -> list[Participation]:
        session, project = self.session, self.project.id
        days, said = queries.days_attended(session, project), queries.states_said(session, project)
        return [
            Participation(
                row.person,
                row.series,
                row.gender,
                row.organisation,
                row.registered_at.astimezone(self.zone).date(),
                row.state,
                row.minimum,
                days.get(row.id, ()),
                [(moment.astimezone(self.zone).date(), state) for moment, state in said.get(row.id, ())],
            )
            for row in queries.enrolments(session, project)
        ]

    @cached_property
    def _outcomes(self) -> list[tuple[int, PersonOutcome]]:
        rows = queries.outcomes(self.session, self.project.id)
        return [(series, PersonOutcome(person, day, kind)) for person, series, day, kind in rows]

    @cached_property
    def _codes(self) -> dict[str, int]:
        return queries.series_codes(self.session, self.project.id)

    @cached_property
    def _keeping(self) -> set[int]:
        return queries.attendance_kept(self.session, self.project.id)

    def _wanted(self, definition: Definition) -> set[int]:
        """The series (ids) that a definition counts."""
        named = {self._codes[code] for code in definition.series if code in self._codes}
        return named if definition.series else set(self._codes.values())

    def _people(self, definition: Definition) -> Iterator[Participation]:
        series = self._wanted(definition)
        within = None
        if definition.organisation:
            within = queries.levels(self.session, self.project.id).within(definition.organisation)
        for each in self._taken:
            if each.series not in series or (definition.gender and each.gender != definition.gender):
                continue
            if within is None or each.organisation in within:
                yield each

    def _from_register(self, definition: Definition, day: date) -> Figure:
        stage, series = definition.stage, self._wanted(definition)
        if not series:
            return Figure(lacking="no_series")
        by_attendance = definition.kind is Kind.ATTENDANCES or stage in ("present", "completed")
        if by_attendance and not series & self._keeping:
            return Figure(lacking="attendance_not_kept")
        people = list(self._people(definition))
        if stage == "completed" and not any(each.minimum or each.state == "completed" for each in people):
            return Figure(lacking="no_completion_rule")
        if definition.kind is Kind.ATTENDANCES:
            return Figure(value=Fraction(participation.attendances(people, day)), base="attendances")
        among = participation.persons(people, stage, day)
        if definition.kind is Kind.HEAD_COUNT:
            return Figure(value=Fraction(len(among)), base=stage)
        return self._with_outcome(definition, among, day)

    def _with_outcome(self, definition: Definition, among: frozenset[int], day: date) -> Figure:
        series = self._wanted(definition)
        noted = [each for where, each in self._outcomes if where in series]
        k = len(participation.with_outcome(noted, definition.outcomes, among, day))
        if not definition.as_share:
            return Figure(Fraction(k), k, len(among), definition.stage)
        if not among:
            return Figure(lacking="nobody", base=definition.stage)
        return Figure(Fraction(100 * k, len(among)), k, len(among), definition.stage)

    def _from_answers(self, definition: Definition) -> Read:
        behind = [each for path in definition.questions for each in self._behind(definition, path)]
        counted = [each for each in behind if not each.left_out]
        few = sum(each.left_out == "too_few" for each in behind)
        waiting = sum(each.left_out == "until_closed" for each in behind)
        n = sum(each.n or 0 for each in counted)
        if not counted or not n:
            why = "too_few" if few else "until_closed" if waiting else "not_measured"
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

    def _mean(
        self, counted: Sequence[Behind], n: int, few: int, waiting: int, behind: tuple[Behind, ...]
    ) -> Read:
        points = [bar for each in counted if each.question for bar in each.question.points]
        if not all(_is_number(bar.code) for bar in points):
            return Read(Figure(lacking="not_numeric", left_out=few, waiting=waiting), behind)
        total = sum((Fraction(bar.code) * bar.share.count for bar in points), Fraction(0))
        return Read(Figure(total / n, None, None, "answered", n, "", few, waiting), behind)

    def _behind(self, definition: Definition, path: str) -> Iterator[Behind]:
        series, questionnaire, code = path.split("/")
        found = self._results(series)
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
                    yield _counted(definition, found, measurement, question)

    def _results(self, code: str) -> SeriesResults | None:
        number = self._codes.get(code)
        if number is None:
            return None
        if code not in self._series:
            self._series[code] = read_series(self.session, number, self.now, self.as_evaluator)
        return self._series[code]


def _counted(
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


def figure_of(reading: IndicatorReading | Figure) -> Figure:
    """What was read, as a figure."""
    if isinstance(reading, Figure):
        return reading
    return Figure(
        value=Fraction(reading.value) if reading.value is not None else None,
        numerator=reading.numerator,
        denominator=reading.denominator,
        base=reading.base,
        n=reading.n,
        lacking=reading.lacking,
        left_out=reading.left_out,
    )
