"""Programme files: everything that is wrong is told at once, each with its file and line."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from surveys.commands import fault_texts
from surveys.importing.faults import Fault, ProgrammeFaults
from surveys.importing.programme_file import ProgrammeFile, read_programme
from surveys.importing.yaml_document import LARGEST_BYTES
from tests.support.small import FOLDER

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small programme, to be spoilt."""
    shutil.copytree(FOLDER, tmp_path / "small")
    return tmp_path / "small"


def read(folder: Path) -> ProgrammeFile:
    return read_programme(folder / "small.yaml")


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(ProgrammeFaults) as caught:
        read(folder)
    for fault in caught.value.faults:
        text = fault_texts.describe(fault)
        assert f": {fault.code} " not in text, f"no words for {fault}"
        assert "?" not in text, f"a parameter is missing: {text}"
        assert text.startswith(fault.file)
    return list(caught.value.faults)


def spoil(folder: Path, old: str, new: str, name: str = "small.yaml") -> int:
    """Replace ``old``, which must be there, and return the line it stood on."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, old
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def told(found: list[Fault]) -> list[tuple[str, int, str]]:
    return [(fault.file, fault.line, fault.code) for fault in found]


def test_the_small_programme_is_whole(folder: Path) -> None:
    document = read(folder)
    assert len(document.people) == 12
    assert len(document.attendance["kurs"]) == 18


SPOILT = [
    ("timezone: Europe/Stockholm", "timezone: Europe/Stokholm", "unknown_zone"),
    ("from: 2027-01-01", "from: 2027-02-30", "impossible_date"),
    ("from: 2027-01-01", "from: 1 januari", "not_date"),
    ("reply_to: projektet@liten.example", "reply_to: projektet@", "bad_address"),
    ("minimum_group: 5", "minimum_group: 4", "out_of_range"),
    ("decimals: 1", "decimals: en", "not_whole_number"),
    ("title: Lilla projektet", "titel: Lilla projektet", "unknown_field"),
    ("languages: [sv, en]", "languages: [sv, xx]", "unknown_language"),
    (', en: "The small municipality"}', "}", "missing_language"),
    ("  - {code: fk, name: Försäkringskassan}", "  - {code: af, name: Försäkringskassan}", "duplicate_code"),
    ("subproject: del", "subproject: annat", "unknown_subproject"),
    ("starts: 2027-02-02T13:00", "starts: 2027-02-30T13:00", "impossible_date"),
    ("starts: 2027-02-02T13:00", "starts: 2027-02-02 klockan ett", "not_wall_time"),
    ("continues: t1", "continues: t9", "unknown_occasion"),
    ("continues: t1", "continues: t2", "continues_itself"),
    ("code: grad4", "code: Grad 4", "bad_code"),
    ("codes: [\"1\", \"2\"]", "codes: [\"1\"]", "merged_classes_not_whole"),
    ("kind: one_choice", "kind: one_chioce", "not_among"),
    ("wave: pre", "wave: before", "not_among"),
    ("privacy_mode: named", "privacy_mode: secret", "not_among"),
    ("ny kunskap om {theme}", "ny kunskap", "theme_not_placed"),
    ('How useful was it?"}, scale: grad4', 'How useful was it?"}, scale: grad9', "unknown_scale"),
    ('en: "How useful was it?"', 'en: ""', "blank"),
    ("questionnaire: fore", "questionnaire: efter", "unknown_questionnaire"),
    ("[3, 7], close_after_days: 14", "[3, 17], close_after_days: 14", "reminder_after_closing"),
    ("[3, 7], close_after_days: 14", "[7, 3], close_after_days: 14", "reminders_unordered"),
    ("[3, 7], close_after_days: 14", "[3, 7], close_after_days: 0", "closes_too_soon"),
    ("offset: {days: -14, at: \"09:00\"}", "offset: {days: -14, at: \"25:00\"}", "not_clock_time"),
    ("{code: logg, log_prompt", "{code: logg, questionnaire: fore, log_prompt", "asks_one_thing"),
    ("anchor: series_start", "anchor: series_begin", "not_among"),
    ("attendance: kept", "attendance: not_kept", "attendance_not_kept"),
    ("enrolments: people.csv", "enrolments: ../people.csv", "file_outside"),
    ("enrolments: people.csv", "enrolments: folk.csv", "file_named_missing"),
    ("  code: liten", "  code: &x liten", "yaml_anchor"),
    ("  code: liten", "  code: !!python/object:os.system liten", "yaml_tag"),
    ("  decimals: 1", "  decimals: 1\n  decimals: 2", "duplicate_key"),
    ("folja: 1", "folja: 2", "not_among"),
]  # fmt: skip


# Told where the part begins that they are about, or, of a key that stands twice, where the second stands.
ELSEWHERE = {"merged_classes_not_whole": -1, "attendance_not_kept": 3, "duplicate_key": 1}


@pytest.mark.parametrize(("old", "new", "code"), SPOILT)
def test_one_fault_is_told_with_its_line(folder: Path, old: str, new: str, code: str) -> None:
    line = spoil(folder, old, new) + ELSEWHERE.get(code, 0)
    assert ("small.yaml", line, code) in told(faults(folder))


def test_an_occasion_that_ends_before_it_starts(folder: Path) -> None:
    line = spoil(folder, "ends: 2027-02-02T16:30", "ends: 2027-02-02T12:30")
    assert told(faults(folder)) == [("small.yaml", line, "ends_before_start")]


def test_blank_privacy_texts_of_a_project_that_asks(folder: Path) -> None:
    text = (folder / "small.yaml").read_text(encoding="utf-8")
    begins, ends = text.index("  privacy:"), text.index("organisations:")
    (folder / "small.yaml").write_text(text[:begins] + text[ends:], encoding="utf-8")
    found = faults(folder)
    assert {fault.code for fault in found} == {"privacy_blank"}
    assert "legal_basis" in found[0].params["fields"]


ROWS = [
    ("p03,Cia Cederlund,cia@liten.example", "p03,Cia Cederlund,", [(4, "missing_address")]),
    ("p03,Cia Cederlund,cia@liten.example", "p03,,cia@liten.example", [(4, "missing_name")]),
    ("p03,Cia Cederlund,cia@liten.example", "p03,Cia Cederlund,cia(at)liten", [(4, "bad_address")]),
    ("p03,Cia Cederlund,cia@liten.example", "p03,Cia Cederlund,å@liten.example", [(4, "bad_address")]),
    ("p03,", "p02,", [(4, "duplicate_participant"), (4, "not_enrolled")]),
    ("woman,sv,af", "kvinnor,sv,af", [(2, "unknown_gender")]),
    ("woman,sv,af", "woman,xx,af", [(2, "unknown_language")]),
    ("woman,sv,af", "woman,sv,ams", [(2, "unknown_organisation")]),
    (",cancelled,", ",borta,", [(12, "unknown_state")]),
    ("Grupp 1,,2027-01-10", "Grupp 1,,2027-02-30", [(2, "impossible_date")]),
    ("Grupp 1,,2027-01-10", "Grupp 1,,2027-01-10T09:00", [(2, "moment_without_offset")]),
    ("Grupp 1,,2027-01-10", "Grupp 1,,nyss", [(2, "not_moment")]),
    ("code,name", "code,namn", [(1, "unknown_column")]),
    ("p05,Eva Ek", "p 05,Eva Ek", [(6, "bad_participant_code")]),
]


@pytest.mark.parametrize(("old", "new", "expected"), ROWS)
def test_rows_of_people(folder: Path, old: str, new: str, expected: list[tuple[int, str]]) -> None:
    spoil(folder, old, new, "people.csv")
    found = [(fault.line, fault.code) for fault in faults(folder)]
    assert [each for each in expected if each in found or each[1] == "not_enrolled"] == expected


def test_two_persons_may_share_an_address(folder: Path) -> None:
    people = read(folder).people
    assert people["p11"].given["email"] == people["p12"].given["email"]


ATTENDANCE = [
    ("p01,t1,yes,A", "p01,t9,yes,A", "unknown_occasion"),
    ("p01,t1,yes,A", "p99,t1,yes,A", "not_enrolled"),
    ("p01,t1,yes,A", "p01,t1,yes,C", "unknown_theme"),
    ("p01,t1,yes,A", "p01,t1,kanske,A", "not_yes_or_no"),
    ("p01,t1,yes,A", "p01,t1,,A", "missing_cell"),
    ("p01,t1,yes,A", "p01,t1,no,A", "theme_without_presence"),
    ("p01,t1,yes,A", "p02,t1,yes,A", "duplicate_attendance"),
]


@pytest.mark.parametrize(("old", "new", "code"), ATTENDANCE)
def test_rows_of_attendance(folder: Path, old: str, new: str, code: str) -> None:
    spoil(folder, old, new, "attendance.csv")
    line = 3 if code == "duplicate_attendance" else 2
    assert told(faults(folder)) == [("attendance.csv", line, code)]


def test_everything_is_told_at_once(folder: Path) -> None:
    """Faults of the schema, of both tables and of references, although the schema alone fails already."""
    zone = spoil(folder, "timezone: Europe/Stockholm", "timezone: Mars")
    date = spoil(folder, "starts: 2027-03-02T13:00", "starts: 2027-02-30T13:00")
    rule = spoil(folder, "questionnaire: uppfoljning", "questionnaire: nagot")
    spoil(folder, "p03,Cia Cederlund,cia@liten.example", "p03,Cia Cederlund,", "people.csv")
    spoil(folder, "p01,t1,yes,A", "p01,t7,yes,A", "attendance.csv")
    gone = spoil(folder, "  title: Lilla projektet\n", "")
    assert gone < zone < date < rule
    assert told(faults(folder)) == [
        ("attendance.csv", 2, "unknown_occasion"),
        ("people.csv", 4, "missing_address"),
        ("small.yaml", 2, "missing_field"),
        ("small.yaml", zone - 1, "unknown_zone"),
        ("small.yaml", date - 1, "impossible_date"),
        ("small.yaml", rule - 1, "unknown_questionnaire"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"folja: 1\nproject: [\n", "not_yaml"),
        (b"folja: 1\n---\nfolja: 1\n", "yaml_several_documents"),
        ("folja: 1\nproject:\n  title: Å\n".encode("cp1252"), "not_utf8"),
        (b"folja: 1\nproject: \x00\n", "bad_characters"),
        (
            b"folja: 1\nproject:\n  code: [[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
            "yaml_too_deep",
        ),
        (b"? [a, b]\n: c\n", "yaml_key_not_text"),
        (b"x" * (LARGEST_BYTES + 1), "file_too_big"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_files_that_are_no_programme(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "small.yaml").write_bytes(content)
    assert [fault.code for fault in faults(tmp_path)] == [code]


@pytest.mark.parametrize("content", [b"just text\n", b"- 1\n- 2\n", b"folja: 1\n"])
def test_something_else_than_a_programme(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "small.yaml").write_bytes(content)
    assert faults(tmp_path)


def test_a_large_hostile_file_is_refused_soon(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text("[" * 1_000_000, encoding="utf-8")
    begun = time.monotonic()
    assert [fault.code for fault in faults(tmp_path)] == ["yaml_too_deep"]
    assert time.monotonic() - begun < 5


def add_logotype(
    folder: Path, content: bytes | None, text: str = "  logotype_text: Lilla kommunen\n"
) -> None:
    spoil(folder, "  decimals: 1\n", f"  decimals: 1\n  logotype: logo.png\n{text}")
    if content is not None:
        (folder / "logo.png").write_bytes(content)


def test_a_logotype_is_read(folder: Path) -> None:
    add_logotype(folder, PNG)
    assert read(folder).logotype == PNG


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "file_named_missing"),
        (b"GIF89a", "logotype_not_picture"),
        (PNG + b"x" * 200_000, "logotype_too_big"),
    ],
    ids=["missing", "another format", "too big"],
)
def test_a_logotype_that_cannot_be_used(folder: Path, content: bytes | None, code: str) -> None:
    add_logotype(folder, content)
    assert [fault.code for fault in faults(folder)] == [code]


def test_a_logotype_needs_words(folder: Path) -> None:
    add_logotype(folder, PNG, text="")
    assert [fault.code for fault in faults(folder)] == ["logotype_without_text"]


def test_tables_in_the_dress_of_a_swedish_spreadsheet(folder: Path) -> None:
    for name in ("people.csv", "attendance.csv"):
        text = (folder / name).read_text(encoding="utf-8").replace(",", ";")
        (folder / name).write_bytes(text.encode("cp1252"))
    assert read(folder).people["p09"].given["name"] == "Ida Ås"


def test_what_yaml_would_guess_stays_text(folder: Path) -> None:
    spoil(folder, "title: Lilla projektet", "title: no")
    spoil(folder, "place: Storgatan 1", "place: 13:00")
    programme = read(folder).programme
    assert (programme.project.title, programme.series[0].occasions[0].place) == ("no", "13:00")


@pytest.mark.parametrize("blank", ["", "~", "null"])
def test_left_empty_is_not_given(folder: Path, blank: str) -> None:
    spoil(folder, "place: Storgatan 1", f"place: {blank}")
    assert read(folder).programme.series[0].occasions[0].place is None


def second_series(folder: Path, change: Callable[[str], str]) -> None:
    text = (folder / "small.yaml").read_text(encoding="utf-8")
    more = "  - {code: extra, title: Extra, enrolments: more.csv}\n"
    (folder / "small.yaml").write_text(text + more, encoding="utf-8")
    row = "code,name,email,gender\np01,Anna Alm,anna@liten.example,woman\n"
    (folder / "more.csv").write_text(change(row), encoding="utf-8")


def test_one_person_in_two_series(folder: Path) -> None:
    second_series(folder, lambda row: row.replace("Anna Alm", "").replace(",woman", ","))
    document = read(folder)
    assert document.people["p01"].given["name"] == "Anna Alm"
    assert len(document.people) == 12


def test_one_person_with_two_addresses(folder: Path) -> None:
    second_series(folder, lambda row: row.replace("anna@", "alm@"))
    assert told(faults(folder)) == [("more.csv", 2, "person_contradicts")]
