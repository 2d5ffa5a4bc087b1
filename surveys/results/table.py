"""The evaluators' table: a row an occasion, a column a question that can be told in a figure or a few words.

And before and after beside each other, question by question, without any claim of change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveys.domain.comparison import same_text
from surveys.domain.texts import LocalText
from surveys.results.model import Measurement, QuestionResult, SeriesResults

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class TableColumn:
    code: str
    text: LocalText  # without the theme's name
    kind: str  # scale or words


@dataclass(frozen=True, slots=True)
class TableRow:
    """``results`` by the column's code: one, or one a theme; none where it was not asked or is not shown."""

    measurement: Measurement
    results: dict[str, tuple[QuestionResult, ...]]


@dataclass(frozen=True, slots=True)
class OccasionTable:
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A question before and after; None where it was asked only once. ``alike`` says that both offered the
    same answers in the same words, which is needed to lay them beside each other in one chart;
    ``same_wording`` that the question itself was put in the same words."""

    before: QuestionResult | None
    after: QuestionResult | None
    alike: bool
    same_wording: bool = True


def occasion_table(results: SeriesResults) -> OccasionTable:
    """The measurements of occasions, also those that were never made."""
    measurements = [each for each in results.measurements if each.occasion is not None]
    columns: dict[str, TableColumn] = {}
    for measurement in measurements:
        for question in measurement.questions:
            if question.kind in ("scale", "words") and (question.top or not question.shown or question.words):
                columns.setdefault(
                    question.base_code,
                    TableColumn(question.base_code, _without_theme(question, measurement), question.kind),
                )
    rows = tuple(TableRow(each, _by_column(each.questions)) for each in measurements)
    return OccasionTable(tuple(columns.values()), rows)


def beside(before: Measurement, after: Measurement) -> tuple[Beside, ...]:
    """The questions of the first in their order, then those that only the second asked."""
    return tuple(_pairs(before.questions, after.questions))


def _pairs(before: Sequence[QuestionResult], after: Sequence[QuestionResult]) -> Iterator[Beside]:
    later = {each.code: each for each in after}
    for first in before:
        second = later.pop(first.code, None)
        yield Beside(
            first,
            second,
            second is not None and same_answers(first, second),
            second is None or same_text(first.text, second.text),
        )
    for second in later.values():
        yield Beside(None, second, alike=False)


def same_answers(first: QuestionResult, second: QuestionResult) -> bool:
    """Whether two results are of the same answers to choose from, in the same words."""
    if first.kind != second.kind or len(first.points) != len(second.points):
        return False
    both = zip(first.points, second.points, strict=True)
    return all(one.code == other.code and same_text(one.label, other.label) for one, other in both)


def _by_column(questions: Sequence[QuestionResult]) -> dict[str, tuple[QuestionResult, ...]]:
    found: dict[str, tuple[QuestionResult, ...]] = {}
    for question in questions:
        found[question.base_code] = (*found.get(question.base_code, ()), question)
    return found


def _without_theme(question: QuestionResult, measurement: Measurement) -> LocalText:
    themes = measurement.occasion.themes if measurement.occasion else ()
    title = next((theme.title for theme in themes if question.theme and theme.code == question.theme), None)
    if not title:
        return question.text
    return {language: text.replace(title, ELLIPSIS) for language, text in question.text.items()}
