"""One question sent by itself: how it is put together with what is saved of the others."""

from collections.abc import Collection
from dataclasses import dataclass

from surveys.answers.form_view import Answers, FormView
from surveys.domain.questionnaire import check, digest, fields_of
from surveys.domain.questions import Answer, Fields, Unacceptable


@dataclass(frozen=True, slots=True)
class Step:
    """One question that is sent by itself; ``was`` is the :func:`mark` of its answer as the page had it."""

    code: str
    was: str


def mark(answer: Answer | None) -> str:
    """Tells an answer from others; "" of none."""
    return "" if answer is None else digest({"answer": answer})[:16]


def whole(view: FormView, raw: Fields | None, step: Step | None) -> Fields:
    """The fields of the whole form; None is what is saved, a step brings those of its question alone."""
    if raw is not None and step is None:
        return raw
    saved: Fields = fields_of(view.form, view.current)
    question = view.form.question(step.code) if step else None
    if question is None or raw is None:
        return saved
    names = question.names()
    others = {name: values for name, values in saved.items() if name not in names}
    return others | {name: raw[name] for name in names if name in raw}


def is_stale(view: FormView, answers: Answers, edition: str, step: Step | None) -> bool:
    """Whether something else has been saved since the page that was sent was opened, or all of it taken back;
    of a step: for its question.
    """
    if step is None:
        return edition != view.edition
    stored = view.current.get(step.code)
    return mark(stored) != step.was and stored != answers.get(step.code)


def unseen(view: FormView, answers: Answers, seen: Collection[str] | None) -> frozenset[str]:
    """The questions that ``answers`` lead to and that were not in sight (None: all were)."""
    if seen is None:
        return frozenset()
    form = view.form
    conditional = {each.code for each in form.questions if each.asks and each.code in form.conditions.of}
    return form.asked(answers, view.today) & frozenset(conditional.difference(seen))


def misfit(view: FormView, code: str, answers: Answers) -> Unacceptable | None:
    """What would stop the answer to one question from being sent in; None where nothing would."""
    found = check(view.form, fields_of(view.form, answers), today=view.today).errors.get(code)
    return None if found is not None and found.code == "nothing_answered" else found
