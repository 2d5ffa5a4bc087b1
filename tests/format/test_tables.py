"""Tables in text files, as spreadsheets and people write them."""

from pathlib import Path

import pytest

from surveys.importing.tables import Table, read_table

ROWS = [["code", "name", "email"], ["p1", "Åsa Öberg", "asa@a.example"], ["p2", "Bo; Ek, jr", "bo@a.example"]]


def written(path: Path, separator: str = ",", encoding: str = "utf-8", newline: str = "\n") -> Path:
    lines = [separator.join(f'"{cell}"' if set(cell) & set(";,") else cell for cell in row) for row in ROWS]
    path.write_bytes((newline.join(lines) + newline).encode(encoding))
    return path


def read(path: Path) -> Table:
    table, faults = read_table(path, path.name)
    assert faults == []
    assert table is not None
    return table


def faults_of(path: Path, content: bytes) -> list[tuple[int, str]]:
    path.write_bytes(content)
    _, faults = read_table(path, path.name)
    assert {fault.file for fault in faults} <= {path.name}
    return [(fault.line, fault.code) for fault in faults]


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_same_table_in_every_dress(tmp_path: Path, separator: str, encoding: str, newline: str) -> None:
    table = read(written(tmp_path / "people.csv", separator, encoding, newline))
    assert table.columns == ("code", "name", "email")
    assert [[row.get(column) for column in table.columns] for row in table.rows] == ROWS[1:]
    assert [row.line for row in table.rows] == [2, 3]


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_utf16_of_both_orders(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("\ufeffcode;name\np1;Åke\n".encode(mark))
    assert read(path).rows[0].get("name") == "Åke"


def test_names_of_columns_in_capitals_and_with_blanks(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(" Code ,NAME\np1, Åsa \n", encoding="utf-8")
    assert read(path).rows[0].cells == {"code": "p1", "name": "Åsa"}


def test_blank_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('code,name\n\n,\np1,"två\nrader"\np2,Bo\n', encoding="utf-8")
    assert [(row.line, row.get("code")) for row in read(path).rows] == [(4, "p1"), (6, "p2")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(0, "file_empty")]),
        (b"\n\n", [(0, "file_empty")]),
        (b"code,name\np1,A\0sa\n", [(2, "nul_byte")]),
        (b"code,name\np1\np2,Bo\np3,C,D\n", [(2, "ragged_row"), (4, "ragged_row")]),
        (b'code,name\np1,"Bo\np2,Bo\n', [(2, "bad_quotes")]),
        (b"code,name,Code\np1,Bo,p1\n", [(1, "duplicate_column")]),
        (b"code,,name\np1,,Bo\n", [(1, "column_without_name")]),
        (b"code,name\np1,\x81\n", [(2, "unknown_encoding")]),
        (b"\xff\xfec\x00o", [(1, "unknown_encoding")]),
    ],
)
def test_faults_say_where(tmp_path: Path, content: bytes, expected: list[tuple[int, str]]) -> None:
    assert faults_of(tmp_path / "a.csv", content) == expected


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    _, missing = read_table(tmp_path / "none.csv", "none.csv")
    _, folder = read_table(tmp_path, "folder")
    assert [fault.code for fault in (*missing, *folder)] == ["file_missing", "file_unreadable"]
