"""Translations out to a workbook and in again: every text comes back, and nothing else is taken."""

import io

import openpyxl
import pytest

from surveys.domain.translating import languages_of, with_texts, without_language, worded
from surveys.exporting.texts_file import workbook
from surveys.importing.files import Refused
from surveys.importing.texts_file import read_texts
from tests.support.forms import EVERY_KIND

MEAN = {"sv": "=1+1", "en": "@SUM(A1)\nsecond line", "ar": "مرحبا"}


def test_out_and_in_again_is_the_same_questionnaire() -> None:
    whole = with_texts(EVERY_KIND, {"intro": MEAN})
    file = workbook(whole, ["sv", "en", "ar"], lambda each: each.name)
    row = openpyxl.load_workbook(io.BytesIO(file)).active[2]
    assert [cell.alignment.readingOrder for cell in row][2:] == [0, 0, 2]  # Arabic is written from the right
    bare = without_language(without_language(whole, "en"), "ar")
    read = read_texts(file, bare)
    assert (read.faults, read.languages) == ((), ("sv", "en", "ar"))
    assert with_texts(bare, read.changes) == whole
    assert languages_of(with_texts(bare, read.changes)) == languages_of(whole)


def test_no_cell_is_a_formula() -> None:
    file = workbook(with_texts(EVERY_KIND, {"intro": MEAN}), ["sv", "en"], lambda each: "=cmd()")
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert len(cells) > 2 * len(worded(EVERY_KIND))
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell.value for cell in cells if str(cell.value)[0] in "=@+-"]


def test_rows_that_cannot_be_taken_are_named_and_the_rest_is() -> None:
    lines = [
        "Key;What;en;sv;Comment",
        "title;x;After it;;ok",
        "nowhere;x;A;;",
        "title;x;Again;;",
        f"intro;x;{'a' * 5001};;",
        "questions/more/text;x;More?;Något mer?;",
        "questions/words/text;x;;;",
    ]
    read = read_texts("\n".join(lines).encode(), EVERY_KIND)
    assert [(each.line, each.code) for each in read.faults] == [
        (3, "unknown_text"),
        (4, "key_twice"),
        (5, "too_long"),
    ]
    assert read.changes == {"title": {"en": "After it"}, "questions/more/text": {"en": "More?"}}


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("what;sv", "no_key_column"),
        ("key;what", "no_language_column"),
        ("key;sv;SV", "language_twice"),
    ],
)
def test_files_that_are_refused(first: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_texts(f"{first}\ntitle;a;b".encode(), EVERY_KIND)
    assert refused.value.code == code
