"""Who of those enrolled a follow-up rule asks: its tree of conditions held against what is known of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from surveys.domain.condition_tree import Condition, Tree


@dataclass(frozen=True)
class Facts:
    """What is known of one person. ``answers``: (questionnaire, question) → the codes they chose."""

    themes: frozenset[str] = frozenset()
    work_group: str | None = None
    organisation: str | None = None
    role: str | None = None
    answered: frozenset[str] = frozenset()
    answers: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)


def matches(tree: Tree, facts: Facts) -> bool:
    """Whether somebody of whom ``facts`` are known is meant."""
    if isinstance(tree, Condition):
        return _HOLDS[tree.kind](tree, facts)
    held = (matches(each, facts) for each in tree.parts)
    match tree.how:
        case "all":
            return all(held)
        case "any":
            return any(held)
        case _:
            return not any(held)


def why_not(tree: Tree, facts: Facts) -> str:
    """The code of why somebody is not meant, "" where they are.

    The kind of the condition that does not hold (theme, work_group, organisation, role, answer;
    ``has_not_answered`` and ``has_answered`` for the two directions of *answered*), ``conditions`` where it
    is not one alone.
    """
    if matches(tree, facts):
        return ""
    if isinstance(tree, Condition):
        return _reason(tree)
    if tree.how == "all":
        return next(why_not(each, facts) for each in tree.parts if not matches(each, facts))
    return why_not(tree.parts[0], facts) if tree.how == "any" and len(tree.parts) == 1 else "conditions"


def chosen(value: object) -> frozenset[str]:
    """The codes of options in an answer as it is kept; empty for numbers and texts in one's own words."""
    if isinstance(value, str):
        return frozenset((value,))
    if not isinstance(value, Mapping):
        return frozenset()
    codes = value.get("codes", [value["code"]] if "code" in value else [])
    return frozenset(str(each) for each in codes)


# Comparing


def _holds_answer(condition: Condition, facts: Facts) -> bool:
    given = facts.answers.get((condition.questionnaire, condition.question), frozenset())
    return not given.isdisjoint(condition.values)


_HOLDS: dict[str, Callable[[Condition, Facts], bool]] = {
    "theme": lambda condition, facts: not facts.themes.isdisjoint(condition.values),
    "work_group": lambda condition, facts: facts.work_group in condition.values,
    "organisation": lambda condition, facts: facts.organisation in condition.values,
    "role": lambda condition, facts: facts.role in condition.values,
    "answered": lambda condition, facts: (condition.questionnaire in facts.answered) == condition.yes,
    "answer": _holds_answer,
}


def _reason(condition: Condition) -> str:
    if condition.kind == "answered":
        return "has_not_answered" if condition.yes else "has_answered"
    return condition.kind
