"""PDF: tagged, titled, in a language, and never anything but what somebody wrote, however it was written."""

import re
from typing import Any

import pytest

from surveys.printing import content, typesetting
from surveys.printing.content import Piece, text
from surveys.printing.fonts import MISSING, settable

PAGE = ("Sida ", " av ", "")
HOSTILE = (
    '#panic() #pagebreak()#pagebreak() #include "paper.typ" #image("/etc/passwd")',
    "$x^2$ `raw` ``` \\ ] [ ) } { * _ @ref <label> // /* */ ~ -- \\u{1F600} #",
    '"} #let content = none',
    "w" * 10_000,
    "ord " * 2_000,
    "مرحبا بكم 123 abc \u202eomvänt\u202c שלום",
    "😀👩‍👩‍👧 漢字 \ufeff\u200b\u00ad e\u0301\u0301\u0301",
    "rad\nrad\n\n\nrad\t\ttab",
    "",
    " \u200b\u00ad ",
)


def receipt(words: str, language: str = "sv", logotype: content.Logotype | None = None) -> dict[str, Any]:
    return content.document(words, words, language, 12, PAGE) | {
        "project": content.project(words, language, logotype, None),
        "heading": content.heading(words, language),
        "facts": [text(words, language)],
        "answers": [{"question": content.heading(words, language), "text": text(words, language)}],
        "ends": [text(words, language)],
    }


def paper(words: str, language: str = "sv") -> dict[str, Any]:
    said = text(words, language)
    question: Piece = {
        "number": "1",
        "text": content.heading(words, language),
        "hint": said,
        "hints": [said, said],
        "condition": said,
        "options": [said, said],
        "columns": 2,
        "lines": 3,
        "unit": said,
        "parts": [{"label": said, "boxes": 2}],
        "other": said,
        "long": True,
    }
    ways = ("side_by_side", "listed", "ranked", "lines", "short", "date", "information", "group")
    link = content.qr(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>', words or "QR", words, language
    )
    copies = [
        {"name": said, "code": "K7QM-2F9X", "link": link, "scan": link},
        {"name": None, "code": None, "link": None, "scan": None},
    ]
    return content.document(words, words, language, 13, PAGE) | {
        "project": content.project(words, language, None, None),
        "words": {"code": settable(words), "uncoded": settable(words)},
        "heading": content.heading(words, language),
        "lead": said,
        "told": [said],
        "law": [{"label": said, "text": said}],
        "keep": [said],
        "how": [said],
        "name_line": said,
        "ends": [said],
        "parts": [question | {"way": way} for way in ways],
        "copies": copies,
    }


@pytest.mark.parametrize("language", ["sv", "ar"])
@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:12]))
def test_whatever_is_written_is_set_as_text(words: str, language: str) -> None:
    assert typesetting.pdf("receipt", receipt(words, language)).startswith(b"%PDF-")
    if len(words) < 1_000:
        assert typesetting.pdf("paper", paper(words, language)).startswith(b"%PDF-")


def test_markup_in_a_text_takes_the_room_of_its_letters_and_no_more() -> None:
    commands = "#pagebreak() " * 3
    assert len(typesetting.pages("receipt", receipt(commands))) == 1
    assert len(typesetting.pages("receipt", receipt("x" * len(commands)))) == 1


def test_a_pdf_says_its_title_and_language_and_is_tagged() -> None:
    made = typesetting.pdf("receipt", receipt("Dina svar"))
    for mark in (
        rb"/Lang\s*\(sv",
        rb"/StructTreeRoot",
        rb"/Marked true",
        rb"/DisplayDocTitle true",
        rb"pdfuaid:part",
    ):
        assert re.search(mark, made), mark


def test_what_the_typeface_lacks_is_shown_as_lacking() -> None:
    assert settable("Bra 😀, 漢") == f"Bra {MISSING}, {MISSING}"
    assert settable("åäö – ”citat” ≥ مرحبا") == "åäö – ”citat” ≥ مرحبا"


def test_a_logotype_that_is_no_picture_after_all_is_left_out() -> None:
    broken = content.Logotype(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR broken", "image/png", "Logotyp")
    assert typesetting.pdf("receipt", receipt("Dina svar", logotype=broken)).startswith(b"%PDF-")
