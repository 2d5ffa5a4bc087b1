"""The conditions of a rule's audience: as rows of a form, as a tree, and in words.

A form holds one list of conditions, all or any of which must hold; each names one or several values, or
none of them. A tree from a programme file that says more is shown in words and kept whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from surveys.domain import questionnaire as forms
from surveys.domain.choices import OneChoice, SeveralChoices
from surveys.domain.point_questions import PointQuestion
from surveys.domain.privacy import PrivacyMode
from surveys.models.programme import JsonObject, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.queries import projects as project_queries
from surveys.queries import rules as queries
from surveys.web.filters import local
from surveys.web.phrases import _

MOST = 12
KINDS = {
    "organisation": _l("Organisation"),
    "work_group": _l("Work group"),
    "role": _l("Role"),
    "theme": _l("Parallel theme"),
}
VALUES_IN = {"theme": "codes", "organisation": "codes", "work_group": "values", "role": "values"}
Option = tuple[str, str]


@dataclass(frozen=True)
class Choice:
    """Something a condition can be about: its key (``organisation``, ``answer:CODE:QUESTION``) and values."""

    key: str
    label: str
    options: Sequence[Option] = ()

    @property
    def is_answered(self) -> bool:
        return self.key.startswith("answered:")


@dataclass(frozen=True)
class Row:
    """A condition in the form; ``unlike``: none of the values, or not answered."""

    key: str
    values: Sequence[str] = ()
    unlike: bool = False
    error: str = ""


@dataclass(frozen=True)
class Choices:
    """All that conditions can be about in one series, by key."""

    by_key: Mapping[str, Choice] = field(default_factory=dict)

    def of(self, row: Row) -> Choice:
        """What the row is about, with those of its values that nobody has any more."""
        known = self.by_key.get(row.key) or Choice(row.key, row.key)
        have = {code for code, _label in known.options}
        gone = [(value, value) for value in row.values if value not in have]
        return replace(known, options=[*known.options, *gone])


def choices(session: Session, series: Series) -> Choices:
    """What conditions can be about in ``series``."""
    questionnaires = project_queries.asked_questionnaires(session, series.project_id)
    themes = queries.themes(session, series.id)
    values: dict[str, Sequence[Option]] = {
        "organisation": [
            (each.code, each.name) for each in queries.organisations(session, series.project_id)
        ],
        "work_group": [(each, each) for each in queries.work_groups(session, series.id)],
        "role": [(each, each) for each in queries.roles(session, series.id)],
        "theme": [(code, f"{code}. {' / '.join(dict.fromkeys(titles))}") for code, titles in themes.items()],
    }
    found = [Choice(key, str(KINDS[key]), options) for key, options in values.items() if options]
    # Whoever sees whom a rule leaves out would learn who has answered.
    found += [
        Choice(f"answered:{each.code}", local(version.content["title"]))
        for each, version in questionnaires
        if PrivacyMode(each.privacy_mode).traceable
    ]
    found += [choice for asked in questionnaires for choice in _earlier_answers(*asked)]
    return Choices({each.key: each for each in found})


def _earlier_answers(questionnaire: Questionnaire, version: QuestionnaireVersion) -> Iterator[Choice]:
    """Its questions with ready answers. Only where it is known who answered what."""
    if not PrivacyMode(questionnaire.privacy_mode).keeps_link:
        return
    for question in forms.parse(version.content).questions:
        if isinstance(question, PointQuestion | OneChoice | SeveralChoices) and not question.each:
            options = [(point.code, local(point.label)) for point in question.choices]
            if options:
                yield Choice(f"answer:{questionnaire.code}:{question.code}", local(question.text), options)


# Tree ↔ rows


def tree_of(join: str, rows: Sequence[Row]) -> JsonObject | None:
    """The tree that the rows say; None where there are none."""
    leaves = [_leaf(row) for row in rows]
    return {"any" if join == "any" else "all": leaves} if leaves else None


def _leaf(row: Row) -> JsonObject:
    kind, _colon, rest = row.key.partition(":")
    if kind == "answered":
        return {"is": "answered", "questionnaire": rest, "yes": not row.unlike}
    if kind == "answer":
        questionnaire, _colon, question = rest.partition(":")
        leaf: JsonObject = {"is": "answer", "questionnaire": questionnaire, "question": question}
        leaf |= {"one_of": list(row.values)}
    else:
        leaf = {"is": kind, VALUES_IN.get(kind, "values"): list(row.values)}
    return {"not": leaf} if row.unlike else leaf


def rows_of(tree: Mapping[str, Any] | None) -> tuple[str, list[Row]] | None:
    """The join ("all", "any") and rows that say the same as ``tree``; None where rows cannot say it."""
    if tree is None:
        return "all", []
    join = "any" if "any" in tree else "all"
    leaves = tree.get(join, [tree])
    rows = [_row(each) for each in leaves]
    if len(rows) > MOST or any(row is None for row in rows):
        return None
    return join, [row for row in rows if row is not None]


def _row(node: Mapping[str, Any], unlike: bool = False) -> Row | None:
    if "not" in node:
        return None if unlike else _row(node["not"], unlike=True)
    match node.get("is"):
        case "answered":
            return Row(f"answered:{node['questionnaire']}", unlike=unlike == bool(node.get("yes", True)))
        case "answer":
            key = f"answer:{node['questionnaire']}:{node['question']}"
            return Row(key, list(node["one_of"]), unlike)
        case str(kind) if kind in VALUES_IN:
            return Row(kind, list(node[VALUES_IN[kind]]), unlike)
    return None


# In words


def in_words(tree: Mapping[str, Any] | None, known: Choices) -> str:
    """A tree in words: "Organisation is X or Y, and Role is not Z"; "" for none."""
    return _said(tree, known, inside=False) if tree else ""


_AND = _l("%(one)s, and %(other)s")
_OR = _l("%(one)s, or %(other)s")
_EITHER = _l("%(one)s or %(other)s")


def _joined(parts: Sequence[str], both: LazyString) -> str:
    return reduce(lambda one, other: str(both) % {"one": one, "other": other}, parts)


def _said(node: Mapping[str, Any], known: Choices, inside: bool) -> str:
    for join, both in (("all", _AND), ("any", _OR)):
        if join in node:
            said = _joined([_said(each, known, inside=True) for each in node[join]], both)
            return f"({said})" if inside and len(node[join]) > 1 else said
    row = _row(node)
    if row is None:
        return _("not: %(condition)s", condition=_said(node["not"], known, inside=True))
    return _row_said(row, known.of(row))


def _row_said(row: Row, choice: Choice) -> str:
    if choice.is_answered:
        said = _l("has not answered %(title)s") if row.unlike else _l("has answered %(title)s")
        return str(said) % {"title": choice.label}
    labels = dict(choice.options)
    values = _joined([labels.get(value, value) for value in row.values], _EITHER)
    if row.key.startswith("answer:"):
        said = (
            _l("did not answer %(values)s to “%(what)s”")
            if row.unlike
            else _l("answered %(values)s to “%(what)s”")
        )
    else:
        said = _l("%(what)s is not %(values)s") if row.unlike else _l("%(what)s is %(values)s")
    return str(said) % {"what": choice.label, "values": values}
