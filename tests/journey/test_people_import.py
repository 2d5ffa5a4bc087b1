"""Participants imported in the browser: file, columns, every row's verdict, and only then saved."""

import re
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys import clock
from surveys.installation import Installation
from surveys.models.imports import PeopleImport
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation
from surveys.register import people_import
from surveys.register import people_import_work as work
from tests.support.pages import forms_of, send

pytestmark = pytest.mark.usefixtures("evening")
START = "/projekt/liten/insatser/kurs/deltagare/importera"
HEADER = "Förnamn;Efternamn;E-post;Organisation;Skostorlek"
GOOD = [
    "Åsa;Öberg;asa@ny.example;Vårdcentralen Norr;38",
    "Bo;Bengtsson;bo@ny.example;Vårdcentralen Norr;41",
    "Anna;Alm;anna@liten.example;;37",
]
FAULTY = ["Cia;Cederblad;cia;;", "Dag;Dahlin;dag@ny.example;;;x", ";;ingen@ny.example;;"]


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def words_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ")


def csv(*rows: str) -> bytes:
    return "\r\n".join([HEADER, *rows, ""]).encode("cp1252")


def workbook(*rows: str) -> bytes:
    book = openpyxl.Workbook()
    for line in ("Deltagarlista våren", HEADER, *rows):
        book.active.append([cell or None for cell in line.split(";")][:6])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def upload(client: FlaskClient, content: bytes, name: str = "deltagare.csv") -> TestResponse:
    page = client.get(START)
    fields = forms_of(page)[START]
    return client.post(
        START, data=fields | {"fil": (BytesIO(content), name)}, content_type="multipart/form-data"
    )


def matched(client: FlaskClient, content: bytes, name: str = "deltagare.csv", **changes: str) -> TestResponse:
    """Upload and match as suggested; returns the preview."""
    there = upload(client, content, name).location
    page = client.get(there, follow_redirects=True)
    chosen = suggested(page) | changes
    answer = client.post(f"{there}/kolumner", data=chosen | forms_of(page)[f"{there}/kolumner"] | chosen)
    assert answer.status_code == 303, answer.status_code
    return client.get(answer.location)


def suggested(page: TestResponse) -> dict[str, str]:
    found = re.findall(r'<select id="(kolumn-\d+)".*?</select>', page.text, re.DOTALL)
    blocks = re.findall(r'<select id="kolumn-\d+".*?</select>', page.text, re.DOTALL)
    chosen = [re.search(r'value="([^"]*)" selected', block) for block in blocks]
    return {name: match[1] if match else "" for name, match in zip(found, chosen, strict=True)}


def people(installation: Installation) -> dict[str, Participant]:
    with installation.database.reading() as session:
        found = {each.name: each for each in session.scalars(select(Participant))}
        session.expunge_all()
        return found


def enrolled(installation: Installation) -> set[str]:
    with installation.database.reading() as session:
        return set(session.scalars(select(Participant.name).join(Participant.enrolments)))


