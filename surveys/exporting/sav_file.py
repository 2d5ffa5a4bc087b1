"""SPSS files (.sav), by pyreadstat: labels, values, missing values, measure and widths, in two forms.

*responses*: one response a row, as in the other formats. *persons*: one person a row, every measurement with
columns of its own (``overall_pre``, ``overall_post``), matched by the person code; a background that is the
same in all of a person's responses stands once. A response that nothing joins to another is a row of its own.
The whole table is held in memory: :data:`MOST_CELLS` is the limit, and is looked at before anything is read.
A text longer than SPSS takes is cut at :data:`LONGEST_TEXT` bytes.
"""

import errno
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from surveys.domain.texts import pick
from surveys.exporting.in_place import put_in_place
from surveys.exporting.limits import NoPersonCodes, TooLarge
from surveys.exporting.names import spss_names
from surveys.exporting.rows import Export
from surveys.exporting.value_table import Progress, ValueColumn, of_persons, of_responses
from surveys.exporting.variables import Value, Variable
from surveys.exporting.words import Words

MOST_CELLS = 10_000_000  # rows × variables
LONGEST_TEXT = 32_000  # bytes; SPSS takes 32 767
LONGEST_LABEL, LONGEST_VALUE_LABEL = 255, 120  # bytes
SavForm = Literal["responses", "persons"]
_NOT_WRITTEN = "Unable to write data"  # what ReadStat says of a full disk, and of nothing else
_FIRST_DAY = date(1582, 10, 14)


def check(export: Export, form: SavForm = "responses") -> None:
    """Raise TooLarge or NoPersonCodes, before any row is read."""
    if form == "persons" and not export.as_evaluator:
        raise NoPersonCodes
    width = sum(len(block.columns) for block in export.layout.blocks) + len(export.fixed)
    times = len(export.measurements) if form == "persons" else 1
    if (cells := export.count * width * max(1, times)) > MOST_CELLS:
        raise TooLarge(cells, MOST_CELLS, "cells")


def save(
    export: Export,
    path: Path,
    words: Words,
    form: SavForm = "responses",
    replace_it: bool = False,
    progress: Progress = iter,
) -> int:
    """Write the file whole; returns how many rows it holds. Raises as ``check`` and ``put_in_place`` do."""
    check(export, form)
    make = of_persons if form == "persons" else of_responses
    columns = make(export, words, progress)
    with put_in_place(path, replace_it) as draft:
        return _write(export, columns, words, draft)


def _write(export: Export, columns: list[ValueColumn], words: Words, path: Path) -> int:
    import pandas as pd  # noqa: PLC0415 - heavy
    import pyreadstat  # noqa: PLC0415 - heavy

    names = spss_names((column.variable.name, column.end) for column in columns)
    named = [replace(each.variable, name=name) for name, each in zip(names, columns, strict=True)]
    labels: list[str | None] = [_label(column, export.language) for column in columns]
    table = {}
    for name, column in zip(names, columns, strict=True):
        table[name] = _series(pd, column)
        column.cells = []  # the largest there is: not held twice
    frame = pd.DataFrame(table)
    try:
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=_cut(export.series_title, 64),
            column_labels=labels,
            row_compress=True,
            variable_value_labels={
                each.name: _value_labels(each, words, export.language) for each in named if each.gaps
            },
            missing_ranges={each.name: _range(_missing(each)) for each in named if each.gaps},
            variable_measure={each.name: each.measure for each in named},
            variable_display_width={each.name: _width(each) for each in named},
            variable_format={each.name: _format(each) for each in named if each.holds != "text"},
        )
    except pyreadstat.ReadstatError as error:
        if str(error) != _NOT_WRITTEN:
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
    return len(frame)


def _series(pd: Any, column: ValueColumn) -> Any:
    if column.variable.holds == "number":
        return pd.Series(column.cells, dtype="float64")
    if column.variable.holds == "date":
        return pd.Series([_seconds(cell) for cell in column.cells], dtype="float64")
    return pd.Series([_cut(str(cell or ""), LONGEST_TEXT) for cell in column.cells], dtype="object")


def _seconds(day: Value) -> float | None:
    """A day as SPSS counts: seconds since the first day of the Gregorian calendar."""
    return (date.fromisoformat(day) - _FIRST_DAY).total_seconds() if isinstance(day, str) and day else None


def _missing(variable: Variable) -> list[int]:
    """The numbers that are no answers; what a consent not given is, is one."""
    known = {number for number, *_ in variable.values}
    return [number for number in (variable.gaps or {}).values() if number not in known]


def _range(numbers: list[int]) -> list[Any]:
    return [{"lo": min(numbers), "hi": max(numbers)}]


def _value_labels(variable: Variable, words: Words, language: str) -> dict[int | float, str]:
    classes = {
        number: words.class_label(code, label, pick(label, language))
        for number, code, label in variable.values
    }
    missing = set(_missing(variable))
    why = {number: reason for reason, number in (variable.gaps or {}).items() if number in missing}
    gaps = {number: words.gaps[reason] for number, reason in why.items()}
    return {number: _cut(label, LONGEST_VALUE_LABEL) for number, label in (classes | gaps).items()}


def _label(column: ValueColumn, language: str) -> str:
    text = pick(column.variable.label, language).replace("\n", " ")
    end = f" ({column.end})" if column.end else ""
    return _cut(text, LONGEST_LABEL - len(end.encode())) + end


def _format(variable: Variable) -> str:
    if variable.holds == "date":
        return "SDATE10"  # 2026/11/22
    return f"F{_width(variable)}.{variable.decimals}"


def _width(variable: Variable) -> int:
    if variable.holds == "date":
        return 10
    if variable.holds == "text":
        return 20
    numbers = [*(variable.gaps or {}).values(), *(number for number, *_ in variable.values)]
    longest = max([8, *(len(str(number)) for number in numbers)])
    return min(40, longest + (variable.decimals + 1 if variable.decimals else 0))


def _cut(text: str, most: int) -> str:
    """``text`` in at most ``most`` bytes, no letter halved."""
    return text if len(text) * 4 <= most else text.encode()[:most].decode("utf-8", "ignore")
