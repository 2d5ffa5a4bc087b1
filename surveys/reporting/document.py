"""A report in no format yet: sections of plain blocks, which Word, PDF and slides are written from.

Texts are finished, in the language of the report; nothing in them is markup. The document is stored with the
report as it was made (:func:`plain`), and read again for each download (:func:`read`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

ONE_PAGE = "one_page"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``style``: "" for running text, "lead", "note" (small, about figures) or "prompt": a reminder to
    whoever writes on in Word, which PDF and slides leave out.
    """

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Subheading:
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure with what it is of; ``base`` says the counts and the base's name."""

    value: str
    label: str
    base: str


@dataclass(frozen=True, slots=True)
class KeyFigures:
    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` leads; ``quiet`` stands beneath it, smaller: the counts of a share, or its percentage."""

    text: str
    quiet: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A row's first cell is its heading. Columns from ``numbers_from`` on hold figures; ``base`` names the
    base and stands with the caption.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    base: str = ""
    notes: tuple[str, ...] = ()
    numbers_from: int = 1


@dataclass(frozen=True, slots=True)
class ChartRow:
    """``counts``: one a class, in the order of the classes; ``n`` is as it is printed, their sum."""

    label: str
    counts: tuple[int, ...]
    n: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars of shares, one bar a row, lowest class first; its table stands beside it.

    Of "bars" the rows hold one count each.
    """

    title: str
    alt: str
    classes: tuple[str, ...]
    rows: tuple[ChartRow, ...]
    base: str
    kind: str = "diverging"  # or "bars": one class, a bar a row of ``n`` in all


Block = Paragraph | Subheading | Bullets | KeyFigures | Table | Chart
BLOCKS: Mapping[str, type[Block]] = {
    each.__name__: each for each in (Paragraph, Subheading, Bullets, KeyFigures, Table, Chart)
}


@dataclass(frozen=True, slots=True)
class Section:
    """``key`` says what fills it; see :mod:`surveys.reporting.headings`."""

    key: str
    heading: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """``facts``: lines of the title page, each a label and what it says; ``status`` is put in when it is
    read.
    """

    kind: str
    language: str
    title: str
    project: str
    author: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    status: str = ""
    words: Mapping[str, str] = field(default_factory=dict)  # of the page itself: table, chart, contents, page


def plain(document: Document) -> dict[str, Any]:
    """As JSON keeps it."""
    kept = asdict(document)
    for section, each in zip(kept["sections"], document.sections, strict=True):
        section["blocks"] = [{"is": type(block).__name__, **asdict(block)} for block in each.blocks]
    return kept


def read(kept: Mapping[str, Any]) -> Document:
    """The document that :func:`plain` kept."""
    sections = tuple(
        Section(each["key"], each["heading"], tuple(_block(block) for block in each["blocks"]))
        for each in kept["sections"]
    )
    facts = tuple((label, said) for label, said in kept["facts"])
    return Document(**{**kept, "sections": sections, "facts": facts})


def _block(kept: Mapping[str, Any]) -> Block:
    given = {name: value for name, value in kept.items() if name != "is"}
    match kept["is"]:
        case "Bullets":
            return Bullets(tuple(given["items"]))
        case "KeyFigures":
            return KeyFigures(tuple(KeyFigure(**each) for each in given["items"]))
        case "Table":
            rows = tuple(tuple(Cell(**cell) for cell in row) for row in given["rows"])
            given |= {"head": tuple(given["head"]), "rows": rows, "notes": tuple(given["notes"])}
            return Table(**given)
        case "Chart":
            rows_of = tuple(
                ChartRow(each["label"], tuple(each["counts"]), each["n"]) for each in given["rows"]
            )
            return Chart(**{**given, "classes": tuple(given["classes"]), "rows": rows_of})
        case name:
            return BLOCKS[name](**given)
