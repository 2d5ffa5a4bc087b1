"""The typeface of all that is printed: FiraGO, a sans-serif with Latin, Arabic, Greek, Cyrillic and more.

PDF/UA refuses a text that its typeface cannot show, so what is printed goes through :func:`settable` first.
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

MISSING = "▯"  # stands for a sign that the typeface does not have, such as an emoji
LONGEST_RUN = 40  # letters without a place to break the line: more would run off the paper
_BREAK = "\u200b"
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})


@cache
def folder() -> Path:
    """Where the files of the typeface lie while the process lives."""
    place = _kept()
    for name, content in _files().items():
        (place / f"{name}.ttf").write_bytes(content)
    return place


def settable(text: str) -> str:
    """``text`` with what the typeface lacks replaced, and long runs of letters made breakable."""
    known = _letters()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    shown = "".join(letter if ord(letter) in known else _instead(letter) for letter in text)
    if not any(len(word) > LONGEST_RUN for word in shown.split()):
        return shown
    return " ".join(_breakable(word) for word in shown.split(" "))


@cache
def _kept() -> Path:
    # Gone when the process ends: held by the cache, as the folder lives as long as this object.
    _folders.append(TemporaryDirectory(prefix="folja-fonts-"))
    return Path(_folders[-1].name)


_folders: list[TemporaryDirectory[str]] = []


@cache
def _files() -> dict[str, bytes]:
    from pymupdf_fonts import FiraGO_Bold, FiraGO_Regular  # noqa: PLC0415 - unpacked when imported

    return {"regular": FiraGO_Regular.fontbuffer, "bold": FiraGO_Bold.fontbuffer}


@cache
def _letters() -> frozenset[int]:
    regular, bold = (_covered(content) for content in _files().values())
    return frozenset(regular & bold) | {ord(" "), ord("\n"), ord(_BREAK)}


def _instead(letter: str) -> str:
    if letter.isspace():
        return " "
    # Marks and signs that say how others are shown: without them the others still can be.
    return "" if unicodedata.category(letter) in _INVISIBLE else MISSING


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_RUN:
        return word
    return _BREAK.join(word[at : at + LONGEST_RUN] for at in range(0, len(word), LONGEST_RUN))


def _covered(font: bytes) -> set[int]:
    """The code points a font file has glyphs for, by its table ``cmap`` (source: OpenType 1.9, cmap)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for number in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        if tag == b"cmap":
            return _of_cmap(font, start)
    return set()


def _of_cmap(font: bytes, start: int) -> set[int]:
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        offset = struct.unpack_from(">HHL", font, start + 4 + 8 * number)[2]
        form = struct.unpack_from(">H", font, start + offset)[0]
        if form == 4:
            found |= _of_segments(font, start + offset)
        elif form == 12:
            found |= _of_groups(font, start + offset)
    return found


def _of_segments(font: bytes, at: int) -> set[int]:
    """Format 4. A segment with glyphs of its own list may leave single code points out (glyph 0)."""
    twice = struct.unpack_from(">H", font, at + 6)[0]
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + twice)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * twice)
    ranges_at = at + 16 + 3 * twice
    ranges = struct.unpack_from(f">{count}H", font, ranges_at)
    found = set()
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if ranges[number]:
                place = ranges_at + 2 * number + ranges[number] + 2 * (point - first)
                glyph = struct.unpack_from(">H", font, place)[0]
                if glyph == 0:
                    continue
            if (glyph + deltas[number]) % 0x10000:
                found.add(point)
    return found


def _of_groups(font: bytes, at: int) -> set[int]:
    """Format 12."""
    groups = struct.unpack_from(">L", font, at + 12)[0]
    found: set[int] = set()
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">LLL", font, at + 16 + 12 * number)
        found.update(range(first if glyph else first + 1, last + 1))
    return found
