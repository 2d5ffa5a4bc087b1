"""What the pages about answers from elsewhere call faults of files, fields, columns and rows."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from surveys.domain.answer_columns import ADDRESS, CODE, WORDS, Use, choices_of, parts_of
from surveys.domain.answer_rows import CellFault
from surveys.domain.question import Question, Unacceptable
from surveys.domain.questionnaire import Form
from surveys.importing.answer_file import AnswerFile
from surveys.web.answer_texts import fault_text
from surveys.web.filters import local
from surveys.web.organise import people_words
from surveys.web.organise.words import Words
from surveys.web.phrases import _

WAVES: Words = {
    "pre": _l("Before: a pre-measurement"),
    "post": _l("After: a post-measurement"),
    "follow_up": _l("Later: a follow-up measurement"),
    "occasion": _l("After one occasion"),
}
FILE_FAULTS: Words = {
    **people_words.FILE_FAULTS,
    "no_columns": _l("No line with names of columns was found: the first line is to hold the questions."),
    "no_rows": _l("The file has questions, but nobody has answered."),
    "not_sav": _l("The SPSS file is damaged and cannot be read. Save it anew, or as CSV or XLSX."),
    "too_many_cells": _l("The file has more than %(most)s cells. Take away columns that are not needed."),
}
FIELD_FAULTS: Words = {
    "blank": _l("Fill this in."),
    "too_long": _l("This is too long."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "not_date": _l("This is no date. Write it as 2027-03-29."),
    "in_future": _l("That day has not come yet."),
    "too_early": _l("The year is before 1950."),
    "not_chosen": _l("Choose one."),
}
COLUMN_FAULTS: Words = {
    "unknown_use": _l("Choose one of the values."),
    "used_twice": _l(
        "Two columns cannot answer the same question, nor a question both as a whole and option by option."
    ),
    "no_question_column": _l("Say which question at least one column answers."),
}
ROW_FAULTS: Words = {
    "ragged_row": _l("The row has another number of cells than the first line."),
    "unknown_value": _l("“%(value)s” fits no option. Go back to the values and say what it stands for."),
    "not_a_tick": _l("“%(value)s” is neither yes nor no."),
    "too_many_words": _l("There are more than %(max)s words."),
    "two_people": _l("The address and the code are of different persons, or several share the address."),
    "named_twice": _l("Another row has the same address or code, and nobody can tell which of them counts."),
    "person_twice": _l("Another row is the same person’s, and nobody can tell which of them counts."),
}


def field_fault(field: str, code: str, params: Mapping[str, Any]) -> str:
    """The sentence for a field of the form that sends a file in."""
    if field == "file":
        return people_words.told(FILE_FAULTS, code, params, int(params.get("line", 0)))
    return str(FIELD_FAULTS[code])


def row_fault(fault: CellFault, file: AnswerFile) -> tuple[str, str]:
    """(The column, "" where it is of the whole row; the sentence)."""
    column = "" if fault.column is None else file.columns[fault.column].name
    if fault.code in ROW_FAULTS:
        return column, str(ROW_FAULTS[fault.code]) % dict(fault.params)
    return column, fault_text(Unacceptable(fault.code, **dict(fault.params)))


def name_of(form: Form, use: Use) -> str:
    """What a column is used for."""
    if use.question in WHO:
        return str(WHO[use.question])
    question = form.question(use.question)
    return "" if question is None else part_name(question, use.part)


def part_name(question: Question, part: str) -> str:
    text = local(question.text)
    if not part:
        return text
    if part == WORDS:
        return f"{text}: " + _("“other” in their own words")
    label = next((each.label for each in choices_of(question) if each.code == part), {})
    return f"{text}: {local(label) or part}"


def uses_of(question: Question) -> list[tuple[str, str]]:
    """(value, text) of all that a column can be of a question."""
    return [(f"{question.code}|{part}", part_name(question, part)) for part in ("", *parts_of(question))]


def scale_of(question: Question | None) -> str:
    """ "1 Inte alls · 2 Lite": what can be answered, where that is chosen."""
    points = choices_of(question) if question is not None else ()
    return " · ".join(f"{each.code} {local(each.label)}" if each.label else each.code for each in points)


WHO: Words = {
    ADDRESS: _l("E-mail address: whose the row is"),
    CODE: _l("The participant’s code: whose the row is"),
}
