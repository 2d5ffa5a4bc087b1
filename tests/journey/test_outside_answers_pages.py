"""Answers from elsewhere as an evaluator takes them in: a sheet from Forms becomes the pre-measurement."""

import io
import re

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from surveys.installation import Installation
from surveys.models.message import Message
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.programme import Series
from surveys.models.response import Response
from tests.journey.test_results_pages import RESULTS, rows_of, signed_in, text_of
from tests.support.answered import OVERALL, Answering, spread
from tests.support.forms import local
from tests.support.pages import forms_of

PAGES = f"{RESULTS}/svar-utifran"
ASKED = "Hur nyttigt var det?"
SOURCE = {
    "name": "Förenkäten",
    "collected_by": "Konsulten AB",
    "collected_on": "2026-01-15",
    "wave": "pre",
    "questionnaire": "eftermatning",
}


@pytest.fixture
def after(sqlite_installation: Installation) -> Installation:
    """Twenty people have answered a post-measurement; nothing was asked before."""
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        it.people(24)
        content = {**OVERALL, "title": local("Eftermätning")}
        rule = it.rule(it.questionnaire(content, "eftermatning", "post"), "eftermatning", "series_end")
        sent = it.mailing(rule)
        it.ask(sent, 24)
        it.answer(sent, spread("overall", 0, 2, 8, 10))
    return sqlite_installation


def from_forms(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["ID", "Starttid", "E-post", f"1. {ASKED}", "Något helt annat?"])
    for number, row in enumerate(rows, start=1):
        book.active.append([number, "2026-01-15 09:00", *row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sent_in(client: FlaskClient, content: bytes, file_name: str, **fields: str) -> TestResponse:
    form = forms_of(client.get(f"{PAGES}/ny"))[f"{PAGES}/ny"] | SOURCE | fields
    return client.post(f"{PAGES}/ny", data=form | {"file": (io.BytesIO(content), file_name)}, buffered=True)


def as_it_stands(page: TestResponse, action: str) -> dict[str, str]:
    """The fields of a form, with what is chosen in its lists."""
    (fields,) = [each for address, each in forms_of(page).items() if address.endswith(action)]
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        first = re.search(r'<option value="([^"]*)"', options)
        assert first is not None
        fields[name] = (chosen or first)[1]
    return fields


def go_on(client: FlaskClient, address: str, **typed: str) -> str:
    """Send the form of a page as it stands; where it leads."""
    answer = client.post(address, data=as_it_stands(client.get(address), address) | typed)
    assert answer.status_code == 303
    return answer.location


def test_a_sheet_from_forms_becomes_the_pre_measurement(after: Installation, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "evaluator")
    assert "No answers from elsewhere yet" in text_of(client, PAGES)
    labels = [each["label"]["sv"] for each in OVERALL["questions"][0]["scale"]["points"]]
    rows = [[f"P{number}@prov.example", labels[number % 2], "x"] for number in range(20)]
    rows += [["p1@prov.example", labels[0], ""], ["annan@annan.example", labels[1], ""]]
    rows += [["p22@prov.example", "Vet faktiskt inte", ""]]
    answer = sent_in(client, from_forms(rows), "enkät.xlsx")
    assert answer.status_code == 303
    columns = client.get(answer.location)
    assert as_it_stands(columns, "kolumner") | {"csrf_token": ""} == {
        "csrf_token": "", "column-0": "|", "column-1": "|", "column-2": "@address|",
        "column-3": "overall|", "column-4": "|",
    }  # fmt: skip

    values = go_on(client, answer.location)
    look = go_on(client, values)

    told = text_of(client, look)
    for wanted in (
        "Rows with answers 23",
        "Known in the series 19",  # p1 stands twice: neither row counts
        "Named, but not enrolled 1",
        "Two rows of one person 2",
        "Cannot be taken in 3",
        "24 1. Hur nyttigt var det? “Vet faktiskt inte” fits no option.",
        "Row 23.",
    ):
        assert wanted in told, told
    save = look.removesuffix("granska") + "spara"
    fields = as_it_stands(client.get(look), "spara")
    client.post(save, data=fields)  # nobody has said what becomes of the faulty and the unknown
    with after.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 20
        mails = session.scalar(select(func.count()).select_from(Message))
    saved = client.post(save, data=fields | {"without_faulty": "y", "unknown_people": "leave"})
    assert "19 responses are taken in, with their source." in text_of(client, saved.location)

    source = "Source: “Förenkäten”, collected by Konsulten AB, 15 Jan 2026."
    both = text_of(client, f"{RESULTS}/fore-och-efter")
    assert source in both
    assert "19 persons answered both times" in both
    overview = text_of(client, RESULTS)
    assert source in overview
    assert "Beside them 19 responses that others have collected" in overview
    assert "20 of 24 (83.3%)" in overview  # as before: nobody was asked for the others
    assert source in text_of(client, f"{RESULTS}/matning/utifran.1")
    assert "(Förenkäten)" in text_of(client, f"{RESULTS}/uppdelning")
    with after.database.transaction() as session:
        session.execute(update(Series).values(response_rows=True))
    exported = rows_of(client)
    by_wave = {each["wave"]: each["collected_by"] for each in exported}
    assert by_wave == {"pre": "Förenkäten, Konsulten AB, 2026-01-15", "post": ""}
    assert len({each["person_code"] for each in exported}) == 20  # 19 of them twice
    with after.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == mails
        assert b"@" not in repr(session.execute(select(OutsideAnswers.content)).all()).encode()
    reader = signed_in(sqlite_app, "reader")
    assert "Förenkäten" in text_of(reader, saved.location)
    assert reader.get(f"{PAGES}/ny").status_code == 404

    undo = f"{saved.location}/ta-ut"
    assert "all its 19 responses" in text_of(client, undo)
    client.post(undo, data=as_it_stands(client.get(undo), undo))
    assert "The import is undone: 19 responses are gone." in text_of(client, PAGES)
    assert "Förenkäten" not in text_of(client, f"{RESULTS}/fore-och-efter")


def test_a_file_that_cannot_be_used_is_said_to_be_and_nothing_typed_is_lost(
    after: Installation, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "organiser")
    for content, told in (
        (b"", "Choose a file first."),
        (b"%PDF-1.7 \x00\x00", "This is not a text file."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel file, or one with a password"),
        (b"bara en kolumn\r\n1\r\n", "No line with names of columns was found"),
        (b"kod;overall\r\n", "nobody has answered"),
        (b"$FL2" + bytes(200), "The SPSS file is damaged"),
    ):
        page = sent_in(client, content, "fil.x" if content else "", collected_by="Bolaget & söner")
        assert (page.status_code, told in page.text) == (422, True), told
        assert 'value="Bolaget &amp; söner"' in page.text
    windows = "Kod;Hur nyttigt var det?;Övrigt\r\nP1;1;åäö\r\n".encode("cp1252")
    assert sent_in(client, windows, "fil.csv").status_code == 303
    assert "Förenkäten ( fil.csv" in text_of(client, PAGES)
    nothing = sent_in(client, windows, "fil.csv", collected_on="2026-02-30", wave="", name="")
    assert nothing.text.count('class="error-text"') == 3
