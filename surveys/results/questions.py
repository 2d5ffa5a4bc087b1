"""From the answers of one measurement to what may be shown of each question."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from surveys.domain.comparison import Likeness, likeness
from surveys.domain.consent import POINTS
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.questionnaire import Form
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
from surveys.domain.statistics import (
    Distribution,
    NotNumeric,
    adds_to_hundred,
    percent,
    rounded,
    swedish_order,
)
from surveys.domain.summaries import Summary
from surveys.domain.texts import LocalText
from surveys.results.model import Bar, Middle, Placed, QuestionResult, Share, Top

Choices = ScaleQuestion | OneChoice | SeveralChoices | ThemeChoice | Ranking


@dataclass(frozen=True)
class Answered:
    """The submitted responses on one version of the questionnaire, as expanded for the occasion."""

    version: int
    form: Form
    responses: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Terms:
    """What holds for a whole measurement: the limit and the decimals."""

    limit: Limit
    decimals: int

    def share(self, count: int, base: int) -> Share:
        return share(count, base, self.decimals)

    def mean(self, value: Fraction) -> Decimal:
        # a mean without decimals says less than the scale it came from
        return rounded(value, max(1, self.decimals))


@dataclass
class _Asked:
    """One question through the versions in which it offered the same answers."""

    question: Question
    values: list[Any] = field(default_factory=list)
    not_asked: int = 0
    versions: list[int] = field(default_factory=list)
    reworded: bool = False


def share(count: int, base: int, decimals: int) -> Share:
    return Share(count, base, percent(count, base, decimals) if base else None)


def question_results(answered: Sequence[Answered], limit: Limit, decimals: int) -> tuple[QuestionResult, ...]:
    """Summarise each question of a measurement, in the order of the newest version.

    Answers to a question are put together over versions only where it offered the same answers in them;
    otherwise each wording has its own result, and only those who were asked it count as missing.
    """
    terms = Terms(limit, decimals)
    results = [_result(asked, terms) for asked in _asked(answered)]
    hidden = {result.code for result in results if not result.shown}
    telling = frozenset(code for each in answered for code in each.form.conditions.led_by(hidden))
    return tuple(_untold(result) if result.code in telling else result for result in results)


def _untold(result: QuestionResult) -> QuestionResult:
    """Nothing of a question that was asked by answers that are not shown: how many got it would tell them."""
    return QuestionResult(
        code=result.code,
        base_code=result.base_code,
        theme=result.theme,
        text=result.text,
        kind=result.kind,
        n=None,
        verdict=Verdict.TOO_FEW,
        generated_note=result.generated_note,
        versions=result.versions,
        reworded=result.reworded,
    )


def _asked(answered: Sequence[Answered]) -> Iterator[_Asked]:
    found: dict[Hashable, _Asked] = {}
    for each in sorted(answered, key=lambda each: -each.version):
        relevant = [each.form.asked(given) for given in each.responses] if each.form.conditions.order else ()
        for question in each.form.questions:
            if question.asks:
                asked = found.setdefault(signature(question), _Asked(question))
                values = _values(question, each, relevant)
                asked.values.extend(values)
                asked.not_asked += len(each.responses) - len(values)
                asked.versions.append(each.version)
                asked.reworded |= likeness(question, asked.question) is not Likeness.SAME
    yield from found.values()


def _values(question: Question, answered: Answered, relevant: Sequence[frozenset[str]]) -> list[Any]:
    """The answers of those who were asked; whoever has answered was, whatever day it is today."""
    code = question.code
    if code not in answered.form.conditions.of:
        return [given.get(code) for given in answered.responses]
    return [
        given.get(code)
        for given, asked in zip(answered.responses, relevant, strict=True)
        if code in given or code in asked
    ]


def signature(question: Question) -> Hashable:
    """Equal for a question in two versions whose answers can be put together."""
    return question.code, question.kind, tuple(code for code, _ in _labels(question))


def _labels(question: Question) -> list[tuple[str, Any]]:
    return [(point.code, point.label) for point in question.choices] if isinstance(question, Choices) else []


def _result(asked: _Asked, terms: Terms) -> QuestionResult:
    question = asked.question
    summary = question.summarise(asked.values)
    verdict = _verdict(asked, summary, terms)
    base = question.code.removesuffix(f"-{question.theme}") if question.theme else question.code
    seen = _seen(asked, summary, terms) if verdict is Verdict.SHOWN else {}
    return QuestionResult(
        code=question.code,
        base_code=base,
        theme=question.theme,
        text=question.text,
        kind=question.kind,
        n=summary.n,
        verdict=verdict,
        generated_note=question.generated_note or None,
        versions=tuple(sorted(asked.versions)),
        reworded=asked.reworded,
        **seen,
    )


def _verdict(asked: _Asked, summary: Summary, terms: Terms) -> Verdict:
    """As :func:`surveys.domain.privacy.shown`. What people wrote themselves is weighed against all who were
    asked, since a text does not tell who among them wrote it: those whose version of the questionnaire had
    the question, and whose answers led to it.
    """
    question = asked.question
    responses = len(asked.values)
    if summary.distribution is not None:
        return shown(summary.distribution.counts, summary.n, terms.limit)
    if isinstance(question, Ranking):
        # everyone put the same option at the same place
        return shown([count for _, places in summary.placed for count in places], summary.n, terms.limit)
    if isinstance(question, SeveralChoices):
        return shown([count for _, count in summary.chosen], summary.n, terms.limit)
    if isinstance(question, NumberQuestion):
        numbers = summary.numbers
        same = [summary.n] if numbers is not None and numbers.min == numbers.max else []
        return shown(same, summary.n, terms.limit)
    # one person may write the same word twice with other letters
    counts = [min(word.count, responses) for word in summary.words]
    return shown(counts, responses, terms.limit)


def _seen(asked: _Asked, summary: Summary, terms: Terms) -> dict[str, Any]:
    question = asked.question
    seen: dict[str, Any] = {
        "missing": summary.missing,
        "not_asked": asked.not_asked,
        "words": summary.words,
        # in alphabetical order: the order of the responses would join one person's texts
        "texts": tuple(sorted(summary.texts, key=swedish_order)),
    }
    for kind, more in _MORE.items():
        if isinstance(question, kind):
            seen |= more(question, summary, terms)
    return seen


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
        upper = scale.points[-scale.top :]
        together = distribution.top(scale.top)
        seen["top"] = Top(
            tuple(point.label for point in upper),
            tuple(point.code for point in upper),
            terms.share(together.numerator, together.denominator),
        )
    with suppress(NotNumeric):
        seen["middle"] = Middle(terms.mean(distribution.mean()), terms.mean(distribution.median()))
    return seen


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
    return {"middle": Middle(mean, median, numbers.min, numbers.max, question.unit)}


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
