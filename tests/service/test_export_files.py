"""Exports read back: SPSS files with pyreadstat, workbooks with openpyxl; counts are those of the results."""

import csv
import io
import resource
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
import pytest

from surveys.exporting import csv_file, formats, sav_file, xlsx_file
from surveys.exporting.codebook import codebook
from surveys.exporting.in_place import CannotWrite
from surveys.exporting.layout import Memo
from surveys.exporting.limits import NoPersonCodes, TooLarge
from surveys.exporting.names import spss_names
from surveys.exporting.rows import Export
from surveys.exporting.words import Words
from surveys.installation import Installation
from surveys.results.series import read_series
from tests.support.answered import NOW, OVERALL, Answering, one_question, spread
from tests.support.forms import DEGREE, EVERY_KIND, EVERY_WAY, local

WORDS = Words("sv")
GAPS = {-9: "inget svar", -7: "ej ställd", -6: "redovisas ej – för få svar"}


def build_every_kind(it: Answering) -> None:
    mailing = it.mailing(it.rule(it.questionnaire(EVERY_KIND)), it.occasion("t1", "Ansvar", "Bemötande"))
    it.ask(mailing, 20)
    it.answer(mailing, EVERY_WAY)


def build_before_and_after(it: Answering) -> None:
    for wave, anchor in (("pre", "series_start"), ("post", "series_end")):
        rule = it.rule(it.questionnaire(OVERALL, code=wave, wave=wave), wave, anchor)
        mailing = it.mailing(rule)
        it.ask(mailing, 8)
        it.answer(mailing, spread("overall", 3, 3) if wave == "pre" else spread("overall", 1, 2, 4, 0, 1))


def saved_as_sav(
    installation: Installation,
    build: Any,
    path: Path,
    form: Any = "responses",
    told_by: list[str] | None = None,
    **options: Any,
) -> tuple[Any, Any]:
    with installation.database.transaction() as session:
        answering = Answering(session, installation.keys, response_rows=True, told_by=told_by)
        build(answering)
        series = answering.series.id
    with installation.database.reading() as session:
        export = Export(session, installation.keys, series, NOW, "sv", **options)
        sav_file.save(export, path, WORDS, form)
    return pyreadstat.read_sav(str(path), user_missing=True)


def test_an_spss_file_holds_values_labels_and_reasons(installation: Installation, tmp_path: Path) -> None:
    frame, meta = saved_as_sav(installation, build_every_kind, tmp_path / "svar.sav")

    assert len(frame) == 12
    row = frame[frame["missed"] == "Kaffe"].iloc[0]
    assert {
        name: row[name]
        for name in ("theme", "new_A", "new_B", "overall", "role", "role_text", "use_a", "use_b", "use_text")
    } == {
        "theme": "B",
        "new_A": 2,
        "new_B": 4,
        "overall": -8,
        "role": 3,
        "role_text": "=Kassör",
        "use_a": 1,
        "use_b": 0,
        "use_text": "Allt",
    }
    assert (row["hours"], row["more"], row["words_1"]) == (1.5, 'Rad ett\nrad två; med "citat" åäö', "Åtgärd")
    assert (row["order_a"], row["order_b"], row["order_c"]) == (2, -5, 1)
    assert (row["began"], row["quoted"]) == (date(2026, 11, 22), 1)
    nothing = frame[frame["new_A"] == -9].iloc[0]
    assert (nothing["use_a"], nothing["hours"], nothing["quoted"], nothing["missed"]) == (-9, -9, 0, "")

    labels = meta.variable_value_labels
    assert labels["overall"] == {
        1: "I mycket liten grad",
        2: "I liten grad",
        3: "I hög grad",
        4: "I mycket hög grad",
        -8: "vet ej",
        **GAPS,
    }
    assert labels["quoted"][0] == "Har inte samtyckt"
    assert meta.missing_ranges["overall"] == [{"lo": -9, "hi": -6}]
    assert (meta.variable_measure["overall"], meta.variable_measure["hours"]) == ("ordinal", "scale")
    assert (meta.original_variable_types["overall"], meta.original_variable_types["hours"]) == (
        "F8.0",
        "F10.1",
    )
    assert meta.column_names_to_labels["person_code"].startswith("Person")


