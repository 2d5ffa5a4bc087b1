"""A table in a text file, as spreadsheets write it: rows of text under named columns.

Encodings: UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252. Separators: comma,
semicolon, tab (the one most used in the first line that has any).
Column names are compared without regard to case.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveys.importing import files
from surveys.importing.faults import Fault
from surveys.importing.files import Refused

LARGEST_BYTES = 50 * 1024 * 1024
SEPARATORS = (",", ";", "\t")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Row:
    """One row: its line in the file and its cells by column, trimmed; an absent column is not in it."""

    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, name: str) -> tuple[Table | None, list[Fault]]:
    """Read the table at ``path``, called ``name`` in faults; None where nothing of it can be used."""
    try:
        text = _text(path)
        return _table(text, name)
    except Refused as refused:
        return None, [Fault(name, refused.line, refused.code, refused.params)]


def records_of(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it begins on, cells as they are) for every row of a text file that is not blank.

    Raises :class:`Refused` where it is reached.
    """
    return _records(_plain(raw))


def _text(path: Path) -> str:
    return _plain(files.content(path, LARGEST_BYTES))


def _plain(raw: bytes) -> str:
    text = _decoded(raw)
    if "\0" in text:
        raise Refused(text[: text.index("\0")].count("\n") + 1, "nul_byte")
    return text


def _decoded(raw: bytes) -> str:
    if raw.startswith(_UTF16):
        return _decode(raw, "utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode(raw, "cp1252")


def _decode(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refused(line, "unknown_encoding") from None


def _table(text: str, name: str) -> tuple[Table, list[Fault]]:
    records = _records(text)
    first = next(records, None)
    if first is None:
        raise Refused(0, "file_empty")
    line, header = first
    columns = tuple(cell.strip().lower() for cell in header)
    faults = [Fault(name, line, code, params) for code, params in _header_faults(columns)]
    rows: list[Row] = []
    for line, cells in records:
        if len(cells) != len(columns):
            params = {"cells": len(cells), "columns": len(columns)}
            faults.append(Fault(name, line, "ragged_row", params))
            continue
        rows.append(Row(line, {c: cell.strip() for c, cell in zip(columns, cells, strict=True) if c}))
    return Table(name, columns, tuple(rows)), faults


def _header_faults(columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, column in enumerate(columns, start=1):
        if not column:
            yield "column_without_name", {"number": number}
        elif column in columns[: number - 1]:
            yield "duplicate_column", {"column": column}


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it begins on, cells) for every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused(line, "bad_quotes", reason=str(error)) from None


def _separator(text: str) -> str:
    """The separator most used in the first line that has one."""
    for line in io.StringIO(text, newline=None):
        if any(separator in line for separator in SEPARATORS):
            return max(SEPARATORS, key=line.count)
    return SEPARATORS[0]
