"""A drawing made a picture, for what does not read SVG: typst draws it in the typeface of all print."""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from surveys.printing import fonts
from surveys.printing.typesetting import FOLDER

if TYPE_CHECKING:
    import typst

PIXELS_PER_INCH = 96  # of CSS
DENSITY = 2

_one_at_a_time = Lock()  # a compiler is not for several threads at once


def png(drawing: str, width: int) -> bytes:
    """Return an SVG of ours, ``width`` CSS pixels wide, as PNG with twice as many pixels."""
    with _one_at_a_time:
        found = _compiler().compile(
            format="png",
            ppi=float(PIXELS_PER_INCH * DENSITY),
            sys_inputs={"drawing": drawing, "width": str(width)},
        )
    assert isinstance(found, bytes)  # noqa: S101 - of one page there is one picture
    return found


@cache
def _compiler() -> "typst.Compiler":
    import typst  # noqa: PLC0415

    return typst.Compiler(
        str(FOLDER / "picture.typ"),
        root=str(FOLDER),
        font_paths=[str(fonts.folder())],
        ignore_system_fonts=True,
    )
