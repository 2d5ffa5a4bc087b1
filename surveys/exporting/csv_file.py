"""Comma-separated values as a Swedish spreadsheet opens them: semicolons, decimal commas, UTF-8.

The same as R's ``read.csv2``; with a byte order mark for spreadsheets, without one for programs that stumble
over it. A text that a spreadsheet would take for a formula begins with an apostrophe (source: OWASP, CSV
injection); a true number never does. Line breaks stay inside quotation marks.
"""

import csv
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Literal, TextIO

from surveys.domain.summaries import Cell
from surveys.exporting import answer_rows
from surveys.exporting.in_place import CannotWrite, FileThere, put_in_place
from surveys.exporting.rows import Export, Row

__all__ = ["CannotWrite", "FileThere", "Form", "harmless", "save", "swedish_number", "write", "write_table"]

ENCODING = "utf-8-sig"
PLAIN = "utf-8"
SEPARATOR = ";"
Form = Literal["responses", "answers"]  # what a row is

_FORMULA = frozenset("=+-@|\t\r\n＝＋－＠")


def harmless(text: str) -> str:
    """``text`` as a cell that no spreadsheet reads as a formula."""
    return f"'{text}" if text[:1] in _FORMULA else text


def swedish_number(number: str) -> str:
    """A canonical number with a decimal comma."""
    return number.replace(".", ",")


def write(
    export: Export,
    file: TextIO,
    form: Form = "responses",
    progress: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> int:
    """Write the export to ``file`` (opened with ``newline=""``) and return how many rows it holds.

    ``progress`` is handed the rows of responses and gives them back one by one.
    """
    rows = progress(export.rows(harmless, swedish_number))
    if form == "answers":
        heading, rows = answer_rows.heading(export), answer_rows.of_rows(export, rows)
    else:
        heading = tuple(column.name for column in export.columns)
    return write_table(heading, rows, file)


def write_table(heading: Iterable[Cell], rows: Iterable[Row], file: TextIO) -> int:
    """Write dressed cells under a heading; returns how many rows there were."""
    writer = csv.writer(file, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerow(heading)
    written = count()
    writer.writerows(row for row, _ in zip(rows, written, strict=False))
    return next(written)


def save(
    export: Export,
    path: Path,
    replace: bool = False,
    form: Form = "responses",
    encoding: str = ENCODING,
    progress: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> int:
    """Write the export to ``path``, which is whole or as it was. Raises FileThere, CannotWrite."""
    with put_in_place(path, replace) as draft, draft.open("w", encoding=encoding, newline="") as file:
        return write(export, file, form, progress)
