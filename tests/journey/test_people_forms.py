"""Persons added, corrected, withdrawn and removed by form, and a long file seen to by the scheduler."""

import re
import threading
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from scheduler.importer import Importer
from surveys.installation import Installation
from surveys.models.imports import PeopleImport
from surveys.models.people import Enrolment, Participant
from tests.support.pages import forms_of, send

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten/deltagare"
SERIES = "/projekt/liten/insatser/kurs/deltagare"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def words_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ")


def person(installation: Installation, code: str) -> Participant | None:
    with installation.database.reading() as session:
        found = session.scalars(select(Participant).where(Participant.code == code)).first()
        session.expunge_all()
        return found


def enrolment_page(installation: Installation, code: str) -> str:
    with installation.database.reading() as session:
        number = session.scalars(
            select(Enrolment.id).join(Enrolment.participant).where(Participant.code == code)
        ).one()
        return f"{HERE}/{code}/deltagande/{number}"


def state(installation: Installation, code: str) -> str:
    with installation.database.reading() as session:
        return session.scalars(
            select(Enrolment.state).join(Enrolment.participant).where(Participant.code == code)
        ).one()


def test_a_person_is_added_after_a_look(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    fields = {"name": "Gun Grön", "email": "gun@ny.example", "gender": "woman", "language": "sv"}
    page = organiser.get(f"{SERIES}/ny")
    wrong = send(organiser, page, "/ny", **(fields | {"email": "gun"}))
    assert wrong.status_code == 422
    assert "“gun” is not an e-mail address." in words_of(wrong)
    assert 'value="Gun Grön"' in wrong.text
    shown = send(organiser, wrong, "/ny", **fields)
    assert "Enrol Gun Grön?" in words_of(shown)
    assert "2 mailings ahead reach more people" in words_of(shown)
    assert person(sqlite_installation, "p0013") is None
    done = send(organiser, shown, "/ny", bekrafta="ja")
    assert "Gun Grön is enrolled." in words_of(organiser.get(done.location))
    made = person(sqlite_installation, "p0013")
    assert made is not None
    assert made.email == "gun@ny.example"


def test_a_known_person_is_recognised(organiser: FlaskClient) -> None:
    page = organiser.get(f"{SERIES}/ny")
    known = {"name": "eva ek", "email": "EVA@liten.example", "gender": "woman", "language": "sv"}
    assert "takes part in the series already" in words_of(send(organiser, page, "/ny", **known))
    shared = known | {"name": "Evert Ek"}
    assert "has the same address" in words_of(send(organiser, page, "/ny", **shared))


def test_an_address_is_corrected(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    page = organiser.get(f"{HERE}/p05/andra")
    assert 'value="eva@liten.example"' in page.text
    fields = {"gender": "woman", "language": "sv", "organisation": ""}
    for bad in ("", "eva", "x" * 300 + "@a.se", "e\0va@a.se"):
        assert send(organiser, page, "/andra", email=bad, **fields).status_code == 422
    done = send(organiser, page, "/andra", email="eva.ek@liten.example", **fields)
    assert done.status_code == 303
    changed = person(sqlite_installation, "p05")
    assert changed is not None
    assert changed.email == "eva.ek@liten.example"
    # the page that was open before
    late = send(organiser, page, "/andra", email="eva2@liten.example", **fields)
    assert late.status_code == 409
    assert "Somebody else has changed the person" in words_of(late)


def test_withdrawal_says_what_stops(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    there = enrolment_page(sqlite_installation, "p05")
    page = organiser.get(there)
    shown = send(organiser, page, there, state="dropped_out")
    assert re.search(r"\d+ mails to the person stop", words_of(shown))
    assert state(sqlite_installation, "p05") == "completed"
    done = send(organiser, shown, there, bekrafta="ja")
    assert done.status_code == 303
    assert state(sqlite_installation, "p05") == "dropped_out"
    back = send(organiser, organiser.get(there), there, state="started")
    assert "ahead reach more people" in words_of(back)
    send(organiser, back, there, bekrafta="ja")
    assert state(sqlite_installation, "p05") == "started"


@pytest.mark.parametrize(
    ("field", "typed"),
    [("state", "<b>"), ("starts", "30 februari"), ("ends", "9999-01-01"), ("work_group", "x" * 200)],
)
def test_an_enrolment_that_cannot_be(
    organiser: FlaskClient, sqlite_installation: Installation, field: str, typed: str
) -> None:
    there = enrolment_page(sqlite_installation, "p05")
    answer = send(organiser, organiser.get(there), there, **({"state": "started"} | {field: typed}))
    assert answer.status_code == 422
    assert state(sqlite_installation, "p05") == "completed"


def test_outcomes(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    there, kinds = enrolment_page(sqlite_installation, "p05"), "/projekt/liten/installningar/utfall"
    assert "no list of outcomes yet" in words_of(organiser.get(there))
    assert "Nothing in the list yet" in words_of(organiser.get(f"{kinds}/fil"))
    for name in ("i arbete", "i studier"):
        assert send(organiser, organiser.get(kinds), kinds, name=name).status_code == 303
    again = send(organiser, organiser.get(kinds), kinds, name="I Arbete")
    assert (again.status_code, "in the list already" in words_of(again)) == (422, True)

    assert send(organiser, organiser.get(there), f"{there}/utfall", on="", kind="").status_code == 422
    send(organiser, organiser.get(there), f"{there}/utfall", on="2027-01-02", kind="i arbete")
    page = organiser.get(there)
    assert "2 Jan 2027: i arbete" in words_of(page)
    gone = next(address for address in forms_of(page) if re.search(r"/utfall/\d+/ta-bort$", address))
    send(organiser, page, gone)
    assert "2 Jan 2027" not in words_of(organiser.get(there))

    form = organiser.get(f"{kinds}/fil")
    assert "p05;" in organiser.get(f"{kinds}/mall.csv").text
    rows = "kod;utfall;datum\np05;I studier;2027-01-03\np06;sjuk;2027-01-03\n"
    shown = send(organiser, form, f"{kinds}/fil", file=(BytesIO(rows.encode()), "utfall.csv"))
    assert "“sjuk” is not in the list of outcomes." in words_of(shown)
    assert send(organiser, shown, f"{kinds}/fil/spara").status_code == 303
    assert "3 Jan 2027: i studier" in words_of(organiser.get(there))
    stale = send(organiser, shown, f"{kinds}/fil/spara")
    assert (stale.status_code, "Something has changed since you looked" in words_of(stale)) == (409, True)
    files = organiser.get(f"{kinds}/fil")
    undo = next(address for address in forms_of(files) if address.endswith("/angra"))
    assert send(organiser, files, undo).status_code == 303
    assert "3 Jan 2027" not in words_of(organiser.get(there))


def test_who_has_been_mailed_is_not_removed(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    assert "cannot be removed" in words_of(organiser.get(f"{HERE}/p05/ta-bort"))
    token = forms_of(organiser.get("/projekt"))["/logga-ut"]
    assert organiser.post(f"{HERE}/p05/ta-bort", data=token).status_code == 409
    assert person(sqlite_installation, "p05") is not None


def test_who_has_not_is(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    fields = {"name": "Gun Grön", "email": "gun@ny.example", "gender": "woman", "language": "sv"}
    shown = send(organiser, organiser.get(f"{SERIES}/ny"), "/ny", **fields)
    send(organiser, shown, "/ny", bekrafta="ja")
    send(organiser, organiser.get(f"{HERE}/p0013/ta-bort"), "/ta-bort")
    assert person(sqlite_installation, "p0013") is None


def test_a_long_file_in_the_background(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    content = "Namn;E-post\n" + "".join(f"Person {n};n{n}@lang.example\n" for n in range(2_100))
    start = f"{SERIES}/importera"
    fields = forms_of(organiser.get(start))[start]
    there = organiser.post(
        start,
        data=fields | {"fil": (BytesIO(content.encode()), "lång.csv")},
        content_type="multipart/form-data",
    ).location
    page = organiser.get(there, follow_redirects=True)
    answer = send(organiser, page, "/kolumner", **{"kolumn-0": "name", "kolumn-1": "email"})
    assert "waits for its turn" in words_of(organiser.get(answer.location))
    importer = Importer(sqlite_installation, threading.Event())
    assert importer.run()
    preview = organiser.get(there)
    assert "The file has 2100 rows." in words_of(preview)
    page_two = words_of(organiser.get(f"{there}?visa=new&s=42"))
    assert "Page 42 of 42" in page_two
    send(organiser, preview, "/spara")
    assert "being saved" in words_of(organiser.get(there))
    assert importer.run()
    assert "2,100" in words_of(organiser.get(there))
    with sqlite_installation.database.reading() as session:
        assert session.scalars(select(PeopleImport.state)).all() == ["saved"]
        assert len(session.scalars(select(Enrolment.id)).all()) == 2_112


def test_a_long_file_is_stopped(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    content = "Namn;E-post\n" + "".join(f"Person {n};n{n}@lang.example\n" for n in range(2_100))
    start = f"{SERIES}/importera"
    fields = forms_of(organiser.get(start))[start]
    there = organiser.post(
        start, data=fields | {"fil": (BytesIO(content.encode()), "l.csv")}, content_type="multipart/form-data"
    ).location
    page = organiser.get(there, follow_redirects=True)
    send(organiser, page, "/kolumner", **{"kolumn-0": "name", "kolumn-1": "email"})
    send(organiser, organiser.get(there), "/avbryt")
    assert Importer(sqlite_installation, threading.Event()).run()
    assert "was stopped" in words_of(organiser.get(there))
