"""Answers counted once: per question, each different answer and how many gave it.

A tally of a group and a tally of another add up to that of both, so whatever is shown of any group of
responses follows from tallies of the smallest groups. Texts in people's own words are counted, not kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.domain.counted import Counted, canonical
from surveys.domain.questionnaire import Form
from surveys.domain.questions import TextQuestion

__all__ = ["A_TEXT", "NOBODY", "Counted", "Counting", "Tally", "tally"]

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
    """Responses counted one after the other; what it holds grows with the different answers alone."""

    def __init__(self, form: Form) -> None:
        self._form, self._responses = form, 0
        self._texts = {each.code for each in form.questions if isinstance(each, TextQuestion)}
        codes = [each.code for each in form.questions if each.asks]
        # what is one text each (most answers are) is written as JSON only once it is counted
        self._plain: dict[str, Counter[str]] = {code: Counter() for code in codes}
        self._composed: dict[str, Counter[str]] = {code: Counter() for code in codes}
        self._asked = Counter[str]()

    def add(self, given: Mapping[str, Any]) -> None:
        """Count one response."""
        self._responses += 1
        for code, value in given.items():
            if code in self._plain and value is not None:
                if code in self._texts:
                    self._plain[code][""] += 1
                elif isinstance(value, str):
                    self._plain[code][value] += 1
                else:
                    self._composed[code][canonical(value)] += 1
        if self._form.conditions.order:
            # whoever has answered was asked, whatever day it is today
            asked = self._form.asked(given)
            of = self._form.conditions.of
            self._asked.update(code for code in of if code in asked or given.get(code) is not None)

    def tally(self) -> Tally:
        """What has been counted so far."""
        return Tally(self._responses, {code: self._counted(code) for code in self._plain})

    def _counted(self, code: str) -> Counted:
        answers = {canonical(value): many for value, many in self._plain[code].items()}
        answers.update(self._composed[code])
        asked = self._asked[code] if code in self._form.conditions.of else self._responses
        return Counted(answers, asked - sum(answers.values()), self._responses - asked)
