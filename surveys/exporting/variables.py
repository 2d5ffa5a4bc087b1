"""What the columns of an export are to a program of statistics: variables with labels and missing values.

Codes become numbers wherever the answers are classes, since that is what such programs count: the code itself
where all codes of a question are whole numbers, else its place in the list. Why a value is missing is told by
numbers that no answer can be (:class:`Gap`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from surveys.domain.questions import (
    DONT_KNOW,
    Consent,
    DateQuestion,
    NumberQuestion,
    OneChoice,
    Question,
    Ranking,
    ScaleQuestion,
    SeveralChoices,
)
from surveys.domain.scales import Point
from surveys.domain.texts import LocalText
from surveys.exporting.layout import HIDDEN, Block

Value = float | str | None
ValuesOf = Callable[[Any], tuple[Value, ...]]

_CHOSEN: tuple[Point, ...] = (Point("0", {}), Point("1", {}))
_MOST_DIGITS = 15  # of a number that somebody can answer


class Gap(IntEnum):
    """Why there is no value; where answers can be as low, other numbers stand for it (``Variable.gaps``)."""

    NO_ANSWER = -9
    DONT_KNOW = -8
    NOT_ASKED = -7
    HIDDEN = -6
    NOT_PLACED = -5


@dataclass(frozen=True)
class Variable:
    """One column. ``values``: (number, code, label) of each class; ``gaps``: the number of each reason.

    ``holds`` says what its cells are. A text has no gaps but a blank one, and ".." where it is not shown.
    """

    name: str
    label: LocalText
    holds: Literal["number", "text", "date"]
    measure: Literal["nominal", "ordinal", "scale"]
    values: tuple[tuple[int, str, LocalText], ...] = ()
    gaps: Mapping[Gap, int] | None = None
    decimals: int = 0

    def gap(self, reason: Gap) -> Value:
        if self.gaps is not None:
            return self.gaps[reason]
        if self.holds == "text":
            return HIDDEN if reason is Gap.HIDDEN else ""
        return None


@dataclass(frozen=True)
class Measured:
    """The variables of a question, and from an answer (never None) to their values."""

    block: Block
    variables: tuple[Variable, ...]
    values_of: ValuesOf

    def gaps(self, reason: Gap) -> tuple[Value, ...]:
        return tuple(each.gap(reason) for each in self.variables)


def measured(block: Block, language: str) -> Measured:
    """Return what the columns of ``block`` hold. Labels keep all languages; headings are in ``language``."""
    question = block.question
    for kind, make in _KINDS.items():
        if isinstance(question, kind):
            return make(block, question, language)
    names = [column.name for column in block.columns]
    cells = question.writer(language)
    texts = tuple(_text(name, question.text) for name in names)
    return Measured(block, texts, lambda value: tuple(cell or "" for cell in cells(value)))


def whole_codes(points: Sequence[Point]) -> dict[str, int]:
    """The number of each code: itself where all are whole numbers from 0 up, else its place, from 1."""
    if all(point.code.isascii() and point.code.isdigit() and len(point.code) < 7 for point in points):
        numbers = {point.code: int(point.code) for point in points}
        if len(set(numbers.values())) == len(numbers):
            return numbers
    return {point.code: place for place, point in enumerate(points, 1)}


def _gaps(*reasons: Gap) -> dict[Gap, int]:
    common = (Gap.NO_ANSWER, Gap.NOT_ASKED, Gap.HIDDEN)
    return {reason: int(reason) for reason in sorted({*common, *reasons})}


def _classes(
    name: str, text: LocalText, points: Sequence[Point], measure: Literal["nominal", "ordinal"], *gaps: Gap
) -> tuple[Variable, dict[str, int]]:
    numbers = whole_codes(points)
    values = tuple((numbers[point.code], point.code, point.label) for point in points)
    return Variable(name, text, "number", measure, values, _gaps(*gaps)), numbers


def _text(name: str, text: LocalText) -> Variable:
    return Variable(name, text, "text", "nominal")


def _scale(block: Block, question: ScaleQuestion, _language: str) -> Measured:
    gaps = (Gap.DONT_KNOW,) if question.dont_know else ()
    variable, numbers = _classes(block.name, question.text, question.scale.points, "ordinal", *gaps)
    known: dict[str, tuple[Value, ...]] = {code: (number,) for code, number in numbers.items()}
    if question.dont_know:
        known[DONT_KNOW] = (int(Gap.DONT_KNOW),)
    return Measured(block, (variable,), known.__getitem__)


def _one_choice(block: Block, question: OneChoice, _language: str) -> Measured:
    variable, numbers = _classes(block.name, question.text, question.choices, "nominal")
    if not question.other:
        return Measured(block, (variable,), lambda value: (numbers[value["code"]],))
    other = _text(block.columns[-1].name, question.text)
    return Measured(block, (variable, other), lambda value: (numbers[value["code"]], value.get("text") or ""))


def _several(block: Block, question: SeveralChoices, _language: str) -> Measured:
    codes = tuple(point.code for point in question.choices)
    variables = tuple(
        Variable(
            column.name,
            _joined(question.text, point.label),
            "number",
            "nominal",
            tuple((int(each.code), each.code, each.label) for each in _CHOSEN),
            _gaps(),
        )
        for column, point in zip(block.columns, question.choices, strict=False)
    )
    if question.other:
        variables = (*variables, _text(block.columns[-1].name, question.text))

    def values(value: Any) -> tuple[Value, ...]:
        chosen = tuple(int(code in value["codes"]) for code in codes)
        return (*chosen, value.get("text") or "") if question.other else chosen

    return Measured(block, variables, values)


def _ranking(block: Block, question: Ranking, _language: str) -> Measured:
    gaps = _gaps(Gap.NOT_PLACED)
    variables = tuple(
        Variable(column.name, _joined(question.text, point.label), "number", "ordinal", (), gaps)
        for column, point in zip(block.columns, question.options, strict=True)
    )
    codes = tuple(point.code for point in question.options)
    nowhere = int(Gap.NOT_PLACED)
    return Measured(
        block,
        variables,
        lambda value: tuple(value.index(code) + 1 if code in value else nowhere for code in codes),
    )


def _consent(block: Block, question: Consent, _language: str) -> Measured:
    """What is not ticked is no consent: it is a value, as results count it, and no missing answer."""
    no: tuple[int, str, LocalText] = (0, "", {})
    yes = (1, "yes", question.choices[0].label)
    gaps = {**_gaps(), Gap.NO_ANSWER: 0}
    variable = Variable(block.name, question.text, "number", "nominal", (no, yes), gaps)
    return Measured(block, (variable,), lambda _value: (1,))


def _number(block: Block, question: NumberQuestion, _language: str) -> Measured:
    asked: list[Question] = [each for _, each in block.asked]
    numbers = [each for each in asked if isinstance(each, NumberQuestion)]
    gaps = _gaps()
    least = [each.minimum for each in numbers]
    if any(each is None or each < 0 for each in least):
        # below all that can be answered: -99 where the least is -10
        digits = max(_MOST_DIGITS + 1 if each is None else len(str(abs(int(each)))) for each in least)
        gaps = {reason: -(10**digits) + 10 + number for reason, number in gaps.items()}
    decimals = max(each.decimals for each in numbers)
    text = {
        language: f"{words} ({question.unit[language]})" if question.unit.get(language) else words
        for language, words in question.text.items()
    }
    variable = Variable(block.name, text, "number", "scale", (), gaps, decimals)
    return Measured(block, (variable,), lambda value: (float(value),))


def _date(block: Block, question: DateQuestion, _language: str) -> Measured:
    return Measured(block, (Variable(block.name, question.text, "date", "scale"),), lambda value: (value,))


def _joined(text: LocalText, label: LocalText) -> LocalText:
    both = {language: f"{text[language]} – {label[language]}" for language in text if label.get(language)}
    return both or {
        language: f"{words} – {next(iter(label.values()), '')}" for language, words in text.items()
    }


_KINDS: dict[type[Question], Callable[..., Measured]] = {
    ScaleQuestion: _scale,
    OneChoice: _one_choice,
    SeveralChoices: _several,
    Ranking: _ranking,
    Consent: _consent,
    NumberQuestion: _number,
    DateQuestion: _date,
}
