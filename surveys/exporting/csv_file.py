"""Comma-separated values as a Swedish spreadsheet opens them: semicolons, decimal commas, UTF-8 with BOM.

The same as R's ``read.csv2``. A text that a spreadsheet would take for a formula begins with an apostrophe
(source: OWASP, CSV injection); a true number never does. Line breaks stay inside quotation marks.
"""

import csv
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TextIO

from surveys.exporting.rows import Export

ENCODING = "utf-8-sig"
SEPARATOR = ";"
_FORMULA = frozenset("=+-@|\t\r")


class FileThere(Exception):
    """There is a file of that name already; ``path`` says which."""

    code = "file_there"

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class CannotWrite(Exception):
    """The file cannot be written; ``path`` and ``reason`` (of the system) say why."""

    code = "cannot_write"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def harmless(text: str) -> str:
    """``text`` as a cell that no spreadsheet reads as a formula."""
    return f"'{text}" if text[:1] in _FORMULA else text


def swedish_number(number: str) -> str:
    """A canonical number with a decimal comma."""
    return number.replace(".", ",")


def write(export: Export, file: TextIO) -> int:
    """Write the export to ``file`` (opened with ``newline=""``) and return how many responses it holds."""
    writer = csv.writer(file, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerow([column.name for column in export.columns])
    written = count()
    writer.writerows(row for row, _ in zip(export.rows(harmless, swedish_number), written, strict=False))
    return next(written)


def save(export: Export, path: Path, replace: bool = False) -> int:
    """Write the export to ``path``, which is whole or as it was. Raises FileThere, CannotWrite."""
    if path.exists() and not replace:
        raise FileThere(path)
    try:
        with _put_in_place(path) as file:
            return write(export, file)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from error


@contextmanager
def _put_in_place(path: Path) -> Iterator[TextIO]:
    if path.is_dir():
        raise IsADirectoryError(21, os.strerror(21))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        # only for the one who exports: answers lie in it
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding=ENCODING, newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink()
