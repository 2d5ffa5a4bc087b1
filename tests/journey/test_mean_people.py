"""What no sensible person types, in every field of the pages about people, attendance and the room.

Never a fault of ours: the page comes back and says what is wrong, or takes it as text.
"""

import re
from io import BytesIO
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.installation import Installation
from surveys.models.people import Enrolment, Participant, PersonalPage
from surveys.models.programme import Occasion
from surveys.register import own_page
from tests.support.pages import forms_of
from tests.support.small import load_small
from tests.support.staffed import LOADED, add_users, signed_in

PERSON = "/projekt/liten/deltagare/p05"
SERIES = "/projekt/liten/insatser/kurs"
LIST = f"{SERIES}/narvaro/t2"
MOST_FIELDS = 12
ONE_BY_ONE = ("a\0b", "å" * 10_000)  # a fault in one field must not hide what another does
MEAN = {
    "nul": ONE_BY_ONE[0],
    "long": ONE_BY_ONE[1],
    "surrogate": "a\ud800b",
    "emoji": "👩\u200d👩\u200d👧 🏳️\u200d🌈",
    "rtl": "\u202eمرحبا\u202c",
    "markup": "<b>&\"'{{7*7}}",
    "number": "9" * 400,
    "below": "-1",
}


@pytest.fixture
def installation(installation: Installation) -> Installation:
    load_small(installation, LOADED)
    add_users(installation)
    return installation


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


def post(client: FlaskClient, address: str, fields: dict[str, str]) -> TestResponse:
    body = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()})
    return client.post(address, data=body, content_type="application/x-www-form-urlencoded")


def fill_every_field(client: FlaskClient, address: str, value: str) -> None:
    page = client.get(address)
    assert page.status_code == 200, address
    for action, fields in forms_of(page).items():
        if action.endswith(("/logga-ut", "/ta-bort", "/avbryt")):
            continue
        names = [name for name in fields if name != "csrf_token"][:MOST_FIELDS]
        for name in names if value in ONE_BY_ONE else ():
            answer = post(client, action or address, fields | {name: value})
            assert answer.status_code < 500, f"{name} of {action}"
            assert "<b>&" not in answer.text
        answer = post(client, action or address, fields | dict.fromkeys(names, value))
        assert answer.status_code < 500, action


# The stricter of the two databases: it refuses more.
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_pages_of_staff(organiser: FlaskClient, installation: Installation) -> None:
    with installation.database.reading() as session:
        of_p05 = select(Enrolment.id).join(Enrolment.participant).where(Participant.code == "p05")
        enrolment = session.scalars(of_p05).one()
    for address in (
        f"{SERIES}/deltagare/ny",
        f"{PERSON}/deltagande/{enrolment}",
        f"{PERSON}/anmal",
        f"{PERSON}/sida",
        LIST,
        f"{LIST}/koder",
        f"{PERSON}/andra",
    ):
        for value in MEAN.values():
            fill_every_field(organiser, address, value)
    for value in MEAN.values():
        said = quote(value.encode("utf-8", "surrogatepass"))
        for address in (
            f"/projekt/liten/kod/{said}",
            f"/projekt/liten/deltagare/{said}",
            f"/projekt/liten/deltagare?s={said}&q={said}",
            f"{SERIES}/deltagare/importera/{said}",
            f"{SERIES}/narvaro/{said}",
            f"{LIST}?s={said}",
            f"{LIST}/koder?s={said}",
        ):
            assert organiser.get(address).status_code < 500, address


def test_pages_of_participants(client: FlaskClient, installation: Installation) -> None:
    with installation.database.transaction() as session:
        door = session.scalars(select(Occasion.door_id).where(Occasion.code == "t2")).one()
        person = session.scalars(select(Participant.id).where(Participant.code == "p05")).one()
        page: PersonalPage = own_page.page_of(session, installation.keys, person)
        link = installation.keys.link_token(page.public_id, page.generation)
    mine = client.get(f"/min/{link}").location
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"{mine}?d={door}").text)
    fields = {"csrf_token": token[1] if token else "", "door": door, "theme": ""}
    for value in MEAN.values():
        fill_every_field(client, f"/t/{door}", value)
        for name in fields:
            assert post(client, f"{mine}/har", fields | {name: value}).status_code < 500, name
        said = quote(value.encode("utf-8", "surrogatepass"))
        for address in (
            f"/t/{said}",
            f"/min/{said}",
            f"/min/sida/{said}",
            f"{mine}/oppna/{said}",
            f"{mine}?d={said}",
        ):
            assert client.get(address).status_code < 500, address
            assert post(client, address, {"email": value, "door": value}).status_code < 500, address


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Deltagarlista", None, None, None, None])
    sheet.merge_cells("A1:E1")
    sheet.append(["Namn", "E-post", "Organisation", "Anmäld", "Roll"])
    sheet.append(["Åsa Öberg", "asa@ny.example", "Vård", "=TODAY()", "=1/0"])
    sheet.append(["Bo", "bo@ny.example", None, 46082.5, True])
    sheet.append(["Cia", "CIA@ny.example", "Vård", "2027-02-30", "x" * 32_000])
    sheet.append(["Cia", "cia@NY.example", "Vård", None, None])
    sheet.append(["_xD800_ _x0000_", "dag@ny.example", "_x0000_", None, 12])
    sheet.merge_cells("C3:C5")
    file = BytesIO()
    book.save(file)
    return file.getvalue()


