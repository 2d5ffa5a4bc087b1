"""Dated snapshots of a measurement: when one is due, and what may be told of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from surveys.domain.counted import Counted


@dataclass(frozen=True, slots=True)
class Due:
    """A snapshot that is to be taken: it stands for the end of ``day``."""

    day: date
    why: Literal["closing", "month"]


def snapshot_due(today: date, opened_on: date, closed_on: date | None, last: date | None) -> Due | None:
    """The snapshot to be taken ``today`` of a measurement that has changed since the ``last`` one, or None.

    At closing (``closed_on``: None while it is open), whenever that is seen: nothing comes in afterwards.
    What is changed later all the same, by an answer taken back, is told of the day on which it is seen. At
    the end of a month, on the day after it; where nobody was there to take it, it tells of the day before it
    is taken.
    All days are of the project's own calendar.
    """
    if closed_on is not None:
        day = closed_on if last is None or last < closed_on else today
        return Due(day, "closing") if last is None or last < day else None
    month_end = today.replace(day=1) - timedelta(days=1)
    if opened_on > month_end or (last is not None and last >= month_end):
        return None
    return Due(today - timedelta(days=1), "month")


def told(earlier: Counted, later: Counted | None, limit: int) -> bool:
    """Whether the answers to one question of an ``earlier`` snapshot may be shown beside the next one that is
    shown (None: there is none), apart from what holds for each of them alone.

    The two are a group and a larger one that holds it, so those who came in between can be had by
    subtracting: they must be nobody, or at least ``limit`` and, unless they are twice as many, not have
    answered alike. Where somebody changed an answer, subtracting gives less than nothing somewhere: then it
    is not shown.
    """
    if later is None:
        return True
    between = [many - earlier.answers.get(answer, 0) for answer, many in later.answers.items()]
    gone = [answer for answer, many in earlier.answers.items() if many and answer not in later.answers]
    if gone or min(between, default=0) < 0:
        return False
    n = sum(between)
    return n == 0 or n >= 2 * limit or (n >= limit and n not in between)


def shown_of(snapshots: Sequence[Counted | None], limit: int) -> list[bool]:
    """Which of the snapshots of one question, the newest first, are told; None has none to tell."""
    found: list[bool] = []
    next_shown: Counted | None = None
    for each in snapshots:
        may = each is not None and told(each, next_shown, limit)
        found.append(may)
        next_shown = each if may else next_shown
    return found
