"""The pictures of a report: charts, the project's logotype, and the emblem that its money asks for."""

from dataclasses import replace

from surveys.charts import specs
from surveys.charts.svg import WIDE, svg
from surveys.printing.content import Piece
from surveys.printing.picture import DENSITY, png
from surveys.reporting.document import Chart
from surveys.reporting.word import Picture

EMBLEM_WIDE, EMBLEM_HIGH = 90, 60


def drawing(chart: Chart, language: str, decimals: int) -> str:
    """A chart as SVG, on white; its title and its base stand in its caption."""
    return svg(_spec(chart, decimals), language)


def picture_of_chart(chart: Chart, language: str, decimals: int) -> Picture:
    """The same as PNG, with twice as many pixels as it is wide on paper."""
    content = png(drawing(chart, language, decimals), WIDE)
    return _sized(content, chart.alt)


def picture_of_emblem(head: Piece) -> Picture | None:
    """The emblem of the European Union with its sentence; None where the project has none."""
    emblem = head["emblem"]
    if not emblem:
        return None
    said = " ".join(emblem["text"]["lines"])
    return replace(_sized(png(emblem["drawing"], EMBLEM_WIDE), emblem["alt"]), beside=said)


def logotype_picture(head: Piece) -> Picture | None:
    """The logotype of a project's papers; None where there is none, or it cannot be read."""
    from docx.image.exceptions import UnrecognizedImageError  # noqa: PLC0415

    logotype = head["logotype"]
    if not logotype:
        return None
    try:
        return _sized(bytes(logotype["content"]), logotype["alt"])
    except (UnrecognizedImageError, ValueError, KeyError, IndexError):
        return None


def _sized(content: bytes, alt: str) -> Picture:
    from docx.image.image import Image  # noqa: PLC0415

    found = Image.from_blob(content)
    return Picture(content, found.px_width // DENSITY, found.px_height // DENSITY, alt)


def _spec(chart: Chart, decimals: int) -> specs.Chart:
    if chart.kind == "bars":
        bars = tuple(specs.Bar(row.label, row.counts[0]) for row in chart.rows)
        return specs.Bars(title="", decimals=decimals, rows=bars)
    rows = tuple(specs.Row(row.label, row.counts) for row in chart.rows)
    return specs.Stacked(title="", decimals=decimals, classes=chart.classes, rows=rows, diverging=True)
