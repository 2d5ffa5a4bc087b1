"""A form one question at a time: in which order, past what is not asked, and how far one has come."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from surveys.domain.questionnaire import Form
from surveys.domain.questions import Answer, Question


@dataclass(frozen=True, slots=True)
class Stop:
    """One question, with the texts to read that stand before it; texts at the end stand after the last."""

    question: Question
    before: tuple[Question, ...]
    after: tuple[Question, ...] = ()

    @property
    def code(self) -> str:
        return self.question.code


@dataclass(frozen=True, slots=True)
class Progress:
    """``number`` from 1; at most ``left`` more. ``total`` is None while answers to come decide how many."""

    number: int
    left: int
    total: int | None


def stops(form: Form) -> tuple[Stop, ...]:
    """All questions of a form that have an answer, asked or not."""
    found: list[Stop] = []
    texts: list[Question] = []
    for question in form.questions:
        if not question.asks:
            texts.append(question)
            continue
        found.append(Stop(question, tuple(texts)))
        texts = []
    if texts and found:
        found[-1] = replace(found[-1], after=tuple(texts))
    return tuple(found)


def stop_at(form: Form, code: str) -> Stop | None:
    return next((each for each in stops(form) if each.code == code), None)


def after(form: Form, code: str, asked: Collection[str]) -> str | None:
    """The question after ``code`` ("" begins at the beginning), of those that are asked; None at the end."""
    return next(_beyond([each.code for each in stops(form)], code, asked), None)


def before(form: Form, code: str, asked: Collection[str]) -> str | None:
    """The question before ``code``; None at the beginning."""
    return next(_beyond([each.code for each in reversed(stops(form))], code, asked), None)


def where_left(form: Form, answers: Mapping[str, Answer], asked: Collection[str]) -> str | None:
    """Where to go on: after the last question answered; None where that was the last of all."""
    answered = [each.code for each in stops(form) if each.code in answers]
    return after(form, answered[-1] if answered else "", asked)


def progress(form: Form, code: str, asked: Collection[str]) -> Progress:
    """How far a question lies from the beginning and, as far as it is known, from the end."""
    codes = [each.code for each in stops(form)]
    at = codes.index(code)
    number = 1 + sum(each in asked for each in codes[:at])
    to_come, conditions = set(codes[at:]), form.conditions.of
    open_still = {
        each
        for each in codes[at + 1 :]
        if any(condition.names & to_come for condition in conditions.get(each, ()))
    }
    left = sum(each in asked or each in open_still for each in codes[at + 1 :])
    return Progress(number, left, None if open_still else number + left)


def _beyond(codes: list[str], code: str, asked: Collection[str]) -> Iterator[str]:
    later = codes[codes.index(code) + 1 :] if code in codes else codes
    return (each for each in later if each in asked)
