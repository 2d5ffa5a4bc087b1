"""Files that users send in: CSV and XLSX alike, matched by the names of columns; harmful ones refused."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from surveys.importing import columns, people_rows, sheets, spreadsheets
from surveys.importing.files import Refused
from surveys.register.people_saving import free_code, next_codes


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_reads_as_text() -> None:
    raw = workbook(
        ["Deltagare"],
        [],
        ["Namn", "E-post", "Anmäld", "Tid", "Kod"],
        ["Åsa", "a@a.se", date(2027, 1, 2), datetime.fromisoformat("2027-01-02 13:00"), 7],
        [None, None, None, None, 7.5],
    )
    names, rows = sheets.read(raw)
    assert names == ("Namn", "E-post", "Anmäld", "Tid", "Kod")
    assert [(row.line, row.cells) for row in rows] == [
        (4, ("Åsa", "a@a.se", "2027-01-02", "2027-01-02 13:00", "7")),
        (5, ("", "", "", "", "7.5")),
    ]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(4):
            packed.writestr(f"{number}.xml", b"\0" * 80_000_000)
    with pytest.raises(Refused) as refused:
        sheets.peek(file.getvalue(), 10)
    assert refused.value.code == "unpacks_too_big"


def test_entities_in_a_workbook_are_refused() -> None:
    file = io.BytesIO()
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["a", "b"], ["c", "d"]))) as whole,
        zipfile.ZipFile(file, "w") as out,
    ):
        for name in whole.namelist():
            out.writestr(name, evil if name == "xl/workbook.xml" else whole.read(name))
    with pytest.raises(Refused) as refused:
        sheets.peek(file.getvalue(), 10)
    assert refused.value.code == "not_workbook"


@pytest.mark.parametrize("cut", [10, 200, -30])
def test_a_damaged_workbook_is_refused(cut: int) -> None:
    with pytest.raises(Refused):
        sheets.peek(workbook(["Namn", "E-post"], ["Bo", "b@a.se"])[:cut], 10)


def test_too_many_rows_and_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    _names, rows = sheets.read(b"a;b\n1;2\n3;4\n5;6\n")
    with pytest.raises(Refused) as refused:
        list(rows)
    assert refused.value.code == "too_many_rows"
    with pytest.raises(Refused) as refused:
        sheets.read(";".join(f"k{n}" for n in range(61)).encode())
    assert refused.value.code == "too_many_columns"


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (("Förnamn", "Efternamn", "E-post"), ["first_name", "last_name", "email"]),
        (("Name", "E-mail", "attribute:Shoe"), ["name", "email", "attribute"]),
        (("Namn", "Förnamn", "E-postadress", "Mejl"), ["name", "", "email", ""]),
        (("DELTAGARKOD", " Kön ", "Arbetsgivare", "?"), ["code", "gender", "organisation", ""]),
        (("Startdatum", "Slutdatum", "Anmäld"), ["starts", "ends", "registered"]),
    ],
)
def test_suggestions(names: tuple[str, ...], fields: list[str]) -> None:
    assert columns.suggest(names) == fields


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2027-01-07", "2027-01-06T23:00:00+00:00"),
        ("2027-07-07 13:00", "2027-07-07T11:00:00+00:00"),
        ("2027-01-07T13:00+02:00", "2027-01-07T11:00:00+00:00"),
    ],
)
def test_moments(cell: str, moment: str) -> None:
    assert people_rows.moment(cell, "Europe/Stockholm").isoformat() == moment


def test_codes_that_nobody_has() -> None:
    taken = {"p0003", "x"}
    found = next_codes(taken)
    assert [next(found), next(found)] == ["p0004", "p0005"]
    assert free_code("Försäkringskassan Väst", set()) == "forsakringskassan-vast"
    assert free_code("Försäkringskassan Väst", {"forsakringskassan-vast"}) == "forsakringskassan-vast-2"
    assert free_code("東京", set()) == "organisation"


def test_an_old_workbook_says_so() -> None:
    with pytest.raises(Refused) as refused:
        sheets.peek(spreadsheets.OLD_MAGIC + b"\0" * 100, 10)
    assert refused.value.code == "old_workbook"


def test_a_file_that_is_too_big_is_not_looked_at() -> None:
    with pytest.raises(Refused) as refused:
        sheets.peek(b"Namn;E-post\n" + b" " * sheets.LARGEST_BYTES, 10)
    assert refused.value.code == "file_too_big"
