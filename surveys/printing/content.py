"""The pieces of content that the templates read: plain data, every text settable and with its direction."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.catalogues import language_of
from surveys.printing.fonts import settable

Piece = dict[str, Any]

_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
NAMELESS = "Följa"  # a PDF must have a title


@dataclass(frozen=True)
class Logotype:
    """A picture as it was uploaded, PNG or JPEG, and what it says."""

    content: bytes
    media_type: str
    alt: str


@dataclass(frozen=True)
class Emblem:
    """The emblem of the European Union as SVG, what it is, and the sentence beside it."""

    drawing: str
    alt: str
    text: str


def direction(language: str) -> str:
    """Which way a language (BCP 47) is written: ltr or rtl."""
    return language_of(language).direction


def text(words: str, language: str) -> Piece:
    """A text in the direction of its first letter; of one without letters that of ``language``."""
    return {"lines": [settable(line) for line in words.split("\n")], "dir": _written(words, language)}


def heading(words: str, language: str) -> Piece:
    """As :func:`text`; a heading that shows nothing, which PDF/UA refuses, becomes a dash."""
    shown = any(not (letter.isspace() or letter in _UNSEEN) for letter in settable(words))
    return text(words if shown else "–", language)


def optional(words: str, language: str) -> Piece | None:
    return text(words, language) if words else None


def document(title: str, author: str, language: str, size: float, page: tuple[str, str, str]) -> Piece:
    """What every document has. ``page``: the words before, between and after "1 of 3"."""
    return {
        "title": settable(title.replace("\n", " ")).strip(f" {_UNSEEN}") or NAMELESS,
        "author": settable(author),
        "lang": language.partition("-")[0],
        "dir": direction(language),
        "size": size,
        "page": [settable(each) for each in page],
    }


def project(title: str, language: str, logotype: Logotype | None, emblem: Emblem | None) -> Piece:
    """The head and the foot of a project's papers."""
    return {
        "title": text(title, language),
        "logotype": logotype and _logotype(logotype),
        "emblem": emblem
        and {
            "drawing": emblem.drawing,
            "alt": emblem.alt,
            "text": text(emblem.text, language),
        },
    }


def qr(drawing: str, alt: str, words: str, language: str, address: str = "") -> Mapping[str, Any]:
    """A QR code (SVG) with what it is and what is said beside it; ``address`` is printed where given."""
    return {
        "drawing": drawing,
        "alt": settable(alt),
        "text": text(words, language),
        "address": address or None,
        "shown": settable(address),
    }


def _logotype(logotype: Logotype) -> Piece:
    return {
        "content": list(logotype.content),
        "format": {"image/png": "png", "image/jpeg": "jpg"}[logotype.media_type],
        "alt": settable(logotype.alt),
    }


def _written(words: str, language: str) -> str:
    for letter in words:
        match unicodedata.bidirectional(letter):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return direction(language)
