"""Dates: one table of offsets, one of wall times, and properties that hold for all of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from surveys.domain.timing import (
    LONGEST_WAIT,
    ClosesTooSoon,
    ImpossibleDate,
    Moment,
    Offset,
    OutsideCalendar,
    ReminderAfterClosing,
    ReminderNotLater,
    RemindersUnordered,
    UnknownZone,
    backoff,
    due_at,
    steps,
    to_utc,
    to_wall,
    verdict,
    wall_time,
)

STOCKHOLM, LONDON = "Europe/Stockholm", "Europe/London"
ZONES = (
    STOCKHOLM,
    LONDON,
    "UTC",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Europe/Dublin",
)


def utc(text: str) -> datetime:
    return wall_time(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        pytest.param(STOCKHOLM, "2026-12-01 18:00", "2026-12-01 17:00", id="winter"),
        pytest.param(STOCKHOLM, "2026-07-01 18:00", "2026-07-01 16:00", id="summer"),
        # the gap: 02:00–03:00 in Stockholm, 01:00–02:00 in London, both at 01:00 UTC
        pytest.param(STOCKHOLM, "2026-03-29 01:59:59", "2026-03-29 00:59:59", id="sthlm-2026-before-gap"),
        pytest.param(STOCKHOLM, "2026-03-29 02:00", "2026-03-29 01:00", id="sthlm-2026-gap-start"),
        pytest.param(STOCKHOLM, "2026-03-29 02:59:59", "2026-03-29 01:00", id="sthlm-2026-gap-end"),
        pytest.param(STOCKHOLM, "2026-03-29 03:00", "2026-03-29 01:00", id="sthlm-2026-after-gap"),
        pytest.param(STOCKHOLM, "2027-03-28 02:30", "2027-03-28 01:00", id="sthlm-2027-gap"),
        pytest.param(STOCKHOLM, "2027-03-28 03:00:01", "2027-03-28 01:00:01", id="sthlm-2027-after-gap"),
        pytest.param(LONDON, "2026-03-29 01:30", "2026-03-29 01:00", id="london-2026-gap"),
        pytest.param(LONDON, "2027-03-28 01:30", "2027-03-28 01:00", id="london-2027-gap"),
        pytest.param(
            LONDON, "2027-03-28 02:30", "2027-03-28 01:30", id="london-2027-no-gap-at-half-past-two"
        ),
        # the hour that comes twice: the first
        pytest.param(STOCKHOLM, "2026-10-25 01:59", "2026-10-24 23:59", id="sthlm-2026-before-fold"),
        pytest.param(STOCKHOLM, "2026-10-25 02:30", "2026-10-25 00:30", id="sthlm-2026-fold"),
        pytest.param(STOCKHOLM, "2026-10-25 03:00", "2026-10-25 02:00", id="sthlm-2026-after-fold"),
        pytest.param(STOCKHOLM, "2027-10-31 02:00", "2027-10-31 00:00", id="sthlm-2027-fold"),
        pytest.param(LONDON, "2026-10-25 01:30", "2026-10-25 00:30", id="london-2026-fold"),
        pytest.param(LONDON, "2027-10-31 01:30", "2027-10-31 00:30", id="london-2027-fold"),
        pytest.param(LONDON, "2027-10-31 02:00", "2027-10-31 02:00", id="london-2027-after-fold"),
        # other kinds of gap: half an hour, a whole day
        pytest.param("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30", id="half-hour-gap"),
        pytest.param("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00", id="skipped-day"),
        pytest.param("Asia/Kathmandu", "2028-02-29 00:00", "2028-02-28 18:15", id="quarter-hour-zone"),
    ],
)
def test_wall_clock_to_utc(zone: str, wall: str, expected: str) -> None:
    assert to_utc(wall_time(wall), zone) == utc(expected)


@dataclass(frozen=True)
class Case:
    """From an anchor by an offset to an intended wall time and a moment in UTC."""

    anchor: str
    offset: Offset
    wall: str
    utc: str
    zone: str = STOCKHOLM


CASES = {
    "at once": Case("2026-12-01 16:30", Offset(), "2026-12-01 16:30", "2026-12-01 15:30"),
    "two hours after": Case("2026-12-01 16:30", Offset(minutes=120), "2026-12-01 18:30", "2026-12-01 17:30"),
    "past midnight": Case("2026-12-01 23:30", Offset(minutes=45), "2026-12-02 00:15", "2026-12-01 23:15"),
    "next morning": Case("2026-12-01 16:30", Offset(1, at=time(9)), "2026-12-02 09:00", "2026-12-02 08:00"),
    "same day, earlier": Case("2026-12-01 16:30", Offset(at=time(9)), "2026-12-01 09:00", "2026-12-01 08:00"),
    "days, at, minutes": Case(
        "2026-12-01 16:30", Offset(1, 90, time(9)), "2026-12-02 10:30", "2026-12-02 09:30"
    ),
    # calendar
    "leap day": Case("2028-02-28 10:00", Offset(1), "2028-02-29 10:00", "2028-02-29 09:00"),
    "from a leap day": Case("2028-02-29 10:00", Offset(366), "2029-03-01 10:00", "2029-03-01 09:00"),
    "a year before a leap day": Case(
        "2028-02-29 10:00", Offset(-365), "2027-03-01 10:00", "2027-03-01 09:00"
    ),
    "no 29 February": Case("2027-02-28 10:00", Offset(1), "2027-03-01 10:00", "2027-03-01 09:00"),
    "no 30 February": Case("2027-01-31 10:00", Offset(30), "2027-03-02 10:00", "2027-03-02 09:00"),
    "2100 is no leap year": Case("2100-02-28 10:00", Offset(1), "2100-03-01 10:00", "2100-03-01 09:00"),
    "year end": Case("2026-12-31 23:30", Offset(minutes=60), "2027-01-01 00:30", "2026-12-31 23:30"),
    "a day over year end": Case("2026-12-31 18:00", Offset(1), "2027-01-01 18:00", "2027-01-01 17:00"),
    "two weeks before": Case(
        "2027-01-10 13:00", Offset(-14, at=time(9)), "2026-12-27 09:00", "2026-12-27 08:00"
    ),
    "an hour before": Case("2027-01-01 00:30", Offset(minutes=-60), "2026-12-31 23:30", "2026-12-31 22:30"),
    # days keep the wall clock, minutes are elapsed time
    "3 days over spring": Case("2027-03-26 18:00", Offset(3), "2027-03-29 18:00", "2027-03-29 16:00"),
    "72 hours over spring": Case(
        "2027-03-26 18:00", Offset(minutes=72 * 60), "2027-03-29 19:00", "2027-03-29 17:00"
    ),
    "3 days over autumn": Case("2026-10-23 18:00", Offset(3), "2026-10-26 18:00", "2026-10-26 17:00"),
    "72 hours over autumn": Case(
        "2026-10-23 18:00", Offset(minutes=72 * 60), "2026-10-26 17:00", "2026-10-26 16:00"
    ),
    "back over spring": Case("2027-03-29 18:00", Offset(-3), "2027-03-26 18:00", "2027-03-26 17:00"),
    "into the gap": Case("2027-03-27 02:30", Offset(1), "2027-03-28 02:30", "2027-03-28 01:00"),
    "into the gap by at": Case(
        "2027-03-27 16:00", Offset(1, at=time(2, 30)), "2027-03-28 02:30", "2027-03-28 01:00"
    ),
    "out of the gap": Case("2027-03-28 02:30", Offset(1), "2027-03-29 02:30", "2027-03-29 00:30"),
    "elapsed from the gap": Case(
        "2027-03-28 02:30", Offset(minutes=15), "2027-03-28 03:15", "2027-03-28 01:15"
    ),
    "elapsed over the gap": Case(
        "2027-03-28 01:30", Offset(minutes=60), "2027-03-28 03:30", "2027-03-28 01:30"
    ),
    "into the fold": Case("2026-10-24 02:30", Offset(1), "2026-10-25 02:30", "2026-10-25 00:30"),
    "elapsed within the fold": Case(
        "2026-10-25 02:30", Offset(minutes=60), "2026-10-25 02:30", "2026-10-25 01:30"
    ),
    "elapsed over the fold": Case(
        "2026-10-25 01:30", Offset(minutes=180), "2026-10-25 03:30", "2026-10-25 02:30"
    ),
    "London, 7 days over spring": Case(
        "2026-03-25 17:00", Offset(7), "2026-04-01 17:00", "2026-04-01 16:00", LONDON
    ),
    "London, into the gap": Case(
        "2026-03-28 01:15", Offset(1), "2026-03-29 01:15", "2026-03-29 01:00", LONDON
    ),
    "London, into the fold": Case(
        "2027-10-30 01:15", Offset(1), "2027-10-31 01:15", "2027-10-31 00:15", LONDON
    ),
    # a trip ends on Friday afternoon abroad; its prompt follows the clock of the place
    "trip to England": Case(
        "2026-09-25 15:00", Offset(minutes=30), "2026-09-25 15:30", "2026-09-25 14:30", LONDON
    ),
    "morning after, in England": Case(
        "2026-09-25 15:00", Offset(1, at=time(9)), "2026-09-26 09:00", "2026-09-26 08:00", LONDON
    ),
    "evening in Newfoundland": Case(
        "2026-06-24 23:45", Offset(minutes=30), "2026-06-25 00:15", "2026-06-25 02:45", "America/St_Johns"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_due_at(case: Case) -> None:
    moment = due_at(wall_time(case.anchor), case.zone, case.offset)

    assert moment == Moment(utc(case.utc), wall_time(case.wall), case.zone)


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-30 18:00",
        "2027-02-31T18:00",
        "2027-02-29 18:00",
        "2100-02-29 18:00",
        "2027-04-31 18:00",
        "2027-13-01 18:00",
        "2027-00-10 18:00",
        "0000-01-01 18:00",
        "2027-01-01 24:00",
        "2027-01-01 18:60",
        "2027-01-01",
        "2027-W05-1 18:00",
        "2027-01-01 18:00+01:00",
        "2027-01-01 18:00Z",
        " 2027-01-01 18:00",
        "2027-01-01 18:00\n",
        "٢٠٢٧-٠١-٠١ ١٨:٠٠",
        "1 januari",
        "",
    ],
)
def test_a_date_that_does_not_exist_is_named(text: str) -> None:
    with pytest.raises(ImpossibleDate) as refused:
        wall_time(text)

    assert (refused.value.code, refused.value.text) == ("impossible_date", text)


def test_a_written_wall_time_is_naive() -> None:
    assert wall_time("2028-02-29T18:05:09") == datetime.combine(date(2028, 2, 29), time(18, 5, 9))
    assert wall_time("2028-02-29 18:05").tzinfo is None


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Gothenburg",
        "Europe",
        "",
        ".",
        "..",
        "/etc/passwd",
        "../UTC",
        "UTC\0",
        "\ud800",
        "Europe/" * 200,
    ],
)
def test_an_unknown_zone_is_named(zone: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        to_utc(wall_time("2027-01-01 18:00"), zone)

    assert (refused.value.code, refused.value.zone) == ("unknown_zone", zone)
    with pytest.raises(UnknownZone):
        to_wall(utc("2027-01-01 18:00"), zone)


@pytest.mark.parametrize("offset", [Offset(days=10**10), Offset(days=-(10**6)), Offset(minutes=10**12)])
def test_an_offset_outside_the_calendar_is_named(offset: Offset) -> None:
    with pytest.raises(OutsideCalendar):
        due_at(wall_time("2027-01-01 18:00"), STOCKHOLM, offset)


@pytest.mark.parametrize("wall", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_the_ends_of_the_calendar(wall: str) -> None:
    east, west = "Asia/Kathmandu", "America/St_Johns"
    with pytest.raises(OutsideCalendar):
        to_utc(wall_time(wall), east if wall < "1000" else west)
    with pytest.raises(OutsideCalendar):
        to_wall(utc(wall), west if wall < "1000" else east)


def test_walls_and_moments_are_not_confused() -> None:
    moment, wall = utc("2027-01-01 18:00"), wall_time("2027-01-01 18:00")
    with pytest.raises(ValueError, match="naive"):
        to_utc(moment, STOCKHOLM)
    with pytest.raises(ValueError, match="naive"):
        due_at(moment, STOCKHOLM, Offset(at=time(9)))
    with pytest.raises(ValueError, match="zone"):
        to_wall(wall, STOCKHOLM)
    with pytest.raises(ValueError, match="zone"):
        verdict(wall, moment, timedelta(), moment)
    with pytest.raises(ValueError, match="zone"):
        Offset(at=time(9, tzinfo=UTC))


def test_a_mark_for_the_second_of_two_hours_is_not_followed() -> None:
    wall = wall_time("2026-10-25 02:30").replace(fold=1)

    assert to_utc(wall, STOCKHOLM) == utc("2026-10-25 00:30")
    assert to_wall(utc("2026-10-25 01:30"), STOCKHOLM).fold == 0


walls = st.datetimes(min_value=wall_time("1990-01-01 00:00"), max_value=wall_time("2036-12-31 00:00"))
zones = st.sampled_from(ZONES)


@given(walls, zones)
@example(wall_time("2027-03-28 02:30"), STOCKHOLM)
@example(wall_time("2026-10-25 02:30"), STOCKHOLM)
def test_a_wall_time_comes_back_or_was_skipped(wall: datetime, zone: str) -> None:
    moment = to_utc(wall, zone)
    back = to_wall(moment, zone)

    assert moment.tzinfo is UTC
    if back != wall:  # the moment after the gap: a second earlier the clocks had not come to the wall time
        assert back > wall
        assert to_wall(moment - timedelta(seconds=1), zone) < wall
    # of two the first: neither half an hour nor an hour before did the clocks show the same
    assert all(to_wall(moment - timedelta(minutes=back), zone) != wall for back in (30, 60))


@given(walls, walls, zones)
def test_wall_times_more_than_an_hour_apart_keep_their_order(
    first: datetime, second: datetime, zone: str
) -> None:
    early, late = sorted((first, second))
    assume(late - early > timedelta(hours=1))

    assert to_utc(early, zone) <= to_utc(late, zone)


@given(walls, zones, st.integers(-400, 400), st.integers(-400, 400))
def test_days_add_up_by_the_wall_clock(wall: datetime, zone: str, some: int, more: int) -> None:
    there = due_at(wall, zone, Offset(days=some)).wall

    assert due_at(there, zone, Offset(days=more)) == due_at(wall, zone, Offset(days=some + more))


@given(walls, zones, st.integers(-100_000, 100_000))
def test_minutes_are_elapsed(wall: datetime, zone: str, minutes: int) -> None:
    moved = due_at(wall, zone, Offset(minutes=minutes))

    assert moved.utc - to_utc(wall, zone) == timedelta(minutes=minutes)
    if minutes:
        assert moved.wall == moved.utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def test_a_schedule_over_the_clock_change() -> None:
    schedule = steps(wall_time("2027-03-21 16:30"), STOCKHOLM, Offset(at=time(2, 30)), [3, 7], 14)

    assert schedule.first.utc == utc("2027-03-21 01:30")
    assert [reminder.utc for reminder in schedule.reminders] == [
        utc("2027-03-24 01:30"),
        utc("2027-03-28 01:00"),
    ]
    assert schedule.closes.utc == utc("2027-04-04 00:30")
    assert schedule.closes.wall == wall_time("2027-04-04 02:30")


def test_reminders_count_from_the_first_mail() -> None:
    schedule = steps(wall_time("2026-12-01 22:30"), STOCKHOLM, Offset(minutes=120), [3], 4)

    assert schedule.first.wall == wall_time("2026-12-02 00:30")
    assert schedule.reminders[0].wall == wall_time("2026-12-05 00:30")
    assert schedule.closes.wall == wall_time("2026-12-06 00:30")


def test_no_reminders_is_a_schedule() -> None:
    assert steps(wall_time("2026-12-01 18:00"), STOCKHOLM, Offset(), [], 1).reminders == ()


@pytest.mark.parametrize(
    ("reminders", "closing", "error", "parameters"),
    [
        ([14], 14, ReminderAfterClosing, {"days": 14, "close_after_days": 14}),
        ([3, 15], 14, ReminderAfterClosing, {"days": 15, "close_after_days": 14}),
        ([7, 3], 14, RemindersUnordered, {"earlier": 7, "later": 3}),
        ([3, 3], 14, RemindersUnordered, {"earlier": 3, "later": 3}),
        ([-1, 3], 14, ReminderNotLater, {"days": -1}),
        ([0], 14, ReminderNotLater, {"days": 0}),
        ([], 0, ClosesTooSoon, {"close_after_days": 0}),
        ([], -2, ClosesTooSoon, {"close_after_days": -2}),
    ],
)
def test_impossible_steps_are_named(
    reminders: list[int], closing: int, error: type[ValueError], parameters: dict[str, int]
) -> None:
    with pytest.raises(error) as refused:
        steps(wall_time("2026-12-01 18:00"), STOCKHOLM, Offset(), reminders, closing)

    assert vars(refused.value) == parameters


@given(
    walls,
    zones,
    st.integers(-5000, 5000),
    st.lists(st.integers(1, 60), unique=True).map(sorted),
    st.integers(61, 90),
)
def test_a_schedule_runs_forward(
    wall: datetime, zone: str, minutes: int, days: list[int], closing: int
) -> None:
    schedule = steps(wall, zone, Offset(minutes=minutes), days, closing)
    moments = [schedule.first.utc, *(reminder.utc for reminder in schedule.reminders), schedule.closes.utc]

    assert moments == sorted(set(moments))


DUE, CLOSES = "2026-12-01 18:00", "2026-12-15 18:00"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-01 17:59:59", "wait"),
        ("2026-12-01 18:00", "send"),
        ("2026-12-03 18:00", "send"),
        ("2026-12-03 18:00:01", "missed"),
        ("2026-12-15 18:00", "missed"),
    ],
)
def test_verdict(now: str, expected: str) -> None:
    assert verdict(utc(DUE), utc(now), timedelta(days=2), utc(CLOSES)) == expected


@pytest.mark.parametrize(
    ("now", "expected"), [("2026-12-01 18:59:59", "send"), ("2026-12-01 19:00", "missed")]
)
def test_nothing_is_sent_once_it_has_closed(now: str, expected: str) -> None:
    assert verdict(utc(DUE), utc(now), timedelta(days=2), utc("2026-12-01 19:00")) == expected


def test_what_closed_before_it_was_due_is_missed() -> None:
    assert verdict(utc(DUE), utc("2026-11-30 12:00"), timedelta(days=2), utc("2026-11-30 12:00")) == "missed"


def test_a_verdict_in_a_zone_with_a_clock_change_is_that_in_utc() -> None:
    place = ZoneInfo(STOCKHOLM)
    due = utc("2026-10-25 00:50").astimezone(place)  # 02:50, the first time
    now = utc("2026-10-25 01:10").astimezone(place)  # 02:10, the second time: twenty minutes later

    assert verdict(due, now, timedelta(minutes=30), utc(CLOSES)) == "send"
    assert (
        verdict(due, now, timedelta(minutes=19), utc(CLOSES).astimezone(timezone(timedelta(hours=9))))
        == "missed"
    )


def test_an_endless_catch_up_is_fine_and_a_negative_one_is_not() -> None:
    assert verdict(utc(DUE), utc("2026-12-10 00:00"), timedelta.max, utc(CLOSES)) == "send"
    with pytest.raises(ValueError, match="late"):
        verdict(utc(DUE), utc(DUE), timedelta(seconds=-1), utc(CLOSES))


@pytest.mark.parametrize(
    ("attempt", "jitter", "seconds"),
    [
        (1, 0.0, 30),
        (1, 0.5, 45),
        (2, 0.0, 60),
        (3, 0.5, 180),
        (6, 0.0, 960),
        (7, 0.0, 1800),
        (7, 0.5, 2700),
        (10**9, 0.0, 1800),
    ],
)
def test_backoff(attempt: int, jitter: float, seconds: int) -> None:
    assert backoff(attempt, jitter) == timedelta(seconds=seconds)


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_backoff_is_capped_and_never_at_once(attempt: int, jitter: float) -> None:
    wait = backoff(attempt, jitter)

    assert timedelta(seconds=30) <= wait <= LONGEST_WAIT
    assert backoff(attempt + 1, jitter) >= wait


@pytest.mark.parametrize(("attempt", "jitter"), [(0, 0.5), (-1, 0.5), (1, 1.0), (1, -0.1), (1, float("nan"))])
def test_backoff_refuses_what_it_cannot_count(attempt: int, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"attempts|jitter"):
        backoff(attempt, jitter)
