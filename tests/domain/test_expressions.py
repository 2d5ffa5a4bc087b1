"""Expressions: what they come to, what is refused, and what they do to a form."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.expressions import BadExpression, Expression, parse
from surveys.domain.questionnaire import BadForm, Form, ThemeRef, check, expand
from surveys.domain.questionnaire import parse as parse_form

# [expression, answers, own answer, today, whether it holds]: the page's script is held to the same table.
CASES = json.loads((Path(__file__).parent / "expressions.json").read_text())


def terms(answers: dict[str, Any]) -> dict[str, Any]:
    return {code: tuple(term) if isinstance(term, list) else term for code, term in answers.items()}


@pytest.mark.parametrize(("text", "answers", "own", "today", "holds"), CASES, ids=lambda each: str(each)[:40])
def test_an_expression_comes_to(
    text: str, answers: dict[str, Any], own: str, today: str, holds: bool
) -> None:
    assert parse(text).truth(terms(answers), own, today) is holds


# Short, and each operator makes the tree deeper than the one before.
DEEP = "1" + "".join(sign * 39 for sign in ("*1", "+1", "<1", "=1"))


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "missing_end", 0),
        ("1 +", "missing_end", 3),
        ("not(1", "missing_end", 5),
        ("1 1", "unexpected", 2),
        ("selected(1,,2)", "unexpected", 11),
        ("${a b}", "bad_name", 0),
        ("${x", "unknown_character", 0),
        ("1 ; 2", "unknown_character", 1),
        ("'open", "unknown_character", 0),
        ("ja", "unknown_word", 0),
        ("__import__('os')", "unknown_character", 0),
        ("selected(${x})", "wrong_number_of_arguments", 0),
        ("(" * 60 + "1" + ")" * 60, "too_deep", 41),
        ("-" * 60 + "1", "too_deep", 42),
        ("1" + "+1" * 60, "too_deep", 81),
        ("1 " * 501, "expression_too_long", 1000),
        (DEEP, "too_deep", 313),
        ("1 < " + "9" * 400, "number_too_large", 4),
        ("${" + " " * 997, "unknown_character", 0),  # at once, however many ways there are to divide blanks
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(BadExpression) as refused:
        parse(text)
    assert (refused.value.code, refused.value.position) == (code, position)


def test_names_are_known_and_can_be_others() -> None:
    expression = parse("${a} > 1 and selected(${b}, 'x')")
    assert expression.names == {"a", "b"}
    assert expression.renamed({"a": "a-A"}).names == {"a-A", "b"}
    assert json.loads(json.dumps(parse("${a} = 1").tree())) == ["=", ["answer", "a"], ["number", 1.0]]


pieces = st.sampled_from(
    ["${x}", "${y}", ".", "1", "2.5", "'a'", "''", "=", "!=", "<", ">=", "and", "or", "not(", "selected(",
     ",", "(", ")", "+", "-", "*", "div", "mod", "today()", "true()", "count-selected(", "string-length("]
)  # fmt: skip


@given(st.lists(pieces, max_size=30).map(" ".join) | st.text(max_size=40))
def test_any_text_is_an_expression_or_refused_by_name(text: str) -> None:
    try:
        expression = parse(text)
    except BadExpression:
        return
    for x in ("", "1", "a", ("a", "b")):
        assert expression.truth({"x": x}, "2", "2026-11-22") in (True, False)


def local(text: str) -> dict[str, str]:
    return {"sv": text}


def number(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": "number", "text": local(code), **more}


def form(*questions: dict[str, Any], **more: Any) -> Form:
    return parse_form({"title": local("Enkät"), "questions": list(questions), **more})


CHAIN = form(
    number("a"),
    number("b", relevant="${a} > 3", required=True),
    number("c", relevant="${b} > 3"),
)


def test_what_is_not_asked_counts_as_not_answered_also_for_what_depends_on_it() -> None:
    assert CHAIN.asked({}) == {"a"}
    assert CHAIN.asked({"a": "4"}) == {"a", "b"}
    assert CHAIN.asked({"a": "4", "b": "4"}) == {"a", "b", "c"}
    assert CHAIN.asked({"a": "1", "b": "4"}) == {"a"}


def test_answers_to_what_is_not_asked_stay_in_the_draft_and_are_not_sent_in() -> None:
    raw = {"q-a": ["1"], "q-b": ["4"], "q-c": ["fel"]}
    draft, complete = check(CHAIN, raw, complete=False), check(CHAIN, raw)
    assert (draft.answers, draft.errors) == ({"a": "1", "b": "4"}, {})
    assert (complete.answers, complete.errors) == ({"a": "1"}, {})


def test_what_is_required_is_required_only_where_it_is_asked() -> None:
    assert check(CHAIN, {"q-a": ["1"]}).errors == {}
    assert check(CHAIN, {"q-a": ["4"]}).errors["b"].code == "required"


def test_an_answer_must_fit_with_the_others_when_sent_in() -> None:
    hours = form(
        number("all"),
        number("part", check=". <= ${all}", check_message={"sv": "Högst alla.", "sv-simple": "Mindre."}),
    )
    raw = {"q-all": ["3"], "q-part": ["4"]}
    fault = check(hours, raw).errors["part"]
    assert (fault.code, fault.params["sv"]) == ("does_not_fit", "Högst alla.")
    assert check(hours, raw, complete=False).answers == {"all": "3", "part": "4"}
    assert check(hours, {"q-all": ["4"], "q-part": ["4"]}).errors == {}


def test_a_group_that_is_not_asked_takes_its_questions_with_it() -> None:
    grouped = form(
        number("a"),
        number("b", group="more"),
        number("c", group="more", relevant="${b} = 1"),
        groups=[{"code": "more", "title": local("Mer"), "relevant": "${a} = 1"}],
    )
    assert grouped.asked({"b": "1"}) == {"a"}
    assert grouped.asked({"a": "1", "b": "1"}) == {"a", "b", "c"}


def test_a_question_asked_once_a_theme_depends_on_its_own_theme_and_on_the_one_the_register_knows() -> None:
    themed = form(
        {"code": "theme", "kind": "theme_choice", "text": local("Pass")},
        number("new", each="theme"),
        number("why", each="theme", relevant="${new} > 3"),
        number("only", relevant="${theme} = 'A'"),
    )
    themes = (ThemeRef("A", "Ansvar"), ThemeRef("B", "Bemötande"))
    asked = expand(themed, themes).asked({"new-A": "4", "new-B": "1"})
    assert asked == {"theme", "new-A", "new-B", "why-A"}
    assert "only" in expand(themed, themes, known_theme="A").asked({})
    assert "only" not in expand(themed, themes, known_theme="B").asked({})


@pytest.mark.parametrize(
    ("questions", "groups", "faults"),
    [
        ([number("a", relevant="${b} > 1")], [], [("questions.0.relevant", "unknown_question")]),
        ([number("a", check="${c} > 1")], [], [("questions.0.check", "unknown_question")]),
        ([number("a", relevant="1 +")], [], [("questions.0.relevant", "missing_end")]),
        ([number("a", relevant="${a} > 1")], [], [("questions.0.relevant", "circular")]),
        (
            [number("a", relevant="${b} > 1"), number("b", relevant="${a} > 1")],
            [],
            [("questions.0.relevant", "circular")],
        ),
        (
            [number("a", group="g")],
            [{"code": "g", "title": local("G"), "relevant": "${a} > 1"}],
            [("questions.0.relevant", "circular")],
        ),
        ([number("a", group="g")], [], [("questions.0.group", "unknown_group")]),
        (
            [number("a", group="g"), number("b"), number("c", group="g")],
            [{"code": "g", "title": local("G")}],
            [("questions.2.group", "group_apart")],
        ),
        (
            [number("a", each="theme"), number("b", relevant="${a} > 1")],
            [],
            [("questions.1.relevant", "names_each_theme")],
        ),
        (
            [number("a"), {"code": "i", "kind": "information", "text": local("i"), "check": "${a} > 1"}],
            [],
            [("questions.1.check", "nothing_to_check")],
        ),
    ],
)
def test_conditions_that_cannot_work_are_refused(
    questions: list[dict[str, Any]], groups: list[dict[str, Any]], faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(BadForm) as refused:
        form(*questions, groups=groups)
    found = [(".".join(map(str, each.path)), each.code) for each in refused.value.faults]
    assert found == faults


def test_a_long_chain_of_conditions_is_worked_out() -> None:
    chain = form(number("q0"), *(number(f"q{at}", relevant=f"${{q{at - 1}}} = 1") for at in range(1, 400)))
    answers = {f"q{at}": "1" for at in range(400)}
    assert len(chain.asked(answers)) == 400
    assert chain.asked(answers | {"q0": "2"}) == {"q0"}


def test_an_expression_keeps_what_was_written() -> None:
    assert isinstance(parse(" 1=1 "), Expression)
    assert parse(" 1=1 ").text == "1=1"
