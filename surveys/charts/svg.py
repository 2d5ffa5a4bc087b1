"""The one drawing of a chart: SVG, for a page or standing alone."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from surveys.charts.drawing import drawn
from surveys.charts.fills import FILLS, INKS
from surveys.charts.manner import Manner
from surveys.charts.specs import Chart
from surveys.config import ROOT

TEMPLATES = ROOT / "templates" / "charts"
PHONE, MIDDLE, WIDE, BROAD = 340, 480, 720, 1040  # the widths that pages hold; see the style sheet


def svg(chart: Chart, language: str, width: int = WIDE) -> str:
    """Return ``chart`` as a whole SVG file, ``width`` wide (CSS pixels), on white with fixed colours: for
    Word, print and download. Its title, note and source are drawn in it; ``<desc>`` holds every figure.
    """
    return _written(chart, language, width, ids="chart", alone=True, css="")


def inline(chart: Chart, language: str, width: int, ids: str, css: str = "") -> str:
    """Return ``chart`` as an element of a page: colours from the style sheet, without title, note and source,
    which the page prints around it. ``ids`` begins each id in it and is its own on the page.
    """
    return _written(chart, language, width, ids=ids, alone=False, css=css)


def _written(chart: Chart, language: str, width: int, ids: str, alone: bool, css: str) -> str:
    manner = Manner(language)
    scene = drawn(chart, width, manner, framed=alone)
    return _template().render(
        scene=scene,
        title=chart.title,
        description=manner.described(chart),
        language=language,
        ids=ids,
        alone=alone,
        css=css,
        fills=FILLS,
        inks=INKS,
        patterns=[name for name, fill in FILLS.items() if fill.pattern],
    )


def _template() -> Template:
    return environment().get_template("chart.svg")


@cache
def environment() -> Environment:
    """What charts are written by; a process may give it a place where compiled templates are kept."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
