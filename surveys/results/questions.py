"""From the answers of one measurement to what may be shown of each question."""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.domain.comparison import Likeness, likeness
from surveys.domain.counted import Counted
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.questionnaire import Form
from surveys.domain.questions import (
    NumberQuestion,
    OneChoice,
    Question,
    Ranking,
    ScaleQuestion,
    SeveralChoices,
    ThemeChoice,
)
from surveys.domain.statistics import (
    swedish_order,
)
from surveys.domain.summaries import Summary
from surveys.domain.tally import Tally
from surveys.domain.word_spellings import counted_together
from surveys.results.kinds import Alike, Terms, of_kind
from surveys.results.model import QuestionResult

Choices = ScaleQuestion | OneChoice | SeveralChoices | ThemeChoice | Ranking
Texts = Mapping[str, Sequence[str]]  # by the question's code, in any order


@dataclass(frozen=True)
class Tallied:
    """The responses on one version of the questionnaire, as expanded for the occasion, counted.

    ``texts`` are the answers to questions in people's own words, which a tally does not keep.
    """

    version: int
    form: Form
    tally: Tally
    texts: Texts = field(default_factory=dict)


@dataclass
class _Asked:
    """One question through the versions in which it offered the same answers."""

    question: Question
    counted: Counted = field(default_factory=Counted)
    texts: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    reworded: bool = False


def tallied_results(
    tallied: Sequence[Tallied],
    limit: Limit,
    decimals: int,
    withheld: Collection[str] = (),
    alike: Alike | None = None,
) -> tuple[QuestionResult, ...]:
    """Summarise each question of a measurement, in the order of the newest version.

    Answers to a question are put together over versions only where it offered the same answers in them;
    otherwise each wording has its own result, and only those who were asked it count as missing. ``withheld``
    are codes of questions that something beside their own answers forbids to show. ``alike`` are the words
    counted as another, by the question without its theme.
    """
    terms = Terms(limit, decimals, alike or {})
    results = [_result(asked, terms, asked.question.code in withheld) for asked in _asked(tallied)]
    hidden = {result.code for result in results if not result.shown}
    telling = frozenset(code for each in tallied for code in each.form.conditions.led_by(hidden))
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


def _asked(tallied: Sequence[Tallied]) -> Iterator[_Asked]:
    found: dict[Hashable, _Asked] = {}
    for each in sorted(tallied, key=lambda each: -each.version):
        for question in each.form.questions:
            if question.asks:
                asked = found.setdefault(signature(question), _Asked(question))
                asked.counted += each.tally.questions[question.code]
                asked.texts.extend(each.texts.get(question.code, ()))
                asked.versions.append(each.version)
                asked.reworded |= likeness(question, asked.question) is not Likeness.SAME
    yield from found.values()


def signature(question: Question) -> Hashable:
    """Equal for a question in two versions whose answers can be put together."""
    return question.code, question.kind, tuple(code for code, _ in _labels(question))


def _labels(question: Question) -> list[tuple[str, Any]]:
    return [(point.code, point.label) for point in question.choices] if isinstance(question, Choices) else []


def _result(asked: _Asked, terms: Terms, withheld: bool) -> QuestionResult:
    question = asked.question
    summary = question.summarise(asked.counted)
    verdict = Verdict.TOO_FEW if withheld else _verdict(asked, summary, terms)
    seen = _seen(asked, summary, terms) if verdict is Verdict.SHOWN else {}
    return QuestionResult(
        code=question.code,
        base_code=_base(question),
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


def _base(question: Question) -> str:
    return question.code.removesuffix(f"-{question.theme}") if question.theme else question.code


def _verdict(asked: _Asked, summary: Summary, terms: Terms) -> Verdict:
    """As :func:`surveys.domain.privacy.shown`. What people wrote themselves is weighed against all who were
    asked, since a text does not tell who among them wrote it: those whose version of the questionnaire had
    the question, and whose answers led to it.
    """
    question = asked.question
    responses = asked.counted.asked
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
        "not_asked": asked.counted.not_asked,
        # weighed as they were written: what follows from words that may be shown may be shown too
        "words": counted_together(summary.words, terms.alike.get(_base(question), {})),
        # in alphabetical order: the order of the responses would join one person's texts
        "texts": tuple(sorted([*summary.texts, *asked.texts], key=swedish_order)),
    }
    return seen | of_kind(question, summary, terms)
