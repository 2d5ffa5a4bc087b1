"""How dates and times are written in each language: "tis 1 dec 2026 kl. 18.00", "Tue 1 Dec 2026 at 18:00".

All are wall times: the zone has been chosen before.
"""

from datetime import date, datetime

HARD_SPACE = "\u00a0"
DAYS = {
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = {
    "sv": ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_AT = {"sv": "kl.", "en": "at"}


def day(value: date, language: str) -> str:
    """ "tis 1 dec 2026", held together by hard spaces."""
    month = MONTHS[language][value.month - 1]
    return HARD_SPACE.join((DAYS[language][value.weekday()], str(value.day), month, str(value.year)))


def clock(value: datetime, language: str) -> str:
    """ "18.00" or "18:00"."""
    return f"{value:%H.%M}" if language == "sv" else f"{value:%H:%M}"


def when(value: datetime, language: str) -> str:
    return f"{day(value, language)} {_AT[language]}{HARD_SPACE}{clock(value, language)}"


def span(starts: datetime, ends: datetime, language: str) -> str:
    """From one wall time to another; the day is said once where both fall on it."""
    if starts.date() != ends.date():
        return f"{when(starts, language)} – {when(ends, language)}"
    return f"{when(starts, language)}–{clock(ends, language)}"


def city(zone: str) -> str:
    """ "London" of "Europe/London"."""
    return zone.rpartition("/")[2].replace("_", " ")
