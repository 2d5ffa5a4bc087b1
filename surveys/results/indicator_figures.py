"""What an indicator comes to: from dated rows of the register, from results, entries or typed readings.

What is made of answers is in :mod:`.indicator_answers`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.domain import participation
from surveys.domain.few_apart import tells_of_few
from surveys.domain.indicator_definition import restored
from surveys.domain.indicators import Definition, Figure, Kind
from surveys.domain.participation import Participation, PersonOutcome
from surveys.models.indicator import IndicatorReading
from surveys.models.programme import Project
from surveys.queries import indicators as queries
from surveys.queries import organisations
from surveys.results.indicator_answers import NO_READING, Answers
from surveys.results.indicator_behind import Read
from surveys.results.persons import taken_part


class Look:
    """One look at a project's indicators at ``now``; what several of them need is read once."""

    def __init__(self, session: Session, project: Project, now: datetime, as_evaluator: bool) -> None:
        self.session, self.project, self.now, self.as_evaluator = session, project, now, as_evaluator
        self.zone = ZoneInfo(project.timezone)
        self.today: date = now.astimezone(self.zone).date()

    def read(self, indicator_id: int, definition: Definition, day: date) -> Read:
        """What the indicator came to at the end of ``day``, as far as dated rows can tell.

        Answers carry no date that results may use: of an earlier day there are the snapshots taken at closing
        and at a month's end, and what has been read.
        """
        kind = definition.kind
        if kind.from_register:
            return Read(self._from_register(definition, day))
        if kind is Kind.PRODUCTS:
            return Read(self._products(indicator_id, day))
        if kind.typed:
            return Read(self._typed(indicator_id, day))
        then = self.answers.read(definition, day)
        if then.figure.lacking == NO_READING:
            return Read(figure_of(self._last_reading(indicator_id, day)))
        return then

    def now_answered(self, definition: Definition) -> Read:
        """What a definition that counts answers comes to now."""
        return self.answers.read(definition, self.today)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.session, self.project.id, self._codes, self.now, self.today, self.as_evaluator)

    @cached_property
    def readings(self) -> dict[int, list[IndicatorReading]]:
        return queries.readings(self.session, self.project.id)

    def _last_reading(self, indicator_id: int, day: date) -> IndicatorReading | Figure:
        found = (each for each in self.readings.get(indicator_id, ()) if each.on_date <= day)
        return next(found, None) or Figure(lacking=NO_READING)

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

    def _taken(self, day: date, named: bool) -> list[Participation]:
        """What there is to count on a day; with names where what came of each person is asked."""
        if (day, named) not in self._taken_on:
            self._taken_on[day, named] = taken_part(self.session, self.project, day, named=named)
        return self._taken_on[day, named]

    @cached_property
    def _taken_on(self) -> dict[tuple[date, bool], list[Participation]]:
        return {}

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

    def _people(self, definition: Definition, day: date) -> Iterator[Participation]:
        series = self._wanted(definition)
        within = None
        if definition.organisations:
            levels = organisations.levels(self.session, self.project.id)
            within = {number for code in definition.organisations for number in levels.within(code)}
        for each in self._taken(day, named=definition.kind is Kind.OUTCOMES):
            if each.series not in series or (definition.gender and each.gender != definition.gender):
                continue
            if definition.work_groups and each.work_group not in definition.work_groups:
                continue
            if within is None or each.organisation in within:
                yield each

    def _told_beside_others(self, definition: Definition, among: frozenset[int], day: date) -> bool:
        """Whether the outcomes of ``among`` can stand beside those of the project's other indicators on the
        day: the first in their order is told, and each that with those before tells of no few persons.
        Whatever the outcomes counted: what is not the one may be the other.
        """
        if day not in self._told_on:
            told: dict[Definition, frozenset[int]] = {}
            for each in self._outcome_definitions:
                base = participation.persons(self._people(each, day), each.stage, day)
                if len(base) >= self.project.minimum_group and not self._few(told.values(), base):
                    told[each] = base
            self._told_on[day] = told
        told = self._told_on[day]
        return definition in told or not self._few(told.values(), among)

    def _few(self, told: Iterable[frozenset[int]], base: frozenset[int]) -> bool:
        return base not in told and tells_of_few([*told, base], self.project.minimum_group)

    @cached_property
    def _told_on(self) -> dict[date, dict[Definition, frozenset[int]]]:
        return {}

    @cached_property
    def _outcome_definitions(self) -> list[Definition]:
        """What the project's indicators of outcomes mean now, in their order."""
        rows = queries.of_project(self.session, self.project.id)
        kind = Kind.OUTCOMES
        return [restored(kind, each.versions[-1].definition) for each in rows if each.kind == kind]

    def _from_register(self, definition: Definition, day: date) -> Figure:
        stage, series = definition.stage, self._wanted(definition)
        if not series:
            return Figure(lacking="no_series")
        by_attendance = definition.kind is Kind.ATTENDANCES or stage in ("present", "completed")
        if by_attendance and not series & self._keeping:
            return Figure(lacking="attendance_not_kept")
        people = list(self._people(definition, day))
        if stage == "completed" and not any(each.minimum or each.state == "completed" for each in people):
            return Figure(lacking="no_completion_rule")
        if definition.kind is Kind.ATTENDANCES:
            return Figure(value=Fraction(participation.attendances(people, day)), base="attendances")
        if definition.kind is Kind.HEAD_COUNT:
            heads = participation.head_count(participation.having(people, stage, day))
            return Figure(value=Fraction(heads), base=stage)
        return self._with_outcome(definition, participation.persons(people, stage, day), day)

    def _with_outcome(self, definition: Definition, among: frozenset[int], day: date) -> Figure:
        """What came of it for a few is not told: of one person it would be that person's own outcome."""
        if 0 < len(among) < self.project.minimum_group:
            return Figure(lacking="too_few_persons", base=definition.stage)
        series = self._wanted(definition)
        noted = [each for where, each in self._outcomes if where in series]
        if among and not self._told_beside_others(definition, among, day):
            return Figure(lacking="few_persons_apart", base=definition.stage)
        k = len(participation.with_outcome(noted, definition.outcomes, among, day))
        if not definition.as_share:
            return Figure(Fraction(k), k, len(among), definition.stage)
        if not among:
            return Figure(lacking="nobody", base=definition.stage)
        return Figure(Fraction(100 * k, len(among)), k, len(among), definition.stage)


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
