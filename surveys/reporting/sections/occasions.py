"""The table that evaluators print of a series: a row an occasion, each theme with its own n."""

from collections.abc import Sequence

from surveys.reporting.document import Block, Cell, Table
from surveys.reporting.material import Material
from surveys.reporting.names import (
    TOO_FEW,
    days,
    measurement_key,
    measurement_name,
    question_key,
    said_of,
    source,
    state,
    too_few_note,
    withheld,
)
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.table import TableColumn, TableRow, occasion_table

COLUMNS_A_TABLE = 4
MOST_OF_ONE_PAGE = 2


def occasions(material: Material) -> list[Block]:
    return [block for series in material.series for block in _of(material, series)]


def _of(material: Material, series: SeriesResults) -> list[Block]:
    table = occasion_table(series)
    if not table.rows:
        return []
    scales = [column for column in table.columns if column.kind == "scale"]
    if material.brief:
        # one line an occasion: what is asked once of each
        single = [
            each for each in scales if all(len(row.results.get(each.code, ())) < 2 for row in table.rows)
        ]
        scales = single[-MOST_OF_ONE_PAGE:]
    rows = _rows(material, table.rows)
    parts = [scales[at : at + COLUMNS_A_TABLE] for at in range(0, len(scales), COLUMNS_A_TABLE)] or [[]]
    return [_table(material, series, rows, part, at == 0) for at, part in enumerate(parts)]


def _rows(material: Material, rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """On one page those where nothing was asked are left out: how many they are stands in the summary."""
    asked = [row for row in rows if row.measurement.state != "not_measured"]
    return asked if material.brief and asked else rows


def _table(
    material: Material,
    series: SeriesResults,
    rows: Sequence[TableRow],
    columns: Sequence[TableColumn],
    first: bool,
) -> Table:
    words = material.words
    head = [
        words._("Occasion"),
        *([words._("Answered")] if first else []),
        *(words.local(each.text) for each in columns),
    ]
    base = words._("Answered: submitted of questionnaires sent out.") if first else ""
    if columns:
        asked = words._("Questions: the share in the upper classes of the scale, with its own n.")
        base = f"{base} {asked}".strip()
    if material.brief:
        left_out = words._("Occasions that were not measured are left out.")
        base = f"{base} {left_out}".strip()
    lines = tuple(_row(material, series, row, columns, first) for row in rows)
    if material.brief:
        lines = tuple(tuple(_on_one_line(cell, at) for at, cell in enumerate(line)) for line in lines)
    hidden = any(TOO_FEW in cell.text for line in lines for cell in line)
    return Table(
        caption=said_of(material.of(series), words._("After each occasion")),
        head=tuple(head),
        rows=lines,
        base=base,
        notes=(
            *((too_few_note(words),) if hidden else ()),
            *(line for row in rows if (line := source(words, row.measurement))),
        ),
    )


def _on_one_line(cell: Cell, column: int) -> Cell:
    """A share with its counts after it; an occasion without its day."""
    return Cell(f"{cell.text} ({cell.quiet})" if column and cell.quiet else cell.text)


def _row(
    material: Material, series: SeriesResults, row: TableRow, columns: Sequence[TableColumn], first: bool
) -> tuple[Cell, ...]:
    words, each = material.words, row.measurement
    occasion = each.occasion
    name = Cell(measurement_name(words, each), days(words, occasion)) if occasion else Cell("")
    if not each.asked:
        return name, *([Cell(state(words, each))] if first else []), *(Cell("–") for _column in columns)
    start = [rate_cell(material, series, each)] if first else []
    if not each.shown:
        said = TOO_FEW if each.withheld == "too_few" else withheld(words, each)
        return name, *start, *(Cell(said) for _column in columns)
    return (
        name,
        *start,
        *(_answers(material, series, each, row.results.get(column.code, ())) for column in columns),
    )


def rate_cell(material: Material, series: SeriesResults, each: Measurement) -> Cell:
    """How many of those sent a questionnaire have submitted it."""
    if each.response is None:
        return Cell("–")
    words = material.words
    label = said_of(series.title, _named(material, each), words._("Response rate"))
    return material.ledger.share(
        f"{measurement_key(series, each)}/rate", label, each.response, words._("of questionnaires sent out")
    )


def _answers(
    material: Material, series: SeriesResults, each: Measurement, results: Sequence[QuestionResult]
) -> Cell:
    if not results:
        return Cell(material.words._("not asked"))
    cells = [(result.theme, top_cell(material, series, each, result)) for result in results]
    if len(cells) == 1:
        return cells[0][1]
    # themes stand beneath each other, each with its own counts
    return Cell(
        "\n".join(
            f"{theme} {cell.text} ({cell.quiet})" if cell.quiet else f"{theme} {cell.text}"
            for theme, cell in cells
        )
    )


def top_cell(material: Material, series: SeriesResults, each: Measurement, result: QuestionResult) -> Cell:
    """The upper classes of a question together."""
    if not result.shown:
        return Cell(TOO_FEW)
    if result.top is None:
        return Cell("–")
    words = material.words
    label = said_of(series.title, _named(material, each), words.local(result.text), words._("upper classes"))
    base = words._("those who answered the question")
    return material.ledger.share(f"{question_key(series, each, result)}/top", label, result.top.share, base)


def _named(material: Material, each: Measurement) -> str:
    return measurement_name(material.words, each)
