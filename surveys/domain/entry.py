"""What a log entry may be: its day, its text, and what its writer plans to do next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from surveys.domain.texts import has_bad_characters, unfolded

TEXT_LENGTH = 20_000
PLAN_LENGTH = 1_000
FIELDS = ("text", "plan", "written_on")

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class Draft:
    """An entry that may be kept."""

    written_on: date
    text: str
    plan: str


@dataclass(frozen=True)
class EntryFault:
    """Why a field cannot be kept: a stable code and its parameters, none of them what was written."""

    code: str
    params: Mapping[str, int | str]


class BadEntry(ValueError):
    """An entry that cannot be kept; ``faults`` by field, in the order of :data:`FIELDS`."""

    code = "bad_entry"

    def __init__(self, faults: Mapping[str, EntryFault]) -> None:
        # Names of fields only: what was written is private, and messages of exceptions are logged.
        super().__init__(", ".join(faults))
        self.faults = faults


class _Fault(Exception):
    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.fault = EntryFault(code, params)


def check(raw: Mapping[str, str], today: date) -> Draft:
    """Return the entry that a form's fields say; all faults at once in :class:`BadEntry`.

    ``written_on`` is YYYY-MM-DD and not after ``today`` (the writer's day); ``text`` is needed.
    Lengths count characters after line ends have become one character each.
    """
    day, faults = None, {}
    text, plan = (unfolded(raw.get(field, "")).strip() for field in ("text", "plan"))
    for field, value, longest in (("text", text, TEXT_LENGTH), ("plan", plan, PLAN_LENGTH)):
        try:
            _kept(value, longest, needed=field == "text")
        except _Fault as fault:
            faults[field] = fault.fault
    try:
        day = _day(raw.get("written_on", ""), today)
    except _Fault as fault:
        faults["written_on"] = fault.fault
    if faults or day is None:
        raise BadEntry(faults)
    return Draft(day, text, plan)


def _kept(text: str, longest: int, *, needed: bool) -> None:
    if needed and not text:
        raise _Fault("empty")
    if has_bad_characters(text):
        raise _Fault("bad_characters")
    if len(text) > longest:
        raise _Fault("too_long", length=len(text), longest=longest)


def _day(text: str, today: date) -> date:
    text = text.strip()
    if not text:
        raise _Fault("no_date")
    match = _DAY.fullmatch(text)
    if match is None:
        raise _Fault("not_a_date")
    try:
        day = date(*(int(part) for part in match.groups()))
    except ValueError:
        raise _Fault("no_such_day", day=text) from None
    if day > today:
        raise _Fault("in_the_future", day=today.isoformat())
    return day
