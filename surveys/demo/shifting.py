"""Moves the study trips so that they straddle the moment of loading, and tells targets from what is done."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from surveys.domain import timing
from surveys.importing.indicator_schema import Indicator
from surveys.importing.people import EnrolmentRow
from surveys.importing.programme_file import ProgrammeFile
from surveys.importing.schema import Occasion, Series

SERIES, TRIP, MEETING = "england", "resa3", "uppfoljning"
HOME_AT = time(7, 30)
AT_LEAST_AGO = timedelta(minutes=30)
MEETING_ENDED = timedelta(hours=1)

When = TypeVar("When", date, datetime)


def straddling(document: ProgrammeFile, now: datetime) -> ProgrammeFile:
    """Return the programme with the trips moved by whole days; the invented meeting ended an hour ago.

    The third trip came home at the latest 07:30 that is at least half an hour before ``now``.
    """
    programme = document.programme
    zone = programme.project.timezone
    trip = next(o for s in programme.series for o in s.occasions if o.code == TRIP)
    if trip.ends is None:
        raise ValueError(f"{TRIP} has no end")
    days = _home(now, zone).date() - trip.ends.date()
    series = [_moved(each, days, now, zone) if each.code == SERIES else each for each in programme.series]
    enrolments = {
        **document.enrolments,
        SERIES: tuple(_registered(row, days) for row in document.enrolments[SERIES]),
    }
    indicators = [_aim(each, days) for each in programme.indicators]
    return ProgrammeFile(
        programme.model_copy(update={"series": series, "indicators": indicators}),
        document.people,
        enrolments,
        document.attendance,
        document.logotype,
        document.origin,
    )


def without_aims(document: ProgrammeFile) -> ProgrammeFile:
    """The programme without its indicators, whose outcomes are not known when it begins."""
    return replace(document, programme=document.programme.model_copy(update={"indicators": []}))


def aims_alone(document: ProgrammeFile) -> ProgrammeFile:
    """The indicators, to be loaded when all else has happened."""
    bare: dict[str, list[str]] = {
        "series": [],
        "questionnaires": [],
        "scales": [],
        "organisations": [],
        "subprojects": [],
    }
    kept = document.programme.model_copy(update=bare)
    return replace(document, programme=kept, people={}, enrolments={}, attendance={})


def _aim(indicator: Indicator, days: timedelta) -> Indicator:
    """What is read of the trips is read as long after them."""
    of_trips = [any(path.startswith(f"{SERIES}/") for path in each.questions) for each in indicator.versions]
    versions = [
        each.model_copy(update={"reads_on": _later(each.reads_on, days)}) if moved else each
        for each, moved in zip(indicator.versions, of_trips, strict=True)
    ]
    return indicator.model_copy(update={"versions": versions})


def _home(now: datetime, zone: str) -> datetime:
    latest = timing.to_wall(now - AT_LEAST_AGO, zone)
    today = datetime.combine(latest, HOME_AT)
    return today if today <= latest else today - timedelta(days=1)


def _moved(series: Series, days: timedelta, now: datetime, zone: str) -> Series:
    occasions = [_occasion(each, days, now, zone) for each in series.occasions]
    dates = {"starts_on": _later(series.starts_on, days), "ends_on": _later(series.ends_on, days)}
    return series.model_copy(update={"occasions": occasions, **dates})


def _occasion(occasion: Occasion, days: timedelta, now: datetime, zone: str) -> Occasion:
    if occasion.code == MEETING and occasion.starts and occasion.ends:
        ends = timing.to_wall(now - MEETING_ENDED, zone).replace(second=0, microsecond=0)
        starts = ends - (occasion.ends - occasion.starts)
        return occasion.model_copy(update={"starts": starts, "ends": ends})
    return occasion.model_copy(
        update={"starts": _later(occasion.starts, days), "ends": _later(occasion.ends, days)}
    )


def _registered(row: EnrolmentRow, days: timedelta) -> EnrolmentRow:
    moved = _later(row.registered, days)
    return EnrolmentRow(row.line, row.participant, row.person, row.work_group, row.state, moved)


def _later(when: When | None, days: timedelta) -> When | None:
    return None if when is None else when + days
