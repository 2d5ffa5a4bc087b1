"""A questionnaire as one document: parsed, fitted to an occasion's themes, and checked against answers."""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from surveys.domain.document import BadForm, FormFault, Node
from surveys.domain.expressions import Expression, Term
from surveys.domain.questions import KINDS, Answer, Fields, Question, ThemeChoice, Unacceptable
from surveys.domain.relevance import Conditions, Group, conditions, faults
from surveys.domain.scales import Point
from surveys.domain.texts import LocalText

__all__ = [
    "BadForm",
    "Checked",
    "Form",
    "FormFault",
    "Group",
    "ThemeRef",
    "check",
    "digest",
    "expand",
    "fields_of",
    "parse",
]

THEME_PLACE = "{theme}"
LAYOUTS = ("one_page", "one_at_a_time")

_QUESTION_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)


@dataclass(frozen=True)
class ThemeRef:
    """A parallel theme of the occasion asked about."""

    code: str
    title: str


@dataclass(frozen=True)
class Form:
    """The parsed content of a questionnaire version. ``minutes`` is how long it takes, 0 where not said.

    ``layout`` is one of LAYOUTS. ``given`` are answers that are known and not asked for, by code.
    """

    title: LocalText
    intro: LocalText
    minutes: int
    questions: tuple[Question, ...]
    groups: tuple[Group, ...] = ()
    layout: str = LAYOUTS[0]
    given: tuple[tuple[str, Term], ...] = ()

    @property
    def needs_themes(self) -> bool:
        """Whether it looks different from occasion to occasion."""
        return any(each.each or isinstance(each, ThemeChoice) for each in self.questions)

    @cached_property
    def conditions(self) -> Conditions:
        """What decides which questions are asked."""
        return conditions(self.questions, self.groups, dict(self.given))

    def question(self, code: str) -> Question | None:
        return next((each for each in self.questions if each.code == code), None)

    def group(self, code: str) -> Group | None:
        return next((each for each in self.groups if each.code == code), None)

    def asked(self, answers: Mapping[str, Answer], today: str = "") -> frozenset[str]:
        """The codes of the questions that are asked given ``answers``; ``today`` is an ISO date."""
        return self.conditions.asked(answers, today)


@dataclass(frozen=True)
class Checked:
    """``answers`` that can be kept, and for each other question (by code) why its answer cannot."""

    answers: dict[str, Answer]
    errors: dict[str, Unacceptable]


def parse(content: object, languages: Collection[str] = ()) -> Form:
    """Read the document of a version. Raises :class:`BadForm` with every fault in it.

    With ``languages``, each text must be there in all of them, unless it says ``partly_translated``:
    then what is missing is shown in the nearest language there is.
    """
    partly = isinstance(content, Mapping) and content.get("partly_translated") is True
    node = Node(content, languages=() if partly else languages)
    node.flag("partly_translated")
    node.skip("code", "wave", "privacy_mode", "generated_note", "position")
    form = Form(
        title=node.text("title"),
        intro=node.optional_text("intro"),
        minutes=node.whole("minutes", 0, 0, 240),
        groups=tuple(_groups(node)),
        questions=tuple(_questions(node)),
        layout=_layout(node),
    )
    node.done()
    for path, code, params in faults(form.questions, form.groups):
        node.fault(code, *path, **params)
    if not any(each.asks for each in form.questions):
        node.fault("asks_nothing", "questions")
    if node.faults:
        raise BadForm(tuple(node.faults))
    return form


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the document in canonical JSON: equal for two documents that say the same."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def expand(form: Form, themes: Sequence[ThemeRef], known_theme: str | None = None) -> Form:
    """The form as it is asked about an occasion with these themes.

    A question with ``each: theme`` becomes one a theme, coded ``code-A``; a theme choice gets the themes
    as its options. Where there are no themes, neither is asked; nor is the choice where the register
    knows which theme the person took part in (``known_theme``: its code).
    """
    if not form.needs_themes:
        return form
    choices = [each.code for each in form.questions if isinstance(each, ThemeChoice)]
    asked = (each for each in form.questions if known_theme is None or not isinstance(each, ThemeChoice))
    repeated = {each.code for each in form.questions if each.each}
    return replace(
        form,
        questions=tuple(made for each in asked for made in _expanded(each, themes, repeated)),
        given=tuple((code, known_theme) for code in choices) if known_theme is not None else (),
    )


