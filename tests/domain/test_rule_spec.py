"""What a follow-up rule may not say by itself, and the five patterns."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from surveys.domain import patterns, rule_spec
from surveys.domain.rule_spec import RuleSpec, faults, tidied

GOOD = RuleSpec("efter", None, "occasion_end", offset_minutes=120, reminder_days=[3, 7])
LANGUAGES = ["sv", "en"]
LOG = {"questionnaire": None, "log_prompt": {"sv": "Vad?", "en": "What?"}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        LOG,
        {"offset_days": -3650, "at_time": time(9)},
        {"reminder_days": []},
        {"close_after_days": 8},
        {"occasions": {"kind": "trip"}},
        {"occasions": {"codes": ["t1"]}},
        {"audience": "present", "attendance_wait_hours": 1440},
        {"anchor": "person_end", "late": "nothing"},
        # What has no meaning for the anchor is not looked at.
        {"anchor": "registration", "occasions": {"codes": []}},
    ],
)
def test_a_rule_that_can_be(changes: dict[str, Any]) -> None:
    assert faults(replace(GOOD, **changes), LANGUAGES) == {}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"questionnaire": None}, {"asks": "asks_one_thing"}),
        ({"log_prompt": {"sv": "a", "en": "b"}}, {"asks": "asks_one_thing"}),
        (LOG | {"log_prompt": {"sv": "Vad?"}}, {"prompt-en": "blank"}),
        (
            LOG | {"log_prompt": {"sv": " ", "en": "a\0"}},
            {"prompt-sv": "blank", "prompt-en": "bad_characters"},
        ),
        (
            LOG | {"log_prompt": {"sv": "å" * 2001, "en": "\ud800"}},
            {"prompt-sv": "too_long", "prompt-en": "bad_characters"},
        ),
        ({"anchor": "yesterday"}, {"anchor": "unknown"}),
        ({"offset_days": 3651}, {"offset": "too_far"}),
        ({"offset_minutes": -(10**6)}, {"offset": "too_far"}),
        ({"close_after_days": 0}, {"close": "out_of_range"}),
        ({"close_after_days": 99999}, {"close": "out_of_range"}),
        ({"reminder_days": [0]}, {"reminders": "reminder_not_later"}),
        ({"reminder_days": [-3]}, {"reminders": "reminder_not_later"}),
        ({"reminder_days": [7, 3]}, {"reminders": "reminders_unordered"}),
        ({"reminder_days": [14]}, {"reminders": "reminder_after_closing"}),
        ({"reminder_days": [10**6]}, {"reminders": "reminder_after_closing"}),
        ({"reminder_days": list(range(1, 11))}, {"reminders": "too_many"}),
        ({"occasions": {"codes": []}}, {"occasions": "none_chosen"}),
        ({"occasions": {"kind": "party"}}, {"occasions": "unknown"}),
        ({"audience": "some"}, {"audience": "unknown"}),
        ({"anchor": "series_end", "audience": "present"}, {"audience": "present_without_occasion"}),
        ({"attendance_wait_hours": 0}, {"wait": "out_of_range"}),
        ({"attendance_wait_hours": 1441}, {"wait": "out_of_range"}),
        ({"attendance_default": "half"}, {"default": "unknown"}),
        ({"late": "perhaps"}, {"late": "unknown"}),
    ],
)
def test_a_rule_that_cannot_be(changes: dict[str, Any], found: dict[str, str]) -> None:
    assert faults(replace(GOOD, **changes), LANGUAGES) == found


def test_rules_that_mean_the_same_are_the_same() -> None:
    one = replace(
        GOOD, anchor="series_end", occasions={"codes": ["t1"]}, reminder_days=(3,), audience_filter={}
    )
    other = replace(GOOD, anchor="series_end", reminder_days=[3])
    assert tidied(one) == tidied(other)
    assert tidied(one).mark == tidied(other).mark != GOOD.mark


def test_the_five_patterns_are_rules_that_can_be() -> None:
    assert [each.code for each in patterns.PATTERNS] == [
        "before",
        "after_occasion",
        "log",
        "after",
        "six_months",
    ]
    for each in patterns.PATTERNS:
        asked = LOG if each.is_log else {"questionnaire": "x"}
        for kept in (True, False):
            assert faults(replace(patterns.fitted(each, kept), **asked), LANGUAGES) == {}  # type: ignore[arg-type]
    assert patterns.pattern("never") is None


def test_a_pattern_for_those_present_goes_to_everyone_where_attendance_is_not_kept() -> None:
    chosen = patterns.pattern("after_occasion")
    assert chosen is not None
    assert patterns.fitted(chosen, attendance_kept=True).audience == "present"
    assert patterns.fitted(chosen, attendance_kept=False).audience == "everyone"


@pytest.mark.parametrize(
    ("base", "taken", "code"),
    [
        ("efter", [], "efter"),
        ("efter", ["efter"], "efter-2"),
        ("efter", ["efter", "efter-2"], "efter-3"),
        ("x" * 64, ["x" * 64], "x" * 62 + "-2"),
    ],
)
def test_a_code_that_is_free(base: str, taken: list[str], code: str) -> None:
    assert patterns.code_for(base, taken) == code


def test_constants_are_those_of_the_tables() -> None:
    assert set(rule_spec.ANCHORS) >= {"registration", "person_start", "person_end"}
