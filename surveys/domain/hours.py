"""How long somebody was at an occasion, by month: what funders ask for."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

DAY_MINUTES = 8 * 60  # of a day of an occasion that lasts several, which has nights in it

Month = tuple[int, int]  # year, month


def minutes_by_month(
    starts: datetime, ends: datetime, elapsed: timedelta, told: int | None = None
) -> Mapping[Month, int]:
    """Return the minutes of presence at an occasion from ``starts`` to ``ends`` (wall times) by month.

    An occasion within one day counts ``elapsed``, the time that really passed. One over several days counts
    at most eight hours of each day. ``told``: what somebody wrote instead, all in the month it began.
    """
    if told is not None:
        return {(starts.year, starts.month): told}
    if starts.date() == ends.date():
        return {(starts.year, starts.month): elapsed // timedelta(minutes=1)}
    found: Counter[Month] = Counter()
    for day in _days(starts.date(), ends.date()):
        found[day.year, day.month] += min(DAY_MINUTES, _within(day, starts, ends))
    return {month: minutes for month, minutes in found.items() if minutes}


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _within(day: date, starts: datetime, ends: datetime) -> int:
    """Minutes of ``day`` between the two."""
    midnight = datetime.combine(day, time())
    # not midnight plus a day, which the last day of all has not
    begun = max(starts, midnight) - midnight
    over = min(ends - midnight, timedelta(days=1))
    return (over - begun) // timedelta(minutes=1)
