"""The readings of an indicator over time as a chart, with its target as a line."""

from decimal import Decimal
from fractions import Fraction

from surveys.charts.manner import FEW
from surveys.charts.specs import Level, Levels
from surveys.domain.indicators import Definition, Kind
from surveys.results.indicators import IndicatorResult, StoredReading
from surveys.web.evaluate import indicator_words as told
from surveys.web.filters import number, percent, short_date
from surveys.web.phrases import _

FIRST_STEPS = (1, 2, 5, 10)
MOST_TICKS = 6


def readings_chart(found: IndicatorResult) -> Levels | None:
    """The oldest first, of a day read again the last; None where fewer than two have a figure, or of a yes
    or no.
    """
    definition = found.definition
    if definition.kind is Kind.YES_NO:
        return None
    in_order = sorted(found.readings, key=lambda each: (each.on, each.taken_at, each.id))
    rows = tuple(_row(each) for each in {each.on: each for each in in_order}.values())
    values = [row.value for row in rows if row.value is not None]
    if len(values) < 2:
        return None
    target = definition.target
    aims = values if target is None else [*values, float(target)]
    return Levels(
        title=_("Readings over time"),
        note=_("The target is that of today.") if len(found.versions) > 1 and target is not None else "",
        rows=rows,
        ticks=_ticks(definition, aims),
        target=None if target is None else float(target),
        target_said="" if target is None else _("Target: %(target)s", target=told.aim(definition)),
    )


def _row(reading: StoredReading) -> Level:
    figure, definition = reading.read.figure, reading.version.definition
    day = short_date(reading.on)
    if figure.value is None:
        return Level(day, None, note=told.lacking(figure.lacking))
    few = figure.n is not None and figure.n < FEW
    return Level(day, float(figure.value), told.outcome(definition, figure, reading.judgement.decimals), few)


def _ticks(definition: Definition, values: list[float]) -> tuple[tuple[float, str], ...]:
    """Round figures from nought, or below the least, to the first at or above the largest."""
    if definition.in_percent:
        return tuple((float(each), percent(each) if each else number(0)) for each in range(0, 101, 25))
    low, high = min(0.0, *values), max(values)
    step = _step(Fraction(high - low).limit_denominator(10_000) or Fraction(1))
    first = Fraction(low).limit_denominator(10_000) // step
    last = -(-Fraction(high).limit_denominator(10_000) // step)
    places = range(first, max(last, first + 1) + 1)
    return tuple((float(place * step), _written(place * step)) for place in places)


def _step(reach: Fraction) -> Fraction:
    """The smallest of 1, 2, 5, 10, 20 … (or a tenth, a hundredth of them) with few enough ticks."""
    size = Fraction(1, 100)
    while True:
        for first in FIRST_STEPS:
            if reach / (size * first) < MOST_TICKS:
                return size * first
        size *= 10


def _written(value: Fraction) -> str:
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    return number(text.rstrip("0").rstrip(".") if "." in text else text)
