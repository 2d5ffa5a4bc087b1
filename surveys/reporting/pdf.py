"""A report as a tagged PDF (PDF/UA-1), typeset from the same blocks as the Word file."""

from collections.abc import Callable, Mapping
from typing import Any

from surveys.printing import content, typesetting
from surveys.printing.content import Piece, text
from surveys.printing.fonts import settable
from surveys.reporting.document import (
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
from surveys.reporting.word_xml import captioned, widths

SIZE, SIZE_OF_ONE_PAGE = 11, 9  # points

Draw = Callable[[Chart], str | None]  # a chart as SVG


def pdf(document: Document, head: Piece, kind: str, draw: Draw = lambda _chart: None) -> bytes:
    """Return the file. ``head`` is the project's as printed papers have it; ``kind`` names what report it
    is.
    """
    return typesetting.pdf("report", typeset(document, head, kind, draw))


def typeset(document: Document, head: Piece, kind: str, draw: Draw) -> Mapping[str, Any]:
    """The same as content for the template."""
    language, words = document.language, document.words
    short = document.kind == "one_page"
    page = (words["page"], words["of"], words["after"])
    size = SIZE_OF_ONE_PAGE if short else SIZE
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
            title = captioned(block.title, block.base)
            return {
                "is": "chart",
                "drawing": drawing,
                "alt": settable(block.alt),
                "title": text(title, language),
            }


def _table(table: Table, language: str) -> Piece:
    caption = captioned(table.caption, table.base)
    return {
        "is": "table",
        "caption": text(caption, language),
        "head": [text(each, language) for each in table.head],
        "rows": [[_cell(cell, language) for cell in row] for row in table.rows],
        "notes": [text(each, language) for each in table.notes],
        "shares": widths(table),
        "from": table.numbers_from,
    }


def _cell(cell: Cell, language: str) -> Piece:
    return {"text": text(cell.text, language), "quiet": content.optional(cell.quiet, language)}
