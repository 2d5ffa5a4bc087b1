"""One measurement by background: each question's answers, group by group, and what of them may be shown.

Whatever is opened (one variable, two crossed, one within a class of another) the same pattern decides, worked
out for the question as a whole: ``surveys.domain.suppression``. Never more than two variables at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from sqlalchemy.orm import Session

from surveys.domain.privacy import Limit, Verdict
from surveys.domain.questionnaire import Form, expand, parse
from surveys.domain.suppression import NOT_STATED
from surveys.domain.tally import Tally, tally
from surveys.domain.telling import Told
from surveys.queries import results as queries
from surveys.queries import tallies
from surveys.queries.tallies import Stand
from surveys.results.cells import Cell, look
from surveys.results.grouped import Patterns, Variable, named, variables_of
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.questions import Tallied, tallied_results
from surveys.results.series import UnknownMeasurement, read_rates
from surveys.results.telling import read_told


class UnknownVariable(LookupError):
    """The measurement has no such background variable, or that variable no such class."""

    code = "unknown_variable"


class TooManyVariables(ValueError):
    """Three variables at once: two crossed, and within a class of a third."""

    code = "too_many_variables"


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group's answers to one question; of one that may not be shown there is nothing but n.

    ``classes``: of each variable asked for, in the order asked; empty for all of the table together.
    """

    classes: tuple[str, ...]
    responses: int
    result: QuestionResult


@dataclass(frozen=True, slots=True)
class QuestionGroups:
    """``together`` is all of the table: the whole measurement, or the class of ``only``."""

    together: GroupResult
    groups: tuple[GroupResult, ...]

    @property
    def hidden(self) -> bool:
        """Whether something of the table is not shown."""
        return any(not each.result.shown for each in self.groups)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """``variables``: all by which answers are ``told``; ``by`` and ``also`` those of the table, ``only`` the
    class it is within.

    ``questions`` is empty where the measurement shows no answers, or has no variable of two classes or more.
    """

    series: SeriesResults
    measurement: Measurement
    told: Told
    variables: tuple[Variable, ...] = ()
    by: Variable | None = None
    also: Variable | None = None
    only: tuple[Variable, str] | None = None
    questions: tuple[QuestionGroups, ...] = ()


def read_breakdown(
    session: Session,
    series_id: int,
    rule_code: str,
    place: str,
    now: datetime,
    as_evaluator: bool,
    by: str = "",
    also: str = "",
    only: tuple[str, str] | None = None,
) -> Breakdown:
    """Return a measurement by the variable ``by`` (or the first there is), crossed with ``also``, or within
    one class of another variable, ``only``. Whose answers are shown when: see :mod:`surveys.results.series`.

    Raises UnknownMeasurement, UnknownVariable, TooManyVariables.
    """
    found = read_rates(session, series_id, now, as_evaluator)
    measurement = _measurement(found, rule_code, place)
    told = read_told(session, series_id, now)
    table = _table(session, found, measurement, told, as_evaluator)
    if table is None:
        return Breakdown(found, measurement, told)
    return table.breakdown(measurement, by or next(iter(table.variables)), also, only)


def read_breakdowns(
    session: Session,
    found: SeriesResults,
    measurement: Measurement,
    names: Collection[str],
    told: Told,
    as_evaluator: bool,
) -> list[Breakdown]:
    """Return a measurement of ``found`` by each of the variables ``names`` that it has, in one reading: what
    may be shown is worked out once for all of them.
    """
    table = _table(session, found, measurement, told, as_evaluator)
    if table is None:
        return []
    return [table.breakdown(measurement, name, "", None) for name in names if name in table.variables]


def _measurement(found: SeriesResults, rule_code: str, place: str) -> Measurement:
    measurement = found.measurement(rule_code, place)
    if measurement is None or not rule_code:
        raise UnknownMeasurement(f"{rule_code} {place}")
    return measurement


def _table(
    session: Session, found: SeriesResults, measurement: Measurement, told: Told, as_evaluator: bool
) -> "_Table | None":
    """None where no answers are shown, or there is no variable of two classes or more."""
    if not measurement.shown or measurement.key is None:
        return None
    series_id = found.id
    forms = _forms(session, series_id, measurement)
    counted = look(
        session,
        measurement.key,
        {id_: form for id_, (_, form) in forms.items()},
        tallies.kept(session, only=measurement.key).get(measurement.key),
        tallies.stands(session, measurement.key).get(measurement.key, Stand(0, 0)),
        as_it_was=as_evaluator,
    )
    cells = counted.cells
    variables = variables_of(session, series_id, cells, told)
    return _Table(found, forms, cells, variables, told) if variables else None


