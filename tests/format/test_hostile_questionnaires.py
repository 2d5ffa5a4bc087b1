"""Files meant to harm: each is refused with its reason, before much of it is unpacked, read or kept.

That it is quick shows in what is counted and in how little memory it takes; a clock tells of the machine.
"""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.domain.questionnaire import parse
from surveys.importing import questionnaire_file
from surveys.importing.files import Refused
from surveys.importing.losses import ReadQuestionnaire
from surveys.importing.spreadsheets import OLD_MAGIC
from tests.format.test_lss import NEW, question, survey, table
from tests.format.test_xlsform import FOREIGN, book

MEGABYTE = 1024 * 1024
MOST_MEMORY = 2 * MEGABYTE
HEADING = ["type", "name", "label"]
NOTE = ["text", "a", "A"]
SHEET = "xl/worksheets/sheet1.xml"


def packed(**parts: bytes) -> bytes:
    """A workbook with one good question, some of whose parts say something else (slashes as __)."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(survey=[HEADING, NOTE]))) as whole,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        changed = {name.replace("__", "/"): content for name, content in parts.items()}
        for name in whole.namelist():
            out.writestr(name, changed.pop(name, b"") or whole.read(name))
        for name, content in changed.items():
            out.writestr(name, content)
    return file.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return packed(**{SHEET: f"{before}{start}{rows}</sheetData></worksheet>".encode()})


def lying() -> bytes:
    """A part that unpacks to more than the directory says."""
    raw = bytearray(sheet("<row/>" * 50))
    at = raw.rfind(SHEET.encode()) - 46  # the entry of the sheet in the central directory
    raw[at + 24 : at + 28] = struct.pack("<I", 20)
    return bytes(raw)


def locked() -> bytes:
    """Parts marked as encrypted."""
    raw = bytearray(packed())
    at = raw.find(b"PK\x01\x02")
    while at != -1:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 1)
    return bytes(raw)


def many_parts() -> bytes:
    return packed(**{f"xl__x{number}.bin": b"" for number in range(2_100)})


def spread(named: str, rows: str) -> bytes:
    """A workbook whose sheet is a part of another name."""
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    with zipfile.ZipFile(io.BytesIO(packed())) as whole:
        links = whole.read("xl/_rels/workbook.xml.rels").replace(b"sheet1.xml", named.encode())
    content = f"{start}{rows}</sheetData></worksheet>".encode()
    return packed(**{"xl/_rels/workbook.xml.rels": links, f"xl/worksheets/{named}": content})


def twice() -> bytes:
    """A part that is there twice: one program reads the first, another the last."""
    file = io.BytesIO(packed())
    with zipfile.ZipFile(file, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr(SHEET, b"<worksheet/>")
    return file.getvalue()


def styles(count: int) -> bytes:
    formats = '<xf numFmtId="14"/>' * count
    return packed(**{"xl/styles.xml": f"<styleSheet><cellXfs>{formats}</cellXfs></styleSheet>".encode()})


def strings(count: int) -> bytes:
    return packed(**{"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * count + b"</sst>"})


def merged(count: int) -> bytes:
    cells = "<mergeCells>" + '<mergeCell ref="A1:B2"/>' * count + "</mergeCells>"
    return packed(**{SHEET: f"<worksheet><sheetData><row/></sheetData>{cells}</worksheet>".encode()})


def filtered() -> bytes:
    """Thousands of rows, each shown as one of thousands of options is chosen."""
    names = [f"r{number}" for number in range(8_000)]
    asked = table("questions", question(1, "M", "m", question="M"), question(2, "F", "f", question="F"))
    more = table("question_attributes", {"qid": 2, "attribute": "array_filter", "value": "m"})
    parts = table(
        "subquestions",
        *({"qid": f"{qid}{name}", "parent_qid": qid, "title": name} for qid in (1, 2) for name in names),
    )
    return survey(table("groups", {"gid": 1, "group_name": "G"}), asked, parts, more)


def asking(*names: str, **more: list[list[object]]) -> bytes:
    return book(survey=[HEADING, *([*("text", name, "A")] for name in names)], **more)


def long_lists() -> bytes:
    options = [["list name", "name", "label"], *(["many", f"o{number}", "O"] for number in range(400))]
    asked = [["select_one many", f"q{number}", "Q"] for number in range(60)]
    return book(survey=[HEADING, *asked], choices=options)


def bomb(content: bytes) -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE document [' + content + b"]><document>&a;</document>"


ENTITIES = b'<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k"))
)
FETCHED = b'<!ENTITY a SYSTEM "file:///etc/passwd">'

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "file_empty"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "unknown_file"),
    "only NUL": (lambda: b"\0" * 1000, "unknown_file"),
    "too many bytes": (lambda: b"<" + b" " * 9 * MEGABYTE, "file_too_big"),
    "an old workbook": (lambda: OLD_MAGIC + b"\0" * 600, "old_workbook"),
    "a workbook with a password": (
        lambda: OLD_MAGIC + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
        "old_workbook",
    ),
    "a zip of something else": (lambda: _zip(**{"a.txt": b"a"}), "not_workbook"),
    "a workbook cut short": (lambda: packed()[:-200], "not_workbook"),
    "parts with a password": (locked, "not_workbook"),
    "a zip bomb": (lambda: packed(xl__media=b"\0" * 40 * MEGABYTE), "unpacks_too_big"),
    "a sheet of 60 MB": (lambda: sheet("<row><c><v>1</v></c></row>" * 2_400_000), "unpacks_too_big"),
    "a directory that lies": (lying, "not_workbook"),
    "more parts than a workbook has": (many_parts, "unpacks_too_big"),
    "a million empty rows": (lambda: sheet("<row/>" * 1_000_000), "workbook_too_long"),
    "the last row there is": (
        lambda: sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
        "sheet_too_long",
    ),
    "200 000 cells with a format": (
        lambda: sheet(("<row>" + "<c/>" * 2_000 + "</row>") * 100),
        "workbook_too_long",
    ),
    "a row beyond the last there can be": (
        lambda: sheet('<row r="99999999999"><c><v>1</v></c></row>'),
        "sheet_too_long",
    ),
    "a row before the first": (lambda: sheet('<row r="-5"><c r="A-5"><v>1</v></c></row>'), "not_workbook"),
    "a column there is not": (lambda: sheet('<row><c r="AAAAAA1"><v>1</v></c></row>'), "not_workbook"),
    "100 000 cells that hold something": (
        lambda: sheet(("<row>" + "<c><v>1</v></c>" * 100 + "</row>") * 1_000),
        "workbook_too_long",
    ),
    "a sheet in UTF-16": (
        lambda: packed(
            **{SHEET: ("<worksheet><sheetData>" + "<row><c/></row>" * 9_000).encode("utf-16")},
        ),
        "workbook_too_long",
    ),
    "a sheet that is called something else": (
        lambda: spread("sheet1.png", "<row/>" * 9_000),
        "workbook_too_long",
    ),
    "200 000 texts": (lambda: strings(200_000), "workbook_too_long"),
    "100 000 formats": (lambda: styles(100_000), "workbook_too_long"),
    "300 000 merged cells": (lambda: merged(300_000), "workbook_too_long"),
    "elements in elements of a sheet": (lambda: sheet("<a>" * 100_000), "xml_too_deep"),
    "a part that is there twice": (twice, "not_workbook"),
    "1 500 names that are one": (
        lambda: asking(*("a" + "å" * (number % 90) + "!" * (number // 90) for number in range(1_500))),
        "too_many_questions",
    ),
    "XML that does not end": (lambda: sheet("<row><c>"), "malformed_xml"),
    "an entity bomb in a sheet": (
        lambda: sheet("&a;", "<!DOCTYPE a [" + ENTITIES.decode() + "]>"),
        "forbidden_xml",
    ),
    "another file in a sheet": (
        lambda: sheet("&a;", "<!DOCTYPE a [" + FETCHED.decode() + "]>"),
        "forbidden_xml",
    ),
    "10 000 questions": (lambda: asking(*(f"q{number}" for number in range(10_000))), "workbook_too_long"),
    "300 questions": (lambda: asking(*(f"q{number}" for number in range(300))), "too_many_questions"),
    "lists that add up": (long_lists, "too_many_options"),
    "groups in groups": (
        lambda: book(survey=[HEADING, *(["begin group", f"g{n}", "G"] for n in range(50)), NOTE]),
        "groups_too_deep",
    ),
    "no sheet of questions": (lambda: book(a=[["x"]], b=[["y"]]), "survey_missing"),
    "nothing to answer": (lambda: book(survey=[HEADING, ["note", "a", "A"]]), "asks_nothing"),
    "an entity bomb": (lambda: bomb(ENTITIES), "forbidden_xml"),
    "another file": (lambda: bomb(FETCHED), "forbidden_xml"),
    "malformed XML": (lambda: survey("<questions>"), "malformed_xml"),
    "NUL in XML": (lambda: survey("<a>\0</a>"), "malformed_xml"),
    "an encoding nobody knows": (lambda: NEW.replace(b"UTF-8", b"x-evil"), "malformed_xml"),
    "elements in elements": (lambda: survey("<a>" * 100_000), "xml_too_deep"),
    "70 000 rows": (
        lambda: survey(table("answers", *({"qid": 1} for _row in range(70_000)))),
        "too_many_rows",
    ),
    "rows filtered by options": (filtered, "too_many_questions"),
    "a million instructions": (lambda: survey("<?php x?>" * 800_000), "no_questions"),
    "texts of brackets": (
        lambda: survey(
            table("questions", *(question(n, "*", "a", question="<!" * 19_000) for n in range(200)))
        ),
        "asks_nothing",
    ),
    "a picture in each text": (
        lambda: survey(
            table(
                "questions",
                *(question(n, "X", "a", question=f"<img src='data:x,{'A' * 39_000}'>") for n in range(190)),
            )
        ),
        "asks_nothing",
    ),
    "a page of the web": (lambda: b"<!DOCTYPE html><html><body>Hi</body></html>", "forbidden_xml"),
    "XML of another kind": (lambda: b"<feed><title>Hi</title></feed>", "not_a_survey"),
    "a survey without questions": (survey, "no_questions"),
}


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason(name: str) -> None:
    make, code = HOSTILE[name]
    raw = make()
    with pytest.raises(Refused) as refused:
        questionnaire_file.read(raw, "sv")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "name",
    [
        *("a zip bomb", "a sheet of 60 MB", "a directory that lies", "an entity bomb", "a sheet in UTF-16"),
    ],
)
def test_what_would_swell_takes_no_memory(name: str) -> None:
    make, _code = HOSTILE[name]
    raw = make()
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            questionnaire_file.read(raw, "sv")
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


def test_what_looks_odd_but_does_no_harm_comes_in() -> None:
    found = questionnaire_file.read(
        book(
            survey=[
                [*HEADING, "relevant", "parameters", "label"],
                ["text", "a b", "=1+1", "${c} = 'x'"],
                ["text", "c", "<script>", "${a b} = 'x'"],
                ["text", "c", "zero\u200bwidth \u202eright to left"],
                ["text", "q'; DROP TABLE x", "A" * 6_000],
                ["text", "", ""],
                ["text", "ångström", "Å", "${gone} = 1"],
                ["text", "deep", "D", "(" * 100 + "1" + ")" * 100],
                # Each of these took from seconds to hours.
                ["text", "blank", "B", "${" + " " * 1_500 + "1"],
                ["text", "opened", "O", "${" * 16_000],
                ["range", "r", "R", "", "a" * 32_000],
            ]
        ),
        "sv",
    )
    parse(found.document)
    asked = {each["code"]: each for each in found.document["questions"]}
    assert list(asked) == [
        "a_b",
        "c",
        "c_2",
        "q_DROP_TABLE_x",
        "q",
        "ngstr_m",
        "deep",
        "blank",
        "opened",
        "r",
    ]
    assert asked["c"]["text"] == {"sv": "<script>"}
    assert len(asked["q_DROP_TABLE_x"]["text"]["sv"]) == 5_000
    assert {loss.code for loss in found.losses} >= {
        *("renamed", "relevant_circular", "text_cut", "without_text", "column_twice"),
        *("relevant_unknown_question", "relevant_too_deep"),
    }


CELLS = st.sampled_from(
    [
        *(
            "",
            "text",
            "select_one a",
            "select_multiple a or_other",
            "rank a",
            "begin group",
            "end group",
            "note",
        ),
        *("begin_repeat", "integer", "range", "date", "acknowledge", "x", "y", "a", "yes", "dk", "other"),
        *("${x} > 1", "${y}", ". < 3", "label", "name", "type", "list name", "relevant", "constraint"),
        *("label::Svenska (sv)", "folja::kind", "folja::more", "folja::scale", "scale", '{"a": [1]}', "[]"),
        *("folja::max", "7", "-1", "folja::code", "hint::xx", "required", "folja::each", "theme"),
    ]
) | st.text(max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=9)


def read_or_refuse(raw: bytes) -> ReadQuestionnaire | None:
    try:
        return questionnaire_file.read(raw, "sv")
    except Refused:
        return None


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(ROWS, ROWS, ROWS)
def test_any_workbook_is_a_questionnaire_or_refused(
    asked: list[list[str]], options: list[list[str]], settings_rows: list[list[str]]
) -> None:
    rows = [["type", "name", "label", "relevant", "constraint", "folja::kind", "folja::more"], *asked]
    try:
        raw = book(survey=rows, choices=[["list name", "name", "label"], *options], settings=settings_rows)
    except openpyxl.utils.exceptions.IllegalCharacterError:
        return
    if found := read_or_refuse(raw):
        parse(found.document)


FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("qid", "parent_qid", "gid", "type", "title", "question", "language", "relevance", "other"),
            *("code", "answer", "aid", "scale_id", "attribute", "value", "mandatory", "cqid", "cfieldname"),
            *("method", "group_name", "grelevance", "sortorder", "surveyls_title", "surveyls_language"),
        ]
    ),
    st.sampled_from(
        ["1", "2", "0", "Y", "N", "L", "M", "F", "K", "R", "5", "sv", "a", "1X1X1", "==", "a == 1"]
    )
    | st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=6),
)
TABLES = st.dictionaries(
    st.sampled_from(
        [
            *("questions", "subquestions", "answers", "answer_l10ns", "question_l10ns", "groups"),
            *("group_l10ns", "question_attributes", "conditions", "surveys", "surveys_languagesettings"),
        ]
    ),
    st.lists(FIELDS, min_size=1, max_size=5),
)


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(TABLES, st.sampled_from(["L", "M", "F", "K", "R", "T", "N"]))
def test_any_survey_is_a_questionnaire_or_refused(tables: dict[str, list[dict[str, Any]]], kind: str) -> None:
    tables["questions"] = [question(1, kind, "a", question="A"), *tables.get("questions", ())]
    tables["groups"] = [{"gid": 1, "group_name": "G"}, *tables.get("groups", ())]
    escaped = {
        name: [{key: str(value).replace("]]>", "") for key, value in row.items()} for row in rows]
        for name, rows in tables.items()
    }
    if found := read_or_refuse(survey(*(table(name, *rows) for name, rows in escaped.items()))):
        parse(found.document)


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.sampled_from([NEW, FOREIGN]), st.integers(0, 100_000), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_a_questionnaire_or_refused(whole: bytes, place: int, damage: bytes) -> None:
    at = place % len(whole)
    if found := read_or_refuse(whole[:at] + damage + whole[at + len(damage) :]):
        parse(found.document)
