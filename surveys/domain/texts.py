"""Texts in several languages, the tags of languages, and the characters a text may hold.

A language is named by its BCP 47 tag in the usual case: "sv", "ar", "sv-simple", "sr-Latn", "en-GB".
"""

import re
import unicodedata
from collections.abc import Mapping

LocalText = dict[str, str]  # language tag → text

DEFAULT_LANGUAGE = "sv"
LONGEST_TAG = 16

_TAG = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[A-Za-z0-9]{5,8})*", re.ASCII
)


def pick(text: Mapping[str, str], language: str, default: str = DEFAULT_LANGUAGE) -> str:
    """Return the text in ``language``, else in the nearest one there is; see :func:`nearest`.

    "" only where there is no text at all.
    """
    found = text.get(language)
    return found or text.get(nearest(text, language, default), "")


def nearest(text: Mapping[str, str], language: str, default: str = DEFAULT_LANGUAGE) -> str:
    """Return the language that ``text`` is shown in to a reader of ``language``, "" where there is no text.

    That is ``language``, else what its tag says without its last parts (RFC 4647: "sv" for "sv-simple"),
    else ``default``, else whichever there is. A text that is blank in a language counts as missing there.
    """
    for wanted in (*_wider(language), default):
        if text.get(wanted):
            return wanted
    return next((each for each, words in text.items() if words), "")


def language_tag(text: str) -> str | None:
    """Return the BCP 47 tag that ``text`` is, in the usual case; None where it is none, or longer than 16."""
    if not _TAG.fullmatch(text) or len(text) > LONGEST_TAG:
        return None
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(_part(each) for each in rest)])


def has_bad_characters(text: str) -> bool:
    """Whether ``text`` holds what no keyboard makes: NUL and other controls, or half a character."""
    return any(_is_bad(letter) for letter in text) if not text.isprintable() else False


def printable(text: str) -> str:
    """``text`` without the characters that :func:`has_bad_characters` finds."""
    return "".join(letter for letter in text if not _is_bad(letter))


def unfolded(text: str) -> str:
    """``text`` with every line break as one LF: forms send CRLF, which nobody typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _wider(language: str) -> list[str]:
    parts = language.split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _part(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()  # a script
    return part.upper() if len(part) == 2 else part.lower()


def _is_bad(letter: str) -> bool:
    # the last two are no characters, and no file of XML (Word, Excel, a feed) can hold them
    return letter not in "\n\t" and (unicodedata.category(letter) in {"Cc", "Cs"} or letter in "\ufffe\uffff")
