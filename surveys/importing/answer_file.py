"""Somebody else's answers, a row each: XLSX, CSV, SPSS, and what Microsoft and Google Forms hand out.

Whatever program made it, it becomes the same: columns with what the file says of them, and rows of text.
What a column is of a questionnaire is decided in :mod:`surveys.domain.answer_columns`.
"""

import json
import zlib
from dataclasses import dataclass
from hashlib import sha256

from surveys.domain.answer_columns import FileColumn
from surveys.importing import sav_file, sheets
from surveys.importing.files import Refused
from surveys.importing.sheets import LARGEST_BYTES, MOST_ROWS, SheetRow

MOST_COLUMNS = 199  # a workbook's are read up to 200, so that one more is seen
MOST_CELLS = 1_000_000
LONGEST_NAME = 500  # forms have the text of the question there


Read = tuple[tuple[FileColumn, ...], tuple[SheetRow, ...]]


@dataclass(frozen=True)
class AnswerFile:
    """A file read whole. ``digest``: SHA-256 of its bytes, so that the same file sent twice is known.

    ``line`` of a row is its line in the file; in an SPSS file the number of the case.
    """

    columns: tuple[FileColumn, ...]
    rows: tuple[SheetRow, ...]
    digest: str

    def cells(self, column: int) -> list[str]:
        return [row.cells[column] for row in self.rows]


def read(raw: bytes, most_rows: int = MOST_ROWS, most_cells: int | None = None) -> AnswerFile:
    """Read a file of answers. Raises :class:`Refused`: what cannot be read, is harmful or too much."""
    most_cells = MOST_CELLS if most_cells is None else most_cells
    of = _of_sav if raw.startswith(sav_file.MAGICS) else _of_sheet
    columns, rows = of(raw, most_rows, most_cells)
    return AnswerFile(columns, rows, sha256(raw).hexdigest())


def packed(file: AnswerFile) -> bytes:
    """The file as it was read, small: reading a workbook anew takes a hundred times as long."""
    columns = [[each.name, each.label, dict(each.values), sorted(each.missing)] for each in file.columns]
    rows = [[each.line, each.cells, each.ragged] for each in file.rows]
    return zlib.compress(json.dumps([file.digest, columns, rows], ensure_ascii=False).encode())


def unpacked(kept: bytes) -> AnswerFile:
    """What :func:`packed` has kept."""
    digest, columns, rows = json.loads(zlib.decompress(kept))
    return AnswerFile(
        tuple(
            FileColumn(name, label, values, frozenset(missing)) for name, label, values, missing in columns
        ),
        tuple(SheetRow(line, tuple(cells), ragged) for line, cells, ragged in rows),
        digest,
    )


def _of_sav(raw: bytes, most_rows: int, most_cells: int) -> Read:
    if len(raw) > LARGEST_BYTES:
        raise Refused(0, "file_too_big", megabytes=LARGEST_BYTES // (1024 * 1024))
    found = sav_file.read(raw, MOST_COLUMNS, most_rows, most_cells)
    columns = tuple(FileColumn(each.name, each.label, each.values, each.missing) for each in found.columns)
    return columns, tuple(SheetRow(number, cells) for number, cells in enumerate(found.rows, start=1))


def _of_sheet(raw: bytes, most_rows: int, most_cells: int) -> Read:
    names, records = sheets.read(raw, MOST_COLUMNS, LONGEST_NAME)
    most = most_cells // len(names)
    rows: list[SheetRow] = []
    for row in records:
        if len(rows) == most_rows:
            raise Refused(row.line, "too_many_rows", most=most_rows)
        if len(rows) == most:
            raise Refused(row.line, "too_many_cells", most=most_cells)
        rows.append(row)
    if not rows:
        raise Refused(0, "no_rows")
    return tuple(FileColumn(name) for name in names), tuple(rows)