def check(form: Form, raw: Fields, complete: bool = True, today: str = "") -> Checked:
    """Take the answers out of form fields, collecting every fault.

    ``complete=False`` is for drafts: what is required may still be missing, answers need not fit with each
    other, and those to questions that are not asked for the moment are kept. A complete form holds answers
    to what is asked and nothing else, at least one, or its first question gets ``nothing_answered``.
    ``today`` is an ISO date where whoever answers is.
    """
    answers, errors = _accepted(form, raw)
    asked = form.asked(answers, today)
    errors = {code: error for code, error in errors.items() if code in asked}
    if not complete:
        return Checked(answers, errors)
    answers = {code: value for code, value in answers.items() if code in asked}
    for question in form.questions:
        sound = question.asks and question.code in asked and question.code not in errors
        if sound and (fault := _misfit(form, question, answers, today)):
            errors[question.code] = fault
    if not answers and not errors:
        first = next((each for each in form.questions if each.asks and each.code in asked), None)
        if first is not None:
            errors[first.code] = Unacceptable("nothing_answered")
    return Checked(answers, errors)


def _accepted(form: Form, raw: Fields) -> tuple[dict[str, Answer], dict[str, Unacceptable]]:
    answers: dict[str, Answer] = {}
    errors: dict[str, Unacceptable] = {}
    for question in form.questions:
        try:
            value = question.accept(raw)
        except Unacceptable as error:
            errors[question.code] = error
        else:
            if value is not None:
                answers[question.code] = value
    return answers, errors


def _misfit(form: Form, question: Question, answers: Mapping[str, Answer], today: str) -> Unacceptable | None:
    """What is wrong with an answer that is acceptable by itself, or with there being none."""
    if question.code not in answers:
        return Unacceptable("required") if question.required else None
    if question.check is None:
        return None
    own = question.term(answers[question.code])
    if question.check.truth(form.conditions.terms(answers), own, today):
        return None
    return Unacceptable("does_not_fit", **question.check_message)


def fields_of(form: Form, answers: Mapping[str, Answer]) -> dict[str, list[str]]:
    """The form fields that lead to ``answers``; answers to questions that are not there are left out."""
    asked = (each for each in form.questions if each.asks and each.code in answers)
    return {name: value for each in asked for name, value in each.fields(answers[each.code]).items()}


def _questions(node: Node) -> Iterator[Question]:
    codes: set[str] = set()
    for each in node.nodes("questions"):
        kind = each.code("kind")
        code = each.code("code", _QUESTION_CODE)
        if code in codes:
            each.fault("repeated_code", "code", value=code)
        codes.add(code)
        if kind in KINDS:
            yield KINDS[kind].read(each, _common(each, code, KINDS[kind]))
            each.done()
        elif kind:
            each.fault("unknown_kind", "kind", value=kind)


def _common(node: Node, code: str, kind: type[Question]) -> dict[str, Any]:
    """What every question has. The information kind has no answer to require."""
    required = node.flag("required")
    if required and not kind.asks:
        node.fault("nothing_to_require", "required")
    return {
        "code": code,
        "text": node.text("text"),
        "hint": node.optional_text("hint"),
        "required": required,
        "generated_note": node.optional_text("generated_note"),
        "each": _each(node, kind),
        "group": node.optional_code("group"),
        "relevant": node.expression("relevant"),
        "check": _check(node, kind),
        "check_message": node.optional_text("check_message"),
    }


def _check(node: Node, kind: type[Question]) -> Expression | None:
    found = node.expression("check")
    if found is not None and not kind.asks:
        node.fault("nothing_to_check", "check")
    return found


def _layout(node: Node) -> str:
    layout = node.optional_code("layout") or LAYOUTS[0]
    if layout not in LAYOUTS:
        node.fault("unknown_layout", "layout", value=layout)
    return layout


def _groups(node: Node) -> Iterator[Group]:
    codes: set[str] = set()
    for each in node.nodes("groups"):
        code = each.code("code", _QUESTION_CODE)
        if code in codes:
            each.fault("repeated_code", "code", value=code)
        codes.add(code)
        yield Group(
            code=code,
            title=each.text("title"),
            text=each.optional_text("text"),
            relevant=each.expression("relevant"),
        )
        each.done()


def _each(node: Node, kind: type[Question]) -> str:
    each = node.optional_code("each")
    if each not in {"", "theme"} or (each and kind is ThemeChoice):
        node.fault("unknown_each", "each", value=each)
        return ""
    return each


def _expanded(
    question: Question, themes: Sequence[ThemeRef], repeated: Collection[str]
) -> Iterator[Question]:
    if isinstance(question, ThemeChoice):
        # a theme's title is a name and the same in every language
        options = tuple(Point(theme.code, {"sv": f"{theme.code}. {theme.title}"}) for theme in themes)
        if options:
            yield replace(question, options=options)
    elif question.each:
        for theme in themes:
            own = {code: f"{code}-{theme.code}" for code in repeated}
            yield replace(
                question,
                code=f"{question.code}-{theme.code}",
                text=_about(question.text, theme),
                hint=_about(question.hint, theme),
                relevant=question.relevant and question.relevant.renamed(own),
                check=question.check and question.check.renamed(own),
                each="",
                theme=theme.code,
            )
    else:
        yield question


def _about(text: LocalText, theme: ThemeRef) -> LocalText:
    return {language: each.replace(THEME_PLACE, theme.title) for language, each in text.items()}
