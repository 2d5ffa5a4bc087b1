"""Hours of presence per person and month, as funders ask for them: a file in the form of ``csv_file``.

A row a person, series and month; those who were at nothing have none. Hours have two decimals and a decimal
comma. How an occasion is counted: :mod:`surveys.domain.hours`.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TextIO

from surveys.domain.hours import Month, minutes_by_month
from surveys.domain.statistics import rounded
from surveys.exporting.csv_file import SEPARATOR, harmless, swedish_number
from surveys.queries.attendance import StayRow

COLUMNS = ("code", "name", "organisation", "series", "month", "occasions", "hours")


@dataclass
class HoursRow:
    """A person's presence in a series in a month: at how many occasions, how many minutes."""

    code: str
    name: str
    organisation: str
    series: str
    month: Month
    occasions: int = 0
    minutes: int = 0


def hours(stays: Iterable[StayRow]) -> list[HoursRow]:
    """Sum up stays by person, series and month, in the order in which they come."""
    found: dict[tuple[str, str, Month], HoursRow] = {}
    for stay in stays:
        elapsed = stay.ends_at - stay.starts_at
        for month, minutes in minutes_by_month(
            stay.starts_wall, stay.ends_wall, elapsed, stay.minutes
        ).items():
            row = found.setdefault(
                (stay.code, stay.series, month),
                HoursRow(stay.code, stay.name, stay.organisation or "", stay.series, month),
            )
            row.occasions += 1
            row.minutes += minutes
    return list(found.values())


def write(rows: Sequence[HoursRow], headings: Sequence[str], file: TextIO) -> None:
    """Write the rows to ``file`` (opened with ``newline=""``) under ``headings``, one for each of COLUMNS."""
    writer = csv.writer(file, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        texts = (row.code, row.name, row.organisation, row.series)
        year, month = row.month
        spent = swedish_number(str(rounded(Decimal(row.minutes) / 60, 2)))
        writer.writerow([*map(harmless, texts), f"{year:04}-{month:02}", row.occasions, spent])
