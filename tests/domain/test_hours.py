"""Hours of presence by month, as a table of cases."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from surveys.domain.hours import minutes_by_month
from surveys.domain.timing import to_utc, wall_time

ZONE = "Europe/Stockholm"


def minutes(starts: str, ends: str, told: int | None = None) -> Mapping[tuple[int, int], int]:
    first, last = wall_time(starts), wall_time(ends)
    return minutes_by_month(first, last, to_utc(last, ZONE) - to_utc(first, ZONE), told)


@pytest.mark.parametrize(
    ("starts", "ends", "told", "expected"),
    [
        ("2027-02-02 13:00", "2027-02-02 16:30", None, {(2027, 2): 210}),
        ("2027-02-02 08:00", "2027-02-02 20:00", None, {(2027, 2): 720}),  # one day: all of it
        ("2027-03-28 01:00", "2027-03-28 04:00", None, {(2027, 3): 120}),  # the hour that does not exist
        ("2027-10-31 01:00", "2027-10-31 04:00", None, {(2027, 10): 240}),  # the hour that comes twice
        ("2027-02-02 18:00", "2027-02-03 01:00", None, {(2027, 2): 420}),  # past midnight
        ("2027-01-30 10:00", "2027-02-02 15:00", None, {(2027, 1): 960, (2027, 2): 960}),
        ("2027-01-31 21:00", "2027-02-01 00:00", None, {(2027, 1): 180}),  # no empty month
        ("2027-12-31 22:00", "2028-01-01 02:00", None, {(2027, 12): 120, (2028, 1): 120}),
        ("9999-12-30 22:00", "9999-12-31 02:00", None, {(9999, 12): 240}),
        ("2027-01-31 21:00", "2027-02-03 12:00", 95, {(2027, 1): 95}),  # what somebody wrote goes first
    ],
)
def test_minutes_by_month(
    starts: str, ends: str, told: int | None, expected: dict[tuple[int, int], int]
) -> None:
    assert minutes(starts, ends, told) == expected


def test_a_moment_is_no_time() -> None:
    day = datetime(2027, 2, 2, 13)  # noqa: DTZ001 - a wall time
    assert minutes_by_month(day, day, timedelta()) == {(2027, 2): 0}
