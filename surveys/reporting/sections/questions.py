"""Every question of every measurement that is shown: a table, and for scales and choices a chart beside
it.
"""

from surveys.reporting.document import Block, Subheading
from surveys.reporting.material import Material
from surveys.reporting.names import measurement_name, said_of, wave
from surveys.reporting.sections import choice_tables, scale_tables
from surveys.reporting.sections.asked import Asked
from surveys.results.blocks import blocks_of
from surveys.results.model import Measurement, SeriesResults


def questions(material: Material) -> list[Block]:
    return [
        block
        for series in material.series
        for each in series.measurements
        if each.shown
        for block in _of(material, series, each)
    ]


def _of(material: Material, series: SeriesResults, each: Measurement) -> list[Block]:
    words = material.words
    name = measurement_name(words, each)
    kind = wave(words, each)
    blocks: list[Block] = [Subheading(said_of(material.of(series), name, "" if kind == name else kind))]
    asked = Asked(material, series, each)
    for block in blocks_of(each.questions):
        if block.questions[0].kind == "scale":
            blocks += scale_tables.blocks(asked, block)
        else:
            blocks += choice_tables.blocks(asked, block.questions[0])
    return blocks
