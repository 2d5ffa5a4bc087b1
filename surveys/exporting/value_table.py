"""The responses as columns of values, for programs of statistics: one row a response, or one a person."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from surveys.domain.questionnaire import Form
from surveys.exporting.rows import Export, Record, key_of
from surveys.exporting.variables import Gap, Measured, Value, Variable, measured
from surveys.exporting.words import Words
from surveys.results.model import Measurement

Progress = Callable[[Iterable[Record]], Iterable[Record]]

_NUMBERS = frozenset({"version", "occasion_number"})
_DATES = frozenset({"occasion_date", "submitted_on"})
_OF_PERSON = "person_code"
_OF_MEASUREMENT = frozenset(
    {"questionnaire", "wave", "occasion", "occasion_number", "occasion_date", "collected_by"}
)


@dataclass
class ValueColumn:
    """A variable and its values, one a row; ``end``: of which measurement, "" where of all."""

    variable: Variable
    end: str
    cells: list[Value]


def of_responses(export: Export, words: Words, progress: Progress) -> list[ValueColumn]:
    """Return the columns with one response a row, in the order of the other formats."""
    asked = all_measured(export)
    fixed = [ValueColumn(each, "", []) for each in fixed_variables(export, words)]
    answers = [ValueColumn(each, "", []) for one in asked for each in one.variables]
    for measurement in export.measurements:
        for row, values in _values(export, asked, measurement, progress):
            for column, cell in zip(fixed, row, strict=True):
                column.cells.append(_fixed(column.variable, cell))
            for column, value in zip(answers, values, strict=True):
                column.cells.append(value)
    return fixed + answers


def all_measured(export: Export) -> list[Measured]:
    return [measured(block, export.language) for block in export.layout.blocks]


def of_persons(export: Export, words: Words, progress: Progress) -> list[ValueColumn]:
    """Return the columns with one person a row, by code: every measurement has columns of its own.

    A background variable has one for all of them where it differs between no person's responses.
    """
    asked = all_measured(export)
    variables = fixed_variables(export, words)
    place = {column.name: number for number, column in enumerate(export.fixed)}
    own = [each for each in variables if each.name != _OF_PERSON and each.name not in _OF_MEASUREMENT]
    found: list[tuple[str, list[Variable], list[int], dict[str, tuple[Value, ...]]]] = []
    for measurement, end in zip(export.measurements, ends(export.measurements), strict=True):
        kept = _columns_of(export, asked, measurement)
        here = own + [each for one, each in _pairs(asked) if one in kept]
        starts = [number for number, (one, _) in enumerate(_pairs(asked)) if one in kept]
        rows: dict[str, tuple[Value, ...]] = {}
        for row, values in _values(export, asked, measurement, progress):
            of_row = [_fixed(each, row[place[each.name]]) for each in own]
            # the dash sorts those whom nothing joins last, and keeps them apart from every code
            person = row[place[_OF_PERSON]] or f"~{row[place['response_id']]}"
            rows[str(person)] = (*of_row, *(values[number] for number in starts))
        found.append((end, here, starts, rows))
    everyone = sorted({person for *_, rows in found for person in rows})
    code = next(each for each in variables if each.name == _OF_PERSON)
    columns = [ValueColumn(code, "", ["" if each.startswith("~") else each for each in everyone])]
    backgrounds = [number for number, each in enumerate(own) if each.name in export.carried]
    of_all = _alike(backgrounds, [rows for *_, rows in found])
    for number, cells in of_all.items():
        columns.append(ValueColumn(own[number], "", [cells[person] for person in everyone]))
    for end, here, _starts, rows in found:
        of_nobody = tuple("" if each.holds == "text" else None for each in here)
        wide = [rows.get(person, of_nobody) for person in everyone]
        columns += [
            ValueColumn(variable, end, [row[number] for row in wide])
            for number, variable in enumerate(here)
            if number not in of_all
        ]
    return columns


def _alike(
    places: Iterable[int], measurements: Sequence[Mapping[str, tuple[Value, ...]]]
) -> dict[int, dict[str, Value]]:
    """What of each person is the same in all measurements: the places for which that is so of everyone."""
    found: dict[int, dict[str, Value]] = {}
    for place in places:
        of_person: dict[str, Value] = {}
        if all(
            of_person.setdefault(person, row[place]) == row[place]
            for rows in measurements
            for person, row in rows.items()
        ):
            found[place] = of_person
    return found


def ends(measurements: Sequence[Measurement]) -> list[str]:
    """What the names of each measurement's variables end in: the occasion or the wave, and a number."""
    found: list[str] = []
    for each in measurements:
        if each.occasion is not None:
            plain = each.occasion.code
        else:
            plain = each.questionnaire_code if each.wave == "other" else each.wave
        end, number = plain, 2
        while end in found:
            end, number = f"{plain}_{number}", number + 1
        found.append(end)
    return found


