"""The evaluators' table: a row an occasion, a column a question told in a figure or a few words; and what may
be said of occasions beside each other.

Of a change nothing is said but that the first and the last occasion differ, and that only where an interval
leaves out no difference at all and the question was the same in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from surveys.domain.comparison import Likeness, same_text
from surveys.domain.differences import newcombe
from surveys.domain.statistics import rounded
from surveys.domain.texts import LocalText
from surveys.results.model import Bar, Measurement, OccasionInfo, QuestionResult, SeriesResults, Top

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
class Change:
    """A question was not the same at ``later`` as at ``earlier``: ``reworded``, or ``other_answers``.

    ``wordings``: what was put otherwise, as it was at the earlier and at the later: the question, without its
    theme's name, and of the same answers to choose from those with other words.
    """

    column: TableColumn
    earlier: OccasionInfo
    later: OccasionInfo
    likeness: Likeness
    wordings: tuple[tuple[LocalText, LocalText], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The upper classes at the first and the last occasion, whose shares differ by more than chance makes
    likely. ``apart``, ``low`` and ``high`` are percentage points, the last less the first (95 per cent).
    """

    column: TableColumn
    first: OccasionInfo
    last: OccasionInfo
    before: Top
    after: Top
    apart: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class OccasionTable:
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    changes: tuple[Change, ...] = ()
    differences: tuple[Difference, ...] = ()

    def example(self, column: TableColumn) -> QuestionResult | None:
        """A result of the column that has merged classes, for their names; None where it has none."""
        return next((each for _, each in _shown(self.rows, column) if each.merged), None)

    def both(self, column: TableColumn) -> list[tuple[TableRow, QuestionResult, bool]]:
        """Every shown result of the column, and whether it has the classes of the example."""
        example = self.example(column)
        return [
            (row, each, example is not None and _same_classes(example, each))
            for row, each in _shown(self.rows, column)
        ]


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
    scales = [each for each in columns.values() if each.kind == "scale"]
    return OccasionTable(
        tuple(columns.values()),
        rows,
        tuple(change for column in columns.values() for change in _changes(rows, column)),
        tuple(found for column in scales if (found := _difference(rows, column, results.decimals))),
    )


def likeness(first: TableRow, one: QuestionResult, second: TableRow, other: QuestionResult) -> Likeness:
    """How two results of a question at two occasions are alike; the names of themes are no wording."""
    if one.kind != other.kind or [each.code for each in one.points] != [each.code for each in other.points]:
        return Likeness.OTHER_ANSWERS
    texts = [_without_theme(one, first.measurement), _without_theme(other, second.measurement)]
    same = same_text(*texts) and same_answers(one, other) and not (one.reworded or other.reworded)
    return Likeness.SAME if same else Likeness.REWORDED


def same_answers(first: QuestionResult, second: QuestionResult) -> bool:
    """Whether two results are of the same answers to choose from, in the same words."""
    if first.kind != second.kind or len(first.points) != len(second.points):
        return False
    both = zip(first.points, second.points, strict=True)
    return all(one.code == other.code and same_text(one.label, other.label) for one, other in both)


def _shown(rows: Sequence[TableRow], column: TableColumn) -> Iterator[tuple[TableRow, QuestionResult]]:
    for row in rows:
        for result in row.results.get(column.code, ()):
            if result.shown:
                yield row, result


def _changes(rows: Sequence[TableRow], column: TableColumn) -> Iterator[Change]:
    """Each time it was asked otherwise than the time before."""
    before: tuple[TableRow, QuestionResult] | None = None
    for row, result in _shown(rows, column):
        if before is not None and before[0] is not row:
            alike = likeness(*before, row, result)
            earlier, later = before[0].measurement.occasion, row.measurement.occasion
            if alike is not Likeness.SAME and earlier and later:
                yield Change(column, earlier, later, alike, tuple(_wordings(*before, row, result)))
        before = row, result


def _wordings(
    first: TableRow, one: QuestionResult, second: TableRow, other: QuestionResult
) -> Iterator[tuple[LocalText, LocalText]]:
    both = [(_without_theme(one, first.measurement), _without_theme(other, second.measurement))]
    if [each.code for each in one.points] == [each.code for each in other.points]:
        both += [(a.label, b.label) for a, b in zip(one.points, other.points, strict=True)]
    return ((before, after) for before, after in both if not same_text(before, after))


def _difference(rows: Sequence[TableRow], column: TableColumn, decimals: int) -> Difference | None:
    """Of the first and the last occasion, where both have one result and it never changed in between.

    What others have asked is another survey.
    """
    rows = [row for row in rows if not row.measurement.outside]
    found = list(_shown(rows, column))
    if len(found) < 2 or any(_changes(rows, column)):
        return None
    (first, one), (last, other) = found[0], found[-1]
    if len(first.results[column.code]) > 1 or len(last.results[column.code]) > 1 or first is last:
        return None  # each theme has its own
    earlier, later = first.measurement.occasion, last.measurement.occasion
    if not (one.top and other.top and earlier and later) or one.top.codes != other.top.codes:
        return None
    before, after = one.top.share, other.top.share
    interval = newcombe((before.count, before.base), (after.count, after.base))
    if 0 in interval:
        return None
    apart = Fraction(after.count, after.base) - Fraction(before.count, before.base)
    low, high = (rounded(Fraction(end) * 100, decimals) for end in (interval.low, interval.high))
    return Difference(column, earlier, later, one.top, other.top, rounded(apart * 100, decimals), low, high)


def _same_classes(one: QuestionResult, other: QuestionResult) -> bool:
    def classes(bars: Sequence[Bar]) -> list[tuple[str, tuple[str, ...]]]:
        return [(each.code, each.codes) for each in bars]

    return classes(one.points) == classes(other.points) and classes(one.merged) == classes(other.merged)


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
