"""Conditions of who a follow-up rule asks, combined with all, any and not: read, and held against a project.

A tree is kept as a document: ``{"all": [tree, …]}``, ``{"any": [tree, …]}``, ``{"not": tree}`` or a
condition ``{"is": kind, …}``:

=============  ==============================================================================
theme          ``codes``: the theme chosen at the occasion (of a series: at any occasion)
work_group     ``values``
organisation   ``codes``
role           ``values``
answered       ``questionnaire`` (code), ``yes`` (true or false)
answer         ``questionnaire``, ``question`` (codes), ``one_of`` (codes of options); *named* only
=============  ==============================================================================
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.domain.privacy import PrivacyMode

DEEPEST = 4
MOST_CONDITIONS = 20
MOST_VALUES = 100
LONGEST_VALUE = 200

Document = Mapping[str, Any]


class AudienceError(ValueError):
    """Conditions that cannot be; ``code`` is stable, ``params`` what a text about it needs."""

    code = "audience"

    def __init__(self, **params: str) -> None:
        super().__init__(f"{self.code}: {params}")
        self.params = params


class NotATree(AudienceError):
    """Something that is neither a group nor a condition, or a condition without its parts."""

    code = "audience_not_a_tree"


class EmptyGroup(AudienceError):
    """A group without conditions, or a condition without anything to compare with."""

    code = "audience_empty"


class TooDeep(AudienceError):
    """More than four levels, a condition by itself being one."""

    code = "audience_too_deep"


class TooMany(AudienceError):
    """More conditions than twenty, or more values in one than a hundred."""

    code = "audience_too_many"


class UnknownCode(AudienceError):
    """A code that the project does not have: ``kind`` (theme, organisation …) and ``value``."""

    code = "audience_unknown_code"


class AnswersNotKnown(AudienceError):
    """Answers of a ``questionnaire`` whose answers nobody may tie to a person."""

    code = "audience_answers_not_known"


@dataclass(frozen=True)
class AskedForm:
    """A questionnaire that conditions may be about; ``choices``: question → the codes of its options."""

    privacy_mode: str
    choices: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Known:
    """What there is in a project to set conditions on."""

    themes: Collection[str]
    organisations: Collection[str]
    questionnaires: Mapping[str, AskedForm]


@dataclass(frozen=True)
class Condition:
    """A leaf of a tree: ``values`` holds its codes or values, or the options of an answer."""

    kind: str
    values: tuple[str, ...] = ()
    questionnaire: str = ""
    question: str = ""
    yes: bool = True


@dataclass(frozen=True)
class Group:
    """``how`` is all, any or not (of exactly one)."""

    how: str
    parts: tuple["Tree", ...]


Tree = Condition | Group


def parse(document: object) -> Tree:
    """Read a tree; raises NotATree, EmptyGroup, TooDeep, TooMany."""
    tree = _read(document, 1)
    if sum(1 for _ in conditions(tree)) > MOST_CONDITIONS:
        raise TooMany(most=str(MOST_CONDITIONS))
    return tree


def validate(document: object, known: Known) -> Tree:
    """Read a tree and hold it against what there is; raises UnknownCode and AnswersNotKnown too."""
    tree = parse(document)
    for each in conditions(tree):
        _check(each, known)
    return tree


def conditions(tree: Tree) -> Iterator[Condition]:
    """Every leaf, in order."""
    if isinstance(tree, Condition):
        yield tree
    else:
        for each in tree.parts:
            yield from conditions(each)


# Reading


def _read(document: object, depth: int) -> Tree:
    if not isinstance(document, Mapping):
        raise NotATree
    if depth > DEEPEST:
        raise TooDeep(most=str(DEEPEST))
    if "is" in document:
        return _condition(document)
    if len(document) != 1 or (how := next(iter(document))) not in {"all", "any", "not"}:
        raise NotATree
    if how == "not":
        return Group("not", (_read(document["not"], depth + 1),))
    parts = document[how]
    if not isinstance(parts, list):
        raise NotATree
    if not parts:
        raise EmptyGroup
    if len(parts) > MOST_CONDITIONS:
        raise TooMany(most=str(MOST_CONDITIONS))
    return Group(how, tuple(_read(each, depth + 1) for each in parts))


_PARTS = {
    "theme": ("codes",),
    "work_group": ("values",),
    "organisation": ("codes",),
    "role": ("values",),
    "answered": ("questionnaire", "yes"),
    "answer": ("questionnaire", "question", "one_of"),
}


def _condition(document: Document) -> Condition:
    kind = document["is"]
    if not isinstance(kind, str) or kind not in _PARTS or set(document) != {"is", *_PARTS[kind]}:
        raise NotATree
    match kind:
        case "answered":
            if not isinstance(document["yes"], bool):
                raise NotATree
            return Condition(kind, questionnaire=_text(document["questionnaire"]), yes=document["yes"])
        case "answer":
            asked, question = _text(document["questionnaire"]), _text(document["question"])
            return Condition(kind, _texts(document["one_of"]), asked, question)
        case _:
            return Condition(kind, _texts(document[_PARTS[kind][0]]))


def _texts(given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise NotATree
    if not given:
        raise EmptyGroup
    if len(given) > MOST_VALUES:
        raise TooMany(most=str(MOST_VALUES))
    return tuple(_text(each) for each in given)


def _text(given: object) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_VALUE:
        raise NotATree
    if not given.strip():
        raise EmptyGroup
    return given


# Holding against what there is


def _check(condition: Condition, known: Known) -> None:
    match condition.kind:
        case "theme":
            _require("theme", condition.values, known.themes)
        case "organisation":
            _require("organisation", condition.values, known.organisations)
        case "answered" | "answer":
            _check_answers(condition, known)


def _check_answers(condition: Condition, known: Known) -> None:
    _require("questionnaire", (condition.questionnaire,), known.questionnaires)
    form = known.questionnaires[condition.questionnaire]
    mode = PrivacyMode(form.privacy_mode)
    if condition.kind == "answered":
        # Whoever sees whom a rule leaves out would learn who has answered.
        if not mode.traceable:
            raise AnswersNotKnown(questionnaire=condition.questionnaire)
        return
    if not mode.keeps_link:
        raise AnswersNotKnown(questionnaire=condition.questionnaire)
    _require("question", (condition.question,), form.choices)
    _require("option", condition.values, form.choices[condition.question])


def _require(kind: str, values: Collection[str], known: Collection[str]) -> None:
    for each in values:
        if each not in known:
            raise UnknownCode(kind=kind, value=each)
