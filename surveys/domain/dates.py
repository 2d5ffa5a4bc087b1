"""How dates and times are written in each language: "tis 1 dec 2026 kl. 18.00", "Tue 1 Dec 2026 at 18:00".

All are wall times: the zone has been chosen before.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Protocol

HARD_SPACE = "\u00a0"
# As people type them; how a date is written is said by its language.
MONTHS = {
    "sv": ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


class Manner(Protocol):
    """What a language says about writing: names from Monday and from January, formats of a clock time
    (as strftime has them) and of a moment ({day}, {clock}).
    """

    @property
    def days(self) -> Sequence[str]: ...
    @property
    def months(self) -> Sequence[str]: ...
    @property
    def clock(self) -> str: ...
    @property
    def moment(self) -> str: ...


def day(value: date, manner: Manner) -> str:
    """ "tis 1 dec 2026", held together by hard spaces."""
    return f"{manner.days[value.weekday()]}{HARD_SPACE}{short_day(value, manner)}"


def short_day(value: date, manner: Manner) -> str:
    """ "1 dec 2026", held together by hard spaces."""
    return HARD_SPACE.join((str(value.day), manner.months[value.month - 1], str(value.year)))


def clock(value: datetime | time, manner: Manner) -> str:
    """ "18.00" or "18:00"."""
    return value.strftime(manner.clock)


def when(value: datetime, manner: Manner) -> str:
    return manner.moment.format(day=day(value, manner), clock=clock(value, manner))


def span(starts: datetime, ends: datetime, manner: Manner) -> str:
    """From one wall time to another; the day is said once where both fall on it."""
    if starts.date() != ends.date():
        return f"{when(starts, manner)} – {when(ends, manner)}"
    return f"{when(starts, manner)}–{clock(ends, manner)}"


def city(zone: str) -> str:
    """ "London" of "Europe/London"."""
    return zone.rpartition("/")[2].replace("_", " ")
