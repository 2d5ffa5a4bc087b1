"""A report as slides for the steering group: native charts that can be changed, notes with n and base.

A slide has one thing on it: the charts of a measurement, or a table. What the tables of the report say in
full is in the notes of a slide and in the report.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from surveys.domain.texts import printable
from surveys.reporting.document import (
    Bullets,
    Cell,
    Chart,
    ChartRow,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Section,
    Subheading,
    Table,
)
from surveys.reporting.slide_charts import ONE_AFTER_ANOTHER, add_chart, describe, rgb

T = TypeVar("T")

WIDE, HIGH = 13.333, 7.5  # inches
_INK, _ACCENT, _QUIET = "222222", "12495A", "595959"
_MOST_BARS, _AROUND_BARS, _MOST_LINES, _LETTERS, _ROW = 8, 1.6, 16, 34, 24
_MOST_BULLETS = 8
_LAYOUT_TITLE, _LAYOUT_HEADED = 0, 5
_LEFT_OUT = frozenset({"figures", "method", "participation", "breakdown", "outside"})


def slides(document: Document, kind: str) -> bytes:
    """Return the file. ``kind`` names what report it is."""
    made = _Slides(document)
    made.title(kind)
    for section in document.sections:
        if section.key not in _LEFT_OUT:
            made.section(section)
    return made.saved()


class _Slides:
    def __init__(self, document: Document) -> None:
        import pptx  # noqa: PLC0415
        from pptx.util import Inches  # noqa: PLC0415

        self.document = document
        self.file: Any = pptx.Presentation()
        wider = Inches(WIDE) / self.file.slide_width
        self.file.slide_width, self.file.slide_height = Inches(WIDE), Inches(HIGH)
        # the library's template is for narrow slides
        for layout in (self.file.slide_master, *self.file.slide_layouts):
            for shape in layout.placeholders:
                shape.left, shape.width = int(shape.left * wider), int(shape.width * wider)
        known = self.file.core_properties
        known.title, known.author = printable(document.title)[:255], printable(document.author)[:255]
        known.language = document.language
        self._under = ""

    def title(self, kind: str) -> None:
        slide = self.file.slides.add_slide(self.file.slide_layouts[_LAYOUT_TITLE])
        _written(slide.shapes.title, self.document.title, 36, _ACCENT, bold=True)
        lines = [kind, self.document.project, self.document.status]
        from pptx.util import Inches  # noqa: PLC0415

        for shape, top, high in ((slide.shapes.title, 2.0, 1.4), (slide.placeholders[1], 3.5, 2.0)):
            shape.left, shape.top = Inches(0.6), Inches(top)
            shape.width, shape.height = Inches(WIDE - 1.2), Inches(high)
        _written(slide.placeholders[1], "\n".join(line for line in lines if line), 20, _QUIET)
        self._notes(slide, [f"{label}: {said}" for label, said in self.document.facts])

    def section(self, section: Section) -> None:
        self._under = ""
        after_chart = False
        waiting: list[Chart] = []
        for block in (*section.blocks, Subheading("")):
            if waiting and not isinstance(block, Chart | Table | Paragraph):
                for some in _on_slides(waiting):
                    self._charts(some)
                waiting = []
            match block:
                case Subheading():
                    self._under = block.text
                case KeyFigures():
                    self._key_figures(section.heading, block.items)
                case Bullets():
                    self._bullets(section.heading, block.items)
                case Chart():
                    waiting.append(block)
                case Table() if not after_chart and section.key != "questions":
                    self._table(section.heading, block)
            # the table of a chart stands in the report; on slides the chart has its numbers in itself
            after_chart = isinstance(block, Chart)

    def saved(self) -> bytes:
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    def _slide(self, heading: str) -> Any:
        slide = self.file.slides.add_slide(self.file.slide_layouts[_LAYOUT_HEADED])
        title = slide.shapes.title
        from pptx.util import Inches  # noqa: PLC0415

        title.left, title.top, title.width, title.height = (
            Inches(each) for each in (0.6, 0.35, WIDE - 1.2, 1.0)
        )
        _written(title, heading, 26, _ACCENT, bold=True)
        return slide

    def _notes(self, slide: Any, lines: Sequence[str]) -> None:
        said = [*lines, f"{self.document.title}. {self.document.status}"]
        slide.notes_slide.notes_text_frame.text = printable("\n".join(line for line in said if line))

    def _box(self, slide: Any, left: float, top: float, width: float, height: float) -> Any:
        from pptx.util import Inches  # noqa: PLC0415

        return slide.shapes.add_textbox(*(Inches(each) for each in (left, top, width, height)))

    def _key_figures(self, heading: str, items: Sequence[KeyFigure]) -> None:
        slide = self._slide(heading)
        width = (WIDE - 1.2) / len(items)
        for at, each in enumerate(items):
            left = 0.6 + at * width
            _written(self._box(slide, left, 2.0, width - 0.2, 1.0), each.value, 44, _ACCENT, bold=True)
            _written(self._box(slide, left, 3.1, width - 0.2, 0.6), each.label, 18, _INK)
            _written(self._box(slide, left, 3.8, width - 0.2, 1.2), each.base, 14, _QUIET)
        self._notes(slide, [f"{each.label}: {each.value} ({each.base})" for each in items])

    def _bullets(self, heading: str, items: Sequence[str]) -> None:
        for some in _portions(items, _MOST_BULLETS):
            slide = self._slide(heading)
            box = self._box(slide, 0.6, 1.6, WIDE - 1.2, HIGH - 2.2)
            _written(box, "\n".join(f"• {item}" for item in some), 18, _INK)
            self._notes(slide, [])

    def _table(self, heading: str, table: Table) -> None:
        from pptx.util import Inches, Pt  # noqa: PLC0415

        for some in _fitting(table):
            slide = self._slide(heading)
            _written(self._box(slide, 0.6, 1.25, WIDE - 1.2, 0.5), table.caption, 16, _INK, bold=True)
            frame = slide.shapes.add_table(
                len(some) + 1,
                len(table.head),
                Inches(0.6),
                Inches(1.8),
                Inches(WIDE - 1.2),
                Inches(0.45 * (len(some) + 1)),
            )
            frame.name = printable(table.caption)[:200]
            describe(frame, table.caption)
            grid = frame.table
            grid.first_row, grid.horz_banding = True, False
            for at, text in enumerate(table.head):
                _in_cell(grid.cell(0, at), text, at >= table.numbers_from, bold=True)
            for number, row in enumerate(some, start=1):
                for at, cell in enumerate(row):
                    text = (
                        f"{cell.text} ({cell.quiet})"
                        if cell.quiet and at
                        else "\n".join(filter(None, (cell.text, cell.quiet)))
                    )
                    _in_cell(grid.cell(number, at), text, at >= table.numbers_from)
            for row in grid.rows:
                row.height = Pt(_ROW)
            self._notes(slide, [table.base, *table.notes])

    def _charts(self, charts: Sequence[Chart]) -> None:
        """Those of one measurement on one slide, each as high as it has bars."""
        heading = self._under or charts[0].title
        slide = self._slide(heading)
        room = HIGH - 2.1
        shares = [len(each.rows) + _AROUND_BARS for each in charts]
        top = 1.25
        for each, share in zip(charts, shares, strict=True):
            titled = 0.45 if each.title != heading else 0.0
            if titled:
                _written(self._box(slide, 0.6, top, WIDE - 1.2, titled), each.title, 16, _INK, bold=True)
            high = min(room * share / sum(shares) - titled, 1.4 + 0.75 * len(each.rows))
            add_chart(slide, each, each.rows, (0.6, top + titled, WIDE - 1.2, high))
            top += titled + high
        bases = list(dict.fromkeys(each.base for each in charts if each.base))
        _written(self._box(slide, 0.6, HIGH - 0.75, WIDE - 1.2, 0.4), " ".join(bases), 12, _QUIET)
        self._notes(slide, [*bases, *(_counted(each, row) for each in charts for row in each.rows)])


def _counted(chart: Chart, row: ChartRow) -> str:
    counts = zip(chart.classes, row.counts, strict=True)
    return f"{row.label}: {', '.join(f'{name} {count}' for name, count in counts)}; n = {row.n}"


def _on_slides(charts: Sequence[Chart]) -> Iterator[list[Chart]]:
    """As many as a slide has room for; one of many bars takes several."""
    some: list[Chart] = []
    for chart in charts:
        for rows in _portions(chart.rows, _MOST_BARS):
            part = replace(chart, rows=tuple(rows))
            bars = sum(len(each.rows) + 1 for each in some)
            if some and (chart.kind != ONE_AFTER_ANOTHER or bars + len(rows) + 1 > _MOST_BARS):
                yield some
                some = []
            some.append(part)
    if some:
        yield some


def _written(shape: Any, text: str, size: float, colour: str, bold: bool = False) -> None:
    from pptx.enum.text import PP_ALIGN  # noqa: PLC0415
    from pptx.util import Pt  # noqa: PLC0415

    frame = shape.text_frame
    frame.word_wrap = True
    frame.text = printable(text)
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(size / 3)
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = rgb(colour)


def _in_cell(cell: Any, text: str, number: bool, bold: bool = False) -> None:
    from pptx.enum.text import PP_ALIGN  # noqa: PLC0415
    from pptx.util import Pt  # noqa: PLC0415

    cell.text = printable(text)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb("EEF4F5" if bold else "FFFFFF")
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.RIGHT if number else PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(12), bold
            run.font.color.rgb = rgb(_INK)


def _fitting(table: Table) -> Iterator[Sequence[Sequence[Cell]]]:
    """The rows of a table, as many at a time as a slide has lines for."""
    some: list[Sequence[Cell]] = []
    taken = 0
    for row in table.rows:
        lines = max(
            cell.text.count("\n") + 1 + (bool(cell.quiet) if not at else 0) for at, cell in enumerate(row)
        )
        lines = max(lines, -(-len(row[0].text) // _LETTERS) + bool(row[0].quiet))
        if some and taken + lines > _MOST_LINES:
            yield some
            some, taken = [], 0
        some.append(row)
        taken += lines
    if some:
        yield some


def _portions(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    for at in range(0, len(items), most):
        yield items[at : at + most]
