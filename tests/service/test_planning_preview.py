"""The preview over what is awkward in a calendar: both changes of the clocks, Midsummer, a trip abroad."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from surveys.domain.timing import to_utc, wall_time
from surveys.followups import preview
from surveys.followups.preview import PlannedMail
from surveys.installation import Installation
from tests.support.books import ZONE
from tests.support.builders import NINE, Course

PATTERNS: dict[str, dict[str, Any]] = {
    "two hours after": {},
    "the day after at nine": {"offset_days": 1, "offset_minutes": 0, "at_time": NINE},
    "half past two in the night": {"offset_days": 1, "offset_minutes": 0, "at_time": time(2, 30)},
    "the week before": {"anchor": "occasion_start", "offset_days": -7, "offset_minutes": 0},
    "half a year after": {"anchor": "series_end", "offset_days": 182, "offset_minutes": 0, "at_time": NINE},
}


def ahead(installation: Installation, start: datetime, days: int = 400) -> list[PlannedMail]:
    return preview.preview(installation.database, installation.keys, start, days, start)


def plan(
    installation: Installation, ends: str, zone: str = ZONE, quiet: bool = True, **rule: Any
) -> list[PlannedMail]:
    with installation.database.transaction() as session:
        course = Course(session)
        if quiet:
            course.project.quiet_from, course.project.quiet_to = time(20), time(7)
            course.project.quiet_weekends = course.project.quiet_holidays = True
        course.occasion(ends=wall_time(ends), zone=zone, present=course.people(1))
        course.rule(**({"reminder_days": [3], "close_after_days": 30} | rule))
        course.refresh()
    return ahead(installation, to_utc(wall_time(ends), zone) - timedelta(days=30))


def told(mails: list[PlannedMail]) -> list[tuple[str, str | None]]:
    return [(f"{each.wall:%a %d %b %H:%M}", each.deferral) for each in mails]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        # Friday before the clocks go forward, which is Easter: Tuesday at seven
        ("2027-03-26 16:30", [("Tue 30 Mar 07:00", "holiday"), ("Fri 02 Apr 07:00", None)]),
        # Saturday before the clocks go back
        ("2027-10-30 16:30", [("Mon 01 Nov 07:00", "weekend"), ("Thu 04 Nov 07:00", None)]),
        # Thursday before Midsummer, in time and too late in the evening
        ("2027-06-24 16:30", [("Thu 24 Jun 18:30", None), ("Mon 28 Jun 07:00", "weekend")]),
        ("2027-06-24 18:30", [("Mon 28 Jun 07:00", "holiday"), ("Thu 01 Jul 07:00", None)]),
    ],
)
def test_mails_give_way_over_awkward_days(
    installation: Installation, ends: str, expected: list[tuple[str, str | None]]
) -> None:
    mails = plan(installation, ends)
    assert told(mails) == expected
    assert all(each.intended <= each.wall for each in mails)


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("ends", ["2027-03-27 16:30", "2027-10-30 16:30", "2026-10-24 16:30"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_one_mail_a_step_over_a_clock_change(
    installation: Installation, pattern: str, ends: str, quiet: bool
) -> None:
    mails = plan(installation, ends, quiet=quiet, **PATTERNS[pattern])
    assert [each.step for each in mails] == [0, 1]
    assert mails[1].at - mails[0].at >= timedelta(hours=23)
    assert all(not quiet or time(7) <= each.wall.time() < time(20) for each in mails)


def test_a_trip_keeps_its_own_clock_and_the_quiet_of_home(installation: Installation) -> None:
    mails = plan(installation, "2027-02-01 17:30", zone="Europe/London", reminder_days=[])
    assert [(each.zone, *told([each])[0]) for each in mails] == [
        ("Europe/London", "Tue 02 Feb 06:00", "quiet_hours")
    ]
    assert mails[0].intended == wall_time("2027-02-01 19:30")
