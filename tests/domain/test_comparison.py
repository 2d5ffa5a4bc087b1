"""What remains comparable between two forms."""

from typing import Any

import pytest

from surveys.domain.comparison import Likeness, compare
from surveys.domain.questionnaire import parse

POINTS = [{"code": str(n), "label": {"sv": f"punkt {n}"}} for n in range(1, 5)]
SCALE: dict[str, Any] = {
    "code": "q",
    "kind": "scale",
    "text": {"sv": "Hur väl?"},
    "scale": {"points": POINTS, "top": 2},
}
CHOICE: dict[str, Any] = {
    "code": "q",
    "kind": "several_choices",
    "text": {"sv": "Vad?"},
    "options": [{"code": "a", "label": {"sv": "A"}}, {"code": "b", "label": {"sv": "B"}}],
}
NUMBER: dict[str, Any] = {
    "code": "q",
    "kind": "number",
    "text": {"sv": "Hur många?"},
    "unit": {"sv": "timmar"},
}
OTHER = {"code": "annan", "kind": "short_text", "text": {"sv": "Annat?"}}


def form(*questions: dict[str, Any]) -> Any:
    return parse({"title": {"sv": "T"}, "questions": [*questions, OTHER]})


def renamed(question: dict[str, Any], label: str) -> dict[str, Any]:
    first, *rest = question["options"]
    return question | {"options": [first | {"label": {"sv": label}}, *rest]}


@pytest.mark.parametrize(
    ("before", "after", "likeness"),
    [
        (SCALE, SCALE, "same"),
        (SCALE, SCALE | {"required": True}, "same"),
        # A translation that is added changes nothing that was answered.
        (SCALE, SCALE | {"text": {"sv": "Hur väl?", "en": "How well?"}}, "same"),
        (SCALE, SCALE | {"text": {"en": "How well?"}}, "reworded"),
        (SCALE, SCALE | {"text": {"sv": "Hur bra?"}}, "reworded"),
        (SCALE, SCALE | {"hint": {"sv": "Tänk efter."}}, "reworded"),
        # What is shown together in results is made afterwards.
        (SCALE, SCALE | {"scale": {"points": POINTS, "top": 1}}, "same"),
        (SCALE, SCALE | {"scale": {"points": POINTS[:3]}}, "other_answers"),
        (SCALE, SCALE | {"dont_know": True}, "other_answers"),
        (SCALE, SCALE | {"each": "theme"}, "other_answers"),
        (CHOICE, renamed(CHOICE, "Aa"), "reworded"),
        (CHOICE, CHOICE | {"options": CHOICE["options"][::-1]}, "other_answers"),
        (CHOICE, CHOICE | {"other": True}, "other_answers"),
        (CHOICE, CHOICE | {"max": 1}, "other_answers"),
        (CHOICE, CHOICE | {"kind": "one_choice"}, "other_answers"),
        (NUMBER, NUMBER | {"unit": {"sv": "dagar"}}, "reworded"),
        (NUMBER, NUMBER | {"maximum": "10"}, "other_answers"),
        (OTHER | {"code": "q"}, OTHER | {"code": "q", "max_length": 50}, "same"),
    ],
)
def test_two_questions_with_one_code(before: dict[str, Any], after: dict[str, Any], likeness: str) -> None:
    first = compare(form(before), form(after))[0]
    assert (first.code, first.likeness) == ("q", likeness)


@pytest.mark.parametrize(
    ("scale", "together"),
    [
        ({"points": POINTS}, False),
        ({"points": POINTS, "top": 1}, True),
        ({"points": POINTS, "merged": [{"label": {"sv": "alla"}, "codes": ["1", "2", "3", "4"]}]}, True),
    ],
)
def test_what_is_counted_together_in_results(scale: dict[str, Any], together: bool) -> None:
    first = compare(form(SCALE), form(SCALE | {"scale": scale}))[0]
    assert (first.likeness, first.counted_together) == (Likeness.SAME, together)


def test_what_is_new_gone_or_asked_of_others_is_said() -> None:
    asked_of_some = SCALE | {"relevant": "${annan} != ''"}
    found = compare(form(SCALE, CHOICE | {"code": "borta"}), form(asked_of_some, NUMBER | {"code": "ny"}))
    assert [(each.code, each.likeness, each.others_asked) for each in found] == [
        ("q", Likeness.SAME, True),
        ("ny", Likeness.NEW, False),
        ("annan", Likeness.SAME, False),
        ("borta", Likeness.REMOVED, False),
    ]
