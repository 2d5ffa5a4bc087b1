"""Numbers as people in Sweden type them: "1,5", "1 000", "−3"; read exactly, or refused with a reason."""

import re
import unicodedata
from decimal import Decimal

MAX_DIGITS = 15

_SPACES = str.maketrans({"\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-"})
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?: \d{3})+|\d+)(?:[.,](\d+))?")
# One point or comma before exactly three digits: a thousand to some, one to others.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+([.,]\d+)?")


class BadNumber(ValueError):
    """What was typed is no number that can be told; ``code`` says why, ``params`` with which limits."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def read_number(typed: str, decimals: int) -> Decimal:
    """Return the number, with at most ``decimals`` decimals and no trailing zeros.

    Raises :class:`BadNumber` with ``not_a_number``, ``ambiguous_number`` ("1.000"),
    ``too_many_decimals`` (``decimals``) or ``number_too_long`` (``digits``).
    """
    text = _plain(typed)
    if decimals < 3 and _THOUSANDS.fullmatch(text):
        raise BadNumber("ambiguous_number")
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise BadNumber("not_a_number")
    sign, whole, part = match.groups()
    whole, part = whole.replace(" ", "").lstrip("0") or "0", (part or "").rstrip("0")
    if len(part) > decimals:
        raise BadNumber("too_many_decimals", decimals=decimals)
    if len(whole) + len(part) > MAX_DIGITS:
        raise BadNumber("number_too_long", digits=MAX_DIGITS)
    number = Decimal(f"{whole}.{part}" if part else whole)
    return -number if sign == "-" and number else number


def canonical(number: Decimal) -> str:
    """Return ``number`` as it is stored: a decimal point, no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def swedish(number: str) -> str:
    """A stored number as it is shown in a Swedish field or receipt: with a decimal comma."""
    return number.replace(".", ",")


def _plain(typed: str) -> str:
    text = " ".join(typed.translate(_SPACES).split())
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in text)
