"""The formats of an export by name, and what a row of each can be; one call writes any of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveys.exporting import csv_file, sav_file, xlsx_file
from surveys.exporting.limits import RowsNotGiven
from surveys.exporting.rows import Export
from surveys.exporting.words import Words

RESPONSES, ANSWERS, PERSONS = "responses", "answers", "persons"


@dataclass(frozen=True)
class Format:
    """``rows``: what a row can be, the usual first."""

    code: str
    ending: str
    media_type: str
    rows: tuple[str, ...]
    encoding: str = ""


CSV = Format("csv", "csv", "text/csv", (RESPONSES, ANSWERS), csv_file.ENCODING)
PLAIN_CSV = Format("csv-utf8", "csv", "text/csv", (RESPONSES, ANSWERS), csv_file.PLAIN)
XLSX = Format(
    "xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (RESPONSES,)
)
SAV = Format("sav", "sav", "application/x-spss-sav", (RESPONSES, PERSONS))
FORMATS = {each.code: each for each in (CSV, PLAIN_CSV, XLSX, SAV)}


class NoSuchForm(ValueError):
    """The format has no such rows."""

    code = "no_such_form"


def check(export: Export, chosen: Format, row: str) -> None:
    """Raise NoSuchForm, RowsNotGiven, TooLarge or NoPersonCodes where the file cannot be, before any row is
    read.
    """
    if row not in chosen.rows:
        raise NoSuchForm(row)
    if not export.rows_given:
        raise RowsNotGiven
    if chosen is XLSX:
        xlsx_file.check(export)
    elif chosen is SAV:
        sav_file.check(export, row)  # type: ignore[arg-type]


def save(
    export: Export,
    path: Path,
    chosen: Format,
    row: str,
    words: Words,
    replace: bool = False,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> int:
    """Write a file whole or not at all; returns its rows. Raises as ``check``, FileThere, CannotWrite."""
    check(export, chosen, row)
    if chosen is XLSX:
        return xlsx_file.save(export, path, words, replace, progress)
    if chosen is SAV:
        return sav_file.save(export, path, words, row, replace, progress)  # type: ignore[arg-type]
    return csv_file.save(export, path, replace, row, chosen.encoding, progress)  # type: ignore[arg-type]
