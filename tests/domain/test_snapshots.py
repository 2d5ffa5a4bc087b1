"""Dated snapshots: when one is due, and what several of them may tell."""

from datetime import date

import pytest

from surveys.domain.counted import Counted
from surveys.domain.snapshots import Due, shown_of, snapshot_due, told

DAYS = {
    "open, and the month has not ended since": (date(2026, 3, 20), date(2026, 3, 10), None, None, None),
    "the day after a month's end": (
        date(2026, 4, 1),
        date(2026, 3, 10),
        None,
        None,
        Due(date(2026, 3, 31), "month"),
    ),
    "nobody was there on that day": (
        date(2026, 4, 4),
        date(2026, 3, 10),
        None,
        None,
        Due(date(2026, 4, 3), "month"),
    ),
    "taken already": (date(2026, 4, 4), date(2026, 3, 10), None, date(2026, 3, 31), None),
    "taken late, and not again": (date(2026, 4, 9), date(2026, 3, 10), None, date(2026, 4, 3), None),
    "closed": (
        date(2026, 4, 9),
        date(2026, 3, 10),
        date(2026, 4, 8),
        date(2026, 3, 31),
        Due(date(2026, 4, 8), "closing"),
    ),
    "an answer was taken back after closing": (
        date(2026, 5, 2),
        date(2026, 3, 10),
        date(2026, 4, 8),
        date(2026, 4, 8),
        Due(date(2026, 5, 2), "closing"),
    ),
    "and another the same day": (
        date(2026, 5, 2),
        date(2026, 3, 10),
        date(2026, 4, 8),
        date(2026, 5, 2),
        None,
    ),
}


@pytest.mark.parametrize("case", DAYS)
def test_a_snapshot_is_due(case: str) -> None:
    today, opened, closed, last, due = DAYS[case]
    assert snapshot_due(today, opened, closed, last) == due


def _answers(*counts: int) -> Counted:
    return Counted({f'"{code}"': many for code, many in enumerate(counts) if many})


TOLD = {
    "nothing has come since": (_answers(6, 4), _answers(6, 4), True),
    "four came, who could be had by subtracting": (_answers(6, 4), _answers(8, 6), False),
    "five came": (_answers(6, 4), _answers(8, 7), True),
    "five came, and all said the same": (_answers(6, 4), _answers(11, 4), False),
    "ten came, and all said the same": (_answers(6, 4), _answers(16, 4), True),
    "somebody changed the answer": (_answers(6, 4), _answers(5, 15), False),
    "the only one of a class changed it": (_answers(6, 1), _answers(17), False),
    "there is no later one": (_answers(6, 4), None, True),
}


@pytest.mark.parametrize("case", TOLD)
def test_what_came_between_two_snapshots_is_kept_from_subtraction(case: str) -> None:
    earlier, later, may = TOLD[case]
    assert told(earlier, later, 5) is may


def test_it_is_measured_against_the_next_one_that_is_shown() -> None:
    newest, close, far, gone = _answers(20, 20), _answers(19, 20), _answers(14, 17), None
    assert shown_of([newest, close, gone, far], 5) == [True, False, False, True]
