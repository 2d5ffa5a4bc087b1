"""Somebody else's answers, a row each: XLSX, CSV, SPSS, and what Microsoft and Google Forms hand out.

Whatever program made it, it becomes the same: columns with what the file says of them, and rows of text.
What a column is of a questionnaire is decided in :mod:`surveys.domain.answer_columns`.
"""

from dataclasses import dataclass
from hashlib import sha256

from surveys.domain.answer_columns import FileColumn
from surveys.importing import sav_file, sheets
from surveys.importing.files import Refused
from surveys.importing.sheets import LARGEST_BYTES, MOST_ROWS, SheetRow

MOST_COLUMNS = 199  # a workbook's are read up to 200, so that one more is seen
MOST_CELLS = 1_000_000
LONGEST_NAME = 500  # forms have the text of the question there


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


def read(raw: bytes) -> AnswerFile:
    """Read a file of answers. Raises :class:`Refused`: what cannot be read, is harmful or too much."""
    columns, rows = _of_sav(raw) if raw.startswith(sav_file.MAGICS) else _of_sheet(raw)
    return AnswerFile(columns, rows, sha256(raw).hexdigest())


def _of_sav(raw: bytes) -> tuple[tuple[FileColumn, ...], tuple[SheetRow, ...]]:
    if len(raw) > LARGEST_BYTES:
        raise Refused(0, "file_too_big", megabytes=LARGEST_BYTES // (1024 * 1024))
    found = sav_file.read(raw, MOST_COLUMNS, MOST_ROWS, MOST_CELLS)
    columns = tuple(FileColumn(each.name, each.label, each.values, each.missing) for each in found.columns)
    return columns, tuple(SheetRow(number, cells) for number, cells in enumerate(found.rows, start=1))


def _of_sheet(raw: bytes) -> tuple[tuple[FileColumn, ...], tuple[SheetRow, ...]]:
    names, records = sheets.read(raw, MOST_COLUMNS, LONGEST_NAME)
    most = MOST_CELLS // len(names)
    rows: list[SheetRow] = []
    for row in records:
        if len(rows) == most:
            raise Refused(row.line, "too_many_cells", most=MOST_CELLS)
        rows.append(row)
    if not rows:
        raise Refused(0, "no_rows")
    return tuple(FileColumn(name) for name in names), tuple(rows)
