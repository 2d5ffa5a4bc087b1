"""Conditions in plain words, for whoever reads a form on paper or writes one."""

from typing import Any

import pytest

from surveys.domain.expressions import parse
from surveys.domain.questionnaire import parse as parse_form
from surveys.installation import Installation
from surveys.web import language
from surveys.web.relevance_words import in_words, relevance_in_words
from tests.support.compiled import app_of
from tests.support.forms import EVERY_KIND

MORE: dict[str, Any] = {
    "code": "later",
    "kind": "short_text",
    "text": {"sv": "Varför?", "en": "Why?"},
    "relevant": "${hours} > 3",
    "group": "g",
}
FORM = parse_form(
    EVERY_KIND
    | {
        "questions": [*EVERY_KIND["questions"], MORE],
        "groups": [{"code": "g", "title": {"sv": "G", "en": "G"}, "relevant": "${quoted} = 'yes'"}],
    }
)


@pytest.mark.parametrize(
    ("text", "swedish"),
    [
        ("${hours} > 3.5", "”Hur många timmar förberedde du dig?” är mer än 3,5"),
        ("${overall} = '4'", "”Hur nyttigt var det?” är ”I mycket hög grad”"),
        ("${overall} >= 3", "”Hur nyttigt var det?” är ”I hög grad” eller mer"),
        ("selected(${use}, 'b')", "”Vad tänker du använda?” omfattar ”Kontakterna”"),
        ("${missed} != ''", "”Vad saknade du?” har besvarats"),
        (
            "${missed} = '' and (${hours} < 1 or ${role} != 'a')",
            "”Vad saknade du?” har inte besvarats och (”Hur många timmar förberedde du dig?” är mindre än 1 "
            "eller ”Vad arbetar du med?” är något annat än ”Handläggning”)",
        ),
        ("not(${quoted} = 'yes')", "inte: ”Mina ord får återges utan namn.” är ”Samtycker”"),
        ("${hours} mod 2 = 0", "${hours} mod 2 = 0"),
    ],
)
def test_a_condition_in_words(sqlite_installation: Installation, text: str, swedish: str) -> None:
    with app_of(sqlite_installation.settings).test_request_context("/"):
        language.prefer("sv")
        assert in_words(parse(text), FORM) == swedish


def test_a_group_and_its_question_say_both(sqlite_installation: Installation) -> None:
    question = FORM.question("later")
    assert question is not None
    with app_of(sqlite_installation.settings).test_request_context("/"):
        language.prefer("sv")
        assert relevance_in_words(question, FORM) == (
            "”Mina ord får återges utan namn.” är ”Samtycker” och "
            "”Hur många timmar förberedde du dig?” är mer än 3"
        )
