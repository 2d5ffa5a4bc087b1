"""An organiser plans a series in the browser: made, its occasions added, moved, cancelled, held again."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.installation import Installation
from surveys.models.message import Message
from surveys.models.programme import Occasion, OccasionChange, Series
from tests.support.pages import forms_of, send

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten"
COURSE = f"{HERE}/insatser/kurs"
ZONE = "Europe/Stockholm"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def words(answer: TestResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return re.sub(r"\s+", " ", text).replace("\u00a0", " ").replace(" ,", ",")


def fill(client: FlaskClient, address: str, **typed: str) -> TestResponse:
    """Open a page with a form that goes to itself, fill it in and send it."""
    return send(client, client.get(address), address, **typed)


def agree(client: FlaskClient, shown: TestResponse, address: str, **more: str) -> TestResponse:
    """Say yes to what a page shows."""
    return send(client, shown, address, sure="1", **more)


def occasion(installation: Installation, code: str, series: str = "kurs") -> Occasion | None:
    with installation.database.reading() as session:
        wanted = select(Occasion).join(Occasion.series).where(Occasion.code == code, Series.code == series)
        found = session.scalar(wanted)
        session.expunge_all()
        return found


def test_a_series_from_nothing_to_its_calendar(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    made = fill(organiser, f"{HERE}/ny-insats", title="Ledare, omgång 1", attendance_kept="y")
    assert made.location == f"{HERE}/insatser/ledare-omgang-1"
    empty = organiser.get(made.location)
    assert "Add the occasions first" in words(empty)
    there = f"{made.location}/nya-tillfallen"
    assert f'href="{there}"' in empty.text
    shown = fill(
        organiser,
        there,
        title="Halvdag",
        how="pace",
        first_day="2027-06-11",
        weeks="2",
        count="3",
        kind="session",
        measured="y",
    )
    text = words(shown)
    assert "1. Halvdag: Fri 11 June 2027 at 13:00–16:00" in text
    assert "2. Halvdag: Fri 25 June 2027 at 13:00–16:00 holiday or its eve" in text
    assert occasion(sqlite_installation, "t1", "ledare-omgang-1") is None
    assert agree(organiser, shown, "/nya-tillfallen").location == made.location
    assert words(organiser.get(made.location)).count("Halvdag") == 3
    again = agree(organiser, shown, "/nya-tillfallen")
    assert again.status_code == 409
    assert "Nothing has been added now." in words(again)
    assert words(organiser.get(made.location)).count("Halvdag") == 3
    assert "Week 25" in words(organiser.get(f"{made.location}/tillfallen"))
    assert "Halvdag" in words(organiser.get(f"{HERE}/tillfallen?vy=vecka&vecka=2027-W25"))


def test_pasted_lines_tell_all_that_is_wrong_and_keep_what_was_pasted(organiser: FlaskClient) -> None:
    lines = "2027-03-01 13-16\nhej\n2027-02-30"
    answer = fill(organiser, f"{COURSE}/nya-tillfallen", title="Halvdag", how="lines", lines=lines)
    assert answer.status_code == 422
    assert "Line 2: This is not a date" in words(answer)
    assert "Line 3: There is no such day" in words(answer)
    assert "2027-02-30" in forms_of(answer)[f"{COURSE}/nya-tillfallen"]["lines"]


def test_of_the_days_of_many_occasions_nothing_is_called_optional(organiser: FlaskClient) -> None:
    text = words(organiser.get(f"{COURSE}/nya-tillfallen"))
    for label in ("First day", "How many", "Dates"):
        assert label in text
        assert f"{label} (optional)" not in text
    assert "Place (optional)" in text


def test_pasted_lines_may_have_all_the_times_but_an_even_pace_needs_its_own(organiser: FlaskClient) -> None:
    there = f"{COURSE}/nya-tillfallen"
    none = {"title": "Halvdag", "starts_time": "", "ends_time": ""}
    lines = fill(organiser, there, **none, how="lines", lines="2027-03-01 13-16\n2027-03-02 9-12")
    assert lines.status_code == 200
    pace = fill(organiser, there, **none, how="pace", first_day="2027-03-01", weeks="1", count="2")
    assert pace.status_code == 422
    assert 'id="starts_time-error"' in pace.text
    assert 'id="ends_time-error"' in pace.text


def test_what_was_written_can_be_changed_after_it_was_shown(organiser: FlaskClient) -> None:
    there = f"{COURSE}/nytt-tillfalle"
    shown = fill(
        organiser, there, title="Fjärde", starts_day="2027-05-04", timezone=ZONE, measured="y", number="4"
    )
    assert "Add 1 occasion and 4 mailings" in words(shown)
    again = send(organiser, shown, there, edit="1")
    assert forms_of(again)[there]["title"] == "Fjärde"
    assert forms_of(again)[there]["starts_day"] == "2027-05-04"


def test_an_occasion_moves_with_its_mailings_once_it_was_shown(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    there = f"{COURSE}/tillfallen/t2/flytta"
    shown = fill(organiser, there, starts_day="2027-03-09", timezone=ZONE, why="Lokalen")
    text = words(shown)
    assert "Tue 2 March 2027 at 13:00–16:30 Tue 9 March 2027 at 13:00–16:30" in text
    assert "Move the occasion and 4 mailings" in text
    before = occasion(sqlite_installation, "t2")
    assert before is not None
    assert before.sequence == 0
    done = agree(organiser, shown, "/flytta")
    assert done.status_code == 303
    page = words(organiser.get(done.location))
    assert "Tue 9 March 2027 at 13:00–16:30" in page
    assert "What it was before Tue 2 March 2027 at 13:00–16:30" in page
    # pressed twice: it is as it was wanted, and nothing more happens
    again = agree(organiser, shown, "/flytta")
    assert again.status_code in {409, 422}
    moved = occasion(sqlite_installation, "t2")
    assert moved is not None
    assert moved.sequence == 1


def test_those_who_had_mail_are_told_even_of_what_has_been(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    there = f"{COURSE}/tillfallen/t1/flytta"
    shown = fill(organiser, there, starts_day="2027-02-09", timezone=ZONE)
    assert "persons are told of the change 9" in words(shown)
    assert agree(organiser, shown, "/flytta", quiet_override="y").status_code == 303
    with sqlite_installation.database.reading() as session:
        told = session.scalars(select(Message).where(Message.kind == "moved")).all()
        assert len(told) == 9
        assert all(each.quiet_override for each in told)


def test_a_time_that_cannot_be_is_said_at_its_field(organiser: FlaskClient) -> None:
    there = f"{COURSE}/tillfallen/t2/flytta"
    for typed, said in (
        ({"ends_time": "12:00"}, "The end has to come after the start."),
        ({"starts_day": ""}, "Fill this in."),
        ({"starts_day": "2027-02-30"}, "There is no such day in the calendar."),
        ({"starts_day": "9999-12-31"}, "The year has to be between 2000 and 2199."),
        ({"timezone": "Mars/Olympus"}, "There is no such time zone."),
        ({"place": "x" * 201}, "This is too long."),
        ({"place": "a\0b"}, "This holds characters"),
        ({"why": "x" * 201}, "This is too long."),
        ({}, "Nothing is different from what is saved."),
    ):
        answer = fill(organiser, there, **({"timezone": ZONE} | typed))
        assert said in words(answer), typed
        assert "<title>Error: " in answer.text
        assert answer.status_code in {422, 200}, typed


def test_somebody_else_moved_it_meanwhile(organiser: FlaskClient) -> None:
    there, zone = f"{COURSE}/tillfallen/t2/flytta", ZONE
    old = organiser.get(there)
    agree(organiser, fill(organiser, there, starts_day="2027-03-09", timezone=zone), "/flytta")
    late = send(organiser, old, there, starts_day="2027-03-16", timezone=zone)
    assert late.status_code == 409
    assert "Somebody else has changed the occasion" in words(late)
    assert forms_of(late)[there]["starts_day"] == "2027-03-16"


def test_the_rest_moves_by_so_many_days(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    there = f"{COURSE}/tillfallen/t2/flytta-resten"
    assert "at least" not in words(fill(organiser, there, days="hej"))
    assert fill(organiser, there, days="hej").status_code == 422
    assert fill(organiser, there, days="99999").status_code == 422
    assert fill(organiser, there, days="0").status_code == 422
    shown = fill(organiser, there, days="−7")
    assert "Move 2 occasions and 6 mailings" in words(shown)
    assert agree(organiser, shown, "/flytta-resten").status_code == 303
    for code, day in (("t1", "2027-02-02"), ("t2", "2027-02-23"), ("t3", "2027-03-30")):
        found = occasion(sqlite_installation, code)
        assert found is not None
        assert found.starts_wall is not None
        assert found.starts_wall.date().isoformat() == day


def test_an_occasion_is_cancelled_and_held_after_all(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    there = f"{COURSE}/tillfallen/t2"
    shown = organiser.get(f"{there}/stall-in")
    assert "Cancel the occasion and 4 mailings" in words(shown)
    assert agree(organiser, shown, "/stall-in", why="Sjukdom").location == there
    page = organiser.get(there)
    assert "The occasion is cancelled." in words(page)
    # the old page again: somebody has changed it, so look again; and then it is like that already
    assert agree(organiser, shown, "/stall-in").location == f"{there}/stall-in"
    assert organiser.get(f"{there}/stall-in").location == there
    back = organiser.get(f"{there}/genomfor")
    assert "Hold the occasion after all and plan 4 mailings" in words(back)
    assert agree(organiser, back, "/genomfor").location == there
    with sqlite_installation.database.reading() as session:
        assert len(session.scalars(select(OccasionChange)).all()) == 2


def test_what_has_been_mailed_about_is_kept_and_what_has_not_is_removed(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    kept = organiser.get(f"{COURSE}/tillfallen/t1/ta-bort")
    assert "People have had mail about this occasion." in words(kept)
    assert f'href="{COURSE}/tillfallen/t1/stall-in"' in kept.text
    shown = organiser.get(f"{COURSE}/tillfallen/t3/ta-bort")
    assert agree(organiser, shown, "/ta-bort").location == COURSE
    assert occasion(sqlite_installation, "t3") is None
    assert organiser.get(f"{COURSE}/tillfallen/t3").status_code == 404


def test_an_occasion_is_described_anew(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    there = f"{COURSE}/tillfallen/t3/andra"
    old = organiser.get(there)
    assert fill(organiser, there, title="Tredje gången", kind="meeting").status_code == 303
    late = send(organiser, old, there, title="En annans", kind="meeting")
    assert late.status_code == 409
    assert "Tredje gången" in words(late)
    measured = fill(organiser, there, title="Tredje gången", kind="meeting", measured="y", themes="Ansvar")
    assert "Save the occasion and change 4 mailings" in words(measured)
    assert agree(organiser, measured, "/andra").status_code == 303
    bad = fill(organiser, there, title="", kind="meeting", number="-1", themes="A. x\nA. y")
    assert bad.status_code == 422
    assert "Two themes have the same letter." in words(bad)


def test_the_dates_of_a_series_move_what_counts_from_them(organiser: FlaskClient) -> None:
    there = f"{COURSE}/andra"
    shown = fill(organiser, there, ends_on="2027-05-03", attendance_kept="y", subproject="del")
    assert "Save the series and change 2 mailings" in words(shown)
    assert agree(organiser, shown, "/andra").location == COURSE
    assert fill(organiser, there, title="", subproject="del").status_code == 422
    assert fill(organiser, there, subproject="okänt").status_code == 422


def test_a_round_is_held_again_when_it_is_confirmed(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    made = fill(organiser, f"{COURSE}/ny-omgang", title="Omgång 2", starts_on="2027-09-07")
    assert made.location == f"{HERE}/insatser/omgang-2"
    off = "Its rules send nothing until somebody has looked through its dates and confirmed the round."
    assert off in words(organiser.get(made.location))
    shown = organiser.get(f"{made.location}/bekrafta")
    text = words(shown)
    assert "Nobody takes part yet." in text
    assert "Confirm the round and plan 12 mailings" in text
    assert agree(organiser, shown, "/bekrafta").location == made.location
    now_on = words(organiser.get(made.location))
    assert "The round is confirmed. Its mailings go as planned." in now_on
    assert off not in now_on
    assert agree(organiser, shown, "/bekrafta").location == made.location
    bad = fill(organiser, f"{COURSE}/ny-omgang", title="", starts_on="2027-02-30")
    assert bad.status_code == 422
    assert "<title>Error: " in bad.text
    assert {
        "Name of the new round: Fill this in.",
        "First day of the new round: There is no such day in the calendar.",
    } <= set(re.findall(r'<a href="#\w+">([^<]+)</a>', bad.text))


@pytest.mark.parametrize("week", ["2027-W54", "0000-W01", "9999-W52", "x", "2027-W00", "2027-W٠١"])
def test_a_strange_week_is_the_next_one_with_something_in_it(organiser: FlaskClient, week: str) -> None:
    answer = organiser.get(f"{COURSE}/tillfallen", query_string={"vy": "vecka", "vecka": week})
    assert answer.status_code == 200
    assert "Första tillfället" in words(answer)
