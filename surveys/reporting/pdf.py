"""A report as a tagged PDF (PDF/UA-1), typeset from the same blocks as the Word file."""

from collections.abc import Callable, Mapping
from typing import Any

from surveys.printing import content, typesetting
from surveys.printing.content import Piece, text
from surveys.printing.fonts import settable
from surveys.reporting.columns import kept_whole, widths
from surveys.reporting.document import (
    ONE_PAGE,
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    KeyFigures,
    Paragraph,
    Subheading,
    Table,
)
from surveys.reporting.word_xml import captioned

SIZE = 11  # points
SIZES_OF_ONE_PAGE = (9.5, 9, 8.5, 8, 7.5)  # the first with which it is one

Draw = Callable[[Chart], str | None]  # a chart as SVG


def pdf(document: Document, head: Piece, kind: str, draw: Draw = lambda _chart: None) -> bytes:
    """Return the file. ``head`` is the project's as printed papers have it; ``kind`` names what report it
    is. What is to be one page is set in the largest size that makes it one, or else in the smallest.
    """
    made = typeset(document, head, kind, draw)
    if document.kind == ONE_PAGE:
        sized = ({**made, "size": size} for size in SIZES_OF_ONE_PAGE)
        made = next((each for each in sized if typesetting.fits_a_page("report", each)), made)
    return typesetting.pdf("report", made)


def typeset(document: Document, head: Piece, kind: str, draw: Draw) -> Mapping[str, Any]:
    """The same as content for the template."""
    language, words = document.language, document.words
    short = document.kind == ONE_PAGE
    page = (words["page"], words["of"], words["after"])
    size = SIZES_OF_ONE_PAGE[-1] if short else SIZE
    sections = []
    for section in document.sections:
        blocks = [made for each in section.blocks if (made := _block(each, language, draw)) is not None]
        if blocks:
            sections.append({"heading": content.heading(section.heading, language), "blocks": blocks})
    return content.document(document.title, document.author, language, size, page) | {
        "project": head,
        "short": short,
        "kind": text(kind, language),
        "heading": content.heading(document.title, language),
        "status": text(document.status, language),
        "running": text(f"{document.title} · {document.status}", language),
        "facts": [
            {"label": text(label, language), "text": text(said, language)} for label, said in document.facts
        ],
        "contents": content.heading(words["contents"], language),
        "words": {"table": settable(words["table"]), "chart": settable(words["chart"])},
        "sections": sections,
    }


def _block(block: Block, language: str, draw: Draw) -> Piece | None:
    match block:
        case Paragraph():
            if block.style == "prompt":
                return None
            return {
                "is": "note" if block.style == "note" else "paragraph",
                "text": text(block.text, language),
            }
        case Subheading():
            return {"is": "subheading", "text": content.heading(block.text, language)}
        case Bullets():
            return {"is": "bullets", "items": [text(each, language) for each in block.items]}
        case KeyFigures():
            items = [
                {
                    "value": text(each.value, language),
                    "label": text(each.label, language),
                    "base": text(each.base, language),
                }
                for each in block.items
            ]
            return {"is": "key", "items": items}
        case Table():
            return _table(block, language)
        case Chart():
            drawing = draw(block)
            if drawing is None:
                return None
            return {
                "is": "chart",
                "drawing": drawing,
                "alt": settable(block.alt),
                "caption": _caption(block.title, block.base, language),
            }


def _table(table: Table, language: str) -> Piece:
    return {
        "is": "table",
        "caption": _caption(table.caption, table.base, language),
        "head": [text(each, language) for each in table.head],
        "rows": [[_cell(cell, language) for cell in row] for row in table.rows],
        "notes": [text(each, language) for each in table.notes],
        "shares": widths(table),
        "whole": kept_whole(table),
        "from": table.numbers_from,
    }


def _caption(title: str, base: str, language: str) -> Piece:
    title, base = captioned(title, base)
    return {"title": text(title, language), "base": content.optional(base, language)}


def _cell(cell: Cell, language: str) -> Piece:
    return {"text": text(cell.text, language), "quiet": content.optional(cell.quiet, language)}
