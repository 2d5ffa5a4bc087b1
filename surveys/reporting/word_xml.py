"""Blocks of a report as WordprocessingML: built-in styles, tables with heading rows, captions numbered by
fields.

Written as XML at once, since one element at a time takes a library seconds for a long report. Every text is
escaped; what XML cannot hold is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from surveys.domain.texts import printable
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
    Section,
    Subheading,
    Table,
)

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
# What our paragraphs are styled as, by the names that Word itself gives its styles.
STYLES = (
    "Heading 1",
    "Heading 2",
    "Caption",
    "List Bullet",
    "Följa not",
    "Följa cell",
    "Följa siffra",
    "Följa nyckeltal",
    "Följa påminnelse",
    "Följa diagram",
    "Följa tabell",
)
_PARAGRAPHS = {"": "", "lead": "", "note": "Följa not", "prompt": "Följa påminnelse"}
_WIDE = 5_000  # fiftieths of a per cent: the whole width
_SMALL, _SMALL_OF_ONE_PAGE = (16, 15), (13, 12)  # half points: columns' headings, and what stands beneath

_GAP_OF_ONE_PAGE = '<w:spacing w:before="0" w:after="0" w:line="80" w:lineRule="exact"/>'  # after a table

Placed = Callable[[Chart], tuple[str, int, int] | None]  # relationship, and width and height in EMU


class Writer:
    """``ids``: style name → its id in the template; ``placed`` puts a chart's picture into the file."""

    def __init__(self, document: Document, ids: Mapping[str, str], placed: Placed) -> None:
        self._words, self._ids, self._placed = document.words, ids, placed
        self._head, self._quiet = _SMALL_OF_ONE_PAGE if document.kind == ONE_PAGE else _SMALL
        self._gap = _GAP_OF_ONE_PAGE if document.kind == ONE_PAGE else ""
        self._tables = self._charts = 0

    def body(self, document: Document) -> str:
        """All sections, as the children of one element."""
        return f"<w:body {NAMESPACES}>{''.join(map(self._section, document.sections))}</w:body>"

    def facts(self, document: Document) -> str:
        """The lines of the title page."""
        lines = (
            _paragraph(f"{_run(f'{label}: ', bold=True)}{_run(said)}", self._style("Följa not"))
            for label, said in document.facts
        )
        return f"<w:body {NAMESPACES}>{''.join(lines)}</w:body>"

    def contents(self, document: Document) -> str:
        """A table of contents as a field: its headings at once, its page numbers when Word updates it."""
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
            '<w:r><w:instrText xml:space="preserve">'
            ' TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        names = [section.heading for section in document.sections] or [""]
        lines = [
            (begin if not at else "") + _run(name) + (end if at == len(names) - 1 else "")
            for at, name in enumerate(names)
        ]
        return f"<w:body {NAMESPACES}>{''.join(_paragraph(line, '') for line in lines)}</w:body>"

    def _section(self, section: Section) -> str:
        return self._said(section.heading, "Heading 1") + "".join(map(self._block, section.blocks))

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return self._said(block.text, _PARAGRAPHS[block.style])
            case Subheading():
                return self._said(block.text, "Heading 2")
            case Bullets():
                return "".join(self._said(item, "List Bullet") for item in block.items)
            case KeyFigures():
                return self._key_figures(block)
            case Table():
                return self._table(block)
            case Chart():
                return self._chart(block)

    def _style(self, name: str) -> str:
        return f"<w:pStyle w:val={quoteattr(self._ids[name])}/>" if name else ""

    def _said(self, text: str, style: str) -> str:
        return _paragraph(_run(text), self._style(style))

    def _key_figures(self, block: KeyFigures) -> str:
        cells = "".join(
            _cell(
                self._said(each.value, "Följa nyckeltal")
                + self._said(each.label, "Följa cell")
                + self._said(each.base, "Följa not"),
                _WIDE // len(block.items),
            )
            for each in block.items
        )
        described = "; ".join(f"{each.label}: {each.value}" for each in block.items)
        return self._framed(f"<w:tr>{cells}</w:tr>", [1 / len(block.items)] * len(block.items), described, "")

    def _table(self, table: Table) -> str:
        self._tables += 1
        shares = widths(table)
        own = [int(_WIDE * share / sum(shares)) for share in shares]  # of the table
        head = "".join(
            _cell(self._in_cell(Cell(text), at >= table.numbers_from, bold=True, with_next=True), own[at])
            for at, text in enumerate(table.head)
        )
        # A row stands on the same page as what follows where its paragraphs say so: all rows, or the last
        # two; the very last one where notes follow, and each of them.
        last = len(table.rows) - (0 if table.notes else 1)
        joined = range(0 if kept_whole(table) else len(table.rows) - 2, last)
        rows = "".join(
            "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            + "".join(
                _cell(self._in_cell(cell, at >= table.numbers_from, with_next=number in joined), own[at])
                for at, cell in enumerate(row)
            )
            + "</w:tr>"
            for number, row in enumerate(table.rows)
        )
        whole = f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}"
        notes = "".join(
            _paragraph(_run(note), self._style("Följa not") + ("<w:keepNext/>" if left else ""))
            for left, note in zip(range(len(table.notes) - 1, -1, -1), table.notes, strict=True)
        )
        return (
            self._caption(self._words["table"], self._tables, table.caption, table.base, before=True)
            + self._framed(whole, shares, table.caption, "firstRow")
            + notes
            + _paragraph("", self._style("Följa not") + self._gap)
        )

    def _framed(self, rows: str, shares: Sequence[float], described: str, look: str) -> str:
        first = "1" if look else "0"
        grid = "".join(f'<w:gridCol w:w="{int(9_000 * share)}"/>' for share in shares)
        return (
            f"<w:tbl><w:tblPr><w:tblStyle w:val={quoteattr(self._ids['Följa tabell'])}/>"
            f'<w:tblW w:w="{int(_WIDE * sum(shares))}" w:type="pct"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="06{"20" if look else "00"}" w:firstRow="{first}" w:lastRow="0"'
            f' w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f"<w:tblCaption w:val={quoteattr(printable(described))}/></w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )

    def _in_cell(self, cell: Cell, number: bool, bold: bool = False, with_next: bool = False) -> str:
        style = self._style("Följa siffra" if number else "Följa cell")
        style += "<w:keepNext/>" if with_next else ""
        lines = [
            _paragraph(self._in_head(text) if bold else _run(text), style) for text in cell.text.split("\n")
        ]
        if cell.quiet:
            quiet = "".join(
                f"<w:br/>{_text(line)}" if at else _text(line)
                for at, line in enumerate(cell.quiet.split("\n"))
            )
            run = f'<w:r><w:rPr><w:color w:val="595959"/><w:sz w:val="{self._quiet}"/></w:rPr>{quiet}</w:r>'
            lines.append(_paragraph(run, style))
        return "".join(lines)

    def _in_head(self, text: str) -> str:
        """A column's heading, small enough for the longest words of a scale."""
        return f'<w:r><w:rPr><w:b/><w:sz w:val="{self._head}"/></w:rPr>{_text(text)}</w:r>'

    def _chart(self, chart: Chart) -> str:
        picture = self._placed(chart)
        if picture is None:
            return ""
        self._charts += 1
        relation, width, height = picture
        drawing = _drawing(self._charts, relation, width, height, chart.alt)
        return _paragraph(drawing, self._style("Följa diagram") + "<w:keepNext/>") + self._caption(
            self._words["chart"], self._charts, chart.title, chart.base, before=False
        )

    def _caption(self, what: str, number: int, title: str, base: str, before: bool) -> str:
        """Its title stands out, whom it is of does not."""
        code = quoteattr(f" SEQ {what} \\* ARABIC ")
        field = f"<w:fldSimple w:instr={code}>{_run(str(number))}</w:fldSimple>"
        title, base = captioned(title, base)
        said = _run(f". {title}") + (_run(f" {base}", bold=False) if base else "")
        look = "<w:keepNext/>" if before else '<w:spacing w:before="40" w:after="200"/>'
        return _paragraph(f"{_run(f'{what} ')}{field}{said}", self._style("Caption") + look)


def emblem(relation: str, size: tuple[int, int], alt: str, text: str) -> str:
    """A picture with a sentence beside it, or alone."""
    said = f"{_drawing(9_001, relation, *size, alt)}{_run(f'  {text}') if text else ''}"
    return f"<w:body {NAMESPACES}>{_paragraph(said, '')}</w:body>"


def captioned(title: str, base: str) -> tuple[str, str]:
    """What a table shows, and after it of whom."""
    if not base:
        return title, ""
    return title if title.endswith((".", "?", "!", "…")) else f"{title}.", base


def _paragraph(runs: str, properties: str) -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def _run(text: str, bold: bool | None = None) -> str:
    """``bold`` None is as the style says."""
    lines = text.split("\n")
    inside = "<w:br/>".join(_text(line) for line in lines)
    look = {None: "", True: "<w:rPr><w:b/></w:rPr>", False: '<w:rPr><w:b w:val="0"/></w:rPr>'}[bold]
    return f"<w:r>{look}{inside}</w:r>"


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(printable(text))}</w:t>'


def _cell(inside: str, width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="pct"/></w:tcPr>{inside}</w:tc>'


def _drawing(number: int, relation: str, width: int, height: int, alt: str) -> str:
    name, said = quoteattr(f"Picture {number}"), quoteattr(printable(alt).replace("\n", " "))
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name={name} descr={said}/>'
        f'<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name={name} descr={said}/><pic:cNvPicPr/></pic:nvPicPr>'
        f"<pic:blipFill><a:blip"
        f" r:embed={quoteattr(relation)}/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        f"</wp:inline></w:drawing></w:r>"
    )
