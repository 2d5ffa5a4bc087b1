"""The pictures of a report: the project's logotype and the emblem that its money asks for, as Word can hold
them.
"""

from surveys.printing.content import Piece
from surveys.reporting.word import Picture


def logotype_picture(head: Piece) -> Picture | None:
    """The logotype of a project's papers; None where there is none, or it cannot be read."""
    from docx.image.exceptions import UnrecognizedImageError  # noqa: PLC0415
    from docx.image.image import Image  # noqa: PLC0415

    logotype = head["logotype"]
    if not logotype:
        return None
    content = bytes(logotype["content"])
    try:
        found = Image.from_blob(content)
    except (UnrecognizedImageError, ValueError, KeyError, IndexError):
        return None
    return Picture(content, found.px_width, found.px_height, logotype["alt"])