def test_before_and_after_are_one_row_a_person(installation: Installation, tmp_path: Path) -> None:
    frame, meta = saved_as_sav(installation, build_before_and_after, tmp_path / "par.sav", "persons")

    assert len(frame) == 8
    assert {"person_code", "overall_pre", "overall_post", "submitted_on_pre"} <= set(frame)
    assert Counter(frame["overall_pre"].dropna()) == {1: 3, 2: 3}
    assert Counter(frame["overall_post"].dropna()) == {1: 1, 2: 2, 3: 4, -8: 1}
    assert int((frame["overall_pre"].notna() & frame["overall_post"].notna()).sum()) == 6
    assert meta.column_names_to_labels["overall_pre"].endswith("(pre)")


def test_counts_are_those_of_the_results(installation: Installation, tmp_path: Path) -> None:
    frame, _ = saved_as_sav(installation, build_every_kind, tmp_path / "svar.sav")
    with installation.database.reading() as session:
        (found,) = read_series(session, 1, NOW).measurements
        export = Export(session, installation.keys, 1, NOW, "sv")
        xlsx_file.save(export, tmp_path / "svar.xlsx", WORDS)
        text = io.StringIO(newline="")
        csv_file.write(export, text, "answers")
    sheet = openpyxl.load_workbook(tmp_path / "svar.xlsx")["Svar"]
    heading, *rows = sheet.iter_rows(values_only=True)
    place = {name: number for number, name in enumerate(heading)}
    answers = list(csv.DictReader(io.StringIO(text.getvalue(), newline=""), delimiter=";"))

    for question in found.questions:
        name = question.code.replace("-", "_")
        if question.kind != "scale":
            continue
        counts = {bar.code: bar.share.count for bar in question.points if bar.share.count}
        in_sav = Counter(str(int(each)) for each in frame[name] if each > 0)
        in_sheet = Counter(
            row[place[question.code]] for row in rows if row[place[question.code]] not in (None, "dk")
        )
        in_answers = Counter(
            row["value"] for row in answers if row["question"] == question.code and row["value"] != "dk"
        )
        assert in_sav == in_sheet == in_answers == counts
        assert (frame[name] == -9).sum() == question.missing
        assert (frame[name] == -8).sum() == (question.dont_know or 0)
    consent = next(each for each in found.questions if each.kind == "consent")
    assert [int((frame["quoted"] == number).sum()) for number in (1, 0)] == [
        bar.share.count for bar in consent.points
    ]


def test_a_workbook_has_texts_numbers_labels_and_says_what_it_is(
    installation: Installation, tmp_path: Path
) -> None:
    with installation.database.transaction() as session:
        answering = Answering(session, installation.keys, response_rows=True)
        build_every_kind(answering)
        answering.measured(spread("overall", 1, 1))
        series = answering.series.id
    with installation.database.reading() as session:
        export = Export(session, installation.keys, series, NOW, "sv")
        assert xlsx_file.save(export, tmp_path / "svar.xlsx", WORDS) == 12
    book = openpyxl.load_workbook(tmp_path / "svar.xlsx")

    assert book.sheetnames == ["Svar", "Etiketter", "Om filen"]
    heading, *rows = book["Svar"].iter_rows()
    place = {cell.value: number for number, cell in enumerate(heading)}
    full = next(row for row in rows if row[place["missed"]].value == "Kaffe")
    told = full[place["role.text"]]
    assert (told.value, told.data_type, told.quotePrefix) == ("=Kassör", "s", True)
    assert (full[place["hours"]].value, full[place["hours"]].data_type) == (1.5, "n")
    assert (full[place["overall"]].value, full[place["overall"]].data_type) == ("dk", "s")
    labels = [row[2:] for row in book["Etiketter"].values if row[0] == "overall" and row[2]]
    assert labels[:2] == [("1", "I mycket liten grad"), ("2", "I liten grad")]
    assert ("dk", "vet ej") in labels
    about = dict(list(book["Om filen"].values)[1:])
    assert about["Svar"] == "12"
    assert about["Inte i filen"].startswith("2 enkätsvar är inte med")


