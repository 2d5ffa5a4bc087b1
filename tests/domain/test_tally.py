"""Answers counted once: tallies of groups add up to the tally of all."""

from typing import Any

from surveys.domain.questionnaire import parse
from surveys.domain.tally import AT_A_TIME, NOBODY, Counted, tally

FORM = parse(
    {
        "title": {"sv": "Efter"},
        "questions": [
            {
                "code": "nytta",
                "kind": "scale",
                "text": {"sv": "Nytta?"},
                "scale": {
                    "points": [{"code": "1", "label": {"sv": "låg"}}, {"code": "2", "label": {"sv": "hög"}}]
                },
            },
            {"code": "varfor", "kind": "long_text", "text": {"sv": "Varför?"}, "relevant": "${nytta} = '1'"},
        ],
    }
)
RESPONSES = ({"nytta": "1", "varfor": "Långt"}, {"nytta": "1"}, {"nytta": "2"}, {})


def test_it_counts_each_answer_the_missing_and_those_not_asked() -> None:
    found = tally(FORM, RESPONSES)
    assert found.responses == 4
    assert found.questions["nytta"] == Counted({'"1"': 2, '"2"': 1}, missing=1)
    assert found.questions["varfor"] == Counted({'""': 1}, missing=1, not_asked=2)


def test_however_many_are_counted_at_a_time() -> None:
    """One more than are counted at a time, and answers that are no text: each in the order it was met."""
    answers: list[Any] = ["2", "1", None, ["a", "b"], {"code": "x"}, 3, True, 1]
    many = [{"nytta": answers[number % len(answers)], "annat": "?"} for number in range(AT_A_TIME + 1)]
    found = tally(FORM, many)
    one_by_one = sum((tally(FORM, [each]) for each in many), NOBODY)
    assert found == one_by_one
    assert list(found.questions["nytta"].answers) == [
        '"2"', '"1"', '["a","b"]', '{"code":"x"}', "3", "true", "1",
    ]  # fmt: skip
    assert sum(found.questions["nytta"].answers.values()) + found.questions["nytta"].missing == AT_A_TIME + 1


def test_groups_add_up_to_all() -> None:
    parts = [tally(FORM, [each]) for each in RESPONSES]
    assert sum(parts, NOBODY) == tally(FORM, RESPONSES)


def test_it_gives_the_values_back() -> None:
    assert sorted(map(str, tally(FORM, RESPONSES).questions["nytta"].values())) == ["1", "1", "2", "None"]