def _forms(session: Session, series_id: int, measurement: Measurement) -> dict[int, tuple[int, Form]]:
    """The versions of the questionnaire by id: number, and the form as expanded for the occasion."""
    themes = measurement.occasion.themes if measurement.occasion else ()
    versions = queries.versions(session, series_id)[measurement.questionnaire_id]
    return {each.id: (each.number, expand(parse(each.content), themes)) for each in versions}


class _Table:
    """The smallest groups of one measurement, added up as they are asked for."""

    def __init__(
        self,
        found: SeriesResults,
        forms: Mapping[int, tuple[int, Form]],
        cells: Sequence[Cell],
        variables: Sequence[Variable],
        told: Told,
    ) -> None:
        self.found, self.cells, self.told = found, cells, told
        self.limit = Limit(found.minimum_group)
        used = {each.version for each in cells}
        # newest first, as questions are put together over versions
        self.forms = {id_: forms[id_] for id_ in sorted(forms, key=lambda id_: -forms[id_][0]) if id_ in used}
        self.variables = {each.name: each for each in variables}
        self.patterns = Patterns(
            {id_: form for id_, (_, form) in self.forms.items()}, cells, variables, self.limit
        )

    def breakdown(
        self, measurement: Measurement, by: str, also: str, only: tuple[str, str] | None
    ) -> Breakdown:
        first, second = self._variable(by), self._variable(also) if also else None
        within = (self._variable(only[0]), only[1]) if only else None
        if second is not None and within is not None:
            raise TooManyVariables(f"{by}, {also}, {only}")
        other = second or (within[0] if within else None)
        if other is not None and (other is first or not (first.crossable and other.crossable)):
            raise UnknownVariable(f"{by} is not crossed with {other.name}")
        if within is not None and within[1] not in within[0].classes:
            raise UnknownVariable(f"{within[0].name} {within[1]}")
        return Breakdown(
            self.found,
            measurement,
            self.told,
            tuple(self.variables.values()),
            first,
            second,
            within,
            self.questions(first, second, within),
        )

    def _variable(self, name: str) -> Variable:
        if name not in self.variables:
            raise UnknownVariable(name)
        return self.variables[name]

    def questions(
        self,
        by: Variable,
        also: Variable | None = None,
        within: tuple[Variable, str] | None = None,
    ) -> tuple[QuestionGroups, ...]:
        """Each question that is broken down."""
        asked = (by, also) if also else (by,)
        fixed = {within[0].name: within[1]} if within else {}
        together = self._group(fixed)
        rows = []
        for classes in product(*(each.classes for each in asked)):
            chosen = fixed | {each.name: one for each, one in zip(asked, classes, strict=True)}
            answered = self._group(chosen)
            if answered is not None:
                rows.append((classes, answered))
        if together is None:
            return ()
        return tuple(
            QuestionGroups(
                GroupResult((), together[0], together[1][position]),
                tuple(GroupResult(classes, n, results[position]) for classes, (n, results) in rows),
            )
            for position, (_, broken_down) in enumerate(self.patterns.counted)
            if broken_down
        )

    def _group(self, chosen: Mapping[str, str]) -> tuple[int, list[QuestionResult]] | None:
        """How many a group is, and each question as it may be shown of it; None where it is nobody."""
        held = [each for each in self.cells if _within(each, chosen)]
        if not held:
            return None
        tallied = [
            Tallied(number, form, self._sum(form, (each.tally for each in held if each.version == id_)))
            for id_, (number, form) in self.forms.items()
        ]
        found = tallied_results(tallied, self.limit, self.found.decimals)
        hidden, telling = self.patterns.told(named(self.variables, chosen))
        results = [
            _hidden(each, each.code in telling) if each.code in hidden else _of_group(each) for each in found
        ]
        return sum(each.tally.responses for each in held), results

    def _sum(self, form: Form, tallies: Iterable[Tally]) -> Tally:
        return sum(tallies, tally(form, ()))


def _within(cell: Cell, chosen: Mapping[str, str]) -> bool:
    return all(cell.background.get(name, NOT_STATED) == value for name, value in chosen.items())


def _of_group(result: QuestionResult) -> QuestionResult:
    """Without what is told of the whole measurement alone: who gave no answer or did not know, and texts."""
    return replace(result, missing=0, not_asked=0, dont_know=None, words=(), texts=())


def _hidden(result: QuestionResult, tells: bool) -> QuestionResult:
    """Nothing of a question but n; not even that where it ``tells`` what is hidden of another."""
    return QuestionResult(
        code=result.code,
        base_code=result.base_code,
        theme=result.theme,
        text=result.text,
        kind=result.kind,
        n=None if tells else result.n,
        verdict=Verdict.TOO_FEW,
        generated_note=result.generated_note,
        versions=result.versions,
        reworded=result.reworded,
    )
