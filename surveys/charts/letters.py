"""How wide a text becomes, and where it breaks.

Estimated from the widths of a broad sans-serif (such as Verdana and DejaVu Sans), since the typeface is the
reader's: in a narrower one a label has room to spare, but in none does it run into the bar or the figures.
"""

from functools import cache

# Hundredths of the size of the letters.
_WIDTHS = {
    **dict.fromkeys("ijlI.,:;'|!\u00a0\u202f ", 32),
    **dict.fromkeys("ftrJ()[]/-", 40),
    **dict.fromkeys('\u2013\u201d\u201c"', 51),
    **dict.fromkeys("mwMW%@\u2014\u2026", 97),
    **dict.fromkeys("ABCDGHKNOQRUVXÅÄÖ&", 75),
}
_OTHER = 63
BOLD = 1.1


@cache
def width(text: str, size: float, bold: bool = False) -> float:
    """In the units of ``size``."""
    return sum(_WIDTHS.get(letter, _OTHER) for letter in text) * size / 100 * (BOLD if bold else 1)


@cache
def wrapped(text: str, room: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """The text in lines that fit; a word that is wider than the room is broken."""
    lines: list[str] = []
    for word in " ".join(text.splitlines()).split(" "):
        if not word:
            continue
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.extend(_pieces(word, room, size, bold))
    return tuple(lines)


def _pieces(word: str, room: float, size: float, bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width(pieces[-1] + letter, size, bold) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
