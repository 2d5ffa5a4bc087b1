"""Attendance as the organiser records it: list, file, codes, hours."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from surveys.installation import Installation
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant, PersonalPage
from surveys.models.programme import Occasion, Series
from surveys.register import own_page
from tests.support.pages import forms_of, send
from tests.support.staffed import signed_in

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten/insatser/kurs/narvaro"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture
def client(sqlite_app: Flask) -> FlaskClient:
    return signed_in(sqlite_app, "organiser")


def number(installation: Installation, code: str) -> int:
    with installation.database.reading() as session:
        return session.scalars(select(Enrolment.id).join(Participant).where(Participant.code == code)).one()


def recorded(
    installation: Installation, occasion: str
) -> dict[str, tuple[bool, str | None, int | None, str]]:
    with installation.database.reading() as session:
        rows = session.scalars(select(Attendance).join(Occasion).where(Occasion.code == occasion))
        return {
            row.enrolment.participant.code: (
                row.present,
                row.theme.code if row.theme else None,
                row.minutes,
                row.source,
            )
            for row in rows
        }


def tick(client: FlaskClient, page: TestResponse, occasion: str, **typed: str) -> TestResponse:
    """Send the list of ``page`` as a browser does, but only the rows that ``typed`` is about."""
    fields = forms_of(page)[f"{HERE}/{occasion}"]
    rows = {name[2:] for name in typed}
    sent = {name: value for name, value in fields.items() if name[1:2] != "-" or name[2:] in rows}
    return client.post(f"{HERE}/{occasion}", data=sent | typed)


def follow(client: FlaskClient, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def test_the_series_overview(client: FlaskClient) -> None:
    page = client.get(HERE).text
    assert "11 persons take part." in page
    assert f'href="{HERE}/t1"' in page
    assert 'href="/projekt/liten/timmar.csv"' in page


def test_ticking_the_list(client: FlaskClient, installation: Installation) -> None:
    p08, p09 = number(installation, "p08"), number(installation, "p09")
    page = client.get(f"{HERE}/t2")
    typed = {f"p-{p08}": "1", f"t-{p08}": "C", f"m-{p08}": "90", f"p-{p09}": "0"}
    answer = tick(client, page, "t2", **typed)
    assert "The attendance of 2 persons is saved." in follow(client, answer)
    found = recorded(installation, "t2")
    assert found["p08"] == (True, "C", 90, "staff")
    assert found["p09"] == (False, None, None, "staff")
    assert len(found) == 9
    assert found["p01"][3] == "import"  # what nobody touched is as it was


def test_a_theme_says_that_somebody_was_there(client: FlaskClient, installation: Installation) -> None:
    p08 = number(installation, "p08")
    tick(client, client.get(f"{HERE}/t2"), "t2", **{f"t-{p08}": "A"})
    assert recorded(installation, "t2")["p08"] == (True, "A", None, "staff")
    tick(client, client.get(f"{HERE}/t2"), "t2", **{f"t-{p08}": "A", f"p-{p08}": "-"})
    assert "p08" not in recorded(installation, "t2")


def test_everyone_is_filled_in_and_saved_only_by_saving(
    client: FlaskClient, installation: Installation
) -> None:
    page = client.get(f"{HERE}/t3?alla=1")
    assert "11 persons have been filled in as present and are not saved yet." in page.text
    assert page.text.count(" checked") == 11
    assert recorded(installation, "t3") == {}


@pytest.mark.parametrize("minutes", ["en", "-5", "1,5", "9" * 30, "0", "99999999", "\ud83d"])
def test_minutes_that_are_none_come_back(
    client: FlaskClient, installation: Installation, minutes: str
) -> None:
    p08 = number(installation, "p08")
    fields = forms_of(client.get(f"{HERE}/t2"))[f"{HERE}/t2"]
    typed = {f"p-{p08}": "1", f"m-{p08}": minutes.encode("utf-8", "replace").decode()}
    answer = client.post(f"{HERE}/t2", data=fields | typed)
    assert answer.status_code == 422
    assert "Hans Hall: Write whole minutes, such as 90." in answer.text
    assert answer.text.index("error-summary") < answer.text.index("<h1")
    assert "p08" not in recorded(installation, "t2")


def test_two_who_tick_at_once(client: FlaskClient, installation: Installation) -> None:
    p08 = number(installation, "p08")
    mine, theirs = client.get(f"{HERE}/t2"), client.get(f"{HERE}/t2")
    tick(client, theirs, "t2", **{f"p-{p08}": "0"})
    answer = tick(client, mine, "t2", **{f"p-{p08}": "1"})
    assert answer.status_code == 409
    assert "Hans Hall: somebody else has recorded “absent”." in answer.text
    assert recorded(installation, "t2")["p08"][0] is False
    tick(client, answer, "t2", **{f"p-{p08}": "1"})  # both have been seen: now it is a choice
    assert recorded(installation, "t2")["p08"][0] is True


def test_a_form_that_was_tampered_with_saves_nothing(client: FlaskClient, installation: Installation) -> None:
    before = recorded(installation, "t2")
    fields = forms_of(client.get(f"{HERE}/t2"))[f"{HERE}/t2"]
    p08 = number(installation, "p08")
    for typed in (
        {"s-999999999": "::", "p-999999999": "1"},
        {f"p-{p08}": "1", f"t-{p08}": "Ω\0"},
        {"s-0": "1:1:1", "s-x": "", "s-99999999999999": ""},
    ):
        assert client.post(f"{HERE}/t2", data=fields | typed).status_code == 303
    assert recorded(installation, "t2") == before


def test_nothing_to_tick(client: FlaskClient, installation: Installation) -> None:
    with installation.database.transaction() as session:
        session.execute(update(Occasion).where(Occasion.code == "t3").values(cancelled=True))
    assert "Nobody was there, so there is nothing to record." in client.get(f"{HERE}/t3").text
    fields = forms_of(client.get(f"{HERE}/t2"))[f"{HERE}/t2"]
    assert client.post(f"{HERE}/t3", data=fields | {"p-1": "1"}).status_code == 409
    with installation.database.transaction() as session:
        session.execute(update(Series).values(attendance_kept=False))
    assert "No attendance is kept in this series" in client.get(f"{HERE}/t2").text
    assert "No attendance is kept in this series" in client.get(HERE).text
    assert client.get(f"{HERE}/finns-inte").status_code == 404


def test_the_list_on_paper_holds_everybody_and_no_addresses(client: FlaskClient) -> None:
    page = client.get(f"{HERE}/t1/lista").text
    assert "Hans Hall" in page
    assert "@liten.example" not in page


def test_the_list_as_a_file_comes_back_unchanged(client: FlaskClient, installation: Installation) -> None:
    sent = client.get(f"{HERE}/t1/narvaro.csv")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="kurs-t1-2027-02-02.csv"'
    lines = sent.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "code;name;organisation;present;theme;minutes"
    assert lines[1] == "p01;Anna Alm;Arbetsförmedlingen;yes;A;"
    page = upload(client, "t1", sent.data)
    assert page.status_code == 200
    assert "There is nothing to save." in page.text


def upload(client: FlaskClient, occasion: str, raw: bytes) -> TestResponse:
    address = f"{HERE}/{occasion}/fil"
    fields = forms_of(client.get(address))[address]
    return client.post(address, data=fields | {"file": (BytesIO(raw), "lista.csv")})


def test_a_file_is_shown_before_it_is_saved(client: FlaskClient, installation: Installation) -> None:
    raw = "kod;närvarande;tema;minuter\np08;ja;B;45\np01;nej;;\np77;ja;;\np09;kanske;;\n".encode()
    page = upload(client, "t2", raw)
    assert "“p77” does not take part in the series." in page.text
    assert "“kanske” is neither yes nor no." in page.text
    assert "Save the attendance of 2 persons" in page.text
    assert "p08" not in recorded(installation, "t2")
    assert "The attendance of 2 persons is saved." in follow(client, send(client, page, "/fil/spara"))
    assert recorded(installation, "t2")["p08"] == (True, "B", 45, "import")
    assert recorded(installation, "t2")["p01"] == (False, None, None, "import")
    assert send(client, page, "/fil/spara").status_code == 303  # sent twice


def test_a_file_that_was_read_too_long_ago(client: FlaskClient, installation: Installation) -> None:
    page = upload(client, "t2", b"kod;tema\np08;\n")
    p08 = number(installation, "p08")
    tick(client, client.get(f"{HERE}/t2"), "t2", **{f"p-{p08}": "0"})
    answer = send(client, page, "/fil/spara")
    assert answer.status_code == 409
    assert "Somebody else has recorded attendance meanwhile." in answer.text
    assert recorded(installation, "t2")["p08"][0] is False


@pytest.mark.parametrize("changes", ["", "x", "[1]", '[["a","",""]]', "[[1e999,0,0]]", "[" * 9000, "null"])
def test_a_made_up_file_saves_nothing(client: FlaskClient, installation: Installation, changes: str) -> None:
    before = recorded(installation, "t2")
    page = upload(client, "t2", b"kod;tema\np08;\n")
    assert send(client, page, "/fil/spara", changes=changes).status_code in {303, 409}
    assert recorded(installation, "t2") == before


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "Choose a file first.|The file is empty."),
        (b"namn;tema\nAnna;A\n", "No column says who."),
        (b"PK\x03\x04 no workbook", "The file cannot be read."),
        (b"kod;x\n\x00;1\n", "The file cannot be read."),
    ],
)
def test_files_that_cannot_be_read(client: FlaskClient, raw: bytes, said: str) -> None:
    answer = upload(client, "t2", raw)
    assert answer.status_code == 422
    assert re.search(said, answer.text)


def test_the_codes(client: FlaskClient, installation: Installation) -> None:
    with installation.database.reading() as session:
        door = session.scalars(select(Occasion.door_id).where(Occasion.code == "t1")).one()
    page = client.get(f"{HERE}/t1/qr").text
    assert f"{installation.settings.base_url}/t/{door}" in page
    assert "<svg" in page
    for end, words in (("/dorr", "say that you are here"), ("/bild", "Thank you for today")):
        assert words in client.get(f"{HERE}/t1/qr{end}").text
    picture = client.get(f"{HERE}/t1/qr/kod.svg")
    assert (picture.mimetype, picture.data[:5]) == ("image/svg+xml", b"<?xml")
    asked = client.get(f"{HERE}/t1/qr/ny")
    assert client.get(f"/t/{door}").status_code == 200
    assert "leads nowhere now" in follow(client, send(client, asked, "/qr/ny"))
    assert client.get(f"/t/{door}").status_code == 404


def test_a_personal_code_opens_the_person_s_tick(client: FlaskClient, installation: Installation) -> None:
    with installation.database.transaction() as session:
        owner = session.scalars(select(Participant).where(Participant.code == "p10")).one()
        code = own_page.page_of(session, installation.keys, owner.id).public_id
    address = f"/projekt/liten/kod/{code}"
    page = client.get(address)
    assert "Jan Järv" in page.text
    before = recorded(installation, "t1")["p10"]
    assert "Jan Järv is here." in follow(client, send(client, page, f"/kod/{code}", theme="B"))
    assert recorded(installation, "t1")["p10"] == (True, "B", None, "staff")
    undone = send(client, client.get(address), f"/kod/{code}", undo="1")
    assert "nothing is recorded any more" in follow(client, undone)
    assert "p10" not in recorded(installation, "t1")
    assert before[0] is False
    stale = send(client, client.get(address), f"/kod/{code}", occasion="0")
    assert "These are the occasions of today." in follow(client, stale)
    assert client.get("/projekt/liten/kod/okand").status_code == 404


def test_hours(client: FlaskClient) -> None:
    sent = client.get("/projekt/liten/insatser/kurs/timmar.csv")
    lines = sent.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "code;name;organisation;series;month;occasions;hours"
    assert lines[1] == "p01;Anna Alm;Arbetsförmedlingen;Kursen;2027-02;1;3,50"
    assert client.get("/projekt/liten/timmar.csv").data == sent.data


def test_the_link_to_somebody_s_page_is_mailed_and_renewed(
    client: FlaskClient, installation: Installation
) -> None:
    address = "/projekt/liten/deltagare/p05/sida"
    page = client.get(address)
    assert "Mail the link to eva@liten.example" in page.text
    assert "is on its way" in follow(client, send(client, page, "/sida"))
    assert "The old link has ended." in follow(client, send(client, page, "/sida", renew="1"))
    with installation.database.reading() as session:
        asked = select(Message.state).where(Message.kind == "own_page")
        assert list(session.scalars(asked)) == ["due", "due"]
        assert session.scalars(select(PersonalPage.generation)).one() == 2
    gone = client.get("/projekt/liten/deltagare/p11/sida")  # has cancelled
    assert "nothing is sent" in follow(client, send(client, gone, "/sida"))
    assert client.get("/projekt/liten/deltagare/okand/sida").status_code == 404


def test_personal_codes_on_paper(client: FlaskClient, installation: Installation) -> None:
    page = client.get(f"{HERE}/t2/koder")
    assert "11 persons have no code yet." in page.text
    assert page.text.count("<svg class=") == 0
    page = client.get(send(client, page, "/t2/koder").location)
    assert "11 codes are made." in page.text
    assert "have no code yet" not in page.text
    assert page.text.count('aria-label="Personal code of') == 11
    with installation.database.reading() as session:
        assert len(session.scalars(select(PersonalPage.id)).all()) == 11
        assert not session.scalars(select(Message.id).where(Message.kind == "own_page")).all()
    # a second press, and somebody who has left
    with installation.database.transaction() as session:
        session.execute(
            update(Enrolment).where(Enrolment.id == number(installation, "p01")).values(state="dropped_out")
        )
    page = client.get(f"{HERE}/t2/koder")
    assert page.text.count('aria-label="Personal code of') == 10
    assert "Anna Alm" not in page.text
