"""Run as a program of its own: an SPSS file comes in, what is in it goes out as JSON.

The library that reads the file is written in C, and one byte turned over can make it read where nothing is.
Whatever becomes of this process, the one that started it goes on; it has neither settings nor database, and
only so much memory and time. It imports nothing of ours, so that it can be started by its path alone.

In: the file on standard input; as arguments the most columns, rows and cells. Out: ``{"title", "columns":
[{"name", "label", "values", "missing"}], "rows": [[…]]}`` or ``{"refused": code, "params": {…}}``.
"""

import io
import json
import resource
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

LARGEST_UNPACKED = 300 * 1024 * 1024  # bytes, by the widths that the file states
MEMORY = 3 * 1024 * 1024 * 1024  # bytes of addresses, which libraries take more of than they use
SECONDS = 60  # of the processor
LONGEST_CELL = 32_767
_FIRST_MOMENT = datetime(1582, 10, 14)  # noqa: DTZ001 - SPSS has no zones
_DAYS = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE")
_MOMENTS = ("DATETIME", "YMDHMS")


class Refused(Exception):
    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def main() -> None:
    most_columns, most_rows, most_cells = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        found = read(sys.stdin.buffer.read(), most_columns, most_rows, most_cells)
    except Refused as refused:
        found = {"refused": refused.code, "params": refused.params}
    json.dump(found, sys.stdout)


def read(raw: bytes, most_columns: int, most_rows: int, most_cells: int) -> dict[str, Any]:
    """Read the whole file. Raises :class:`Refused`: what is no such file, or has more of anything."""
    import pyreadstat  # noqa: PLC0415 - heavy

    broken = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, LookupError)
    try:
        about = pyreadstat.read_sav(io.BytesIO(raw), metadataonly=True, output_format="dict")[1]
        names = list(about.column_names)
        width = sum(max(8, int(each)) for each in about.variable_storage_width.values())
        rows = int(about.number_rows if about.number_rows is not None else -1)
        _look_at_sizes(names, width, rows, most_columns, most_rows, most_cells)
        found, about = pyreadstat.read_sav(
            io.BytesIO(raw),
            user_missing=True,
            disable_datetime_conversion=True,
            row_limit=_fit(width, len(names), most_rows, most_cells) + 1,
            output_format="dict",
        )
    except MemoryError:
        raise Refused("unpacks_too_big", megabytes=LARGEST_UNPACKED // (1024 * 1024)) from None
    except broken as error:
        raise Refused("not_sav") from error
    count = len(found[names[0]])
    _look_at_sizes(names, width, count, most_columns, most_rows, most_cells)
    shown = [_cells(found.pop(name), about.original_variable_types.get(name) or "") for name in names]
    columns = [_column(name, about, cells) for name, cells in zip(names, shown, strict=True)]
    title = _line(about.file_label or "")
    return {"title": title, "columns": columns, "rows": list(zip(*shown, strict=True))}


def _look_at_sizes(
    names: list[str], width: int, rows: int, most_columns: int, most_rows: int, most_cells: int
) -> None:
    """``rows`` is -1 where the file does not say."""
    if not names:
        raise Refused("no_columns")
    if len(set(names)) < len(names):
        raise Refused("not_sav")  # SPSS itself has no name twice
    if len(names) > most_columns:
        raise Refused("too_many_columns", most=most_columns)
    if rows == 0:
        raise Refused("no_rows")
    if rows > most_rows:
        raise Refused("too_many_rows", most=most_rows)
    if rows * len(names) > most_cells:
        raise Refused("too_many_cells", most=most_cells)
    if rows * width > LARGEST_UNPACKED:
        raise Refused("unpacks_too_big", megabytes=LARGEST_UNPACKED // (1024 * 1024))


def _fit(width: int, columns: int, most_rows: int, most_cells: int) -> int:
    """How many rows no limit is passed by; one more is read, so that a file that lies is found out."""
    return min(most_rows, most_cells // columns, LARGEST_UNPACKED // width)


def _column(name: str, about: Any, cells: Iterable[str]) -> dict[str, Any]:
    declared = about.missing_ranges.get(name, ())
    return {
        "name": name,
        "label": _line(about.column_names_to_labels.get(name) or ""),
        "values": {
            _number(value) if isinstance(value, int | float) else str(value).strip(): _line(label)
            for value, label in about.variable_value_labels.get(name, {}).items()
        },
        "missing": sorted(cell for cell in set(cells) if cell and _is_missing(cell, declared)),
    }


def _is_missing(cell: str, declared: Iterable[Any]) -> bool:
    return any(_within(cell, each["lo"], each["hi"]) for each in declared)


def _within(cell: str, low: Any, high: Any) -> bool:
    """Between two numbers, or the very text."""
    if isinstance(low, str) or isinstance(high, str):
        return cell in {str(low).strip(), str(high).strip()}
    try:
        return float(low) <= float(cell) <= float(high)
    except (TypeError, ValueError):
        return False


def _cells(values: Iterable[Any], kind: str) -> list[str]:
    kind = kind.rstrip("0123456789.").upper()
    return [_shown(value, kind) for value in values]


def _shown(value: Any, kind: str) -> str:
    if value is None or value != value:  # NaN: SPSS's own "no value"
        return ""
    if isinstance(value, str):
        return value.strip()[: LONGEST_CELL + 1]
    if kind in _DAYS or kind in _MOMENTS:
        return _moment(float(value), whole_day=kind in _DAYS)
    return _number(value)


def _moment(seconds: float, whole_day: bool) -> str:
    """Seconds since the first day of the Gregorian calendar, by ISO 8601; a number where that is no time."""
    try:
        moment = _FIRST_MOMENT + timedelta(seconds=seconds)
    except OverflowError:
        return _number(seconds)
    return moment.date().isoformat() if whole_day else moment.isoformat(" ", "minutes")


def _number(value: float) -> str:
    """As one would write it: 3 and not 3.0, 0.1 and not 0.1000000000000000055."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 10**15 else repr(float(value))


def _line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
