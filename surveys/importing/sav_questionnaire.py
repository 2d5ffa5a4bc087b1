"""A questionnaire from an SPSS file (.sav): a question a variable, its kind told from labels and answers.

The answers in the file are looked at and not kept.
"""

from collections.abc import Sequence

from surveys.domain.answer_columns import FileColumn
from surveys.domain.answer_questions import NO_QUESTION, question_of, suggest_kind
from surveys.importing import sav_file
from surveys.importing.answer_file import MOST_CELLS, MOST_COLUMNS
from surveys.importing.exchanged import Builder
from surveys.importing.losses import Place, ReadQuestionnaire
from surveys.importing.sheets import MOST_ROWS

SHEET = "Variable View"  # as SPSS calls the page where a variable is a row


def read(raw: bytes, language: str) -> ReadQuestionnaire:
    """Read a .sav file, its texts taken to be in ``language``. Raises :class:`Refused`."""
    found = sav_file.read(raw, MOST_COLUMNS, MOST_ROWS, MOST_CELLS)
    builder = Builder(Place(SHEET, 0))
    builder.document["title"] = builder.text(builder.top, "title", {language: found.title or "SPSS"})
    for number, column in enumerate(found.columns):
        _ask(builder, Place(SHEET, number + 1), column, [row[number] for row in found.rows], language)
    return builder.finished()


def _ask(builder: Builder, place: Place, column: FileColumn, cells: Sequence[str], language: str) -> None:
    kind = suggest_kind(column, cells)
    if kind == NO_QUESTION:
        builder.lose(place, column.name, "variable_left_out", column.label)
        return
    taken = [each["code"] for each in builder.questions]
    made = question_of(column, cells, kind, taken, language)
    if made["code"] != column.name.casefold():
        builder.lose(place, column.name, "renamed", column.name, name=made["code"])
    if kind == "scale":
        builder.lose(place, column.name, "scale_lowest_first")
    if left := [column.values.get(value, value) for value in sorted(column.missing)]:
        builder.lose(place, column.name, "missing_left_out", ", ".join(left))
    made["text"] = builder.text(place, column.name, made["text"])
    builder.question(place, column.name, made)
