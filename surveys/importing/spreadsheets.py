"""The first sheet of an Excel workbook (.xlsx), row by row, as text; what could harm is refused.

A workbook is a zip of XML: both can be made to fill the memory. Sizes are looked at before anything is
unpacked, and entities in the XML are refused (openpyxl reads with defusedxml where it is installed).
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import defusedxml

from surveys.importing.files import Refused

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks with a password
LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 2_000
LONGEST_CELL = 32_767  # what Excel itself allows
MOST_COLUMNS = 200

# How rows and cells of a sheet begin, with a prefix or without.
_ROWS = (b"<row", b":row")
_CELLS = (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/")

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    defusedxml.DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,  # an encrypted part
)


@dataclass(frozen=True)
class Limits:
    """How much of a workbook is looked at: bytes unpacked and cells in all; rows and columns of each sheet.

    Blank cells that have a format count too: reading them takes as long.
    """

    unpacked: int = LARGEST_UNPACKED
    cells: int = 0  # 0 here and for rows: whoever reads counts
    rows: int = 0
    columns: int = MOST_COLUMNS


@dataclass(frozen=True)
class Sheet:
    """A sheet with its name, and (row number, cells as text) of every row that is not blank."""

    name: str
    rows: tuple[tuple[int, list[str]], ...]


def sheets_of(raw: bytes, wanted: Callable[[list[str]], list[str]], limits: Limits) -> list[Sheet]:
    """The sheets that are ``wanted`` among all by their names, read whole.

    Raises :class:`Refused`: what is no workbook or is locked, unpacks too big, holds forbidden XML, or has a
    sheet that goes on for more rows than allowed, blank ones among them.
    """
    import openpyxl  # noqa: PLC0415 - heavy

    _look_inside(raw, limits)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        with closing(book):
            chosen = wanted([sheet.title for sheet in book.worksheets])
            sheets = [sheet for sheet in book.worksheets if sheet.title in chosen]
            return [Sheet(sheet.title, tuple(_without_ends(_rows(sheet, limits)))) for sheet in sheets]
    except _BROKEN as error:
        raise Refused(0, "not_workbook") from error


def has_macros(raw: bytes) -> bool:
    """Whether a workbook carries a program. Nothing here runs it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return any(name.lower().endswith("vbaproject.bin") for name in packed.namelist())


def records_of(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells as text) for every row of the first sheet that is not blank.

    Raises :class:`Refused` where it is reached.
    """
    import openpyxl  # noqa: PLC0415 - heavy
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - heavy

    _look_at_sizes(raw)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        with closing(book):
            yield from _rows(_first(book), Limits())
    except (InvalidFileException, *_BROKEN) as error:
        raise Refused(0, "not_workbook") from error


def _first(book: "Workbook") -> "ReadOnlyWorksheet":
    sheet = next(iter(book.worksheets), None)
    if sheet is None:
        raise Refused(0, "sheet_missing")
    return sheet


def _rows(sheet: "ReadOnlyWorksheet", limits: Limits) -> Iterator[tuple[int, list[str]]]:
    # what the file says of its own size may be wrong
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=limits.columns), start=1):
        if limits.rows and number > limits.rows:
            raise Refused(number, "sheet_too_long", sheet=sheet.title[:31], most=limits.rows)
        row = [_shown(cell) for cell in cells]
        if any(row):
            yield number, row


def _without_ends(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Rows without the blank cells at their ends."""
    for number, row in rows:
        while not row[-1]:
            row.pop()
        yield number, row


def _look_at_sizes(raw: bytes, largest: int = LARGEST_UNPACKED) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            parts = packed.infolist()
    except _BROKEN as error:
        raise Refused(0, "not_workbook") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > largest:
        raise Refused(0, "unpacks_too_big", megabytes=largest // (1024 * 1024))


def _look_inside(raw: bytes, limits: Limits) -> None:
    """Look at each part with a parser that only checks, so that what is refused is refused at once."""
    _look_at_sizes(raw, limits.unpacked)
    cells = rows = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            for part in packed.infolist():
                if part.filename.lower().endswith((".xml", ".rels")):
                    content = packed.read(part)
                    _check(content)
                    if "worksheets/" in part.filename:
                        cells += sum(map(content.count, _CELLS))
                        rows = max(rows, sum(map(content.count, _ROWS)))
    except _BROKEN as error:
        raise Refused(0, "not_workbook") from error
    if rows > limits.rows or cells > limits.cells:
        raise Refused(0, "workbook_too_long", rows=limits.rows, cells=limits.cells)


def _check(content: bytes) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError) as error:
        raise Refused(parser.CurrentLineNumber, "malformed_xml") from error


def _refuse_doctype(*_arguments: object) -> None:
    """Whatever is declared there can make a small file large, or fetch another one."""
    raise Refused(0, "forbidden_xml")


def _shown(value: Any) -> str:
    """A cell as one would write it in a text file: dates by ISO 8601, whole numbers without decimals."""
    match value:
        case None:
            return ""
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
