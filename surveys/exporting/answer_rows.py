"""The long form of answers: one answer a row, with the question, its value and what that is called.

Made of the rows of responses, so that both hold the same. A question with several columns, such as one with
several choices, has a row for each. What nobody answered has none; what is not shown says so ("..").
"""

from collections.abc import Iterable, Iterator

from surveys.domain.summaries import Cell
from surveys.exporting.rows import Export, Row

ADDED = ("question", "value", "label")


def heading(export: Export) -> tuple[str, ...]:
    return (*(column.name for column in export.fixed), *ADDED)


def of_rows(export: Export, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the answers of ``rows``, which are those of ``export``, dressed as they are."""
    fixed = len(export.fixed)
    values: list[tuple[int, str, int | None]] = []
    columns = export.columns
    for place, column in enumerate(columns[fixed:], fixed):
        if column.holds == "label":
            continue
        labelled = place + 1 < len(columns) and columns[place + 1].holds == "label"
        values.append((place, column.name, place + 1 if labelled else None))
    for row in rows:
        start: tuple[Cell, ...] = tuple(row[:fixed])
        for place, name, label in values:
            if row[place]:
                yield (*start, name, row[place], row[label] if label is not None else "")
