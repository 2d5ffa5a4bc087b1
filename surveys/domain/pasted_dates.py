"""Many dates at once: pasted as lines from a mail or a spreadsheet, or at an even pace."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from surveys.domain.dates import MONTHS
from surveys.domain.occasion import LONGEST, a_clock, span_of
from surveys.domain.series import YEARS, BadField, a_date, a_line
from surveys.domain.texts import unfolded

MOST_LINES = 100

_WEEKDAY = r"(?:(?:mån|tis|ons|tors?|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun)\w*\.?,?\s+)?(?:den\s+)?"
_DATE = r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}[ /.-]\s?\d{4}|\d{1,2}\s+[^\W\d_]{3,9}\.?\s+\d{4})"
_TIME = r"(?:[01]?\d|2[0-3])(?:[.:]\d{2}(?:[.:]\d{2})?)?(?!\d)"
_KL = r"(?:(?:kl\.?|at)\s*)?"
_DASH = r"\s*(?:-|–|—|till|to)\s*"
_LINE = re.compile(
    rf"{_WEEKDAY}(?P<first>{_DATE})"
    rf"(?:[,;\s]\s*{_KL}(?P<starts>{_TIME})"
    rf"(?:{_DASH}{_WEEKDAY}(?:(?P<last>{_DATE})[,;\s]\s*{_KL})?(?P<ends>{_TIME})"
    rf"|[,;\s]\s*(?P<ends2>{_TIME}))?)?"
    r"(?:\s*[,;:]\s*|\s+|$)(?P<title>.*)",
    re.IGNORECASE,
)
_DAY = re.compile(rf"{_WEEKDAY}(?P<day>{_DATE})", re.IGNORECASE)
_CLOCK_LIKE = re.compile(r"\d{1,2}[.:]\d{2}\b|[-–—]?\s*\d{1,2}\s*[-–—]\s*\d{1,2}\b")
_PARTS = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line, from 1, as it was written."""

    line: int
    code: str
    text: str


class BadLines(ValueError):
    """Lines that are no dates; all of them."""

    code = "bad_lines"

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        super().__init__(", ".join(f"line {each.line}: {each.code}" for each in faults))
        self.faults = faults


@dataclass(frozen=True)
class Dated:
    """Start and end by the wall clock, and the title of its own where the line had one."""

    starts: datetime
    ends: datetime
    title: str = ""


def pasted(text: str, starts: time | None, ends: time | None, zone: str) -> tuple[Dated, ...]:
    """The dates of ``text``, one a line; ``starts`` and ``ends`` hold for lines without times of their own.

    Understands 2027-03-01, 1/3 2027, 1.3.2027 and "tis 1 mars 2027", with or without "13.00-16.30", a last
    day, and a title after it. Raises :class:`BadLines` with no_lines, too_many, not_a_date, no_such_day,
    no_time, not_a_time, ends_before_start, lasts_too_long, year_out_of_range, twice, unknown_zone …
    """
    lines = [
        (number, " ".join(line.split()))
        for number, line in enumerate(unfolded(text).split("\n"), 1)
        if line.strip()
    ]
    if not lines:
        raise BadLines((LineFault(1, "no_lines", ""),))
    if len(lines) > MOST_LINES:
        raise BadLines((LineFault(MOST_LINES + 1, "too_many", ""),))
    found: list[Dated] = []
    faults: list[LineFault] = []
    for number, line in lines:
        try:
            found.append(_dated(line, starts, ends, zone, found))
        except BadField as bad:
            faults.append(LineFault(number, bad.code, line[:80]))
    if faults:
        raise BadLines(tuple(faults))
    return tuple(found)


def typed_day(text: str, years: range) -> date:
    """One day as people write it: 2027-03-01, 1/3 2027, 1.3.2027, "tis 1 mars 2027".

    Raises :class:`BadField` with not_a_date, no_such_day or year_out_of_range.
    """
    match = _DAY.fullmatch(" ".join(text.split()))
    if match is None:
        raise BadField("not_a_date")
    return _day(match["day"], years)


def recurring(first: Dated, weeks: int, count: int) -> tuple[Dated, ...]:
    """``count`` times the same weekday and time, ``weeks`` apart. Raises BadField year_out_of_range."""
    try:
        found = tuple(_later(first, timedelta(weeks=weeks * number)) for number in range(count))
    except OverflowError:
        raise BadField("year_out_of_range") from None
    if any(each.ends.year not in YEARS for each in found):
        raise BadField("year_out_of_range")
    return found


def _later(dated: Dated, by: timedelta) -> Dated:
    return Dated(dated.starts + by, dated.ends + by, dated.title)


def _dated(line: str, starts: time | None, ends: time | None, zone: str, before: list[Dated]) -> Dated:
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadField("not_a_date")
    first = _day(match["first"])
    last = _day(match["last"]) if match["last"] else None
    written, title = match["starts"], match["title"]
    over_text = match["ends"] or match["ends2"]
    if written and not over_text and written.isdecimal():
        written, title = None, f"{written} {title}"  # "1 mars 2027 3 ways to listen" has no time
    if _CLOCK_LIKE.match(title):
        raise BadField("not_a_time")
    begins = _clock(written) if written else starts
    over = _clock(over_text) if over_text else ends
    if begins is None or over is None:
        raise BadField("no_time")
    found = Dated(*span_of(first, begins, last, over, zone), a_line(title, LONGEST["title"]))
    if any(each.starts == found.starts for each in before):
        raise BadField("twice")
    return found


def _clock(text: str) -> time:
    return a_clock(text if re.search(r"[.:]", text) else f"{text}:00")


def _day(text: str, years: range = YEARS) -> date:
    parts = _PARTS.findall(text)
    if len(parts[0]) == 4:
        year, month, day = parts
    else:
        day, month, year = parts
    return a_date(int(year), int(month) if month.isdecimal() else _month(month), int(day), years)


def _month(name: str) -> int:
    wanted = name.casefold()
    for number, names in enumerate(_names(), 1):
        if any(wanted.startswith(each[:3].casefold()) for each in names):
            return number
    raise BadField("not_a_date")


def _names() -> Iterator[tuple[str, ...]]:
    # the Swedish "maj" beside the English "May": three letters tell all others apart
    return zip(*MONTHS.values(), strict=True)
