"""What a form may say of a series and an occasion, and pasted dates: tables of cases."""

from datetime import date, datetime, time

import pytest

from surveys.domain.occasion import a_clock, both, described, placed, themes_in
from surveys.domain.pasted_dates import BadLines, Dated, pasted, recurring
from surveys.domain.series import BadField, BadFields, code_from
from surveys.domain.series import described as series_described

ZONE = "Europe/Stockholm"
WHEN = {
    "starts_day": "2027-03-01",
    "starts_time": "13:00",
    "ends_time": "16:30",
    "timezone": ZONE,
}


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("line", "starts", "ends", "title"),
    [
        ("2027-03-01", "2027-03-01 13:00", "2027-03-01 16:00", ""),
        ("2027-03-01 9-12", "2027-03-01 09:00", "2027-03-01 12:00", ""),
        ("2027-03-01\t09:00\t12:00\tHalvdag", "2027-03-01 09:00", "2027-03-01 12:00", "Halvdag"),
        ("2027-03-01 09:00:00 12:00:00", "2027-03-01 09:00", "2027-03-01 12:00", ""),
        ("tis 1 dec 2026 kl. 13.00–16.30", "2026-12-01 13:00", "2026-12-01 16:30", ""),
        ("den 5 maj 2027 kl 13-16; Om bemötande", "2027-05-05 13:00", "2027-05-05 16:00", "Om bemötande"),
        ("Monday 1 March 2027 at 13:00-16:00", "2027-03-01 13:00", "2027-03-01 16:00", ""),
        ("1/3 2027", "2027-03-01 13:00", "2027-03-01 16:00", ""),
        ("1.3.2027, Avslutning", "2027-03-01 13:00", "2027-03-01 16:00", "Avslutning"),
        ("2027-03-01 14.30", "2027-03-01 14:30", "2027-03-01 16:00", ""),
        (
            "2027-03-01 09:00 – 2027-03-03 15:00 Resan",
            "2027-03-01 09:00",
            "2027-03-03 15:00",
            "Resan",
        ),
        ("2027-03-01 3 sätt att lyssna", "2027-03-01 13:00", "2027-03-01 16:00", "3 sätt att lyssna"),
        ("29 februari 2028", "2028-02-29 13:00", "2028-02-29 16:00", ""),
    ],
)
def test_a_pasted_line(line: str, starts: str, ends: str, title: str) -> None:
    assert pasted(line, time(13), time(16), ZONE) == (Dated(wall(starts), wall(ends), title),)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("hej", "not_a_date"),
        ("2027-02-30", "no_such_day"),
        ("30 februari 2027", "no_such_day"),
        ("1 kvartal 2027", "not_a_date"),
        ("9999-01-01", "year_out_of_range"),
        ("2027-03-01 25:00", "not_a_time"),
        ("2027-03-01 13-25", "not_a_time"),
        ("2027-03-01 16-13", "ends_before_start"),
        ("2027-03-01 09:00 – 2028-03-03 15:00", "lasts_too_long"),
        ("2027-03-01 " + "å" * 201, "too_long"),
        ("2027-03-01 \x07", "bad_characters"),
        ("2027-03-01 \ud800", "bad_characters"),
    ],
)
def test_a_line_that_is_no_date(line: str, code: str) -> None:
    with pytest.raises(BadLines) as caught:
        pasted(f"2027-01-01\n\n{line}", time(13), time(16), ZONE)
    assert [(fault.line, fault.code) for fault in caught.value.faults] == [(3, code)]


def test_all_faulty_lines_are_told_at_once() -> None:
    with pytest.raises(BadLines) as caught:
        pasted("2027-03-01\r\n2027-03-01\r\nhej\r\n2027-02-30", time(13), time(16), ZONE)
    found = [(fault.line, fault.code) for fault in caught.value.faults]
    assert found == [(2, "twice"), (3, "not_a_date"), (4, "no_such_day")]


@pytest.mark.parametrize(
    ("text", "code"), [("", "no_lines"), (" \n \n", "no_lines"), ("2027-03-01\n" * 101, "too_many")]
)
def test_lines_that_are_too_few_or_too_many(text: str, code: str) -> None:
    with pytest.raises(BadLines) as caught:
        pasted(text, time(13), time(16), ZONE)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_a_line_needs_a_time_from_somewhere() -> None:
    with pytest.raises(BadLines, match="no_time"):
        pasted("2027-03-01", None, None, ZONE)
    assert len(pasted("2027-03-01 13-16", None, None, ZONE)) == 1


def test_an_even_pace_keeps_the_clock_over_its_change() -> None:
    first = Dated(wall("2027-03-22 13:00"), wall("2027-03-22 16:00"))
    found = recurring(first, 2, 3)
    assert [each.starts for each in found] == [
        wall(day) for day in ("2027-03-22 13:00", "2027-04-05 13:00", "2027-04-19 13:00")
    ]


