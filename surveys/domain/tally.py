"""Answers counted once: per question, each different answer and how many gave it.

A tally of a group and a tally of another add up to that of both, so whatever is shown of any group of
responses follows from tallies of the smallest groups. Texts in people's own words are counted, not kept.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.domain.questionnaire import Form
from surveys.domain.questions import Answer, Question, TextQuestion

A_TEXT = '""'  # what stands for any text in people's own words


@dataclass(frozen=True)
class Counted:
    """The answers of a group to one question: ``answers`` is answer (as canonical JSON) → persons.

    ``missing`` were asked and gave none; ``not_asked`` were not asked, because of their other answers.
    """

    answers: Mapping[str, int] = field(default_factory=dict)
    missing: int = 0
    not_asked: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        together = Counter(self.answers)
        together.update(other.answers)
        return Counted(together, self.missing + other.missing, self.not_asked + other.not_asked)

    def values(self) -> Iterator[Answer | None]:
        """Every answer as many times as it was given, and None for each that is missing."""
        for text, many in self.answers.items():
            value = json.loads(text)
            yield from (value for _ in range(many))
        yield from (None for _ in range(self.missing))


@dataclass(frozen=True)
class Tally:
    """``responses`` of a group, counted: question code → what was answered, in the order of the form."""

    responses: int
    questions: Mapping[str, Counted]

    def __add__(self, other: "Tally") -> "Tally":
        codes = dict.fromkeys([*self.questions, *other.questions])
        none = Counted()
        return Tally(
            self.responses + other.responses,
            {code: self.questions.get(code, none) + other.questions.get(code, none) for code in codes},
        )


NOBODY = Tally(0, {})


def tally(form: Form, responses: Iterable[Mapping[str, Any]]) -> Tally:
    """Count the responses of one version of a questionnaire, as expanded for its occasion."""
    given = list(responses)
    asked = [form.asked(each) for each in given] if form.conditions.order else ()
    return Tally(
        len(given), {each.code: _counted(form, each, given, asked) for each in form.questions if each.asks}
    )


def _counted(
    form: Form, question: Question, given: list[Mapping[str, Any]], asked: Iterable[frozenset[str]]
) -> Counted:
    code = question.code
    values = [each.get(code) for each in given]
    if code in form.conditions.of:
        # whoever has answered was asked, whatever day it is today
        values = [
            each for each, codes in zip(values, asked, strict=True) if each is not None or code in codes
        ]
    written = Counter(_canonical(question, each) for each in values if each is not None)
    return Counted(dict(written), len(values) - written.total(), len(given) - len(values))


def _canonical(question: Question, value: Answer) -> str:
    if isinstance(question, TextQuestion):
        return A_TEXT
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
