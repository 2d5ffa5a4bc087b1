"""The questions of two measurements beside each other, whole groups alone: nothing is paired here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveys.domain.comparison import same_text
from surveys.results.model import Measurement, QuestionResult
from surveys.results.table import same_answers


@dataclass(frozen=True, slots=True)
class Beside:
    """A question before and after; None where it was asked only once. ``alike`` says that both offered the
    same answers in the same words, ``same_wording`` that the question itself was put in the same words.
    """

    before: QuestionResult | None
    after: QuestionResult | None
    alike: bool
    same_wording: bool = True


def beside(before: Measurement, after: Measurement) -> tuple[Beside, ...]:
    """The questions of the first in their order, then those that only the second asked."""
    return tuple(_pairs(before.questions, after.questions))


def _pairs(before: Sequence[QuestionResult], after: Sequence[QuestionResult]) -> Iterator[Beside]:
    later = {each.code: each for each in after}
    for first in before:
        second = later.pop(first.code, None)
        yield Beside(
            first,
            second,
            second is not None and same_answers(first, second),
            second is None or same_text(first.text, second.text),
        )
    for second in later.values():
        yield Beside(None, second, alike=False)
