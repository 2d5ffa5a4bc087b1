"""What may be shown of the answers to a question, kind by kind."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from surveys.domain.consent import POINTS
from surveys.domain.privacy import Limit
from surveys.domain.questions import (
    Consent,
    DateQuestion,
    NumberQuestion,
    OneChoice,
    Question,
    Ranking,
    ScaleQuestion,
    SeveralChoices,
    ThemeChoice,
)
from surveys.domain.scales import Point
from surveys.domain.spread import Spread, spread
from surveys.domain.statistics import Distribution, NotNumeric, adds_to_hundred, percent, rounded
from surveys.domain.summaries import Summary
from surveys.domain.texts import LocalText
from surveys.results.model import Bar, Middle, Placed, Share, Top

Alike = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Terms:
    """What holds for a whole measurement: the limit, the decimals, and by question (without its theme) the
    spellings that are counted as another word.
    """

    limit: Limit
    decimals: int
    alike: Alike = field(default_factory=dict)

    def share(self, count: int, base: int) -> Share:
        return share(count, base, self.decimals)

    def mean(self, value: Fraction) -> Decimal:
        # a mean without decimals says less than the scale it came from
        return rounded(value, max(1, self.decimals))


def share(count: int, base: int, decimals: int) -> Share:
    return Share(count, base, percent(count, base, decimals) if base else None)


def of_kind(question: Question, summary: Summary, terms: Terms) -> dict[str, Any]:
    """The fields of a QuestionResult that only questions of this kind have."""
    found: dict[str, Any] = {}
    for kind, more in _MORE.items():
        if isinstance(question, kind):
            found |= more(question, summary, terms)
    return found


def _classes(question: Any, summary: Summary, terms: Terms) -> dict[str, Any]:
    labels = {point.code: point.label for point in question.choices}
    return _bars(labels, summary, terms)


def _consent(_question: Consent, summary: Summary, terms: Terms) -> dict[str, Any]:
    return _bars({point.code: point.label for point in POINTS}, summary, terms)


def _periods(_question: DateQuestion, summary: Summary, terms: Terms) -> dict[str, Any]:
    """A month or a year is written alike in every language: 2026-11."""
    return _bars({}, summary, terms)


def _bars(labels: Mapping[str, LocalText], summary: Summary, terms: Terms) -> dict[str, Any]:
    """A bar a class; one without a label is its code."""
    distribution = summary.distribution or Distribution((), ())
    points = tuple(
        Bar(code, labels.get(code, {"sv": code}), terms.share(count, summary.n))
        for code, count in zip(distribution.codes, distribution.counts, strict=True)
    )
    return {
        "points": points,
        "adds_to_hundred": adds_to_hundred(point.share.percent for point in points),
    }


def _places(question: Ranking, summary: Summary, _terms: Terms) -> dict[str, Any]:
    labels = {point.code: point.label for point in question.options}
    placed = [Placed(code, labels[code], places, sum(places)) for code, places in summary.placed]
    return {"placed": tuple(sorted(placed, key=lambda each: each.places, reverse=True))}


def _scale(question: ScaleQuestion, summary: Summary, terms: Terms) -> dict[str, Any]:
    seen = _classes(question, summary, terms)
    scale, distribution = question.scale, summary.distribution or Distribution((), ())
    if question.dont_know:
        seen["dont_know"] = summary.dont_know
    if scale.merged:
        seen["merged"] = tuple(
            Bar(
                "+".join(merged.codes),
                merged.label,
                terms.share(sum(map(distribution.count, merged.codes)), summary.n),
                merged.codes,
            )
            for merged in scale.merged
        )
    if scale.top:
        seen["top"] = _together(scale.points[-scale.top :], distribution, terms)
        if 2 * scale.top <= len(scale.points):
            seen["bottom"] = _together(scale.points[: scale.top], distribution, terms)
    with suppress(NotNumeric):
        mean, median = terms.mean(distribution.mean()), terms.mean(distribution.median())
        counts = {Fraction(code): distribution.count(code) for code in distribution.codes}
        seen["middle"] = Middle(mean, median, deviation=_deviation(spread(counts), terms))
    return seen


def _together(points: Sequence[Point], distribution: Distribution, terms: Terms) -> Top:
    codes = tuple(point.code for point in points)
    count = sum(map(distribution.count, codes))
    return Top(tuple(point.label for point in points), codes, terms.share(count, distribution.n))


def _deviation(found: Spread | None, terms: Terms) -> Decimal | None:
    return found.deviation(max(1, terms.decimals)) if found else None


def _several(question: SeveralChoices, summary: Summary, terms: Terms) -> dict[str, Any]:
    labels = {point.code: point.label for point in question.choices}
    return {
        "points": tuple(Bar(code, labels[code], terms.share(k, summary.n)) for code, k in summary.chosen),
        "several": True,
    }


def _numbers(question: NumberQuestion, summary: Summary, terms: Terms) -> dict[str, Any]:
    numbers = summary.numbers
    if numbers is None:
        return {}
    mean, median = terms.mean(numbers.mean), terms.mean(numbers.median)
    found = summary.spread
    quartiles = (terms.mean(found.lower), terms.mean(found.upper)) if found else ()
    deviation = _deviation(found, terms)
    return {
        "middle": Middle(mean, median, numbers.min, numbers.max, question.unit, deviation, *quartiles),
    }


_MORE: dict[type[Question], Callable[..., dict[str, Any]]] = {
    ScaleQuestion: _scale,
    OneChoice: _classes,
    ThemeChoice: _classes,
    SeveralChoices: _several,
    NumberQuestion: _numbers,
    Consent: _consent,
    DateQuestion: _periods,
    Ranking: _places,
}