def test_an_even_pace_ends_with_the_years() -> None:
    with pytest.raises(BadField, match="year_out_of_range"):
        recurring(Dated(wall("2199-12-20 13:00"), wall("2199-12-20 16:00")), 1, 3)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"starts_day": ""}, "starts_day", "blank"),
        ({"starts_day": "2027-02-30"}, "starts_day", "no_such_day"),
        ({"starts_day": "i morgon"}, "starts_day", "not_a_date"),
        ({"starts_day": "9999-12-31"}, "starts_day", "year_out_of_range"),
        ({"starts_time": ""}, "starts_time", "blank"),
        ({"starts_time": "24:00"}, "starts_time", "not_a_time"),
        ({"ends_time": "12:00"}, "ends_time", "ends_before_start"),
        ({"ends_day": "2027-02-28"}, "ends_time", "ends_before_start"),
        ({"ends_day": "2028-03-01"}, "ends_time", "lasts_too_long"),
        ({"timezone": "Mars/Olympus"}, "timezone", "unknown_zone"),
        ({"timezone": "../etc/passwd"}, "timezone", "unknown_zone"),
        ({"place": "x" * 201}, "place", "too_long"),
        ({"place": "a\0b"}, "place", "bad_characters"),
    ],
)
def test_a_time_that_cannot_be(change: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(BadFields) as caught:
        placed(WHEN | change)
    assert caught.value.faults == {field: code}


def test_a_trip_lasts_several_days_and_a_date_may_be_unknown() -> None:
    trip = placed(WHEN | {"ends_day": "2027-03-04", "ends_time": "9.30", "timezone": "Europe/London"})
    assert (trip.starts, trip.ends) == (wall("2027-03-01 13:00"), wall("2027-03-04 09:30"))
    unknown = placed({"timezone": ZONE, "place": "  Storgatan   1 "})
    assert (unknown.starts, unknown.ends, unknown.place) == (None, None, "Storgatan 1")


def test_an_occasion_within_the_skipped_hour_has_no_end() -> None:
    with pytest.raises(BadFields) as caught:
        placed({**WHEN, "starts_day": "2027-03-28", "starts_time": "02:10", "ends_time": "02:50"})
    assert caught.value.faults == {"ends_time": "ends_before_start"}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": "  "}, "title", "blank"),
        ({"title": "å" * 201}, "title", "too_long"),
        ({"number": "ett"}, "number", "not_a_number"),
        ({"number": "²"}, "number", "not_a_number"),
        ({"number": "-1"}, "number", "out_of_range"),
        ({"number": "10000"}, "number", "out_of_range"),
        ({"kind": "fest"}, "kind", "not_a_choice"),
        ({"round": "x" * 65}, "round", "too_long"),
        ({"themes": "A. Ett\nA. Två"}, "themes", "theme_twice"),
        ({"themes": "\n".join("tema" for _ in range(27))}, "themes", "too_many"),
        ({"themes": "a\0"}, "themes", "bad_characters"),
    ],
)
def test_a_description_that_cannot_be(change: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(BadFields) as caught:
        described({"title": "Första"} | change)
    assert caught.value.faults == {field: code}


def test_faults_of_both_halves_come_at_once() -> None:
    with pytest.raises(BadFields) as caught:
        both({"title": "", "number": "x", "starts_day": "x", "timezone": ZONE})
    assert set(caught.value.faults) == {"title", "number", "starts_day", "starts_time", "ends_time"}


def test_themes_get_letters_where_they_have_none() -> None:
    assert themes_in("Ansvar\r\n\r\nBemötande") == {"A": "Ansvar", "B": "Bemötande"}
    assert themes_in("A. Ansvar\nC) Cirklar\nD: Dialog") == {"A": "Ansvar", "C": "Cirklar", "D": "Dialog"}


def test_a_clock_is_written_with_a_point_or_a_colon() -> None:
    assert a_clock("9.05") == a_clock("09:05") == time(9, 5)


@pytest.mark.parametrize(
    ("title", "taken", "code"),
    [
        ("Ledare, omgång 2", set(), "ledare-omgang-2"),
        ("Ledare", {"ledare"}, "ledare-2"),
        ("Ledare", {"ledare", "ledare-2"}, "ledare-3"),
        ("研修", set(), "insats"),
        ("🎉", {"insats"}, "insats-2"),
        ("x" * 100, set(), "x" * 40),
    ],
)
def test_a_code_is_made_from_a_title(title: str, taken: set[str], code: str) -> None:
    assert code_from(title, taken, "insats") == code


def test_a_series_ends_when_it_begins_or_later() -> None:
    fields = {"title": "Kursen", "starts_on": "2027-03-01", "ends_on": "2027-02-01"}
    with pytest.raises(BadFields) as caught:
        series_described(fields | {"completion_minimum": "0"})
    assert caught.value.faults == {"ends_on": "ends_before_start", "completion_minimum": "out_of_range"}
    assert series_described(fields | {"ends_on": "2027-3-1"}).ends_on == date(2027, 3, 1)
