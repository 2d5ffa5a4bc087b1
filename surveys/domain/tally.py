"""Answers counted once: per question, each different answer and how many gave it.

A tally of a group and a tally of another add up to that of both, so whatever is shown of any group of
responses follows from tallies of the smallest groups. Texts in people's own words are counted, not kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import methodcaller
from typing import Any

from surveys.domain.counted import Counted, canonical
from surveys.domain.questionnaire import Form
from surveys.domain.questions import TextQuestion

__all__ = ["A_TEXT", "NOBODY", "Counted", "Counting", "Tally", "tally"]

AT_A_TIME = 500  # responses; they are held until then
A_TEXT = '""'  # what stands for any text in people's own words


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

    def document(self) -> dict[str, Any]:
        """As JSON; :meth:`read` gives it back. Questions and answers keep their order."""
        return {
            "responses": self.responses,
            "questions": [
                [code, dict(each.answers), each.missing, each.not_asked]
                for code, each in self.questions.items()
            ],
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Tally":
        """Of what :meth:`document` made."""
        return cls(
            document["responses"],
            {
                code: Counted(answers, missing, not_asked)
                for code, answers, missing, not_asked in document["questions"]
            },
        )


NOBODY = Tally(0, {})


def tally(form: Form, responses: Iterable[Mapping[str, Any]]) -> Tally:
    """Count the responses of one version of a questionnaire, as expanded for its occasion."""
    counting = Counting(form)
    for each in responses:
        counting.add(each)
    return counting.tally()


class Counting:
    """Responses counted one after the other; what it holds grows with the different answers alone.

    They are put by until there are enough to be counted question by question, which is three times as fast as
    answer by answer: whoever adds one leaves it as it is.
    """

    def __init__(self, form: Form) -> None:
        self._form, self._responses = form, 0
        self._texts = {each.code for each in form.questions if isinstance(each, TextQuestion)}
        codes = [each.code for each in form.questions if each.asks]
        # what is one text each (most answers are) is written as JSON only once it is counted
        self._plain: dict[str, Counter[str]] = {code: Counter() for code in codes}
        self._composed: dict[str, Counter[str]] = {code: Counter() for code in codes}
        self._answer_of = {code: methodcaller("get", code) for code in codes}
        self._asked = Counter[str]()
        self._waiting: list[Mapping[str, Any]] = []
        self._conditional = bool(form.conditions.order)

    def add(self, given: Mapping[str, Any]) -> None:
        """Count one response."""
        self._waiting.append(given)
        if len(self._waiting) >= AT_A_TIME:
            self._count()

    def tally(self) -> Tally:
        """What has been counted so far."""
        self._count()
        return Tally(self._responses, {code: self._counted(code) for code in self._plain})

    def _count(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._responses += len(waiting)
        for code, answer in self._answer_of.items():
            self._count_question(code, list(map(answer, waiting)))
        if self._conditional:
            of, asked_of = self._form.conditions.of, self._form.asked
            for given in waiting:
                # whoever has answered was asked, whatever day it is today
                asked = asked_of(given)
                self._asked.update([code for code in of if code in asked or given.get(code) is not None])

    def _count_question(self, code: str, answers: list[Any]) -> None:
        if code in self._texts:
            if texts := len(answers) - answers.count(None):
                self._plain[code][""] += texts
            return
        plain, composed = self._plain[code], self._composed[code]
        try:
            found = Counter(answers)
        except TypeError:  # a list or more is no key
            found = Counter()
        found.pop(None, None)
        if found and all(isinstance(each, str) for each in found):
            plain.update(found)
            return
        written = list(map(repr, answers))  # cheaper than JSON, which is then written of each different one
        example = dict(zip(written, answers, strict=True))
        for text, many in Counter(written).items():
            value = example[text]
            if isinstance(value, str):
                plain[value] += many
            elif value is not None:
                composed[canonical(value)] += many

    def _counted(self, code: str) -> Counted:
        answers = {canonical(value): many for value, many in self._plain[code].items()}
        answers.update(self._composed[code])
        asked = self._asked[code] if code in self._form.conditions.of else self._responses
        return Counted(answers, asked - sum(answers.values()), self._responses - asked)
