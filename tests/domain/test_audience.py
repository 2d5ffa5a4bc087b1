"""Conditions of who is asked: read, held against what there is, and against people."""

from typing import Any

import pytest

from surveys.domain.audience import Facts, chosen, matches, why_not
from surveys.domain.condition_tree import (
    AnswersNotKnown,
    AskedForm,
    AudienceError,
    EmptyGroup,
    Known,
    NotATree,
    TooDeep,
    TooMany,
    UnknownCode,
    parse,
    validate,
)

THEME_A = {"is": "theme", "codes": ["A"]}
NORTH = {"is": "work_group", "values": ["North", "Norr"]}
SCHOOL = {"is": "organisation", "codes": ["school"]}
TEACHER = {"is": "role", "values": ["Lärare"]}
DONE = {"is": "answered", "questionnaire": "fore", "yes": True}
SILENT = {"is": "answered", "questionnaire": "fore", "yes": False}
SAID_YES = {"is": "answer", "questionnaire": "namngiven", "question": "q1", "one_of": ["yes", "maybe"]}
SOMEBODY = Facts(
    themes=frozenset({"A", "B"}),
    work_group="Norr",
    organisation="school",
    role="Lärare",
    answered=frozenset({"fore"}),
    answers={("namngiven", "q1"): frozenset({"yes"})},
)
NOBODY = Facts()


@pytest.mark.parametrize(
    ("tree", "somebody", "nobody", "reason"),
    [
        (THEME_A, True, False, "theme"),
        ({"is": "theme", "codes": ["C"]}, False, False, "theme"),
        (NORTH, True, False, "work_group"),
        (SCHOOL, True, False, "organisation"),
        (TEACHER, True, False, "role"),
        (DONE, True, False, "has_not_answered"),
        (SILENT, False, True, ""),
        (SAID_YES, True, False, "answer"),
        ({"all": [THEME_A, NORTH]}, True, False, "theme"),
        ({"all": [SILENT, NORTH]}, False, False, "work_group"),
        ({"any": [SCHOOL, SILENT]}, True, True, ""),
        ({"any": [SCHOOL, NORTH]}, True, False, "conditions"),
        ({"any": [SCHOOL]}, True, False, "organisation"),
        ({"not": SCHOOL}, False, True, ""),
        ({"not": {"not": SCHOOL}}, True, False, "conditions"),
        ({"all": [{"any": [SCHOOL, NORTH]}, {"not": SILENT}]}, True, False, "conditions"),
    ],
)
def test_who_is_meant(tree: dict[str, Any], somebody: bool, nobody: bool, reason: str) -> None:
    read = parse(tree)
    assert matches(read, SOMEBODY) is somebody
    assert matches(read, NOBODY) is nobody
    assert why_not(read, NOBODY) == reason
    assert (why_not(read, SOMEBODY) == "") is somebody


def nested(levels: int) -> dict[str, Any]:
    return SCHOOL if levels == 1 else {"not": nested(levels - 1)}


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (None, NotATree),
        ("all", NotATree),
        ([], NotATree),
        ({}, NotATree),
        ({"all": THEME_A}, NotATree),
        ({"some": [THEME_A]}, NotATree),
        ({"all": [THEME_A], "any": [THEME_A]}, NotATree),
        ({"all": []}, EmptyGroup),
        ({"is": "weather"}, NotATree),
        ({"is": ["theme"], "codes": ["A"]}, NotATree),
        ({"is": "theme"}, NotATree),
        ({"is": "theme", "codes": ["A"], "more": 1}, NotATree),
        ({"is": "theme", "codes": "A"}, NotATree),
        ({"is": "theme", "codes": []}, EmptyGroup),
        ({"is": "theme", "codes": [" "]}, EmptyGroup),
        ({"is": "theme", "codes": [1]}, NotATree),
        ({"is": "role", "values": ["x" * 201]}, NotATree),
        ({"is": "role", "values": [str(n) for n in range(101)]}, TooMany),
        ({"is": "answered", "questionnaire": "fore", "yes": "no"}, NotATree),
        (nested(5), TooDeep),
        ({"all": [SCHOOL] * 21}, TooMany),
        ({"all": [{"any": [SCHOOL] * 11}, {"any": [SCHOOL] * 10}]}, TooMany),
    ],
)
def test_what_is_no_tree_of_conditions(document: object, error: type[AudienceError]) -> None:
    with pytest.raises(error) as caught:
        parse(document)
    assert caught.value.code.startswith("audience_")


def test_as_deep_and_as_many_as_allowed() -> None:
    parse(nested(4))
    parse({"all": [SCHOOL] * 20})


KNOWN = Known(
    themes={"A"},
    organisations={"school"},
    questionnaires={
        "fore": AskedForm("pseudonymous", {"q1": {"yes"}}),
        "namngiven": AskedForm("named", {"q1": {"yes", "maybe"}}),
        "hemlig": AskedForm("anonymous", {"q1": {"yes"}}),
        "forseglad": AskedForm("sealed", {}),
    },
)


@pytest.mark.parametrize("tree", [THEME_A, SCHOOL, TEACHER, NORTH, DONE, SILENT, SAID_YES])
def test_conditions_on_what_there_is(tree: dict[str, Any]) -> None:
    validate({"all": [tree]}, KNOWN)


@pytest.mark.parametrize(
    ("tree", "error"),
    [
        ({"is": "theme", "codes": ["Z"]}, UnknownCode),
        ({"is": "organisation", "codes": ["hospital"]}, UnknownCode),
        ({**DONE, "questionnaire": "nope"}, UnknownCode),
        ({**DONE, "questionnaire": "hemlig"}, AnswersNotKnown),
        ({**SILENT, "questionnaire": "forseglad"}, AnswersNotKnown),
        ({**SAID_YES, "questionnaire": "fore"}, AnswersNotKnown),
        ({**SAID_YES, "question": "q9"}, UnknownCode),
        ({**SAID_YES, "one_of": ["never"]}, UnknownCode),
    ],
)
def test_conditions_on_what_there_is_not(tree: dict[str, Any], error: type[AudienceError]) -> None:
    with pytest.raises(error) as caught:
        validate({"not": tree}, KNOWN)
    assert caught.value.params


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("yes", {"yes"}),
        ({"code": "other", "text": "Annat"}, {"other"}),
        ({"codes": ["a", "b"]}, {"a", "b"}),
        (["word"], set()),
        (None, set()),
    ],
)
def test_the_codes_in_an_answer(value: object, codes: set[str]) -> None:
    assert chosen(value) == codes
