"""One cell of a printed table: "77 av 98 (78,6 %)", "38 (n = 66)", "66,7 / 16,7", "1 234", "–"."""

import re
import unicodedata
from decimal import Decimal

from surveys.domain.figure_printed import Cell

_BLANKS = "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f"
_SPACES = str.maketrans(dict.fromkeys(_BLANKS, " ") | {"\u2212": "-"})
_WHOLE = r"(?:\d{1,3}(?: \d{3})+|\d{1,9})"
_FIGURE = rf"-?{_WHOLE}(?:[.,]\d{{1,6}})?"
_PERCENT = r"(?: ?(?:%|procent|per cent|percent))?"
_COUNTED = r"(?: ?(?:st|personer|svar))?"
_OUT_OF = r"(?: ?/ ?| av | of )"
_AND = r"(?:/|;|\+|och|and|resp\.?|respektive)"
_SHARE = rf"({_FIGURE}){_PERCENT}"
_OF = re.compile(rf"({_WHOLE}){_OUT_OF}({_WHOLE}){_COUNTED}(?: ?[(,;:=] ?{_SHARE} ?\)?)?", re.IGNORECASE)
_WITH_SHARE = re.compile(rf"({_WHOLE}){_COUNTED} ?\( ?{_SHARE} ?\)", re.IGNORECASE)
_SHARE_FIRST = re.compile(rf"{_SHARE} ?\( ?({_WHOLE}){_OUT_OF}({_WHOLE}) ?\)", re.IGNORECASE)
_OF_N = re.compile(rf"{_SHARE} ?[(,;] ?n ?= ?({_WHOLE}) ?\)?", re.IGNORECASE)
_TWO = re.compile(rf"{_SHARE} ?{_AND} ?{_SHARE}", re.IGNORECASE)
_ONE = re.compile(rf"(?:ca |c:a |n ?= ?)?{_SHARE}{_COUNTED}\*?", re.IGNORECASE)
_HEADED = re.compile(rf"\bn ?= ?({_WHOLE})", re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")


def read_cell(text: str) -> Cell:
    """What stands in the cell. Where it is no figure, or several that cannot be told apart, only its text."""
    plain = plain_text(text)
    of = _OF.fullmatch(plain)
    if of is not None:
        return Cell(text, _figures(of[3]), _count(of[1]), _count(of[2]))
    turned = _SHARE_FIRST.fullmatch(plain)
    if turned is not None:
        return Cell(text, _figures(turned[1]), _count(turned[2]), _count(turned[3]))
    counted = _WITH_SHARE.fullmatch(plain)
    if counted is not None:
        return Cell(text, _figures(counted[2]), _count(counted[1]))
    based = _OF_N.fullmatch(plain)
    if based is not None:
        return Cell(text, _figures(based[1]), n=_count(based[2]))
    two = _TWO.fullmatch(plain)
    if two is not None:
        return Cell(text, (*_figures(two[1]), *_figures(two[2])))
    one = _ONE.fullmatch(plain)
    return Cell(text, _figures(one[1]) if one is not None else ())


def base_in(heading: str) -> int | None:
    """The number that a heading or a caption names: "Andel (n = 54)"."""
    found = _HEADED.search(plain_text(heading))
    return _count(found[1]) if found is not None else None


def plain_text(text: str) -> str:
    """One kind of space, one kind of minus, digits of the Latin script, no breaks."""
    spaced = " ".join(text.translate(_SPACES).split())
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in spaced)


def is_ambiguous(text: str) -> bool:
    """Whether it is a thousand to some and one and a bit to others: "1.234"."""
    return _THOUSANDS.fullmatch(plain_text(text)) is not None


def has_percent(text: str) -> bool:
    return "%" in text or "procent" in text.lower() or "percent" in text.lower()


def _figures(text: str | None) -> tuple[Decimal, ...]:
    if text is None or (is_ambiguous(text) and text.count(".") + text.count(",") > 1):
        return ()
    return (Decimal(text.replace(" ", "").replace(",", ".")),)


def _count(text: str) -> int:
    return int(text.replace(" ", ""))