def fixed_variables(export: Export, words: Words) -> list[Variable]:
    """The columns that are not questions, as variables."""
    found = []
    for column in export.fixed:
        label = {words.language: words.fixed.get(column.name, column.name)}
        if column.name in _NUMBERS:
            found.append(Variable(column.name, label, "number", "scale"))
        else:
            holds: Literal["date", "text"] = "date" if column.name in _DATES else "text"
            found.append(Variable(column.name, label, holds, "scale" if holds == "date" else "nominal"))
    return found


def _pairs(asked: Sequence[Measured]) -> Iterator[tuple[int, Variable]]:
    for number, one in enumerate(asked):
        for variable in one.variables:
            yield number, variable


def _columns_of(export: Export, asked: Sequence[Measured], measurement: Measurement) -> set[int]:
    """The questions (their places) that a measurement asked in any version."""
    forms = [each.form for each in export.forms[key_of(measurement)].values()]
    there = [export.layout.asked_in(form) for form in forms]
    return {place for place in range(len(asked)) if any(one[place] is not None for one in there)}


def _values(
    export: Export, asked: Sequence[Measured], measurement: Measurement, progress: Progress
) -> Iterator[tuple[Sequence[Any], list[Value]]]:
    """Yield the fixed cells of each response, and the values of all variables of questions."""
    key = key_of(measurement)
    ways = {
        version: _way(export, asked, each.form, export.hidden_codes(key, version))
        for version, each in export.forms[key].items()
    }
    for version, row, given in progress(export.records(measurement)):
        yield row, ways[version](given)


def _way(
    export: Export, asked: Sequence[Measured], form: Form, hidden: frozenset[str]
) -> Callable[[dict[str, Any]], list[Value]]:
    """From answers on one version to values, with the reason where there is none."""
    steps: list[tuple[str, Measured | None, tuple[Value, ...], tuple[Value, ...]]] = []
    for one, question in zip(asked, export.layout.asked_in(form), strict=True):
        not_asked = one.gaps(Gap.NOT_ASKED)
        if question is None:
            steps.append(("", None, not_asked, not_asked))
        elif question.code in hidden:
            steps.append(("", None, one.gaps(Gap.HIDDEN), not_asked))
        else:
            steps.append((question.code, one, one.gaps(Gap.NO_ANSWER), not_asked))
    conditional = form.conditions.of

    def values(given: dict[str, Any]) -> list[Value]:
        led = form.asked(given) if conditional else None
        found: list[Value] = []
        for code, one, blank, not_asked in steps:
            value = given.get(code) if one is not None else None
            if one is not None and value is not None:
                found += one.values_of(value)
            elif led is not None and code in conditional and code not in led:
                found += not_asked
            else:
                found += blank
        return found

    return values


def _fixed(variable: Variable, cell: str | None) -> Value:
    if variable.holds == "text":
        return cell or ""
    return (float(cell) if variable.holds == "number" else cell) if cell else None
