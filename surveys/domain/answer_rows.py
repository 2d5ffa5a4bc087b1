"""A row of somebody else's answers → what is kept of it, by the rules that every answer keeps to.

Cells become form fields and go through :func:`surveys.domain.questionnaire.check`, in the manner of papers:
what a question insists on and did not get is missing, and no fault.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveys.domain.answer_columns import (
    ADDRESS,
    CODE,
    NO_ANSWER,
    WORDS,
    FileColumn,
    Use,
    choices_of,
    pieces,
    plain,
)
from surveys.domain.choices import OTHER, OneChoice, SeveralChoices
from surveys.domain.date_question import DateQuestion
from surveys.domain.point_questions import PointQuestion
from surveys.domain.question import Answer, Question, Unacceptable
from surveys.domain.questionnaire import Form, check
from surveys.domain.questions import NumberQuestion, Words

_TICKED = {"1", "x", "ja", "yes", "true", "sant", "vald", "selected", "checked", "on"}
_NOT_TICKED = {
    "",
    "0",
    "nej",
    "no",
    "false",
    "falskt",
    "inte vald",
    "ej vald",
    "not selected",
    "unchecked",
    "off",
}
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}.*", re.ASCII)
_APART = re.compile(r"[;,\n]")


@dataclass(frozen=True)
class Reading:
    """How a file is read. ``values``: for each column that has any, the option that each value stands for,
    :data:`surveys.domain.answer_columns.NO_ANSWER` where it is none.
    """

    form: Form
    columns: tuple[FileColumn, ...]
    uses: tuple[Use, ...]
    values: Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class CellFault:
    """Why a cell cannot be taken: its column (None: the row as a whole), a stable code and its limits."""

    column: int | None
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class RowRead:
    """A row as it was understood. ``left_out``: how many answers are to questions that are not asked given
    the others. Without answers and faults the row is blank, and nobody's answer.
    """

    line: int
    answers: Mapping[str, Answer]
    faults: tuple[CellFault, ...] = ()
    left_out: int = 0
    address: str = ""
    code: str = ""


def read_row(
    reading: Reading, line: int, cells: Sequence[str], ragged: bool = False, today: str = ""
) -> RowRead:
    """Read one row. ``ragged``: it has more or fewer cells than columns, so that none can be told."""
    if ragged:
        return RowRead(line, {}, (CellFault(None, "ragged_row"),))
    fields: dict[str, list[str]] = {}
    faults: list[CellFault] = []
    for number, (use, cell) in enumerate(zip(reading.uses, cells, strict=True)):
        question = reading.form.question(use.question)
        if question is None or not cell:
            continue
        try:
            for name, given in _fields(question, use, cell, number, reading).items():
                fields.setdefault(name, []).extend(given)
        except Unacceptable as bad:
            faults.append(CellFault(number, bad.code, bad.params))
    who = {use.question: cells[number] for number, use in enumerate(reading.uses)}
    read = replace(
        _checked(reading, line, fields, today),
        address=who.get(ADDRESS, "").strip(),
        code=who.get(CODE, "").strip(),
    )
    return replace(read, faults=(*faults, *read.faults))


def _checked(reading: Reading, line: int, fields: Mapping[str, list[str]], today: str) -> RowRead:
    if not fields:
        return RowRead(line, {})
    checked = check(reading.form, fields, complete=True, today=today)
    first = {use.question: number for number, use in reversed(list(enumerate(reading.uses)))}
    faults = tuple(
        CellFault(first.get(code), bad.code, bad.params)
        for code, bad in checked.errors.items()
        if bad.code != "required"
    )
    return RowRead(line, checked.answers, faults, _left_out(reading, fields, checked.answers, today))


def _left_out(
    reading: Reading, fields: Mapping[str, list[str]], answers: Mapping[str, Answer], today: str
) -> int:
    if not reading.form.conditions.order:  # everything is always asked
        return 0
    written = check(reading.form, fields, complete=False, today=today).answers
    return len(written.keys() - answers.keys())


def _fields(question: Question, use: Use, cell: str, number: int, reading: Reading) -> dict[str, list[str]]:
    """The form fields that a cell comes to; raises :class:`Unacceptable`."""
    column = reading.columns[number]
    if use.part == WORDS and isinstance(question, OneChoice | SeveralChoices):
        return {question.text_field: [cell]}
    if use.part:
        return {question.field: [use.part]} if _is_ticked(question, use.part, column, cell) else {}
    if choices_of(question):
        return _chosen(question, cell, reading.values.get(number, {}))
    if cell in column.missing:
        return {}
    text = column.values.get(cell, cell) if not isinstance(question, NumberQuestion | DateQuestion) else cell
    if isinstance(question, Words):
        return _words(question, text)
    if isinstance(question, DateQuestion):
        return {question.field: [_MOMENT.sub(r"\1", text)]}
    return {question.field: [text]}


def _chosen(question: Question, cell: str, values: Mapping[str, str]) -> dict[str, list[str]]:
    several = isinstance(question, SeveralChoices)
    given = pieces(cell, values) if several else [cell]
    unknown = next((each for each in given if each not in values), None)
    if unknown is not None:
        raise Unacceptable("unknown_value", value=unknown[:80])
    codes = [values[each] for each in given if values[each] != NO_ANSWER]
    fields = {question.field: codes} if codes else {}
    if isinstance(question, PointQuestion):
        return fields
    own = [each for each in given if values[each] == OTHER and not _is_other(question, each)]
    if own and isinstance(question, OneChoice | SeveralChoices):
        fields[question.text_field] = [", ".join(own)]
    return fields


def _is_other(question: Question, value: str) -> bool:
    """Whether a value only says "other", and nothing in somebody's own words."""
    labels = (text for point in choices_of(question) if point.code == OTHER for text in point.label.values())
    return plain(value) in {OTHER, *(plain(text) for text in labels)}


def _is_ticked(question: Question, part: str, column: FileColumn, cell: str) -> bool:
    if cell in column.missing:
        return False
    text = column.values.get(cell) or cell
    said = plain(text) or text.casefold()
    label = next((each.label for each in choices_of(question) if each.code == part), {})
    if said in _TICKED | {plain(part)} | {plain(each) for each in label.values()}:
        return True
    if said in _NOT_TICKED:
        return False
    raise Unacceptable("not_a_tick", value=cell[:80])


def _words(question: Words, cell: str) -> dict[str, list[str]]:
    words = [each for part in _APART.split(cell) if (each := part.strip())]
    if len(words) > question.max_words:
        raise Unacceptable("too_many_words", max=question.max_words)
    return {name: [word] for name, word in zip(question.names(), words, strict=False)}
