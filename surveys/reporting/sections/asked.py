"""The questions of one measurement, and the figures that they all have."""

from dataclasses import dataclass

from surveys.reporting.document import Cell
from surveys.reporting.material import Material
from surveys.reporting.names import TOO_FEW, measurement_name, question_key, question_name, said_of
from surveys.results.model import Bar, Measurement, QuestionResult, SeriesResults


@dataclass(frozen=True)
class Asked:
    material: Material
    series: SeriesResults
    measurement: Measurement

    def key(self, question: QuestionResult) -> str:
        return question_key(self.series, self.measurement, question)

    def label(self, question: QuestionResult, *more: str) -> str:
        words = self.material.words
        return said_of(
            self.series.title,
            measurement_name(words, self.measurement),
            question_name(words, question),
            *more,
        )

    def count(self, question: QuestionResult, part: str, label: str, value: int) -> str:
        return self.material.ledger.number(f"{self.key(question)}/{part}", self.label(question, label), value)

    def bar(self, question: QuestionResult, bar: Bar, part: str = "") -> Cell:
        """The share of a class among those who answered the question."""
        words = self.material.words
        label = self.label(question, words.local(bar.label))
        base = words._("those who answered the question")
        return self.material.ledger.share(f"{self.key(question)}/{part}{bar.code}", label, bar.share, base)

    def mean(self, question: QuestionResult) -> Cell:
        if question.middle is None or question.n is None:
            return Cell("–")
        words = self.material.words
        label = self.label(question, words._("Mean"))
        base = words._("those who answered the question")
        ledger = self.material.ledger
        return Cell(
            ledger.number(f"{self.key(question)}/mean", label, question.middle.mean, question.n, base)
        )

    def n(self, question: QuestionResult) -> str:
        return TOO_FEW if question.n is None else self.count(question, "n", "n", question.n)

    def beside(self, question: QuestionResult) -> list[str]:
        """Those who are in no base: no answer, "don't know", not asked."""
        if not question.shown:
            return []
        words = self.material.words
        found = []
        if question.missing:
            missing = self.count(question, "missing", words._("no answer"), question.missing)
            found.append(words._("no answer: %(missing)s", missing=missing))
        if question.dont_know:
            known = self.count(question, "dont_know", words._("don’t know"), question.dont_know)
            found.append(words._("don’t know: %(count)s", count=known))
        if question.not_asked:
            others = self.count(question, "not_asked", words._("not asked"), question.not_asked)
            found.append(words._("not asked: %(count)s", count=others))
        return found

    def base_line(self, question: QuestionResult) -> str:
        """ "n = 55 · ej svar: 2 · vet ej: 1"."""
        return said_of(f"n = {self.n(question)}", *self.beside(question))
