"""What decides which questions are asked, as JSON for the page's script: the same trees, worked out there.

The server decides again, whatever the script has said.
"""

import json
from typing import Any

from surveys.answers.form_view import FormView
from surveys.domain.questionnaire import Form
from surveys.domain.questions import NumberQuestion, Question, Ranking, SeveralChoices, TextQuestion, Words


def conditions_json(view: FormView) -> str:
    """The conditions of a form in the order they are worked out, and how to read the answers they ask for.

    "" where everything is asked.
    """
    form, found = view.form, view.form.conditions
    if not found.order:
        return ""
    named = {name for expressions in found.of.values() for each in expressions for name in each.names}
    answers = {each.code: _reading(each) for each in form.questions if each.code in named}
    conditions = [[code, [each.tree() for each in found.of[code]]] for code in found.order]
    told = {
        "today": view.today,
        "given": dict(found.given),
        "conditions": conditions,
        "answers": answers,
        "groups": {group: _together(form, group) for group in groups_of(form).values()},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def groups_of(form: Form) -> dict[str, str]:
    """The code of its group, by the code of each question that stands first in one."""
    first: dict[str, str] = {}
    for question in form.questions:
        if question.group and question.group not in first.values():
            first[question.code] = question.group
    return first


def _together(form: Form, group: str) -> list[str] | None:
    """The questions of a group if all of them depend on answers; None where one is always asked."""
    codes = [each.code for each in form.questions if each.group == group]
    return codes if all(code in form.conditions.of for code in codes) else None


def _reading(question: Question) -> dict[str, Any]:
    """How the script reads an answer: as :meth:`Question.accept` and :meth:`Question.term` do together."""
    reading: dict[str, Any] = {"kind": question.kind, "field": question.field}
    match question:
        case NumberQuestion():
            reading |= {"decimals": question.decimals}
            limits = {"min": question.minimum, "max": question.maximum}
            reading |= {name: str(limit) for name, limit in limits.items() if limit is not None}
        case SeveralChoices() if question.max:
            reading |= {"max": question.max}
        case TextQuestion():
            reading |= {"longest": question.max_length}
        case Words():
            reading |= {"fields": question.names(), "longest": question.max_length}
        case Ranking():
            reading |= {"fields": question.names(), "codes": [point.code for point in question.choices]}
            reading |= {"places": question.places}
    return reading
