"""QR codes as SVG: drawn in the page itself, and black on white on dark screens too."""

import io

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around it, which cameras need


def svg(address: str) -> Markup:
    """The code of an address, to be placed in a page; the page says in words what it is."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(
        border=QUIET, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - of segno's own, no text of anybody's in it


def personal(base_url: str, project: str, page_id: str) -> Markup:
    """The code of a participant, to be scanned by staff who have signed in; it opens nothing for others."""
    return svg(f"{base_url}/projekt/{project}/kod/{page_id}")


def svg_file(address: str) -> bytes:
    """The same as a file to be put on a slide."""
    file = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        file, kind="svg", scale=10, border=QUIET, dark="#000", light="#fff"
    )
    return file.getvalue()
