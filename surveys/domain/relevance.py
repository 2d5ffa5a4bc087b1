"""Which questions are asked, given answers to others; and the faults of such conditions in a document.

A question that is not asked counts as not answered, also for what depends on it. So there is an order in
which conditions can be worked out, and one that leads back to itself has none.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from surveys.domain.document import Path
from surveys.domain.expressions import Expression, Term
from surveys.domain.question import Answer, Question
from surveys.domain.texts import LocalText

Fault = tuple[Path, str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Questions that stand together under a title, asked only if ``relevant`` holds."""

    code: str
    title: LocalText
    text: LocalText = field(default_factory=dict)
    relevant: Expression | None = None


@dataclass(frozen=True)
class Conditions:
    """The conditions of a form's questions (by code: all must hold), in an order in which they can be asked.

    ``given`` are answers known from elsewhere: the theme that the register knows.
    """

    questions: Mapping[str, Question]
    of: Mapping[str, tuple[Expression, ...]]
    order: tuple[str, ...]
    given: Mapping[str, Term] = field(default_factory=dict)

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(self.questions)

    def terms(self, answers: Mapping[str, Answer]) -> dict[str, Term]:
        """Answers as expressions see them."""
        return {
            **self.given,
            **{
                code: question.term(answers[code])
                for code, question in self.questions.items()
                if code in answers
            },
        }

    @cached_property
    def led_by_later(self) -> frozenset[str]:
        """The codes of the questions whose conditions ask about one that stands after them."""
        place = {code: number for number, code in enumerate(self.questions)}
        return frozenset(
            code
            for code, conditions_ in self.of.items()
            if any(place.get(name, -1) > place[code] for each in conditions_ for name in each.names)
        )

    def asked(self, answers: Mapping[str, Answer], today: str = "") -> frozenset[str]:
        """The codes of the questions that are asked, given ``answers``."""
        if not self.order:
            return self._all
        terms = self.terms(answers)
        asked = set(self.questions)
        for code in self.order:
            if not all(each.truth(terms, today=today) for each in self.of[code]):
                asked.discard(code)
                terms.pop(code, None)
        return frozenset(asked)

    def led_by(self, codes: Collection[str]) -> frozenset[str]:
        """The questions that are asked, or not, by the answers to ``codes``, directly or through others."""
        found: set[str] = set()
        for code in self.order:
            names = {name for each in self.of[code] for name in each.names}
            if names & (found | set(codes)):
                found.add(code)
        return frozenset(found)


def conditions(
    questions: Iterable[Question], groups: Iterable[Group], given: Mapping[str, Term] | None = None
) -> Conditions:
    """The conditions of ``questions``; raises graphlib.CycleError where they lead back to themselves."""
    by_code = {question.code: question for question in questions}
    by_group = {group.code: group.relevant for group in groups}
    of = {code: tuple(_conditions(each, by_group)) for code, each in by_code.items()}
    of = {code: each for code, each in of.items() if each}
    return Conditions(by_code, of, _order(of), given or {})


def faults(questions: Sequence[Question], groups: Sequence[Group]) -> Iterator[Fault]:
    """What is wrong with groups and expressions: path, stable code, parameters.

    The questions of a group stand together; an expression names questions that have an answer, and does not
    lead back to where it started.
    """
    yield from _group_faults(questions, groups)
    unknown = tuple(_name_faults(questions, groups))
    yield from unknown
    if not unknown and (codes := _circle(questions, groups)):
        place = next(at for at, question in enumerate(questions) if question.code in codes)
        yield ("questions", place, "relevant"), "circular", {"codes": ", ".join(codes)}


def asking_about(questions: Sequence[Question], groups: Sequence[Group], code: str) -> tuple[LocalText, ...]:
    """What the others are called whose conditions or checks ask about the answer to the question ``code``."""
    named = {
        path[:2] for path, expression, _each in _expressions(questions, groups) if code in expression.names
    }
    titles = [group.title for place, group in enumerate(groups) if ("groups", place) in named]
    texts = [
        question.text
        for place, question in enumerate(questions)
        if ("questions", place) in named and question.code != code
    ]
    return (*titles, *texts)


def _group_faults(questions: Sequence[Question], groups: Sequence[Group]) -> Iterator[Fault]:
    known, ended, last = {each.code for each in groups}, set[str](), ""
    for position, question in enumerate(questions):
        path = ("questions", position, "group")
        if question.group and question.group not in known:
            yield path, "unknown_group", {"value": question.group}
        elif question.group != last and question.group in ended:
            yield path, "group_apart", {"value": question.group}
        ended |= {last} - {""}
        last = question.group


def _name_faults(questions: Sequence[Question], groups: Sequence[Group]) -> Iterator[Fault]:
    known = {each.code: each for each in questions if each.asks}
    for path, expression, each in _expressions(questions, groups):
        for name in sorted(expression.names):
            if name not in known:
                yield path, "unknown_question", {"name": name}
            elif known[name].each and not each:
                yield path, "names_each_theme", {"name": name}


def _expressions(
    questions: Sequence[Question], groups: Sequence[Group]
) -> Iterator[tuple[Path, Expression, str]]:
    """Every expression with its place, and ``each`` of the question it belongs to."""
    for position, group in enumerate(groups):
        if group.relevant is not None:
            yield ("groups", position, "relevant"), group.relevant, ""
    for position, question in enumerate(questions):
        for name, expression in (("relevant", question.relevant), ("check", question.check)):
            if expression is not None:
                yield ("questions", position, name), expression, question.each


def _circle(questions: Sequence[Question], groups: Sequence[Group]) -> tuple[str, ...]:
    try:
        conditions(questions, groups)
    except CycleError as error:
        return tuple(dict.fromkeys(error.args[1]))
    return ()


def _conditions(question: Question, groups: Mapping[str, Expression | None]) -> Iterator[Expression]:
    for each in (groups.get(question.group), question.relevant):
        if each is not None:
            yield each


def _order(of: Mapping[str, tuple[Expression, ...]]) -> tuple[str, ...]:
    graph = {code: {name for each in expressions for name in each.names} for code, expressions in of.items()}
    return tuple(code for code in TopologicalSorter(graph).static_order() if code in of)
