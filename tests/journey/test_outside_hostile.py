"""Files and forms that mean harm, or are merely odd, at the pages of answers and figures from elsewhere.

Whatever comes: never a fault of ours, always an answer that says something, and nothing half stored.
"""

import io
import zipfile
from collections.abc import Callable
from urllib.parse import quote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveys.installation import Installation
from surveys.models.outside import OutsideTable
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.response import Response
from tests.journey.test_outside_answers_pages import PAGES, SOURCE, after, as_it_stands, go_on, sent_in
from tests.journey.test_results_pages import PROJECT, signed_in
from tests.support.answered import OVERALL
from tests.support.pages import forms_of

__all__ = ["after"]
HEAD = "Kod;Hur nyttigt var det?;Övrigt\r\n"
FIGURES = f"{PROJECT}/resultat/utifran"
LONG = "å" * 5_000
ODD = ("", "\x00", "a\x00b", "-1", "1e309", "9" * 40, "٣", "½", "\ufffe", "../../etc/passwd", "{{7*7}}", LONG)


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def repacked(part: str, content: bytes) -> bytes:
    """A workbook in which one part is ``content``."""
    made, whole = io.BytesIO(), zipfile.ZipFile(io.BytesIO(book(["Kod", "Ja"], ["P1", "1"])))
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in whole.namelist():
            packed.writestr(name, content if name == part else whole.read(name))
    return made.getvalue()


def bomb() -> bytes:
    return repacked("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + b" " * 200_000_000)


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY d SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c><v>&c;&d;</v></c></row>'
    b"</sheetData></worksheet>"
)
FILES: dict[str, bytes | Callable[[], bytes]] = {
    "nothing but blanks": b" \r\n" * 50,
    "NUL bytes among text": f"{HEAD}P1;1;\x00\x00\r\n".encode(),
    "only a byte order mark": b"\xef\xbb\xbf",
    "UTF-16 with a mark": f"{HEAD}P1;1;åäö\r\n".encode("utf-16"),
    "UTF-16 without one": f"{HEAD}P1;1;åäö\r\n".encode("utf-16-le"),
    "two encodings in one file": HEAD.encode() + "P1;1;åäö\r\n".encode("cp1252"),
    "a cut-off letter": f"{HEAD}P1;1;å".encode()[:-1],
    "a quotation that never ends": f'{HEAD}P1;1;"aldrig slut\r\n'.encode(),
    "one cell of very many letters": f"{HEAD}P1;1;{'x' * 400_000}\r\n".encode(),
    "three thousand columns": (";".join(f"k{n}" for n in range(3000)) + "\r\n1;2\r\n").encode(),
    "all columns of one name": ("Kod;" * 40 + "\r\n" + "P1;" * 40 + "\r\n").encode(),
    "more cells than headings": f"{HEAD}{'P1;' * 200}\r\n".encode(),
    "more rows than are taken": (HEAD + "P1;1;x\r\n" * 5001).encode(),
    "control characters": f"{HEAD}P1;1;\x07\x1b[31m\u202e\u2028\r\n".encode(),
    "a zip that is no workbook": repacked("xl/workbook.xml", b"nej"),
    "a workbook cut in half": book(["Kod", "Ja"], ["P1", "1"])[:2000],
    "a zip bomb": bomb,
    "entities and another file": repacked("xl/worksheets/sheet1.xml", ENTITIES),
    "formulas": book(["Kod", "Hur nyttigt var det?"], ["P1", "=1/0"], ["=CMD|' /C calc'!A0", "=A1"]),
    "numbers that are none": book(["Kod", "Ja"], [-1, 1e308], [10**30, True], [None, "NaN"]),
    "SPSS by name alone": b"$FL2@(#) SPSS DATA FILE" + b"\xff" * 4000,
}


def kept(house: Installation) -> tuple[int, ...]:
    with house.database.reading() as session:
        tables = (OutsideAnswers, Response, OutsideTable)
        return tuple(session.scalar(select(func.count()).select_from(each)) or 0 for each in tables)


@pytest.fixture
def client(after: Installation, sqlite_app: Flask) -> FlaskClient:
    return signed_in(sqlite_app, "evaluator")


