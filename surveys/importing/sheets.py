"""A file that a user sends in, whatever program made it: a first line with names of columns, then rows.

Lines above the names (a heading, the date of the list) are passed over: the names stand on the first line
that fills at least two cells.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from surveys.importing import spreadsheets, tables
from surveys.importing.files import Refused

LARGEST_BYTES = 12 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 60
EXAMPLES = 3
_NAME_LENGTH = 80
_FORMULA = frozenset("=+-@|")
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


@dataclass(frozen=True)
class SheetRow:
    """One row: its line in the file, and a cell for every column. ``ragged``: it has more or fewer.

    Cells beyond the columns stand last, those that are missing are blank.
    """

    line: int
    cells: tuple[str, ...]
    ragged: bool = False


@dataclass(frozen=True)
class Peek:
    """How a file begins: its columns' names, a few rows, and how many rows there are, up to a limit."""

    columns: tuple[str, ...]
    examples: tuple[SheetRow, ...]
    rows: int
    is_whole: bool  # False: there are more rows than were counted


def peek(raw: bytes, most: int) -> Peek:
    """Look at the beginning of a file; counts at most ``most`` rows. Raises :class:`Refused`."""
    columns, rows = read(raw)
    begun = list(islice(rows, most + 1))
    if not begun:
        raise Refused(0, "no_rows")
    return Peek(columns, tuple(begun[:EXAMPLES]), min(len(begun), most), len(begun) <= most)


def read(
    raw: bytes, most_columns: int = MOST_COLUMNS, longest_name: int = _NAME_LENGTH
) -> tuple[tuple[str, ...], Iterator[SheetRow]]:
    """Return the names of the columns, cut at ``longest_name`` letters, and the rows as they are read.

    Raises :class:`Refused`, also while rows are read: what cannot be read at all, too many rows or columns.
    """
    records = _records(raw)
    for _line, cells in records:
        names = _trimmed(cells, longest_name)
        if sum(1 for name in names if name) >= 2:
            if len(names) > most_columns:
                raise Refused(0, "too_many_columns", most=most_columns)
            return tuple(names), _rows(records, len(names), padded=raw.startswith(spreadsheets.MAGIC))
    raise Refused(0, "no_columns")


def _records(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    if not raw:
        raise Refused(0, "file_empty")
    if len(raw) > LARGEST_BYTES:
        raise Refused(0, "file_too_big", megabytes=LARGEST_BYTES // (1024 * 1024))
    if raw.startswith(spreadsheets.OLD_MAGIC):
        raise Refused(0, "old_workbook")
    if raw.startswith(spreadsheets.MAGIC):
        return spreadsheets.records_of(raw)
    return tables.records_of(raw)


def _trimmed(cells: list[str], longest: int) -> list[str]:
    """The names without blanks around them, and without the nameless columns at the end."""
    names = [" ".join(_UNSHOWABLE.sub(" ", cell).split())[:longest] for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _rows(records: Iterator[tuple[int, list[str]]], columns: int, padded: bool) -> Iterator[SheetRow]:
    for number, (line, cells) in enumerate(records, start=1):
        if number > MOST_ROWS:
            raise Refused(line, "too_many_rows", most=MOST_ROWS)
        over = any(cell.strip() for cell in cells[columns:])
        short = len(cells) < columns and not padded
        filled = [_as_written(cell) for cell in (cells if over else cells[:columns])]
        yield SheetRow(line, (*filled, *[""] * (columns - len(cells))), ragged=over or short)


def _as_written(cell: str) -> str:
    """A cell without the apostrophe that files of ours put before what looks like a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell
