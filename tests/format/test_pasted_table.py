"""Tables as they are pasted: what stands between cells, how figures are written, what columns hold."""

from decimal import Decimal

import pytest

from surveys.domain.figure_printed import Cell, Role
from surveys.importing.pasted_cell import base_in, read_cell
from surveys.importing.pasted_table import (
    BadPaste,
    as_text,
    printed_table,
    read_pasted,
    roles_of,
    total_rows,
)

D = Decimal


@pytest.mark.parametrize(
    ("text", "figures", "k", "n"),
    [
        ("78,6 %", ["78.6"], None, None),
        ("78.60", ["78.60"], None, None),
        ("1\u2009234", ["1234"], None, None),
        ("1\u00a0234,5\u202f%", ["1234.5"], None, None),
        ("77 av 98 (78,6 %)", ["78.6"], 77, 98),
        ("77 av 98", [], 77, 98),
        ("77/98", [], 77, 98),
        ("78,6 % (77 av 98)", ["78.6"], 77, 98),
        ("14 (26 %)", ["26"], 14, None),
        ("1 014 st (26)", ["26"], 1014, None),
        ("38 % (n=66)", ["38"], None, 66),
        ("38 (n = 1 066)", ["38"], None, 1066),
        ("66,7 / 16,7", ["66.7", "16.7"], None, None),
        ("66,7 % och 16,7 %", ["66.7", "16.7"], None, None),
        ("ca 85 procent", ["85"], None, None),
        ("\u22122", ["-2"], None, None),
        ("٢٨", ["28"], None, None),
        ("85*", ["85"], None, None),
        ("1.234.567", [], None, None),
        ("–", [], None, None),
        ("ingen mätning", [], None, None),
        ("2011-03-29", [], None, None),
        ("1234567890", [], None, None),
        ("", [], None, None),
    ],
)
def test_a_cell(text: str, figures: list[str], k: int | None, n: int | None) -> None:
    read = read_cell(text)

    assert read == Cell(text, tuple(map(D, figures)), k, n)
    assert [str(each) for each in read.figures] == figures  # 78.60 keeps its decimals


@pytest.mark.parametrize(
    "text",
    [
        "Grupp\tAntal\tAndel\nKvinnor\t77\t78,6 %\nMän\t21\t21,4 %",
        "Grupp;Antal;Andel\r\nKvinnor;77;78,6 %\r\n\r\nMän;21;21,4 %\r\n",
        "Grupp,Antal,Andel\nKvinnor,77,78.6 %\nMän,21,21.4 %",
        "| Grupp | Antal | Andel |\n| Kvinnor | 77 | 78,6 % |\n| Män | 21 | 21,4 % |",
        "Grupp    Antal   Andel\nKvinnor  77      78,6 %\nMän      21      21,4 %",
        '"Grupp"\t"Antal"\t"Andel"\n"Kvinnor"\t77\t"78,6 %"\n"Män"\t21\t"21,4 %"',
    ],
    ids=["tabs", "semicolons", "commas", "bars", "spaces", "quoted"],
)
def test_what_stands_between_cells(text: str) -> None:
    pasted = read_pasted(text)

    assert pasted.head == ("Grupp", "Antal", "Andel")
    assert [[each.replace(",", ".") for each in row] for row in pasted.rows] == [
        ["Kvinnor", "77", "78.6 %"],
        ["Män", "21", "21.4 %"],
    ]
    assert roles_of(pasted) == (Role.LABEL, Role.COUNT, Role.SHARE)
    again = read_pasted(as_text(pasted.head, pasted.rows))
    assert again == pasted


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "nothing_pasted"),
        (" \n\t\n", "nothing_pasted"),
        ("Bara en mening utan tabell", "one_column"),
        ("a\tb\nc\td", "no_figures"),
        ("a\tb", "no_figures"),
        ("1;2\n" * 300, "too_many_rows"),
        (";".join("1" * 50), "too_many_columns"),
        (";".join("1" * 39) + "\n" + (";".join("1" * 39) + "\n") * 60, "too_many_cells"),
        ("x" * 100_001, "too_long"),
    ],
)
def test_what_is_no_table(text: str, code: str) -> None:
    with pytest.raises(BadPaste) as bad:
        read_pasted(text)
    assert bad.value.code == code


def test_columns_are_told_by_their_names_and_by_what_they_hold() -> None:
    pasted = read_pasted(
        "Tillfälle;Närvarande;Antal svar;Svarsfrekvens;Nöjda (n = 20);Medel;Kommentar\n"
        "1;34;28;82;95;3,4;fint väder\n"
        "2;20;18;90;60;3,1;\n"
        "Totalt;54;46;85;;;"
    )

    roles = roles_of(pasted)

    assert roles == (
        Role.LABEL, Role.ASKED, Role.BASE, Role.RATE, Role.SHARE, Role.MEAN, Role.LABEL,
    )  # fmt: skip
    assert total_rows(pasted) == {2}
    assert printed_table(pasted, roles, total_rows(pasted)).bases == {4: 20}
    assert base_in("Andel, n=1 054") == 1054
    classes = read_pasted("Grupp;Svar;Nej;Kanske;Ja\nA;10;2;3;5\nB;20;4;6;9")
    assert roles_of(classes)[2:] == (Role.CLASS,) * 3
    shares = read_pasted("Grupp;Nej;Ja\nA;33,3;66,7\nB;50,0;50,0")
    assert roles_of(shares)[1:] == (Role.CLASS_SHARE,) * 2