@pytest.mark.parametrize("name", FILES)
def test_an_odd_file_is_refused_in_words_or_taken_to_its_preview(
    after: Installation,
    client: FlaskClient,
    name: str,
) -> None:
    before, made = kept(after), FILES[name]
    answer = sent_in(client, made() if callable(made) else made, "fil.bin")

    if answer.status_code == 303:
        assert kept(after) == (before[0] + 1, *before[1:])
        for step in ("kolumner", "varden", "granska"):
            shown = client.get(answer.location.removesuffix("kolumner") + step)
            assert shown.status_code == 200, step
        fields = as_it_stands(client.get(answer.location), "kolumner")
        assert client.post(answer.location, data=fields).status_code in (303, 422)
        assert kept(after)[1:] == before[1:]  # nothing counts before it has been looked at
    else:
        assert answer.status_code == 422
        assert "error-text" in answer.text
        assert kept(after) == before


def test_odd_fields_and_addresses_store_nothing(after: Installation, client: FlaskClient) -> None:
    before = kept(after)
    sheet = f"{HEAD}P1;1;x\r\nP2;2;y\r\n".encode()
    for field in SOURCE:
        for odd in ODD:
            answer = sent_in(
                client,
                sheet,
                "fil.csv",
                **{field: odd},
            )
            assert answer.status_code in (303, 422), (field, odd[:20])
    assert client.post(f"{PAGES}/ny", data={}).status_code in (400, 422)
    for odd in ODD:
        there = quote(odd[:300], safe="")
        for place in (f"{PAGES}/{there}", f"{PAGES}/fil/{there}/granska", f"{PAGES}/fil/{there}/kolumner"):
            assert client.get(place).status_code in (302, 303, 308, 404, 405), place[:80]
        for place in (f"{FIGURES}/{there}", f"{FIGURES}/{there}/ta-bort"):
            assert client.get(place).status_code in (200, 302, 303, 308, 404, 405), place[:80]
    assert kept(after)[1:] == before[1:]


def test_odd_choices_and_a_doubled_save(after: Installation, client: FlaskClient) -> None:
    labels = [each["label"]["sv"] for each in OVERALL["questions"][0]["scale"]["points"]]
    rows = "".join(f"P{number};{labels[number % 4]};x\r\n" for number in range(1, 21))
    begun = sent_in(client, (HEAD + rows).encode(), "fil.csv").location
    fields = as_it_stands(client.get(begun), "kolumner")
    for odd in ODD:
        chosen = {name: odd for name in fields if name.startswith("column")}
        assert client.post(begun, data=fields | chosen).status_code in (303, 422), odd[:20]
        part = dict.fromkeys(chosen, f"overall|{odd}")
        assert client.post(begun, data=fields | part).status_code in (303, 422), odd[:20]
        values = begun.replace("kolumner", "varden")
        said = {f"value-{column}-{number}": odd for column in (0, 1, 2, -1) for number in range(5)}
        assert client.post(values, data=fields | said).status_code == 303, odd[:20]
        save = begun.replace("kolumner", "spara")
        counts = dict.fromkeys(("rows", "matched", "unknown", "faulty", "unknown_people"), odd)
        assert client.post(save, data=fields | counts).status_code == 303, odd[:20]
    assert kept(after)[1] == 20  # those who were asked in Följa, and nobody else

    again = sent_in(client, (HEAD + rows).encode(), "fil.csv").location
    look = go_on(client, go_on(client, again))
    save = look.replace("granska", "spara")
    ready = as_it_stands(client.get(look), "spara") | {"without_faulty": "y", "unknown_people": "keep"}
    once, twice = (client.post(save, data=ready) for _ in range(2))
    assert (once.status_code, twice.status_code) == (303, 303)
    assert kept(after)[1] == 40
    assert "not there any more" in client.get(twice.location).text


def test_figures_from_elsewhere_bear_odd_forms(after: Installation, client: FlaskClient) -> None:
    new = f"{FIGURES}/ny"
    form = forms_of(client.get(new))[new]
    for odd in ODD:
        for filled in (
            dict.fromkeys(form, odd) | {"csrf_token": form["csrf_token"]},
            {**form, "table": odd},
        ):
            answer = client.post(new, data=filled)
            assert answer.status_code in (303, 422), odd[:20]
            assert answer.status_code == 303 or "error" in answer.text
