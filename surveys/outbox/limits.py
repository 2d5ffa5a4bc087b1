"""Whether a mail may go just now: sending as a whole, the throttle, quiet hours, the weekly cap."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from surveys.calendar_days import is_quiet_day
from surveys.domain import timing
from surveys.domain.quiet import NeverAllowed, Quiet, next_allowed
from surveys.outbox.sending_state import pauses_at
from surveys.queries import sending_state as state_queries
from surveys.queries import weekly_cap
from surveys.queries.letters import REMINDERS

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """What of sending as a whole was seen when a claim began."""

    is_open: bool
    window_at: datetime
    window_count: int


def gate(session: Session, now: datetime, per_minute: int) -> Gate:
    """Whether any mail may be claimed: not while paused or muted, nor beyond ``per_minute`` (0: no limit).

    With a limit one claim at a time gets here, over all dispatchers.
    """
    row = state_queries.look(session, hold=per_minute > 0)
    if row is None and per_minute:
        state_queries.hold(session)
        row = state_queries.look(session, hold=True)
    if row is None:
        return Gate(True, now, 0)
    begun = row.window_at
    same = begun is not None and begun <= now < begun + MINUTE
    window_at, count = (begun, row.window_count) if same else (now, 0)
    is_open = row.muted_at is None and not pauses_at(row.paused_until, now)
    return Gate(is_open and not 0 < per_minute <= count, window_at, count)


def count(session: Session, seen: Gate, per_minute: int) -> None:
    """One more mail leaves."""
    if per_minute:
        state_queries.count(session, seen.window_at, seen.window_count + 1)


def quiet_until(row: Row[Any], now: datetime) -> tuple[datetime, str] | None:
    """(when a project's mail may go again, why not now); None where it may go now."""
    quiet = Quiet(row.quiet_from, row.quiet_to, row.quiet_weekends, row.quiet_holidays)
    if quiet == Quiet():
        return None
    try:
        allowed, why = next_allowed(now, row.project_timezone, quiet, is_quiet_day)
    except NeverAllowed:  # settings that no page lets through
        return now + DAY, "quiet_hours"
    return (allowed, why) if why is not None else None


def capped_until(session: Session, row: Row[Any], message_id: int, now: datetime) -> datetime | None:
    """When a person may have more mail; None: now. A reminder gives way to the first mails of the week."""
    if row.weekly_cap is None:
        return None
    weekly_cap.hold_person(session, row.participant_id)
    begins, ends = _week(now, row.project_timezone)
    left = weekly_cap.sent_since(session, row.participant_id, begins, message_id)
    if left < row.weekly_cap and row.kind in REMINDERS:
        left += weekly_cap.first_mails_before(session, row.participant_id, ends)
    if left < row.weekly_cap:
        return None
    held = quiet_until(row, ends)
    return held[0] if held else ends


def _week(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The calendar week around ``now``: from Monday to the next, midnight by the clock of ``zone``."""
    today = timing.to_wall(now, zone)
    monday = datetime.combine(today - timedelta(days=today.weekday()), time())
    return timing.to_utc(monday, zone), timing.to_utc(monday + timedelta(days=7), zone)
