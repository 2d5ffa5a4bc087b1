"""Native charts on slides, in the colours that all our charts have; each bar says its number itself."""

from collections.abc import Sequence
from typing import Any

from surveys.charts.fills import FILLS, INKS, fill_of
from surveys.domain.texts import printable
from surveys.reporting.document import Chart, ChartRow

Box = tuple[float, float, float, float]  # left, top, width, height in inches
ONE_AFTER_ANOTHER = "diverging"
NO_ZEROS = '0;;""'


def add_chart(slide: Any, chart: Chart, rows: Sequence[ChartRow], box: Box) -> None:
    """Draw ``rows`` of ``chart``, the first on top, with a text for those who do not see it."""
    from pptx.chart import data  # noqa: PLC0415
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION  # noqa: PLC0415
    from pptx.util import Inches, Pt  # noqa: PLC0415

    library: Any = data
    stacked = chart.kind == ONE_AFTER_ANOTHER
    given = library.CategoryChartData(number_format="0")
    given.categories = [printable(f"{row.label} (n = {row.n})" if stacked else row.label) for row in rows]
    for at, name in enumerate(chart.classes):
        given.add_series(printable(name), [row.counts[at] for row in rows])
    kind = XL_CHART_TYPE.BAR_STACKED_100 if stacked else XL_CHART_TYPE.BAR_CLUSTERED
    frame = slide.shapes.add_chart(kind, *(Inches(each) for each in box), given)
    describe(frame, chart.alt)
    native = frame.chart
    native.has_legend = stacked
    if stacked:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    native.has_title = False
    native.font.size = Pt(13)
    _coloured(native, len(chart.classes))
    native.category_axis.reverse_order = True
    native.value_axis.visible = False
    native.value_axis.has_major_gridlines = False


def describe(frame: Any, alt: str) -> None:
    """What a screen reader says of it."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(alt))


def rgb(hexadecimal: str) -> Any:
    from pptx.dml import color  # noqa: PLC0415

    library: Any = color
    return library.RGBColor.from_string(hexadecimal.removeprefix("#").upper())


def _coloured(chart: Any, classes: int) -> None:
    from pptx.util import Pt  # noqa: PLC0415

    plot = chart.plots[0]
    plot.gap_width = 40
    if classes > 1:
        plot.overlap = 100
    plot.has_data_labels = True
    for index, series in enumerate(plot.series):
        fill = FILLS[fill_of(index, classes) if classes > 1 else "bar"]
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb(fill.colour)
        labels = series.data_labels
        labels.show_value = True
        labels.font.size = Pt(12)
        labels.number_format, labels.number_format_is_linked = NO_ZEROS, False
        labels.font.color.rgb = rgb(INKS["on-dark" if fill.dark and classes > 1 else "ink"])
