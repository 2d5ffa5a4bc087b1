"""From the answers of one measurement to what may be shown of each question."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from surveys.answers.results_model import Bar, Middle, QuestionResult, Share, Top
from surveys.domain.comparison import Likeness, likeness
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.questionnaire import Form
from surveys.domain.questions import (
    NumberQuestion,
    OneChoice,
    Question,
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

Choices = ScaleQuestion | OneChoice | SeveralChoices | ThemeChoice


@dataclass(frozen=True)
class Answered:
    """The submitted responses on one version of the questionnaire, as expanded for the occasion."""

    version: int
    form: Form
    responses: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Terms:
    """What holds for a whole measurement: the limit, the decimals, and how many responses came in."""

    limit: Limit
    decimals: int
    responses: int

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
    versions: list[int] = field(default_factory=list)
    reworded: bool = False


def share(count: int, base: int, decimals: int) -> Share:
    return Share(count, base, percent(count, base, decimals) if base else None)


def question_results(answered: Sequence[Answered], limit: Limit, decimals: int) -> tuple[QuestionResult, ...]:
    """Summarise each question of a measurement, in the order of the newest version.

    Answers to a question are put together over versions only where it offered the same answers in them;
    otherwise each wording has its own result, and only those who were asked it count as missing.
    """
    terms = Terms(limit, decimals, sum(len(each.responses) for each in answered))
    return tuple(_result(asked, terms) for asked in _asked(answered))


def _asked(answered: Sequence[Answered]) -> Iterator[_Asked]:
    found: dict[Hashable, _Asked] = {}
    for each in sorted(answered, key=lambda each: -each.version):
        for question in each.form.questions:
            if question.asks:
                asked = found.setdefault(signature(question), _Asked(question))
                asked.values.extend(given.get(question.code) for given in each.responses)
                asked.versions.append(each.version)
                asked.reworded |= likeness(question, asked.question) is not Likeness.SAME
    yield from found.values()


def signature(question: Question) -> Hashable:
    """Equal for a question in two versions whose answers can be put together."""
    return question.code, question.kind, tuple(code for code, _ in _labels(question))


def _labels(question: Question) -> list[tuple[str, Any]]:
    return [(point.code, point.label) for point in question.choices] if isinstance(question, Choices) else []


def _result(asked: _Asked, terms: Terms) -> QuestionResult:
    question = asked.question
    summary = question.summarise(asked.values)
    verdict = _verdict(question, summary, terms)
    base = question.code.removesuffix(f"-{question.theme}") if question.theme else question.code
    seen = _seen(question, summary, terms) if verdict is Verdict.SHOWN else {}
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


def _verdict(question: Question, summary: Summary, terms: Terms) -> Verdict:
    """As :func:`surveys.domain.privacy.shown`. What people wrote themselves is weighed against all who
    answered the questionnaire, since a text does not tell who among them wrote it.
    """
    if summary.distribution is not None:
        return shown(summary.distribution.counts, summary.n, terms.limit)
    if isinstance(question, SeveralChoices):
        return shown([count for _, count in summary.chosen], summary.n, terms.limit)
    if isinstance(question, NumberQuestion):
        numbers = summary.numbers
        same = [summary.n] if numbers is not None and numbers.min == numbers.max else []
        return shown(same, summary.n, terms.limit)
    # one person may write the same word twice with other letters
    counts = [min(word.count, terms.responses) for word in summary.words]
    return shown(counts, terms.responses, terms.limit)


def _seen(question: Question, summary: Summary, terms: Terms) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "missing": summary.missing,
        "words": summary.words,
        # in alphabetical order: the order of the responses would join one person's texts
        "texts": tuple(sorted(summary.texts, key=swedish_order)),
    }
    for kind, more in _MORE.items():
        if isinstance(question, kind):
            seen |= more(question, summary, terms)
    return seen


def _classes(question: Any, summary: Summary, terms: Terms) -> dict[str, Any]:
    distribution = summary.distribution or Distribution((), ())
    labels = {point.code: point.label for point in question.choices}
    points = tuple(
        Bar(code, labels[code], terms.share(count, summary.n))
        for code, count in zip(distribution.codes, distribution.counts, strict=True)
    )
    return {
        "points": points,
        "adds_to_hundred": adds_to_hundred(point.share.percent for point in points),
    }


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
}
