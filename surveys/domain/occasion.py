"""What an occasion may be, from the fields of a form: its description, its time and place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from surveys.domain import timing
from surveys.domain.series import BadField, BadFields, Fields, a_line
from surveys.domain.texts import unfolded

KINDS = ("session", "trip", "meeting", "seminar")
LONGEST = {"title": 200, "place": 200, "round": 64, "theme": 200}
MOST_THEMES = 26
MOST_DAYS = 92  # longer than any trip; what is longer is a year mistyped
LARGEST_NUMBER = 9999
SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)

_CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)(?:[.:][0-5]\d)?", re.ASCII)
_THEME = re.compile(r"([A-Za-z0-9]{1,3})\s*[.:)]\s+(\S.*)")


@dataclass(frozen=True)
class Description:
    """What an occasion is, without when and where. ``continues`` is the code of another occasion."""

    title: str
    number: int | None = None
    kind: str = "session"
    round: str | None = None
    measured: bool = True
    continues: str | None = None
    themes: Mapping[str, str] = field(default_factory=dict)  # code → title, in order


@dataclass(frozen=True)
class TimeAndPlace:
    """Wall times (naive) in ``timezone``; both or neither."""

    starts: datetime | None
    ends: datetime | None
    timezone: str
    place: str | None = None


def described(raw: Mapping[str, str]) -> Description:
    """What the fields say an occasion is; all faults at once in :class:`BadFields`."""
    faults: dict[str, str] = {}
    found = _described(Fields(raw, faults), raw)
    if faults:
        raise BadFields(faults)
    return found


def placed(raw: Mapping[str, str]) -> TimeAndPlace:
    """When and where the fields say it is; no date at all is a date not known.

    Faults as for any field, and ends_before_start, lasts_too_long, time_without_date, unknown_zone.
    """
    faults: dict[str, str] = {}
    found = _placed(Fields(raw, faults))
    if faults:
        raise BadFields(faults)
    return found


def both(raw: Mapping[str, str]) -> tuple[Description, TimeAndPlace]:
    """All of a new occasion; all faults at once."""
    faults: dict[str, str] = {}
    fields = Fields(raw, faults)
    found = (_described(fields, raw), _placed(fields))
    if faults:
        raise BadFields(faults)
    return found


def themes_in(text: str) -> dict[str, str]:
    """Themes of a text area, one a line: "A. Responsibility", or without a letter, which is then given.

    Raises :class:`BadField`: theme_twice, too_many, too_long, bad_characters.
    """
    lines = [line for each in unfolded(text).split("\n") if (line := " ".join(each.split()))]
    if len(lines) > MOST_THEMES:
        raise BadField("too_many")
    found: dict[str, str] = {}
    for position, line in enumerate(lines):
        match = _THEME.fullmatch(line)
        code, title = match.groups() if match else (chr(ord("A") + position), line)
        if code in found:
            raise BadField("theme_twice")
        found[code] = a_line(title, LONGEST["theme"])
    return found


def a_clock(text: str) -> time:
    """The time written as 13:00 or 13.00; raises :class:`BadField`."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise BadField("not_a_time")
    return time(int(match[1]), int(match[2]))


def span_of(first: date, starts: time, last: date | None, ends: time, zone: str) -> tuple[datetime, datetime]:
    """Start and end by the wall clock; raises :class:`BadField` ends_before_start, lasts_too_long,
    unknown_zone, year_out_of_range."""
    begins, over = datetime.combine(first, starts), datetime.combine(last or first, ends)
    try:
        in_order = timing.to_utc(begins, zone) < timing.to_utc(over, zone)
    except timing.UnknownZone:
        raise BadField("unknown_zone") from None
    except timing.OutsideCalendar:
        raise BadField("year_out_of_range") from None
    if not in_order:
        raise BadField("ends_before_start")
    if over - begins > timedelta(days=MOST_DAYS):
        raise BadField("lasts_too_long")
    return begins, over


def _described(fields: Fields, raw: Mapping[str, str]) -> Description:
    kind = fields.text("kind") or KINDS[0]
    if kind not in KINDS:
        fields.faults["kind"] = "not_a_choice"
    return Description(
        title=fields.line("title", LONGEST["title"], needed=True),
        number=fields.whole("number", 0, LARGEST_NUMBER),
        kind=kind,
        round=fields.line("round", LONGEST["round"]) or None,
        measured=bool(raw.get("measured")),
        continues=fields.text("continues") or None,
        themes=_themes(fields, raw.get("themes", "")),
    )


def _themes(fields: Fields, text: str) -> dict[str, str]:
    try:
        return themes_in(text)
    except BadField as bad:
        fields.faults["themes"] = bad.code
        return {}


def _placed(fields: Fields) -> TimeAndPlace:
    place = fields.line("place", LONGEST["place"]) or None
    zone = fields.text("timezone")
    names = ("starts_day", "starts_time", "ends_day", "ends_time")
    if not any(fields.text(name) for name in names):
        _check_zone(fields, zone)
        return TimeAndPlace(None, None, zone, place)
    first, last = fields.day("starts_day", needed=True), fields.day("ends_day")
    starts, ends = _time(fields, "starts_time"), _time(fields, "ends_time")
    if first is None or starts is None or ends is None or "ends_day" in fields.faults:
        return TimeAndPlace(None, None, zone, place)
    try:
        return TimeAndPlace(*span_of(first, starts, last, ends, zone), zone, place)
    except BadField as bad:
        fields.faults["timezone" if bad.code == "unknown_zone" else "ends_time"] = bad.code
        return TimeAndPlace(None, None, zone, place)


def _check_zone(fields: Fields, zone: str) -> None:
    try:
        timing.to_wall(SOME_DAY, zone)
    except timing.UnknownZone:
        fields.faults["timezone"] = "unknown_zone"


def _time(fields: Fields, name: str) -> time | None:
    text = fields.text(name)
    if not text:
        fields.faults[name] = "blank"
        return None
    try:
        return a_clock(text)
    except BadField as bad:
        fields.faults[name] = bad.code
        return None
