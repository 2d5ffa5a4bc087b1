"""From content to PDF: typst with our own templates, no packages, no fonts of the machine.

The output is tagged PDF/UA-1, so that a screen reader finds headings, lists and pictures' texts; typst itself
refuses what does not conform.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from surveys.printing import fonts

if TYPE_CHECKING:
    import typst

FOLDER = Path(__file__).parent
STANDARD: Literal["ua-1"] = "ua-1"

Template = Literal["codebook", "paper", "receipt", "report"]
Content = Mapping[str, Any]

# A compiler keeps what it has worked out, and is not for several threads at once; each template has its own.
_one_at_a_time = {"codebook": Lock(), "paper": Lock(), "receipt": Lock(), "report": Lock()}


class CannotTypeset(Exception):
    """typst has refused the content; ``reason`` says why, and may quote what was to be printed."""

    code = "cannot_typeset"

    def __init__(self, reason: str) -> None:
        super().__init__("typst refused the content")
        self.reason = reason


def pdf(template: Template, content: Content) -> bytes:
    """Return ``content`` typeset as a tagged PDF. Raises :class:`CannotTypeset`.

    A logotype that typst cannot read is left out: it was taken by its first bytes when it was uploaded.
    """
    import typst  # noqa: PLC0415

    try:
        return _compiled(template, content)
    except typst.TypstError as error:
        if content["project"]["logotype"] is None:
            raise CannotTypeset(str(error)) from error
    return pdf(template, {**content, "project": {**content["project"], "logotype": None}})


def fits_a_page(template: Template, content: Content) -> bool:
    """Whether the same is one page; where typst refuses it, that is for :func:`pdf` to say."""
    import typst  # noqa: PLC0415

    try:
        with _one_at_a_time[template]:
            found = _compiler(template).compile(format="svg", sys_inputs=_inputs(content))
    except typst.TypstError:
        return True
    return not isinstance(found, list) or len(found) == 1


def pages(template: Template, content: Content) -> list[bytes]:
    """Return the same as pictures (PNG), one a page, to be looked at."""
    found = _compiler(template).compile(format="png", ppi=80.0, sys_inputs=_inputs(content))
    return [each for each in (found if isinstance(found, list) else [found]) if each]


def _compiled(template: Template, content: Content) -> bytes:
    with _one_at_a_time[template]:
        found = _compiler(template).compile(
            format="pdf", sys_inputs=_inputs(content), pdf_standards=[STANDARD]
        )
    assert isinstance(found, bytes)  # noqa: S101 - of a PDF there is one
    return found


@cache
def _compiler(template: Template) -> "typst.Compiler":
    import typst  # noqa: PLC0415

    return typst.Compiler(
        str(FOLDER / f"{template}.typ"),
        root=str(FOLDER),
        font_paths=[str(fonts.folder())],
        ignore_system_fonts=True,
    )


def _inputs(content: Content) -> dict[str, str]:
    return {"content": json.dumps(content, ensure_ascii=False)}
