"""What stands behind an indicator made of answers: one measurement, one question or index, one group."""

from dataclasses import dataclass
from fractions import Fraction

from surveys.domain.indicators import Definition, Figure, Kind
from surveys.results.model import Measurement, QuestionResult, SeriesResults


@dataclass(frozen=True)
class Behind:
    """One measurement behind a figure: how many of ``n`` count. ``left_out`` says why it is in no figure.

    ``label`` names what has no question: an index, a group. ``total`` is the sum of the values of a mean.
    """

    series: SeriesResults
    measurement: Measurement
    question: QuestionResult | None
    count: int | None = None
    n: int | None = None
    left_out: str = ""
    label: str = ""
    total: Fraction | None = None


@dataclass(frozen=True)
class Read:
    """A figure and, where it is made of answers, what stands behind it."""

    figure: Figure
    behind: tuple[Behind, ...] = ()


def of_question(
    definition: Definition, series: SeriesResults, measurement: Measurement, question: QuestionResult
) -> Behind:
    if not question.shown:
        return Behind(series, measurement, question, left_out="too_few")
    codes = [bar.code for bar in question.points]
    if definition.kind is Kind.MEAN:
        return Behind(series, measurement, question, None, question.n)
    if definition.threshold not in codes:
        return Behind(series, measurement, question, left_out="other_classes")
    at_or_above = question.points[codes.index(definition.threshold) :]
    return Behind(series, measurement, question, sum(bar.share.count for bar in at_or_above), question.n)
