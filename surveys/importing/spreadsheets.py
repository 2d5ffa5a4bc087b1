"""The first sheet of an Excel workbook (.xlsx), row by row, as text; what could harm is refused.

A workbook is a zip of XML: both can be made to fill the memory. Sizes are looked at before anything is
unpacked, and entities in the XML are refused (openpyxl reads with defusedxml where it is installed).
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import defusedxml

from surveys.importing.files import Refused

if TYPE_CHECKING:
    from openpyxl import Workbook

MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks with a password
LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 2_000
LONGEST_CELL = 32_767  # what Excel itself allows
MOST_COLUMNS = 200

_BROKEN = (
    zipfile.BadZipFile,
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
            yield from _rows(book)
    except (InvalidFileException, *_BROKEN) as error:
        raise Refused(0, "not_workbook") from error


def _rows(book: "Workbook") -> Iterator[tuple[int, list[str]]]:
    sheet = next(iter(book.worksheets), None)
    if sheet is None:
        raise Refused(0, "sheet_missing")
    # what the file says of its own size may be wrong
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
        row = [_shown(cell) for cell in cells]
        if any(row):
            yield number, row


def _look_at_sizes(raw: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            parts = packed.infolist()
    except _BROKEN as error:
        raise Refused(0, "not_workbook") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Refused(0, "unpacks_too_big", megabytes=LARGEST_UNPACKED // (1024 * 1024))


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