@pytest.mark.parametrize(("maker", "name"), [(csv, "d.csv"), (workbook, "d.xlsx")], ids=["csv", "xlsx"])
def test_from_file_to_participants(
    organiser: FlaskClient, sqlite_installation: Installation, maker, name: str
) -> None:
    preview = matched(organiser, maker(*GOOD, *FAULTY), name, **{"kolumn-4": "attribute"})
    text = words_of(preview)
    assert "1 organisation is unknown" in text
    there = next(a for a in forms_of(preview) if a.endswith("/organisationer")).removesuffix(
        "/organisationer"
    )
    preview = send(organiser, preview, "/organisationer", **{"org-0": "new"})
    preview = organiser.get(preview.location)
    text = words_of(preview)
    assert "“cia” is not an e-mail address." in text
    assert "The name is missing." in text
    assert "Import the 3 good rows" in text
    assert "2 mailings ahead reach more people" in text
    assert "Åsa Öberg" in words_of(organiser.get(f"{there}?visa=new"))
    assert "Skostorlek: – → 37" in words_of(organiser.get(f"{there}?visa=changed"))
    assert "Åsa Öberg" not in people(sqlite_installation)

    saved = organiser.get(send(organiser, preview, "/spara").location)
    assert "The participants are saved." in words_of(saved)
    found = people(sqlite_installation)
    assert found["Åsa Öberg"].email == "asa@ny.example"
    assert found["Åsa Öberg"].attributes == {"Skostorlek": "38"}
    assert found["Anna Alm"].attributes["Skostorlek"] == "37"
    assert {"Åsa Öberg", "Bo Bengtsson"} <= enrolled(sqlite_installation)
    assert not {"Cia Cederblad", "Dag Dahlin"} & set(found)
    with sqlite_installation.database.reading() as session:
        assert session.scalars(select(Organisation.name).where(Organisation.name.like("Vård%"))).all() == [
            "Vårdcentralen Norr"
        ]
        assert session.scalars(select(PeopleImport.content)).all() == [None]