def test_days_are_days_also_where_the_first_has_none(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    def build(it: Answering) -> None:
        build_before_and_after(it)
        it.measured(spread("overall", 3, 3))

    frame, _ = saved_as_sav(sqlite_installation, build, tmp_path / "svar.sav")

    assert Counter(frame["occasion_date"].dropna()) == {date(2026, 5, 6): 6}


def test_why_there_is_no_answer_is_told_apart(sqlite_installation: Installation, tmp_path: Path) -> None:
    content = one_question(kind="scale", scale=DEGREE)
    content["questions"] += [
        {"code": "why", "kind": "scale", "scale": DEGREE, "text": local("Varför?"), "relevant": "${q} = '4'"},
        {"code": "few", "kind": "number", "minimum": "-10", "text": local("Hur många?")},
    ]

    def build(it: Answering) -> None:
        asked = [{"q": "4", "why": str(k % 2 + 1), "few": "-9"} for k in range(6)]
        it.measured([*asked, {"q": "4"}, *[{"q": "1", "few": str(k)} for k in range(6)]], content=content)
        it.measured([*asked[:4], *[{"q": "1"}] * 4], content=content)

    frame, meta = saved_as_sav(sqlite_installation, build, tmp_path / "svar.sav")
    first, second = (frame[frame["occasion"] == code] for code in ("t1", "t2"))

    assert Counter(first["why"]) == {1: 3, 2: 3, -9: 1, -7: 6}
    assert Counter(second["why"]) == {-6: 8}
    assert Counter(first["few"])[-9] == 6
    assert Counter(first["few"])[-99] == 1
    assert meta.missing_ranges["few"] == [{"lo": -99, "hi": -96}]


def test_whoever_sees_who_answered_gets_no_file_by_person(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    with pytest.raises(NoPersonCodes):
        saved_as_sav(
            sqlite_installation, build_before_and_after, tmp_path / "x.sav", "persons", as_evaluator=False
        )
    assert not [each for each in tmp_path.iterdir() if "sav" in each.name or "xlsx" in each.name]


def test_what_is_too_large_is_said_before_any_row_is_read(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    with sqlite_installation.database.transaction() as session:
        answering = Answering(session, sqlite_installation.keys, response_rows=True)
        answering.measured(spread("overall", 3, 3))
        series = answering.series.id
    with sqlite_installation.database.reading() as session:
        export = Export(session, sqlite_installation.keys, series, NOW, "sv")
        export.count = xlsx_file.MOST_ROWS
        with pytest.raises(TooLarge) as sheet:
            xlsx_file.save(export, tmp_path / "svar.xlsx", WORDS)
        with pytest.raises(TooLarge) as file:
            sav_file.save(export, tmp_path / "svar.sav", WORDS)
    assert WORDS.too_large(sheet.value) == (
        "Ett blad rymmer 1\u00a0048\u00a0575 enkätsvar, och de här är 1\u00a0048\u00a0576. "
        "Välj CSV, som inte har någon gräns."
    )
    assert "10\u00a0000\u00a0000 celler" in WORDS.too_large(file.value)
    assert not [each for each in tmp_path.iterdir() if "sav" in each.name or "xlsx" in each.name]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond ``size`` bytes: a write then fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("code", ["csv", "xlsx", "sav"])
def test_a_full_disk_is_said_and_leaves_nothing(
    sqlite_installation: Installation, tmp_path: Path, code: str
) -> None:
    with sqlite_installation.database.transaction() as session:
        build_every_kind(Answering(session, sqlite_installation.keys, response_rows=True))
    (tmp_path / "files").mkdir()
    with sqlite_installation.database.reading() as session:
        export = Export(session, sqlite_installation.keys, 1, NOW, "sv")
        formats.save(export, tmp_path / f"svar.{code}", formats.FORMATS[code], "responses", WORDS)
        with room_for(1_000), pytest.raises(CannotWrite):
            formats.save(export, tmp_path / "files" / "x", formats.FORMATS[code], "responses", WORDS)
    assert list((tmp_path / "files").iterdir()) == []


def test_a_workbook_that_is_given_up_leaves_nothing(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    class Stopped(Exception):
        pass

    def stopping(rows: Iterable[Any]) -> Iterator[Any]:
        yield next(iter(rows))
        raise Stopped

    with sqlite_installation.database.transaction() as session:
        build_every_kind(Answering(session, sqlite_installation.keys, response_rows=True))
    (tmp_path / "files").mkdir()
    with sqlite_installation.database.reading() as session:
        export = Export(session, sqlite_installation.keys, 1, NOW, "sv")
        with pytest.raises(Stopped):
            xlsx_file.save(export, tmp_path / "files" / "x.xlsx", WORDS, progress=stopping)
    assert list((tmp_path / "files").iterdir()) == []


def test_what_is_remembered_does_not_grow_with_the_rows() -> None:
    memo = Memo(str)

    assert [memo[number] for number in range(5_000)] == [str(number) for number in range(5_000)]
    assert len(memo) <= 1_000


def test_a_background_that_never_differs_stands_once_by_person(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    def build(it: Answering) -> None:
        for wave, anchor in (("pre", "series_start"), ("post", "series_end")):
            mailing = it.mailing(it.rule(it.questionnaire(OVERALL, code=wave, wave=wave), wave, anchor))
            it.ask(mailing, 24)
            group = "AB" if wave == "pre" else "BA"  # everybody has changed places
            background = [
                {"gender": "woman" if k < 12 else "man", "work_group": group[k % 2]} for k in range(24)
            ]
            many = 24 if wave == "pre" else 23
            answers = [{"overall": str(1 + k // 2 % 3)} for k in range(many)]
            it.answer(mailing, answers, background=background[:many])

    chosen = ["gender", "work_group"]
    frame, meta = saved_as_sav(sqlite_installation, build, tmp_path / "par.sav", "persons", chosen)

    backgrounds = [each for each in frame if each.startswith(("gender", "work_group", "language"))]
    assert backgrounds == ["language", "gender", "work_group_pre", "work_group_post"]
    assert Counter(frame["gender"]) == {"woman": 12, "man": 12}
    assert meta.column_names_to_labels["gender"] == "Kön"


def test_the_codebook_says_what_every_column_is(sqlite_installation: Installation) -> None:
    with sqlite_installation.database.transaction() as session:
        build_every_kind(Answering(session, sqlite_installation.keys, response_rows=True))
    with sqlite_installation.database.reading() as session:
        export = Export(session, sqlite_installation.keys, 1, NOW, "sv")
        book = codebook(export, read_series(session, 1, NOW, True), WORDS)

    parts = {entry.column: entry.part for chapter in book.chapters for entry in chapter.entries}
    assert (parts["use.a"], parts["role.text"], parts["order.c"]) == ("Metoderna", "Annat", "Lokaler (plats)")
    assert parts["overall"] == parts["hours"] == ""


def test_names_are_such_as_spss_takes() -> None:
    wanted = [
        ("q.a", ""),
        ("Q_A", ""),
        ("and", ""),
        ("1x", ""),
        ("x_", ""),
        ("k" * 80, "pre"),
        ("k" * 80, "pre"),
    ]

    found = spss_names(wanted)

    assert found == ["q_a", "Q_A_2", "q_and", "q_1x", "x", "k" * 60 + "_pre", "k" * 58 + "_pre_2"]
    assert all(len(each.encode()) <= 64 for each in found)
