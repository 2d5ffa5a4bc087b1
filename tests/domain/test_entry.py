"""What a log entry may be."""

from datetime import date

import pytest

from surveys.domain.entry import PLAN_LENGTH, TEXT_LENGTH, BadEntry, Draft, check

TODAY = date(2026, 11, 21)
GOOD = {"written_on": "2026-11-20", "text": "Vi provade dialog.", "plan": "Fråga gruppen."}


def test_an_entry_is_kept_as_written() -> None:
    assert check(GOOD, TODAY) == Draft(date(2026, 11, 20), "Vi provade dialog.", "Fråga gruppen.")


def test_line_ends_become_one_kind_and_space_around_goes() -> None:
    kept = check(GOOD | {"text": " \r\nen\r\ntvå\rtre\n\n"}, TODAY)
    assert kept.text == "en\ntvå\ntre"


def test_a_plan_is_not_needed() -> None:
    assert check({"written_on": "2026-11-21", "text": "Kort."}, TODAY).plan == ""


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("written_on", "", "no_date"),
        ("written_on", "2026-02-30", "no_such_day"),
        ("written_on", "2025-02-29", "no_such_day"),
        ("written_on", "0000-01-01", "no_such_day"),
        ("written_on", "2026-13-01", "no_such_day"),
        ("written_on", "30 februari", "not_a_date"),
        ("written_on", "20261120", "not_a_date"),
        ("written_on", "２０２６-11-20", "not_a_date"),
        ("written_on", "2026-11-22", "in_the_future"),
        ("text", "", "empty"),
        ("text", " \r\n\t", "empty"),
        ("text", "a\x00b", "bad_characters"),
        ("text", "a\x1bb", "bad_characters"),
        ("text", "a\ud83d", "bad_characters"),
        ("text", "å" * (TEXT_LENGTH + 1), "too_long"),
        ("plan", "å" * (PLAN_LENGTH + 1), "too_long"),
        ("plan", "\x07", "bad_characters"),
    ],
)
def test_what_cannot_be_kept_says_why(field: str, value: str, code: str) -> None:
    with pytest.raises(BadEntry) as caught:
        check(GOOD | {field: value}, TODAY)
    assert {name: fault.code for name, fault in caught.value.faults.items()} == {field: code}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("written_on", "2026-11-21"),
        ("written_on", " 2026-1-2 "),
        ("written_on", "2024-02-29"),
        ("text", "å" * TEXT_LENGTH),
        ("text", "x\r\n" * (TEXT_LENGTH // 2)),
        ("text", "👩🏽‍🚒" * 200),
        ("text", "=HYPERLINK(...)"),
        ("text", "punkt\tett"),
        ("plan", "å" * PLAN_LENGTH),
    ],
)
def test_at_the_limits_all_is_well(field: str, value: str) -> None:
    assert isinstance(check(GOOD | {field: value}, TODAY), Draft)


def test_all_faults_come_at_once_and_say_nothing_of_what_was_written() -> None:
    with pytest.raises(BadEntry) as caught:
        check({"written_on": "", "text": "hemligt\x00", "plan": "också hemligt" * 200}, TODAY)
    assert list(caught.value.faults) == ["text", "plan", "written_on"]
    assert "hemligt" not in str(caught.value)
    assert "hemligt" not in repr([dict(fault.params) for fault in caught.value.faults.values()])
