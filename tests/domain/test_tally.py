"""Answers counted once: tallies of groups add up to the tally of all."""

from surveys.domain.questionnaire import parse
from surveys.domain.tally import NOBODY, Counted, tally

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


def test_groups_add_up_to_all() -> None:
    parts = [tally(FORM, [each]) for each in RESPONSES]
    assert sum(parts, NOBODY) == tally(FORM, RESPONSES)


def test_it_gives_the_values_back() -> None:
    assert sorted(map(str, tally(FORM, RESPONSES).questions["nytta"].values())) == ["1", "1", "2", "None"]
