"""Changes of a questionnaire document, and codes made from what people write."""

from typing import Any

import pytest

from surveys.domain import editing
from surveys.domain.drafting import QUESTION_CODE, QUESTIONNAIRE_CODE, code_from


def document(order: str) -> dict[str, Any]:
    """ "a b1 c1 d" is four questions, of which b and c are in the group g1."""
    questions: list[dict[str, Any]] = [
        {"code": each[0], "text": {"sv": each}} | ({"group": f"g{each[1]}"} if each[1:] else {})
        for each in order.split()
    ]
    groups = [{"code": code} for code in dict.fromkeys(q["group"] for q in questions if "group" in q)]
    return {"title": {"sv": "T"}, "questions": questions} | ({"groups": groups} if groups else {})


def order(made: dict[str, Any]) -> str:
    groups = {each["group"] for each in made["questions"] if "group" in each}
    assert [each["code"] for each in made.get("groups", [])] == list(
        dict.fromkeys(each["group"] for each in made["questions"] if "group" in each)
    )
    assert len(groups) == len(made.get("groups", []))
    return " ".join(each["code"] + each.get("group", "")[1:] for each in made["questions"])


@pytest.mark.parametrize(
    ("before", "code", "down", "after"),
    [
        ("a b", "b", False, "b a"),
        ("a b", "a", False, "a b"),
        ("a b", "b", True, "a b"),
        ("a b1 c1 d", "c", False, "a c1 b1 d"),
        ("a b1 c1 d", "b", False, "a b c1 d"),
        ("a b1 c1 d", "c", True, "a b1 c d"),
        ("a b1 c1 d", "a", True, "a1 b1 c1 d"),
        ("a b1 c1 d", "d", False, "a b1 c1 d1"),
        ("a1 b2", "a", True, "a b2"),
        ("a1 b1", "a", False, "a b1"),
    ],
)
def test_a_question_moves_one_step(before: str, code: str, down: bool, after: str) -> None:
    given = document(before)
    kept = str(given)
    assert order(editing.moved(given, code, down)) == after
    assert str(given) == kept  # what was given is as it was


def test_questions_are_added_copied_and_removed() -> None:
    given = document("a b1 c1")
    assert order(editing.with_copy(given, "b")) == "a b1 b_21 c1".replace("b_21", "b_2" + "1")
    assert order(editing.with_question(given, {"code": "x"})) == "a b1 c1 x"
    assert order(editing.with_question(given, {"code": "x"}, after="b")) == "a b1 x1 c1"
    assert order(editing.without(editing.without(given, "b"), "c")) == "a"
    with pytest.raises(editing.NoSuchPart):
        editing.without(given, "z")


@pytest.mark.parametrize(
    ("before", "members", "after"),
    [
        ("a b c", "bc", "a b9 c9"),
        ("a b c", "ac", "a9 c9 b"),
        ("a b1 c1 d", "bd", "a c1 b9 d9"),
        ("a b9 c9 d", "cd", "a b c9 d9"),
        ("a b9 c9 d", "bd", "a b9 d9 c"),
    ],
)
def test_a_group_holds_what_is_said_and_tears_no_other_apart(before: str, members: str, after: str) -> None:
    made = editing.with_group(document(before), {"code": "g9"}, list(members))
    assert order(made) == after
    assert "9" not in order(editing.without_group(made, "g9"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hur väl känner du de andra?", "hur_val_kanner_du_de_andra"),
        ("3 ord", "question_3_ord"),
        ("???", "question"),
        ("Vad tar du med dig härifrån till ditt arbete?", "vad_tar_du_med_dig_harifran"),
        ("الاسم", "question"),
    ],
)
def test_a_code_is_made_from_the_text(text: str, code: str) -> None:
    assert code_from(text, QUESTION_CODE, (), "question") == code
    assert QUESTION_CODE.fullmatch(code)


def test_a_code_that_is_taken_is_counted_on() -> None:
    assert code_from("Före!", QUESTIONNAIRE_CODE, {"fore", "fore-2"}, "enkat") == "fore-3"
