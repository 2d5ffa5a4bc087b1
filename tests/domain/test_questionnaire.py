"""Questionnaires as documents: parsed, fitted to themes, checked."""

from copy import deepcopy
from typing import Any

import pytest

from surveys.domain.questionnaire import BadForm, Form, ThemeRef, check, digest, expand, fields_of, parse
from surveys.domain.questions import KINDS
from tests.support.forms import DEGREE, EVERY_KIND, local

THEMES = (ThemeRef("A", "Ansvar"), ThemeRef("B", "Bemötande"))


def form(**changes: Any) -> Form:
    return parse(EVERY_KIND | changes)


def with_question(**question: Any) -> dict[str, Any]:
    return {"title": local("Enkät"), "questions": [question]}


def codes_of(parsed: Form) -> list[str]:
    return [question.code for question in parsed.questions]


def test_every_kind_is_parsed() -> None:
    parsed = parse(EVERY_KIND, ["sv", "en"])
    assert {question.kind for question in parsed.questions} == set(KINDS)
    assert (parsed.title, parsed.minutes) == (local("Efter tillfället"), 2)


def test_each_theme_is_asked_about_by_name() -> None:
    expanded = expand(form(), THEMES)
    assert codes_of(expanded)[1:4] == ["theme", "new-A", "new-B"]
    asked = expanded.question("new-B")
    assert asked is not None
    assert asked.text == {"sv": "Nytt om Bemötande?", "en": "Nytt om Bemötande? (en)"}
    assert (asked.theme, asked.each) == ("B", "")


def test_the_choice_of_theme_lists_the_themes() -> None:
    choice = expand(form(), THEMES).question("theme")
    assert choice is not None
    assert choice.shown("B", "en") == "B. Bemötande"
    assert (
        check(expand(form(), THEMES), {"q-theme": ["C"]}, complete=False).errors["theme"].code
        == "not_an_option"
    )


@pytest.mark.parametrize(
    ("themes", "known", "missing"), [((), None, {"theme", "new-A"}), (THEMES, "A", {"theme"})]
)
def test_what_need_not_be_asked_about_themes_is_not(
    themes: tuple[ThemeRef, ...], known: str | None, missing: set[str]
) -> None:
    assert missing.isdisjoint(codes_of(expand(form(), themes, known_theme=known)))


def test_all_faults_are_collected_and_the_good_answers_kept() -> None:
    checked = check(
        expand(form(), THEMES), {"q-new-A": ["9"], "q-hours": ["fem"], "q-missed": ["Kaffe"], "q-use": ["a"]}
    )
    assert {code: fault.code for code, fault in checked.errors.items()} == {
        "new-A": "not_an_option",
        "overall": "required",
        "hours": "not_a_number",
    }
    assert checked.answers == {"missed": "Kaffe", "use": {"codes": ["a"]}}


def test_a_draft_may_lack_what_is_required() -> None:
    assert check(form(), {"q-missed": ["Kaffe"]}, complete=False).errors == {}


def test_an_empty_form_is_no_answer() -> None:
    content = deepcopy(EVERY_KIND)
    content["questions"][3]["required"] = False
    empty = check(parse(content), {"q-missed": [" "]})
    assert {code: fault.code for code, fault in empty.errors.items()} == {"theme": "nothing_answered"}
    assert check(parse(content), {}, complete=False).errors == {}


def test_answers_lead_back_to_the_fields_they_came_from() -> None:
    expanded = expand(form(), THEMES)
    raw = {"q-theme": ["A"], "q-overall": ["dk"], "q-hours": ["1 000,5"], "q-words.2": ["Rolig"]}
    answers = check(expanded, raw).answers
    assert fields_of(expanded, answers) == {
        "q-theme": ["A"],
        "q-overall": ["dk"],
        "q-hours": ["1000,5"],
        "q-words.1": ["Rolig"],
    }
    assert check(expanded, fields_of(expanded, answers)).answers == answers


def test_fields_that_nobody_asked_for_are_not_kept() -> None:
    assert check(form(), {"q-admin": ["1"], "q-overall": ["1"]}).answers == {"overall": "1"}


