"""Charts on pages, and each of them as a file.

A page names its charts by their order. Asked for with ``?diagram=2.svg`` (or png) it answers with its second
chart instead of itself: the file is made by the same code, for the same reader and choices, as the page.
"""

import io
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, g, request, send_file
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from surveys.charts.specs import Bar, Bars, Chart, Dot, Dots, Row, Stacked
from surveys.charts.svg import BROAD, MIDDLE, PHONE, WIDE, inline, svg
from surveys.domain.intervals import wilson
from surveys.printing.picture import png
from surveys.web import language
from surveys.web.filters import project_decimals

ASKED = "diagram"
_FILE = re.compile(r"([1-9]\d{0,3})\.(svg|png)", re.ASCII)


Counts = Sequence[int]


def stacked_chart(
    title: str,
    classes: Sequence[str],
    rows: Sequence[
        tuple[str, Counts | None] | tuple[str, Counts | None, str] | tuple[str, Counts | None, str, str]
    ],
    diverging: bool,
    note: str | None,
) -> Stacked:
    """See the macros."""
    drawn = []
    for label, counts, *more in rows:
        why, group = (*map(str, more), "", "")[:2]
        drawn.append(Row(str(label), None if counts is None else tuple(counts), why, group))
    return Stacked(
        title=title,
        note=note or "",
        decimals=project_decimals(),
        classes=tuple(map(str, classes)),
        rows=tuple(drawn),
        diverging=diverging,
    )


def bar_chart(
    title: str, rows: Sequence[tuple[str, int] | tuple[str, int, int]], note: str | None, of: int | None
) -> Bars:
    """See the macros."""
    drawn = tuple(Bar(str(label), count, base[0] if base else of) for label, count, *base in rows)
    return Bars(title=title, note=note or "", decimals=project_decimals(), rows=drawn, longest=of)


def dot_chart(
    title: str,
    rows: Sequence[tuple[str, int | None, int | None]],
    note: str | None,
    intervals: bool = True,
) -> Dots:
    """See the macros. The interval is Wilson's, 95 per cent."""
    drawn = tuple(_dot(*row) if intervals else Dot(*row) for row in rows)
    return Dots(title=title, note=note or "", decimals=project_decimals(), rows=drawn)


def _dot(label: str, count: int | None, n: int | None, note: str = "") -> Dot:
    if count is None or not n:
        return Dot(str(label), None, None, note=str(note))
    interval = wilson(count, n)
    return Dot(str(label), count, n, interval.low, interval.high, note=str(note))


def drawing(chart: Chart) -> Markup:
    """The chart in all widths; the style sheet shows the one that there is room for."""
    charts: list[Chart] = g.setdefault("drawn", [])
    charts.append(chart)
    code = language.of_page().code
    return Markup("").join(
        Markup(inline(chart, code, width, f"chart-{len(charts)}-{name}", f"drawn-{name}"))  # noqa: S704 - ours
        for name, width in (("broad", BROAD), ("wide", WIDE), ("middle", MIDDLE), ("phone", PHONE))
    )


def drawing_files() -> list[tuple[str, str]]:
    """The files of the chart drawn last: their form and address. None outside projects."""
    if "project" not in g:
        return []
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != ASKED]
    return [
        (form.upper(), f"?{urlencode([*kept, (ASKED, f'{len(g.drawn)}.{form}')])}") for form in ("svg", "png")
    ]


def file_instead(response: Response) -> Response:
    """Answer with the chart that was asked for, where one was and the page is there."""
    if ASKED not in request.args or response.status_code != 200:
        return response
    wanted = _FILE.fullmatch(request.args[ASKED])
    charts: list[Chart] = g.get("drawn", [])
    if wanted is None or int(wanted[1]) > len(charts):
        # Too late to raise: what answers for errors has been passed already.
        return current_app.make_response(current_app.handle_http_exception(NotFound()))
    chart = charts[int(wanted[1]) - 1]
    drawn = svg(chart, language.of_page().code, WIDE)
    content = drawn.encode() if wanted[2] == "svg" else png(drawn, WIDE)
    kind = "image/svg+xml" if wanted[2] == "svg" else "image/png"
    name = re.sub(r"\W+", "-", chart.title.lower()).strip("-")[:60]
    return send_file(
        io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=f"{name or ASKED}.{wanted[2]}"
    )


def offer_files(blueprint: Blueprint) -> None:
    """Every page of ``blueprint`` gives its charts as files."""
    blueprint.after_request(file_instead)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        stacked_chart=stacked_chart,
        bar_chart=bar_chart,
        dot_chart=dot_chart,
        drawing=drawing,
        drawing_files=drawing_files,
    )
