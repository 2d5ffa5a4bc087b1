"""How moments, numbers and rates are written, in the language of the page.

Swedish: "tis 1 dec 2026 kl. 18.00", "1 234,5", "78,6 %", "77 av 98 (78,6 %)".
English: "Tue 1 Dec 2026 at 18:00", "1,234.5", "78.6%", "77 of 98 (78.6%)".

Give the filters variables, never constants: Jinja works constant filters out once, in whatever language.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Flask, g

from surveys.domain import dates
from surveys.domain.statistics import percent as exact_percent
from surveys.domain.statistics import rounded
from surveys.domain.texts import pick
from surveys.web import language
from surveys.web.phrases import _

HOME_ZONE = "Europe/Stockholm"
HARD_SPACE = "\u00a0"


class HasBase(Protocol):
    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


def when(moment: datetime, zone: str | None = None) -> str:
    """A moment in ``zone``; without one in the project's. A naive one is a wall time of ``zone`` already.

    The zone is named when it is not the project's.
    """
    return _with_zone(dates.when(_wall(moment, zone), language.of_page().code), zone)


def span(starts: datetime, ends: datetime, zone: str | None = None) -> str:
    """From one moment to another: the day is said once where both fall on it."""
    first, last = _wall(starts, zone), _wall(ends, zone)
    return _with_zone(dates.span(first, last, language.of_page().code), zone)


def day(moment: date) -> str:
    """ "tis 1 dec 2026"; a moment with an offset is taken in the project's zone."""
    local = _wall(moment, None) if isinstance(moment, datetime) else moment
    return dates.day(local, language.of_page().code)


def short_date(moment: date) -> str:
    """ "1 dec 2026"."""
    local = _wall(moment, None) if isinstance(moment, datetime) else moment
    return dates.short_day(local, language.of_page().code)


def clock(moment: datetime | time) -> str:
    """ "18.00" or "18:00"."""
    local = _wall(moment, None) if isinstance(moment, datetime) else moment
    return dates.clock(local, language.of_page().code)


def number(value: int | float | Decimal | str, decimals: int | None = None) -> str:
    """A number with the decimals it has, or half up to ``decimals``."""
    exact = Decimal(str(value))
    return language.of_page().number(exact if decimals is None else rounded(exact, decimals))


def percent(value: int | float | Decimal | str, decimals: int | None = None) -> str:
    """A number that already is per cent, with its sign."""
    return language.of_page().percent.format(number=number(value, decimals))


def rate(value: "HasBase | tuple[int, int]", decimals: int | None = None) -> str:
    """ "77 av 98 (78,6 %)" of anything with ``numerator`` and ``denominator``, or of a pair.

    Decimals are the project's where none are given. Of nobody there is no share.
    """
    k, n = value if isinstance(value, tuple) else (value.numerator, value.denominator)
    counted = _("%(k)s of %(n)s", k=number(k), n=number(n)).replace(" ", HARD_SPACE)
    return f"{counted} ({share(k, n, decimals)})" if n else counted


def share(k: int, n: int, decimals: int | None = None) -> str:
    """``k`` of ``n`` in per cent, half up."""
    return percent(exact_percent(k, n, project_decimals() if decimals is None else decimals))


def local(text: Mapping[str, str]) -> str:
    """The text in the language of the page, else in the one it has. ``shown_text`` says which."""
    return pick(text, language.current())


def project_decimals() -> int:
    project = g.get("project")
    return project.decimals if project is not None else 1


def register(app: Flask) -> None:
    for function in (when, span, day, short_date, clock, number, percent, rate):
        app.add_template_filter(function)
    app.jinja_env.globals.update(share=share, local=local)


def _wall(moment: datetime, zone: str | None) -> datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(ZoneInfo(zone or _home())).replace(tzinfo=None)


def _home() -> str:
    return str(g.get("timezone") or HOME_ZONE)


def _with_zone(text: str, zone: str | None) -> str:
    if zone is None or zone == _home():
        return text
    city = zone.rpartition("/")[2].replace("_", " ")
    there = _("local time in %(city)s", city=city)
    return f"{text} ({there})"