def test_the_digest_tells_contents_apart_and_nothing_else() -> None:
    turned = dict(reversed(EVERY_KIND.items()))
    assert digest(turned) == digest(EVERY_KIND)
    assert digest(EVERY_KIND | {"minutes": 3}) != digest(EVERY_KIND)


@pytest.mark.parametrize(
    ("content", "path", "code"),
    [
        ([], (), "not_a_mapping"),
        ({"title": local("x"), "questions": []}, ("questions",), "asks_nothing"),
        ({"title": local("x"), "questions": {}}, ("questions",), "not_a_list"),
        ({"questions": [{"code": "a", "kind": "short_text", "text": local("x")}]}, ("title",), "missing"),
        (EVERY_KIND | {"minutes": "många"}, ("minutes",), "not_between"),
        (EVERY_KIND | {"colour": "red"}, ("colour",), "unknown_key"),
        (
            with_question(code="a", kind="short_text", text={"sv": "x"}),
            ("questions", 0, "text"),
            "missing_language",
        ),
        (with_question(code="a", kind="short_text", text="x"), ("questions", 0, "text"), "not_a_text"),
        (
            with_question(code="a", kind="short_text", text={"sv": "Ja", "en": "Yes", "eller nej?": ""}),
            ("questions", 0, "text", "eller nej?"),
            "unknown_key",
        ),
        (with_question(code="a b", kind="short_text", text=local("x")), ("questions", 0, "code"), "bad_code"),
        (with_question(kind="short_text", text=local("x")), ("questions", 0, "code"), "missing"),
        (with_question(code="a", kind="slider", text=local("x")), ("questions", 0, "kind"), "unknown_kind"),
        (with_question(code="a", kind="scale", text=local("x")), ("questions", 0, "scale"), "missing"),
        (
            with_question(code="a", kind="short_text", text=local("x"), required="kanske"),
            ("questions", 0, "required"),
            "not_yes_or_no",
        ),
        (
            with_question(code="a", kind="information", text=local("x"), required=True),
            ("questions", 0, "required"),
            "nothing_to_require",
        ),
        (
            with_question(code="a", kind="short_text", text=local("x"), each="day"),
            ("questions", 0, "each"),
            "unknown_each",
        ),
        (
            with_question(code="a", kind="number", text=local("x"), minimum="5", maximum="4"),
            ("questions", 0, "minimum"),
            "minimum_above_maximum",
        ),
        (
            with_question(
                code="a", kind="one_choice", text=local("x"), options=[{"code": "a", "label": local("A")}]
            ),
            ("questions", 0, "options"),
            "too_few_options",
        ),
        (
            with_question(
                code="a",
                kind="one_choice",
                text=local("x"),
                options=[{"code": "a", "label": local("A")}, {"code": "a", "label": local("B")}],
            ),
            ("questions", 0, "options", 1),
            "repeated_code",
        ),
        (
            with_question(
                code="a",
                kind="one_choice",
                text=local("x"),
                options=[{"code": "a", "label": local("A")}, {"code": "other", "label": local("B")}],
            ),
            ("questions", 0, "options", 1),
            "reserved_code",
        ),
        (
            with_question(
                code="a",
                kind="scale",
                text=local("x"),
                scale=DEGREE | {"merged": [{"label": local("Låg"), "codes": ["1", "2"]}]},
            ),
            ("questions", 0, "scale", "merged"),
            "merged_classes_not_whole",
        ),
    ],
)
def test_a_fault_names_its_place(content: object, path: tuple[str | int, ...], code: str) -> None:
    with pytest.raises(BadForm) as bad:
        parse(content, ["sv", "en"])
    assert (path, code) in [(fault.path, fault.code) for fault in bad.value.faults]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadForm) as bad:
        parse(
            {
                "questions": [
                    {"code": "a", "kind": "slider", "text": local("x")},
                    {"code": "a", "kind": "number", "text": local("x"), "minimum": "få"},
                ]
            }
        )
    assert [fault.code for fault in bad.value.faults] == [
        "missing",
        "unknown_kind",
        "repeated_code",
        "not_a_number",
    ]


def test_empty_values_of_other_kinds_say_nothing() -> None:
    parsed = parse(
        with_question(code="a", kind="short_text", text=local("x"), options=[], max=None, hint=None)
    )
    assert codes_of(parsed) == ["a"]
