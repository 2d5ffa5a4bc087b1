"""Small tables as files: CSV in the form of :mod:`surveys.exporting.csv_file`, or sheets of one workbook."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from surveys.exporting import csv_file, xlsx_file
from surveys.exporting.csv_file import harmless, swedish_number
from surveys.exporting.in_place import put_in_place

Value = str | int | Decimal | None
Line = tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """``code`` is a name for files."""

    code: str
    name: str
    heading: tuple[str, ...]
    rows: tuple[Line, ...]


def save_csv(table: Table, path: Path, encoding: str = csv_file.ENCODING, replace: bool = False) -> None:
    """Raises FileThere, CannotWrite."""
    with put_in_place(path, replace) as draft, draft.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=csv_file.SEPARATOR, lineterminator="\r\n")
        writer.writerow(map(harmless, table.heading))
        writer.writerows([_dressed(value) for value in row] for row in table.rows)


def save_xlsx(found: Iterable[Table], path: Path, replace: bool = False) -> None:
    """Raises FileThere, CannotWrite."""
    xlsx_file.save_tables(((each.name, each.heading, each.rows) for each in found), path, replace)


def _dressed(value: Value) -> str:
    if isinstance(value, int | Decimal):
        return swedish_number(f"{value:f}" if isinstance(value, Decimal) else str(value))
    return harmless(value or "")