def test_again_changes_nothing(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    rows = [row.replace("Vårdcentralen Norr", "") for row in GOOD]
    send(organiser, matched(organiser, csv(*rows)), "/spara")
    before = {name: each.code for name, each in people(sqlite_installation).items()}
    again = words_of(matched(organiser, csv(*rows)))
    assert "All rows are as before" in again
    assert {name: each.code for name, each in people(sqlite_installation).items()} == before


def test_the_register_changed_meanwhile(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    rows = [row.replace("Vårdcentralen Norr", "") for row in GOOD]
    preview = matched(organiser, csv(*rows))
    with sqlite_installation.database.transaction() as session:
        session.scalars(select(Participant).where(Participant.code == "p01")).one().name = "Anna Alm-Ek"
    page = words_of(organiser.get(send(organiser, preview, "/spara").location))
    assert "look once more" in page
    assert "Åsa Öberg" not in people(sqlite_installation)
    # and the second time it is saved
    preview = organiser.get(next(a for a in forms_of(preview) if a.endswith("/spara")).removesuffix("/spara"))
    send(organiser, preview, "/spara")
    assert "Åsa Öberg" in people(sqlite_installation)


def test_saving_twice_saves_once(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    preview = matched(organiser, csv("Åsa;Öberg;asa@ny.example;;"))
    first, second = send(organiser, preview, "/spara"), send(organiser, preview, "/spara")
    assert (first.status_code, second.status_code) == (303, 303)
    with sqlite_installation.database.reading() as session:
        assert (
            len(
                session.scalars(
                    select(Enrolment).join(Enrolment.participant).where(Participant.email == "asa@ny.example")
                ).all()
            )
            == 1
        )


def test_thrown_away(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    preview = matched(organiser, csv("Åsa;Öberg;asa@ny.example;;"))
    there = organiser.get(send(organiser, preview, "/avbryt").location)
    assert "Nothing has been saved of it." in words_of(there)
    late = send(organiser, preview, "/spara")
    assert "cannot be changed any more" in words_of(organiser.get(late.location))
    assert "Åsa Öberg" not in people(sqlite_installation)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"Namn;E-post\n", "no rows"),
        (b"Namn\nBo\n", "No line with names of columns"),
        (b"Namn;E-post\nBo;\0\n", "This is not a text file."),
        (b'Namn;E-post\n"Bo;bo@a.se\n', "quotation marks"),
        (b"\xff\xfeN\x00a", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file"),
        (b"PK\x03\x04" + b"\0" * 600, "damaged"),
    ],
)
def test_files_that_cannot_be(organiser: FlaskClient, content: bytes, said: str) -> None:
    answer = upload(organiser, content)
    assert answer.status_code == 422
    assert said in words_of(answer)


def test_columns_that_cannot_be(organiser: FlaskClient) -> None:
    there = upload(organiser, csv(*GOOD)).location
    page = organiser.get(there, follow_redirects=True)
    token = forms_of(page)[f"{there}/kolumner"]["csrf_token"]
    columns = {f"kolumn-{n}": "" for n in range(5)} | {"csrf_token": token}
    for changes, said in (
        ({}, "Say which column holds the e-mail addresses."),
        ({"kolumn-2": "email"}, "Say which column holds the names."),
        ({"kolumn-2": "email", "kolumn-1": "email", "kolumn-0": "name"}, "Two columns cannot hold the same."),
        ({"kolumn-2": "email", "kolumn-1": "last_name", "kolumn-0": "name"}, "not both"),
        ({"kolumn-2": "email", "kolumn-0": "<b>"}, "Choose one of the values."),
    ):
        answer = organiser.post(f"{there}/kolumner", data=columns | changes)
        assert answer.status_code == 422
        assert said in words_of(answer)


def test_another_series_does_not_have_it(organiser: FlaskClient) -> None:
    there = upload(organiser, csv(*GOOD)).location
    assert organiser.get(f"{START}/{'x' * 16}").status_code == 404
    assert organiser.get(there.replace("/kurs/", "/finns-inte/")).status_code == 404


def test_an_empty_file_to_fill_in(organiser: FlaskClient) -> None:
    answer = organiser.get(f"{START}/mall.csv")
    assert answer.text.startswith("\ufeffFirst name;Last name;E-mail;")


def faulty_of(client: FlaskClient, preview: TestResponse) -> bytes:
    address = re.search(r'href="([^"]+/felaktiga.csv)"', preview.text)
    assert address
    answer = client.get(address[1])
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="kurs-faulty-rows-')
    return answer.data


def test_faulty_rows_are_corrected_in_a_file_of_their_own(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    good = "Åsa;Öberg;asa@ny.example;;38"
    faulty = ["Cia;Cederblad;cia;;+46 31", "Dag;Dahlin;dag@ny.example;;=1+1;x", "Pia;Palm;pia@ny.example"]
    preview = matched(organiser, csv(good, *faulty), **{"kolumn-4": "attribute"})
    file = faulty_of(organiser, preview)
    assert file.decode("utf-8-sig").splitlines() == [
        "What is wrong;Förnamn;Efternamn;E-post;Organisation;Skostorlek",
        "“cia” is not an e-mail address.;Cia;Cederblad;cia;;'+46 31",
        "The row has another number of cells than the first line.;Dag;Dahlin;dag@ny.example;;'=1+1;x",
        "The row has another number of cells than the first line.;Pia;Palm;pia@ny.example",
    ]
    # the file is there afterwards too, and what nobody has corrected is faulty still
    saved = organiser.get(send(organiser, preview, "/spara").location)
    assert faulty_of(organiser, saved) == file
    again = matched(organiser, file, **{"kolumn-5": "attribute"})
    assert "No row can be saved." in words_of(again)
    assert faulty_of(organiser, again) == file
    mended = file.replace(b";cia;", b";cia@ny.example;").replace(b";x\r", b"\r")
    preview = matched(organiser, mended, **{"kolumn-5": "attribute"})
    send(organiser, preview, "/spara")
    found = people(sqlite_installation)
    assert found["Cia Cederblad"].attributes == {"Skostorlek": "+46 31"}
    assert found["Dag Dahlin"].attributes == {"Skostorlek": "=1+1"}
    assert "Pia Palm" not in found


def test_no_file_of_faulty_rows_of_an_import_that_did_not_keep_them(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    preview = matched(organiser, csv("Åsa;Öberg;asa@ny.example;;38", "Cia;Cederblad;cia;;"))
    there = send(organiser, preview, "/spara").location
    with sqlite_installation.database.transaction() as session:
        row = session.scalars(select(PeopleImport)).one()
        assert row.report is not None
        rows = [{name: each[name] for name in each if name != "cells"} for each in row.report["rows"]]
        row.report = row.report | {"rows": rows}
    page = organiser.get(there)
    assert "Rows that were left out" in words_of(page)
    assert "felaktiga.csv" not in page.text


def test_no_file_of_faulty_rows_where_there_are_none(organiser: FlaskClient) -> None:
    preview = matched(organiser, csv("Åsa;Öberg;asa@ny.example;;"))
    assert "felaktiga.csv" not in preview.text
    there = next(a for a in forms_of(preview) if a.endswith("/spara")).removesuffix("/spara")
    answer = organiser.get(f"{there}/felaktiga.csv", follow_redirects=True)
    assert "There are no faulty rows." in words_of(answer)


def long_file() -> bytes:
    return csv(*(f"Person;{n};n{n}@lang.example;;" for n in range(people_import.AT_ONCE + 1)))


def test_a_long_import_is_followed_and_stopped_without_scripts(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    going = matched(organiser, long_file())
    assert "It waits for its turn" in words_of(going)
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in going.text
    there = next(a for a in forms_of(going) if a.endswith("/avbryt")).removesuffix("/avbryt")
    assert "http-equiv" not in organiser.get(f"{there}?stilla=1").text
    db, now = sqlite_installation.database, clock.now()
    claimed = work.claim(db, "w1", now)
    assert claimed
    work.go_on(db, claimed, "w1", 1000, now)
    assert "1,000 rows read so far." in words_of(organiser.get(there))
    work.check(db, claimed.public_id, now)
    send(organiser, organiser.get(there), "/spara")
    claimed = work.claim(db, "w1", now)
    assert claimed
    work.go_on(db, claimed, "w1", 1000, now)
    going = organiser.get(there)
    assert "1,000 of 2,001 rows read so far." in words_of(going)
    stopped = organiser.get(send(organiser, going, "/avbryt").location)
    assert "Nothing has been saved of it." in words_of(stopped)
    with pytest.raises(people_import.UnknownImport):
        work.save(db, claimed.public_id, now)
    assert "Person 1" not in people(sqlite_installation)


def test_an_organisation_written_in_several_ways(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    rows = [
        "Åsa;Öberg;asa@ny.example;Forsakringskassan;",
        "Bo;Bengtsson;bo@ny.example;FÖRSÄKRINGSKASSAN  ;",
        "Cia;Cederblad;cia@ny.example;Göteborgs Stad;",
        "Dag;Dahlin;dag@ny.example;göteborgs  stad;",
        "Pia;Palm;pia@ny.example;Goteborgs stad;",
    ]
    preview = matched(organiser, csv(*rows))
    text = words_of(preview)
    assert "2 organisations are unknown" in text
    assert "Goteborgs stad" in text
    assert '<option value="fk" selected>' in preview.text
    # nothing is chosen by itself: the rows are faulty until somebody has said it
    assert "Import 1 good row" in text or "Import the 1 good row" in text
    preview = organiser.get(
        send(organiser, preview, "/organisationer", **{"org-0": "fk", "org-1": "new"}).location
    )
    send(organiser, preview, "/spara")
    with sqlite_installation.database.reading() as session:
        found = dict(
            session.execute(
                select(Participant.name, Organisation.name)
                .join(Participant.organisation)
                .where(Participant.email.like("%@ny.example"))
            ).all()
        )
    assert found == {
        "Åsa Öberg": "Försäkringskassan",
        "Bo Bengtsson": "Försäkringskassan",
        "Cia Cederblad": "Göteborgs Stad",
        "Dag Dahlin": "Göteborgs Stad",
        "Pia Palm": "Göteborgs Stad",
    }
    again = matched(organiser, csv("Eva;Ny;eva@ny.example;Goteborgs Stad;"))
    assert '<option value="goteborgs-stad" selected>' in again.text
