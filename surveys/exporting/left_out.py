"""The rows of a file of participants that could not be imported, to be corrected and imported again.

In the form of ``csv_file``: what is wrong comes first, then the columns as they stand in the file that came
in. A row with cells too many or too few keeps them so, and stays faulty until somebody has looked at it.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from surveys.exporting.csv_file import SEPARATOR, harmless


@dataclass(frozen=True)
class FaultyRow:
    """What is wrong in words, and the cells of the row; ``ragged``: more or fewer than there are columns."""

    said: str
    cells: Sequence[str]
    ragged: bool = False


def write(heading: str, columns: Sequence[str], rows: Iterable[FaultyRow], file: TextIO) -> None:
    """Write the rows to ``file`` (opened with ``newline=""``), ``heading`` over what is wrong.

    Where the file was one of these itself, what was said then is left out.
    """
    first = 1 if tuple(columns[:1]) == (heading,) else 0
    writer = csv.writer(file, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerow(map(harmless, (heading, *columns[first:])))
    for row in rows:
        cells = _without_blank_end(row.cells) if row.ragged else row.cells
        writer.writerow(map(harmless, (row.said, *cells[first:])))


def _without_blank_end(cells: Sequence[str]) -> Sequence[str]:
    last = max((number for number, cell in enumerate(cells, start=1) if cell), default=0)
    return cells[:last]
