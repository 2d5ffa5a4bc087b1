"""What can be compared between two forms: of two versions, or before and after.

Questions belong together by their codes. A text in a language that the other form has not is no other
wording: a translation that is added changes nothing that anybody has answered.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from surveys.domain.questionnaire import Form
from surveys.domain.questions import Question
from surveys.domain.scales import Point, Scale
from surveys.domain.texts import LocalText


class Likeness(StrEnum):
    """How a question in the later form stands to that in the earlier one. Only ``same`` is safe to compare;
    ``reworded`` has the same answers to choose from, ``other_answers`` has not.
    """

    SAME = "same"
    REWORDED = "reworded"
    OTHER_ANSWERS = "other_answers"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True)
class Compared:
    """One question in two forms. ``others_asked``: who is asked it depends on something else than before.
    ``counted_together``: other points of its scale are one class, or one top, in results.
    """

    code: str
    likeness: Likeness
    before: Question | None
    after: Question | None
    others_asked: bool = False
    counted_together: bool = False


def compare(before: Form, after: Form) -> tuple[Compared, ...]:
    """The questions that have an answer: those of the later form in their order, then those that are gone."""
    return tuple(_compared(before, after))


def same_text(one: LocalText, other: LocalText) -> bool:
    """Whether two texts say the same in every language that both have, and have one in common."""
    shared = one.keys() & other.keys()
    return all(one[language] == other[language] for language in shared) and bool(shared or not (one or other))


def same_labels(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Whether points with the same codes in the same order are called the same."""
    return len(one) == len(other) and all(
        a.code == b.code and same_text(a.label, b.label) for a, b in zip(one, other, strict=True)
    )


def _compared(before: Form, after: Form) -> Iterator[Compared]:
    earlier = {each.code: each for each in before.questions if each.asks}
    for question in after.questions:
        if not question.asks:
            continue
        known = earlier.pop(question.code, None)
        if known is None:
            yield Compared(question.code, Likeness.NEW, None, question)
        else:
            others = _asked_if(before, known) != _asked_if(after, question)
            alike, together = likeness(known, question), not _same_classes(known, question)
            yield Compared(question.code, alike, known, question, others, together)
    for code, question in earlier.items():
        yield Compared(code, Likeness.REMOVED, question, None)


def likeness(before: Question, after: Question) -> Likeness:
    """How two questions with the same code are alike."""
    if (before.kind, _shape(before)) != (after.kind, _shape(after)):
        return Likeness.OTHER_ANSWERS
    texts = same_text(before.text, after.text) and same_text(before.hint, after.hint)
    labels = all(same_labels(*pair) for pair in zip(_points(before), _points(after), strict=True))
    units = all(same_text(*pair) for pair in zip(_units(before), _units(after), strict=True))
    return Likeness.SAME if texts and labels and units else Likeness.REWORDED


_COMMON = {each.name for each in fields(Question)} - {"each"}
# How long a text may be says nothing of what it means; merged classes and top boxes are made afterwards.
_NO_SHAPE = _COMMON | {"max_length"}


def _own(question: Question) -> Iterator[tuple[str, object]]:
    for each in fields(question):
        if each.name not in _NO_SHAPE:
            yield each.name, getattr(question, each.name)


def _shape(question: Question) -> Hashable:
    """What can be answered, without what it is called."""
    return tuple((name, _codes(value)) for name, value in _own(question) if not isinstance(value, dict))


def _codes(value: object) -> str:
    if isinstance(value, Scale):
        return repr(value.codes)
    if isinstance(value, tuple):
        return repr([each.code if isinstance(each, Point) else each for each in value])
    return repr(value)


def _points(question: Question) -> list[Sequence[Point]]:
    found: list[Sequence[Point]] = []
    for _name, value in _own(question):
        if isinstance(value, Scale):
            found.append(value.points)
        elif isinstance(value, tuple):
            found.append([each for each in value if isinstance(each, Point)])
    return found


def _units(question: Question) -> list[LocalText]:
    return [value for _name, value in _own(question) if isinstance(value, dict)]


def scale_of(question: Question | None) -> Scale | None:
    """The scale that a question is answered on, if it is."""
    found = getattr(question, "scale", None)
    return found if isinstance(found, Scale) else None


def _same_classes(before: Question, after: Question) -> bool:
    one, other = scale_of(before), scale_of(after)
    if one is None or other is None:
        return True
    classes = [[each.codes for each in scale.merged] for scale in (one, other)]
    return (one.top, classes[0]) == (other.top, classes[1]) and all(
        same_text(a.label, b.label) for a, b in zip(one.merged, other.merged, strict=True)
    )


def _asked_if(form: Form, question: Question) -> list[str]:
    return [each.text for each in form.conditions.of.get(question.code, ())]
