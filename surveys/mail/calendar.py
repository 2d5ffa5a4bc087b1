"""The calendar file of an occasion (iTIP): the same UID always, a higher SEQUENCE with every change.

No personal link is in it: calendars are shared, and read by others.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from surveys.domain.texts import printable
from surveys.domain.timing import to_utc
from surveys.mail.outgoing import About, Outgoing

PRODUCT = "-//Folja//occasions//EN"
NOTICES = frozenset({"moved", "cancelled", "reinstated"})


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """``method`` is REQUEST or CANCEL; ``content`` is UTF-8, folded, with CRLF."""

    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Times:
    starts_at: datetime
    ends_at: datetime
    timezone: str


def calendar_file(mail: Outgoing, organiser: str, now: datetime) -> CalendarFile | None:
    """The file that goes with ``mail``; None where there is nothing to put into a calendar.

    It goes with what is asked about an occasion that is not over, and with every notice. ``organiser``
    is the address that an answer from a calendar reaches.
    """
    about = mail.about
    if about is None or not about.uid or mail.kind == "own_page":
        return None
    here = _times(about)
    if mail.kind not in NOTICES and (here is None or about.cancelled or here.ends_at <= now):
        return None
    times = here or _told(mail)
    if times is None:
        return None
    method = "CANCEL" if about.cancelled or here is None else "REQUEST"
    return CalendarFile(method, _written(mail, about, times, method, organiser, now))


def _times(about: About) -> _Times | None:
    if about.starts_at is None or about.ends_at is None:
        return None
    return _Times(about.starts_at, about.ends_at, about.timezone)


def _told(mail: Outgoing) -> _Times | None:
    """When the receiver believes that it is: what has no date any more is taken out of the calendar."""
    told = mail.told
    if told is None or told.starts is None or told.ends is None:
        return None
    return _Times(to_utc(told.starts, told.timezone), to_utc(told.ends, told.timezone), told.timezone)


def _written(
    mail: Outgoing, about: About, times: _Times, method: str, organiser: str, now: datetime
) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    zone = ZoneInfo(times.timezone)
    starts, ends = times.starts_at.astimezone(zone), times.ends_at.astimezone(zone)
    calendar.add_component(zone_component(times.timezone, starts.year, ends.year))
    event = Event()
    event.add("uid", f"{about.uid}@folja")
    event.add("sequence", about.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", _plain(about.title))
    event.add("description", _plain(f"{mail.series} – {mail.sender.title}"))
    if about.place:
        event.add("location", _plain(about.place))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _person(mail.sender.name, organiser))
    event.add("attendee", _attendee(mail))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{_plain(address)}")
    # Double quotes cannot stand in a parameter, and few programs know how they are written instead.
    person.params["CN"] = _plain(name).replace('"', "'")
    return person


def _attendee(mail: Outgoing) -> vCalAddress:
    attendee = _person(mail.receiver, mail.address)
    attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
    return attendee


def _plain(text: str) -> str:
    return printable(" ".join(text.split()))


@lru_cache(maxsize=64)
def zone_component(name: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of a zone: each change of its clock in these years, by the local time before it.

    Written here, since the library's own says that summer time begins an hour late.
    """
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    component.add_component(_part(zone, begin - timedelta(days=1), begin))
    for moment in _changes(zone, date(first_year, 1, 1), date(last_year + 1, 1, 1)):
        component.add_component(_part(zone, moment - timedelta(seconds=1), moment))
    return component


def _part(zone: ZoneInfo, before: datetime, at: datetime) -> TimezoneStandard | TimezoneDaylight:
    old, new = _offset(zone, before), _offset(zone, at)
    here = at.astimezone(zone)
    part = TimezoneDaylight() if here.dst() else TimezoneStandard()
    part.add("dtstart", (at + old).replace(tzinfo=None))
    part.add("tzoffsetfrom", old)
    part.add("tzoffsetto", new)
    part.add("tzname", here.tzname() or "")
    return part


def _changes(zone: ZoneInfo, first: date, last: date) -> list[datetime]:
    """The moments at which the clock is changed."""
    days = [datetime(first.year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range((last - first).days)]
    return [
        _moment(zone, day) for day in days if _offset(zone, day) != _offset(zone, day + timedelta(days=1))
    ]


def _moment(zone: ZoneInfo, day: datetime) -> datetime:
    """The first second of a new offset, within a day that begins with another."""
    old, low, high = _offset(zone, day), 0, 86_400
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, day + timedelta(seconds=middle)) == old else (low, middle)
    return day + timedelta(seconds=high)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
