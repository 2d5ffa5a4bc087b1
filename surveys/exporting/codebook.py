"""The codebook: every column of an export, what was asked, what its values are called, and who was asked.

Counts are those of the results: what no page shows has none here either.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.domain.comparison import Likeness, likeness
from surveys.domain.questions import Question
from surveys.domain.texts import LocalText, pick
from surveys.exporting.layout import Asked, Block
from surveys.exporting.names import spss_names
from surveys.exporting.rows import Export
from surveys.exporting.value_table import all_measured, fixed_variables
from surveys.exporting.variables import Gap, Measured, Variable
from surveys.exporting.words import Words
from surveys.results.model import SeriesResults


@dataclass(frozen=True)
class Value:
    """``number`` is what it is in SPSS, ``code`` in the other formats ("" where those have a blank)."""

    number: int
    code: str
    label: str


@dataclass(frozen=True)
class Entry:
    """A column: its name, in SPSS, and what its cells are; ``missing`` are values of SPSS alone.

    ``part``: which option it is of, or what else of the answer; "" where it is the answer.
    """

    column: str
    spss: str
    holds: str
    measure: str
    values: tuple[Value, ...] = ()
    missing: tuple[Value, ...] = ()
    part: str = ""


@dataclass(frozen=True)
class AskedIn:
    """A version that asked it. ``n`` answered it in what is shown; None where that is not told."""

    questionnaire: str
    versions: tuple[int, ...]
    n: int | None


@dataclass(frozen=True)
class Chapter:
    """A question and its columns. ``reworded``: not put in the same words in all versions that asked it."""

    code: str
    text: LocalText
    kind: str
    entries: tuple[Entry, ...]
    asked_in: tuple[AskedIn, ...]
    conditions: tuple[str, ...]
    reworded: bool
    required: bool


@dataclass(frozen=True)
class Codebook:
    fixed: tuple[tuple[str, str, str], ...]  # column, in SPSS, what it is
    chapters: tuple[Chapter, ...]


def codebook(export: Export, found: SeriesResults, words: Words) -> Codebook:
    """Return the codebook of an export; ``found`` are the results of the same series, as the same reader."""
    measured = all_measured(export)
    fixed = fixed_variables(export, words)
    variables = [*fixed, *(each for one in measured for each in one.variables)]
    names = dict(zip(map(id, variables), spss_names((each.name, "") for each in variables), strict=True))
    answered = _answered(found)
    return Codebook(
        tuple((each.name, names[id(each)], pick(each.label, words.language)) for each in fixed),
        tuple(
            _chapter(
                one.block,
                tuple(_entries(one, names, words, export.language)),
                answered,
            )
            for one in measured
        ),
    )


def _chapter(
    block: Block, entries: tuple[Entry, ...], answered: dict[tuple[str, str, int], int | None]
) -> Chapter:
    question = block.question
    expressions = dict.fromkeys(
        each.text for asked, one in block.asked for each in asked.form.conditions.of.get(one.code, ())
    )
    return Chapter(
        code=block.name,
        text=_all_languages(block),
        kind=question.kind,
        entries=entries,
        asked_in=tuple(_asked_in(block, answered)),
        conditions=tuple(expressions),
        reworded=any(likeness(one, question) is not Likeness.SAME for _, one in block.asked),
        required=question.required,
    )


def _all_languages(block: Block) -> LocalText:
    text: LocalText = {}
    for _, one in block.asked:
        text = {**one.text, **text}
    return text


def _entries(one: Measured, names: Mapping[int, str], words: Words, language: str) -> Iterator[Entry]:
    text = pick(one.block.question.text, language)
    headings = {column.name: column.heading for column in one.block.columns}
    for each in one.variables:
        heading = headings.get(each.name, text)
        part = "" if heading == text else heading.removeprefix(f"{text} – ")
        yield _entry(each, names[id(each)], words, language, part)


def _entry(variable: Variable, spss: str, words: Words, language: str, part: str) -> Entry:
    known = {number for number, *_ in variable.values}
    values = tuple(
        Value(number, code, words.class_label(code, label, pick(label, language)))
        for number, code, label in variable.values
    )
    gaps = sorted((number, reason) for reason, number in (variable.gaps or {}).items() if number not in known)
    missing = tuple(Value(number, _code(reason), words.gaps[reason]) for number, reason in gaps)
    return Entry(variable.name, spss, variable.holds, variable.measure, values, missing, part)


def _code(reason: Gap) -> str:
    return {Gap.DONT_KNOW: "dk", Gap.HIDDEN: ".."}.get(reason, "")


def _asked_in(block: Block, answered: dict[tuple[str, str, int], int | None]) -> Iterator[AskedIn]:
    """A line a questionnaire, with the versions that asked it."""
    by_questionnaire: dict[str, list[tuple[Asked, Question]]] = {}
    for asked, question in block.asked:
        by_questionnaire.setdefault(asked.questionnaire, []).append((asked, question))
    for code, some in by_questionnaire.items():
        versions = sorted({asked.version for asked, _ in some})
        keys = {(code, question.code, asked.version) for asked, question in some}
        yield AskedIn(code, tuple(versions), _together([answered.get(key, 0) for key in keys]))


def _answered(found: SeriesResults) -> dict[tuple[str, str, int], int | None]:
    """n by questionnaire, question and the first of the versions it was counted over."""
    counted: dict[tuple[str, str, int], int | None] = {}
    for measurement in found.measurements:
        for result in measurement.questions:
            key = measurement.questionnaire_code, result.code, result.versions[0]
            counted[key] = _together([counted.get(key, 0), result.n])
    return counted


def _together(numbers: Sequence[int | None]) -> int | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if len(known) == len(numbers) else None