ROWS = (
    "Namn{0}E-post{0}Organisation\r\nÅsa Öberg{0}ASA@ny.example{0}Vård\r\n"
    "Åsa  öberg{0}asa@NY.example{0}vård\r\n"
)
FILES = {
    "semicolon cp1252": ROWS.format(";").encode("cp1252"),
    "tab utf-16": ROWS.format("\t").encode("utf-16"),
    "comma utf-8": ROWS.format(",").encode("utf-8-sig"),
    "xlsx": workbook(),
    "mean cells": "Namn;E-post;Organisation\r\n{}".format(
        "".join(
            f"{value};m@a.se;{value}\r\n" for name, value in MEAN.items() if name not in {"surrogate", "nul"}
        )
    ).encode(),
    "long names": f"Namn;E-post;{'x' * 10_000};{'x' * 10_000}\r\nBo;bo@a.se;1;2\r\n".encode(),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "half utf-16": b"\xff\xfeN\0a\0m\0n\0;\0E\0-\0p\0o\0s\0t\0\n\0\0\xd8;\0b\0\n\0",
}


def test_files_of_participants(organiser: FlaskClient) -> None:
    for content in FILES.values():
        import_to_the_end(organiser, content)


def import_to_the_end(organiser: FlaskClient, content: bytes) -> None:
    start = f"{SERIES}/deltagare/importera"
    fields = forms_of(organiser.get(start))[start]
    name = "../" + "ö" * 300 + "\u202e.csv"
    answer = organiser.post(
        start, data=fields | {"fil": (BytesIO(content), name)}, content_type="multipart/form-data"
    )
    if answer.status_code == 422:
        assert 'id="fil-error"' in answer.text
        return
    assert answer.status_code == 303
    page = organiser.get(answer.location, follow_redirects=True)
    columns = next(fields for action, fields in forms_of(page).items() if action.endswith("/kolumner"))
    chosen = dict.fromkeys((name for name in columns if name.startswith("kolumn-")), "attribute")
    chosen |= {"kolumn-0": "name", "kolumn-1": "email", "kolumn-2": "organisation"}
    there = answer.location
    answer = organiser.post(f"{there}/kolumner", data=columns | chosen)
    assert answer.status_code in {303, 422}
    page = organiser.get(there, follow_redirects=True)
    assert page.status_code == 200
    if "/organisationer" in page.text:
        action, fields = next(each for each in forms_of(page).items() if each[0].endswith("/organisationer"))
        new = {name: "new" for name in fields if name.startswith("org-")}
        assert organiser.post(action, data=fields | new).status_code == 303
    for kind in ("faulty", "new"):
        assert organiser.get(f"{there}?visa={kind}").status_code == 200
    assert organiser.get(f"{there}/felaktiga.csv").status_code in {200, 303}
    fields = {"csrf_token": columns["csrf_token"], "utan-felaktiga": "ja"}
    assert organiser.post(f"{there}/spara", data=fields).status_code == 303
    assert organiser.get(there, follow_redirects=True).status_code == 200


def test_files_of_attendance(organiser: FlaskClient) -> None:
    fields = forms_of(organiser.get(f"{LIST}/fil"))[f"{LIST}/fil"]
    for kind, content in FILES.items():
        answer = organiser.post(
            f"{LIST}/fil",
            data=fields | {"file": (BytesIO(content), "n.csv")},
            content_type="multipart/form-data",
        )
        assert answer.status_code in {200, 422}, kind


def test_the_same_address_in_other_letters_is_the_same_person(organiser: FlaskClient) -> None:
    start = f"{SERIES}/deltagare/importera"
    fields = forms_of(organiser.get(start))[start]
    content = (
        "Namn;E-post\r\nÅsa Öberg;ASA@ny.example\r\nåsa  öberg;asa@NY.example\r\n"
        "Anna Alm;ANNA@LITEN.EXAMPLE\r\n"
    )
    there = organiser.post(
        start, data=fields | {"fil": (BytesIO(content.encode()), "d.csv")}, content_type="multipart/form-data"
    ).location
    page = organiser.get(there, follow_redirects=True)
    columns = next(fields for action, fields in forms_of(page).items() if action.endswith("/kolumner"))
    organiser.post(f"{there}/kolumner", data=columns | {"kolumn-0": "name", "kolumn-1": "email"})
    text = organiser.get(there).text
    assert "Faulty (1)" in text
    assert "New in the series (1)" in text
    assert "The same person stands on line 2 already." in text
