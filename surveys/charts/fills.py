"""Colours and patterns of charts: the low end of a scale is brown and hatched, the high end blue-green,
dotted or plain, so that the ends differ in grey print and to every eye.
"""

from dataclasses import dataclass

LOW, HIGH = "hatched", "dotted"


@dataclass(frozen=True, slots=True)
class Fill:
    """``colour`` on white paper; ``tile`` is the width of the pattern's repeat, 0 where it is plain."""

    colour: str
    dark: bool = False  # white letters on it
    pattern: str = ""
    tile: int = 0


FILLS = {
    "low-3": Fill("#8f3b1b", dark=True, pattern=LOW, tile=5),
    "low-2": Fill("#c9703f", pattern=LOW, tile=7),
    "low-1": Fill("#e9b98f", pattern=LOW, tile=10),
    "mid": Fill("#d6cfc2"),
    "high-1": Fill("#9dc7cb", pattern=HIGH, tile=9),
    "high-2": Fill("#62a5ad", pattern=HIGH, tile=6),
    "high-3": Fill("#12495a", dark=True),
    "bar": Fill("#41878f"),
}
# The rest of what is drawn, on white paper; on pages the style sheet says it.
INKS = {
    "ink": "#221f1a",
    "muted": "#524c43",
    "line": "#d8d0c2",
    "edge": "#7b7367",
    "on-dark": "#ffffff",
    "on-light": "#221f1a",
    "paper": "#ffffff",
    "mark": "#12495a",
}
_BY_SIZE: dict[int, tuple[str, ...]] = {
    1: ("high-2",),
    2: ("low-2", "high-2"),
    3: ("low-2", "mid", "high-2"),
    4: ("low-3", "low-1", "high-1", "high-3"),
    5: ("low-3", "low-1", "mid", "high-1", "high-3"),
    6: ("low-3", "low-2", "low-1", "high-1", "high-2", "high-3"),
    7: ("low-3", "low-2", "low-1", "mid", "high-1", "high-2", "high-3"),
}
_APART = ("low-1", "high-2", "mid", "high-3", "low-3", "high-1", "low-2")


def fill_of(index: int, classes: int) -> str:
    """The name of a class's fill. Of more than seven classes neighbours differ, and fills come again."""
    return _BY_SIZE[classes][index] if classes in _BY_SIZE else _APART[index % len(_APART)]
