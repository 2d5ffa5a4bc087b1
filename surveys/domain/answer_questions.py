"""Questions made from the columns of somebody else's answers, where the project has no such questionnaire.

What each column is is suggested from its name and its cells, and whoever imports corrects it: of a scale in
words without numbers nobody but a reader can tell which end is up, so it is suggested as a choice.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from surveys.domain.answer_columns import DONT_KNOW_WORDS, SEPARATOR, FileColumn, plain, who
from surveys.domain.drafting import LONGEST_TEXT, OPTION_CODE, QUESTION_CODE, code_from
from surveys.domain.numbers import BadNumber, read_number
from surveys.domain.questions import LongText, ShortText

JsonObject = dict[str, Any]

NO_QUESTION = ""
KINDS = ("scale", "one_choice", "several_choices", "number", "date", "short_text", "long_text")
MOST_CLASSES = 12  # more different values than that are no options
MOST_OF_SEVERAL = 30
_MOST_DECIMALS = 6
_LONGEST_LABEL = 200
_FIRST_NUMBER = re.compile(r"-?\d{1,9}(?!\d)", re.ASCII)
# What programs put beside the answers.
_BESIDE = {
    *("id", "name", "namn", "start time", "starttid", "completion time", "slutförandetid", "timestamp"),
    *("tidsstämpel", "last modified time", "senast ändrad", "total points", "quiz feedback", "submitdate"),
}


def suggest_kind(column: FileColumn, cells: Iterable[str]) -> str:
    """The kind of question that a column answers, of :data:`KINDS`; :data:`NO_QUESTION` where it is none."""
    given = [cell for cell in cells if cell and cell not in column.missing]
    if not given or who(column) is not None or plain(column.name) in _BESIDE:
        return NO_QUESTION
    labelled = [value for value in column.values if value not in column.missing]
    if len(labelled) > 1 and set(given) <= set(labelled):
        return "scale" if len(labelled) > 2 and all(map(_starts_with_number, labelled)) else "one_choice"
    if all(map(_is_day, given)):
        return "date"
    if all(_decimals(cell) is not None for cell in given):
        return "number"
    return _kind_of_words(given)


def question_of(
    column: FileColumn, cells: Iterable[str], kind: str, taken: Iterable[str], language: str
) -> JsonObject:
    """Return the question as a document has it, its texts in ``language``; ``taken``: codes of the others."""
    given = [cell for cell in cells if cell and cell not in column.missing]
    text = (column.label or column.name)[:LONGEST_TEXT]
    taken = set(taken)
    code = column.name.casefold()
    if not QUESTION_CODE.fullmatch(code) or code in taken:
        code = code_from(text, QUESTION_CODE, taken, "question")
    made: JsonObject = {"code": code, "kind": kind, "text": {language: text}}
    match kind:
        case "scale":
            made["scale"] = {"points": _options(column, given, several=False, language=language)}
            if any(
                plain(column.values.get(value, value)) in DONT_KNOW_WORDS for value in _all(column, given)
            ):
                made["dont_know"] = True
        case "one_choice" | "several_choices":
            made["options"] = _options(column, given, kind == "several_choices", language)
        case "number":
            made["decimals"] = max((_decimals(cell) or 0 for cell in given), default=0)
        case "short_text" | "long_text":
            longest = max(map(len, given), default=0)
            limits = ShortText if kind == "short_text" else LongText
            made["max_length"] = min(max(limits.usual, longest), limits.longest)
    return made


def _kind_of_words(given: Sequence[str]) -> str:
    apart = _apart(given) if any(SEPARATOR in cell for cell in given) else []
    if apart and len(set(apart)) <= MOST_OF_SEVERAL and len(apart) >= 2 * len(set(apart)):
        return "several_choices"
    different = set(given)
    if 1 < len(different) <= MOST_CLASSES and len(given) >= 2 * len(different):
        return "scale" if len(different) > 2 and all(map(_starts_with_number, different)) else "one_choice"
    return "long_text" if max(map(len, given)) > ShortText.usual else "short_text"


def _apart(given: Sequence[str]) -> list[str]:
    """Answers of several, one by one: at ";" where any has one, else at commas."""
    joint = SEPARATOR if any(SEPARATOR in cell for cell in given) else ","
    return [piece for cell in given for part in cell.split(joint) if (piece := part.strip())]


def _options(column: FileColumn, given: Sequence[str], several: bool, language: str) -> list[JsonObject]:
    """The options that there are: by the number they begin with, else in the order they come in the file."""
    found = _all(column, given)
    if several:
        found = list(dict.fromkeys(_apart(found)))
    found = [value for value in found if plain(column.values.get(value, value)) not in DONT_KNOW_WORDS]
    if all(map(_starts_with_number, found)):
        found.sort(key=_first_number)
    made: list[JsonObject] = []
    for value in found:
        codes = {each["code"] for each in made}
        wanted = str(_first_number(value)) if _starts_with_number(value) else value
        if not OPTION_CODE.fullmatch(wanted) or wanted in codes:
            wanted = code_from(column.values.get(value, value), OPTION_CODE, codes, "option", 16)
        made.append({"code": wanted, "label": {language: column.values.get(value, value)[:_LONGEST_LABEL]}})
    return made


def _all(column: FileColumn, given: Sequence[str]) -> list[str]:
    """Every value once: those that the file labels, also where nobody gave them, then the others."""
    labelled = (value for value in column.values if value not in column.missing)
    return list(dict.fromkeys((*labelled, *given)))


def _starts_with_number(value: str) -> bool:
    return _FIRST_NUMBER.match(value) is not None


def _first_number(value: str) -> int:
    found = _FIRST_NUMBER.match(value)
    return int(found[0]) if found else 0


def _is_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell[:10])
    except ValueError:
        return False
    return len(cell) >= len("2011-03-29") and cell[4] == "-"


def _decimals(cell: str) -> int | None:
    """How many decimals a number has; None of what is no number."""
    try:
        number = read_number(cell, _MOST_DECIMALS)
    except BadNumber:
        return None
    return max(0, -int(number.as_tuple().exponent))
