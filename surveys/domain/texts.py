"""Texts in several languages, and the characters a text may hold."""

import unicodedata
from collections.abc import Mapping

LocalText = dict[str, str]  # language code → text

DEFAULT_LANGUAGE = "sv"


def pick(text: Mapping[str, str], language: str, default: str = DEFAULT_LANGUAGE) -> str:
    """Return the text in ``language``, else in ``default``, else in whichever language there is.

    A text that is blank in a language counts as missing there; "" only where there is no text at all.
    """
    found = text.get(language) or text.get(default)
    return found or next((each for each in text.values() if each), "")


def has_bad_characters(text: str) -> bool:
    """Whether ``text`` holds what no keyboard makes: NUL and other controls, or half a character."""
    return any(_is_bad(letter) for letter in text) if not text.isprintable() else False


def printable(text: str) -> str:
    """``text`` without the characters that :func:`has_bad_characters` finds."""
    return "".join(letter for letter in text if not _is_bad(letter))


def unfolded(text: str) -> str:
    """``text`` with every line break as one LF: forms send CRLF, which nobody typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_bad(letter: str) -> bool:
    return letter not in "\n\t" and unicodedata.category(letter) in {"Cc", "Cs"}
