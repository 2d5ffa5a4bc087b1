"""The first sheet of an Excel workbook (.xlsx), row by row, as text; what could harm is refused.

What a workbook is made of is looked at first (:mod:`surveys.importing.workbook_parts`); openpyxl reads with
defusedxml, which refuses entities.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from surveys.importing.files import Refused
from surveys.importing.workbook_parts import BROKEN, Limits, lean, look_at_sizes

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks with a password
LONGEST_CELL = 32_767  # what Excel itself allows
LAST_ROW = 1_048_576


@dataclass(frozen=True)
class Sheet:
    """A sheet with its name, and (row number, cells as text) of every row that is not blank."""

    name: str
    rows: tuple[tuple[int, list[str]], ...]


def sheets_of(raw: bytes, wanted: Callable[[list[str]], list[str]], limits: Limits) -> list[Sheet]:
    """The sheets that are ``wanted`` among all by their names, read whole.

    Raises :class:`Refused`: what is no workbook or is locked, unpacks too big, holds forbidden XML, or has a
    sheet with something further down than allowed.
    """
    import openpyxl  # noqa: PLC0415 - heavy

    slim = lean(raw, limits)
    try:
        book = openpyxl.load_workbook(io.BytesIO(slim), read_only=True, data_only=True, keep_links=False)
        with closing(book):
            chosen = wanted([sheet.title for sheet in book.worksheets])
            sheets = [sheet for sheet in book.worksheets if sheet.title in chosen]
            return [Sheet(sheet.title, tuple(_without_ends(_rows(sheet, limits)))) for sheet in sheets]
    except BROKEN as error:
        raise Refused(0, "not_workbook") from error


def records_of(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells as text) for every row of the first sheet that is not blank.

    Raises :class:`Refused` where it is reached.
    """
    import openpyxl  # noqa: PLC0415 - heavy
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - heavy

    look_at_sizes(raw)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        with closing(book):
            yield from _rows(_first(book), Limits())
    except (InvalidFileException, *BROKEN) as error:
        raise Refused(0, "not_workbook") from error


def _first(book: "Workbook") -> "ReadOnlyWorksheet":
    sheet = next(iter(book.worksheets), None)
    if sheet is None:
        raise Refused(0, "sheet_missing")
    return sheet


def _rows(sheet: "ReadOnlyWorksheet", limits: Limits) -> Iterator[tuple[int, list[str]]]:
    # what the file says of its own size may be wrong
    sheet.reset_dimensions()
    blank: object = None
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=limits.columns), start=1):
        if number > LAST_ROW:
            raise Refused(number, "sheet_too_long", sheet=sheet.title[:31], most=limits.rows or LAST_ROW)
        if cells is blank:  # the same object for each row that is missing
            continue
        row = ["" if cell is None else _shown(cell) for cell in cells]
        if not any(row):
            blank = cells
        elif limits.rows and number > limits.rows:
            raise Refused(number, "sheet_too_long", sheet=sheet.title[:31], most=limits.rows)
        else:
            yield number, row


def _without_ends(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Rows without the blank cells at their ends."""
    for number, row in rows:
        end = len(row)
        while not row[end - 1]:
            end -= 1
        yield number, row[:end]


def _shown(value: Any) -> str:
    """A cell as one would write it in a text file: dates by ISO 8601, whole numbers without decimals."""
    match value:
        case bool():
            return "1" if value else "0"
        case datetime():
            whole_day = value.time() == time()
            return value.date().isoformat() if whole_day else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()[: LONGEST_CELL + 1]
