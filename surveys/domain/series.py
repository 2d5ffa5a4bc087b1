"""What a series may be, from the fields of a form; and short codes made from titles."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from surveys.domain.faults import Faulty
from surveys.domain.texts import has_bad_characters

LONGEST = {"title": 200, "audience": 200}
YEARS = range(2000, 2200)
MOST_OCCASIONS = 200
CODE_LENGTH = 40

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


class BadFields(Faulty):
    """Fields that cannot be kept; ``faults`` maps a field to a stable code."""

    code = "bad_fields"


class BadField(ValueError):
    """One field's fault, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Description:
    """A series as its form has it. ``subproject`` is a code; ``completion_minimum`` counts occasions."""

    title: str
    audience: str = ""
    subproject: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    attendance_kept: bool = True
    completion_minimum: int | None = None


def described(raw: Mapping[str, str]) -> Description:
    """The series that a form's fields say; all faults at once in :class:`BadFields`."""
    faults: dict[str, str] = {}
    fields = Fields(raw, faults)
    starts, ends = fields.day("starts_on"), fields.day("ends_on")
    if starts and ends and ends < starts:
        faults["ends_on"] = "ends_before_start"
    found = Description(
        title=fields.line("title", LONGEST["title"], needed=True),
        audience=fields.line("audience", LONGEST["audience"]),
        subproject=raw.get("subproject", "").strip() or None,
        starts_on=starts,
        ends_on=ends,
        attendance_kept=bool(raw.get("attendance_kept")),
        completion_minimum=fields.whole("completion_minimum", 1, MOST_OCCASIONS),
    )
    if faults:
        raise BadFields(faults)
    return found


class Fields:
    """Reads fields one by one and gathers what is wrong with them in ``faults``."""

    def __init__(self, raw: Mapping[str, str], faults: dict[str, str]) -> None:
        self._raw = raw
        self.faults = faults

    def text(self, name: str) -> str:
        return self._raw.get(name, "").strip()

    def line(self, name: str, longest: int, *, needed: bool = False) -> str:
        """A line of text with single spaces; blank, too_long and bad_characters are its faults."""
        try:
            return a_line(self._raw.get(name, ""), longest, needed=needed)
        except BadField as bad:
            self.faults[name] = bad.code
            return ""

    def day(self, name: str, *, needed: bool = False) -> date | None:
        """A day, None where the field is empty; no_such_day, not_a_date, year_out_of_range, blank."""
        text = self.text(name)
        if not text:
            if needed:
                self.faults[name] = "blank"
            return None
        try:
            return a_day(text)
        except BadField as bad:
            self.faults[name] = bad.code
            return None

    def whole(self, name: str, least: int, most: int, *, needed: bool = False) -> int | None:
        """A whole number, None where the field is empty; not_a_number, out_of_range, blank."""
        text = self.text(name)
        if not text:
            if needed:
                self.faults[name] = "blank"
            return None
        if not (text.lstrip("-").isdecimal() and text.isascii() and len(text) < 10):
            self.faults[name] = "not_a_number"
            return None
        if not least <= int(text) <= most:
            self.faults[name] = "out_of_range"
            return None
        return int(text)


def a_line(text: str, longest: int, *, needed: bool = False) -> str:
    """``text`` with single spaces; raises :class:`BadField`."""
    line = " ".join(text.split())
    if needed and not line:
        raise BadField("blank")
    if has_bad_characters(line):
        raise BadField("bad_characters")
    if len(line) > longest:
        raise BadField("too_long")
    return line


def a_day(text: str) -> date:
    """The day written as 2027-03-01; raises :class:`BadField`."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise BadField("not_a_date")
    year, month, day = (int(part) for part in match.groups())
    return a_date(year, month, day)


def a_date(year: int, month: int, day: int, years: range = YEARS) -> date:
    """A day in ``years``, those that a series may have; raises :class:`BadField`."""
    try:
        found = date(year, month, day)
    except (ValueError, OverflowError):
        raise BadField("no_such_day") from None
    if found.year not in years:
        raise BadField("year_out_of_range")
    return found


def code_from(title: str, taken: Collection[str], fallback: str) -> str:
    """A short code for addresses that is not ``taken``: "Ledare, omgång 2" → ledare-omgang-2."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    start = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:CODE_LENGTH].rstrip("-") or fallback
    if start not in taken:
        return start
    return next(code for number in range(2, len(taken) + 3) if (code := f"{start}-{number}") not in taken)
