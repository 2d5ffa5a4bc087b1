"""Quiet hours, weekends and holidays: the next moment at which mail may go, and the steps that give way."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from surveys.calendar_days import is_quiet_day
from surveys.domain.quiet import Allowed, Held, NeverAllowed, Plan, Quiet, Step, next_allowed, plan
from surveys.domain.timing import Moment, OutsideCalendar, to_utc, to_wall, wall_time

STOCKHOLM = "Europe/Stockholm"
NIGHTS = Quiet(time(20), time(7))
WHOLE = Quiet(time(20), time(7), weekends=True, holidays=True)
NOON = Quiet(time(12), time(13))
FREE_DAYS = Quiet(weekends=True, holidays=True)


def no_holiday(_day: date) -> bool:
    return False


@pytest.mark.parametrize(
    ("quiet", "wall", "allowed", "why"),
    [
        (Quiet(), "2026-12-05 03:00", "2026-12-05 03:00", None),
        (NIGHTS, "2026-12-01 19:59", "2026-12-01 19:59", None),
        (NIGHTS, "2026-12-01 20:00", "2026-12-02 07:00", "quiet_hours"),
        (NIGHTS, "2026-12-01 23:59:59", "2026-12-02 07:00", "quiet_hours"),
        (NIGHTS, "2026-12-02 00:00", "2026-12-02 07:00", "quiet_hours"),
        (NIGHTS, "2026-12-02 06:59", "2026-12-02 07:00", "quiet_hours"),
        (NIGHTS, "2026-12-02 07:00", "2026-12-02 07:00", None),
        (NOON, "2026-12-02 12:30", "2026-12-02 13:00", "quiet_hours"),
        (NOON, "2026-12-02 11:59", "2026-12-02 11:59", None),
        (FREE_DAYS, "2026-12-05 10:00", "2026-12-07 00:00", "weekend"),
        (WHOLE, "2026-12-04 21:00", "2026-12-07 07:00", "weekend"),
        (WHOLE, "2026-12-04 19:00", "2026-12-04 19:00", None),
        # Midsummer 2027: the eve is a Friday
        (WHOLE, "2027-06-24 18:30", "2027-06-24 18:30", None),
        (WHOLE, "2027-06-24 20:30", "2027-06-28 07:00", "holiday"),
        (WHOLE, "2027-06-25 09:00", "2027-06-28 07:00", "holiday"),
        (Quiet(holidays=True), "2027-06-25 09:00", "2027-06-27 00:00", "holiday"),
        # Christmas 2026: Thursday's eve to Sunday, then a working day
        (WHOLE, "2026-12-24 08:00", "2026-12-28 07:00", "holiday"),
        (WHOLE, "2026-12-31 08:00", "2027-01-04 07:00", "holiday"),
        # Easter 2027 with the change of the clocks on Easter Sunday
        (WHOLE, "2027-03-25 21:00", "2027-03-30 07:00", "holiday"),
        (Quiet(time(22), time(2, 30)), "2027-03-27 23:00", "2027-03-28 03:00", "quiet_hours"),
    ],
)
def test_the_next_allowed_moment(quiet: Quiet, wall: str, allowed: str, why: str | None) -> None:
    moment, code = next_allowed(to_utc(wall_time(wall), STOCKHOLM), STOCKHOLM, quiet, is_quiet_day)
    assert (to_wall(moment, STOCKHOLM), code) == (wall_time(allowed), why)
    again = next_allowed(moment, STOCKHOLM, quiet, is_quiet_day)
    assert again == (moment, None), "an allowed moment stays"


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    quiet = Quiet(time(1), time(2, 30))
    first, second = (datetime(2026, 10, 25, hour, 15, tzinfo=UTC) for hour in (0, 1))
    assert to_wall(first, STOCKHOLM) == to_wall(second, STOCKHOLM) == wall_time("2026-10-25 02:15")
    assert next_allowed(first, STOCKHOLM, quiet, no_holiday)[0] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_allowed(second, STOCKHOLM, quiet, no_holiday)[0] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_quiet_goes_by_the_clock_of_the_receivers() -> None:
    moment = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)
    assert next_allowed(moment, "Europe/London", NIGHTS, no_holiday) == (moment, None)
    assert next_allowed(moment, STOCKHOLM, NIGHTS, no_holiday)[1] == "quiet_hours"


def test_where_everything_is_quiet_it_says_so() -> None:
    whole_day = Quiet(time(8), time(8))
    assert whole_day.never
    with pytest.raises(NeverAllowed):
        next_allowed(datetime(2026, 12, 1, tzinfo=UTC), STOCKHOLM, whole_day, no_holiday)
    with pytest.raises(NeverAllowed):
        next_allowed(datetime(2026, 12, 1, tzinfo=UTC), STOCKHOLM, FREE_DAYS, lambda _day: True)
    with pytest.raises(OutsideCalendar):
        next_allowed(datetime(9999, 12, 31, 20, tzinfo=UTC), "UTC", NIGHTS, no_holiday)


@pytest.mark.parametrize(
    ("day", "quiet"),
    [
        ("2027-06-25", True),  # Midsummer's eve
        ("2027-06-24", False),
        ("2026-12-24", True),
        ("2026-12-31", True),
        ("2027-01-06", True),
        ("2027-05-06", True),  # Ascension Day
        ("2027-05-07", False),
        ("2026-12-06", False),  # a Sunday and nothing more
        ("2027-03-25", False),  # Maundy Thursday
    ],
)
def test_swedish_holidays_and_their_eves(day: str, quiet: bool) -> None:
    assert is_quiet_day(date.fromisoformat(day)) is quiet


# Steps


def allowed(quiet: Quiet) -> Allowed:
    return Allowed(STOCKHOLM, quiet, is_quiet_day)


def at(wall: str, zone: str = STOCKHOLM) -> Moment:
    return Moment(to_utc(wall_time(wall), zone), wall_time(wall), zone)


def planned(first: str, later: list[int], quiet: Quiet, held: tuple[Held, ...] = ()) -> Plan:
    return plan(allowed(quiet).step(at(first)), later, 14, held, allowed(quiet))


def walls(found: Plan) -> list[str]:
    return [f"{each.due.wall:%a %d %H:%M}" for each in found.steps]


def test_steps_count_from_when_the_first_mail_really_goes() -> None:
    found = planned("2026-12-04 21:00", [3, 7], WHOLE)
    assert walls(found) == ["Mon 07 07:00", "Thu 10 07:00", "Mon 14 07:00"]
    assert found.closes == at("2026-12-21 07:00")
    assert [each.deferral for each in found.steps] == ["weekend", None, None]
    assert found.steps[0].intended == at("2026-12-04 21:00")


def test_two_steps_never_land_closer_than_a_day() -> None:
    found = planned("2026-12-03 18:30", [2, 3], WHOLE)  # Saturday and Sunday
    assert walls(found) == ["Thu 03 18:30", "Mon 07 07:00", "Tue 08 07:00"]
    assert [each.intended for each in found.steps[1:]] == [at("2026-12-05 18:30"), at("2026-12-06 18:30")]
    assert found.steps[2].deferral == "weekend"


def test_a_reminder_can_be_put_off_beyond_closing() -> None:
    first = allowed(FREE_DAYS).step(at("2026-12-23 18:30"))
    found = plan(first, [1], 2, (), allowed(FREE_DAYS))
    assert found.steps[1].due.utc > found.closes.utc


def test_what_is_set_by_hand_stays_and_the_rest_counts_from_it() -> None:
    pinned = (Held(at=at("2026-12-05 03:00")),)
    assert walls(planned("2026-12-03 18:30", [3], WHOLE, pinned)) == ["Sat 05 03:00", "Tue 08 07:00"]
    override = (Held(override=True), Held(override=True))
    assert walls(planned("2026-12-05 18:30", [1], WHOLE, override)) == ["Sat 05 18:30", "Sun 06 18:30"]


def test_a_reminder_keeps_its_distance_to_what_has_gone() -> None:
    held = (Held(), Held(went=at("2026-12-08 09:00")))
    assert walls(planned("2026-12-02 18:30", [3, 6], NIGHTS, held))[2] == "Wed 09 09:00"


def test_a_trip_abroad_keeps_its_clock_and_the_quiet_of_home() -> None:
    meant = Moment(
        to_utc(wall_time("2026-12-01 19:30"), "Europe/London"), wall_time("2026-12-01 19:30"), "Europe/London"
    )
    step = allowed(NIGHTS).step(meant)
    assert (step.due.wall, step.due.zone, step.deferral) == (
        wall_time("2026-12-02 06:00"),
        "Europe/London",
        "quiet_hours",
    )


def test_without_quiet_times_nothing_is_moved() -> None:
    step = allowed(Quiet()).step(at("2026-12-05 03:00"))
    assert step == Step(at("2026-12-05 03:00"), at("2026-12-05 03:00"))
    assert timedelta(0) == step.due.utc - step.intended.utc
