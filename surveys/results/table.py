"""The evaluators' table: a row an occasion, a column a question told in a figure or a few words."""

from collections.abc import Sequence
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
