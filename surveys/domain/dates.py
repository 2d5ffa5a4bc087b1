"""How dates and times are written in each language: "tis 1 dec 2026 kl. 18.00", "Tue 1 Dec 2026 at 18:00".

All are wall times: the zone has been chosen before.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Protocol

from surveys.domain.texts import DEFAULT_LANGUAGE

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


MANNERS: dict[str, Manner] = {}  # language tag → its manner; filled by surveys/catalogues.py


def day(value: date, language: str) -> str:
    """ "tis 1 dec 2026", held together by hard spaces."""
    return f"{_manner(language).days[value.weekday()]}{HARD_SPACE}{short_day(value, language)}"


def short_day(value: date, language: str) -> str:
    """ "1 dec 2026", held together by hard spaces."""
    month = _manner(language).months[value.month - 1]
    return HARD_SPACE.join((str(value.day), month, str(value.year)))


def clock(value: datetime | time, language: str) -> str:
    """ "18.00" or "18:00"."""
    return value.strftime(_manner(language).clock)


def when(value: datetime, language: str) -> str:
    return _manner(language).moment.format(day=day(value, language), clock=clock(value, language))


def span(starts: datetime, ends: datetime, language: str) -> str:
    """From one wall time to another; the day is said once where both fall on it."""
    if starts.date() != ends.date():
        return f"{when(starts, language)} – {when(ends, language)}"
    return f"{when(starts, language)}–{clock(ends, language)}"


def city(zone: str) -> str:
    """ "London" of "Europe/London"."""
    return zone.rpartition("/")[2].replace("_", " ")


def _manner(language: str) -> Manner:
    """That of the language, else of the one that the words around are in."""
    return MANNERS.get(language) or MANNERS[DEFAULT_LANGUAGE]
