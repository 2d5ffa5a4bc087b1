"""Still wanted? Asked of every mail at the moment of sending, whatever has happened since it was planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from surveys.domain import timing
from surveys.followups.expanding import catch_up_of
from surveys.followups.targets import ENDED
from surveys.keys import Keyring
from surveys.models.programme import OccasionChange
from surveys.outbox import limits
from surveys.outbox.notices import Stand, untrue
from surveys.queries import answering
from surveys.queries import notices as notice_queries
from surveys.queries import sending as queries

MOST_ATTEMPTS = 5
# Said of every mail about a log that is not wanted any more, whatever the reason: that somebody has written
# to a prompt must not be told by the absence of the other reasons.
LOG_REASON = "not_needed"
# What somebody has just asked for is not wanted the day after: they have asked again, or in another way.
ASKED_FOR = timedelta(hours=24)
NOTICES = frozenset({"moved", "cancelled", "reinstated"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a mail that is not sent now; ``until`` is when a ``due`` one is looked at again."""

    state: str
    reason: str
    until: datetime | None = None


def asked(session: Session, keys: Keyring, message_id: int, row: Row[Any], now: datetime) -> Verdict | None:
    """The verdict on a claimed asking mail; None when it goes."""
    if reason := _too_late(row, now, catch_up_of(session)):
        return Verdict("missed", "uncertain" if row.attempts > 1 else reason)
    if row.dead_address == row.email:
        return Verdict("refused", "address_dead")
    is_log = row.log_prompt is not None
    if reason := _cancelled(row) or (_log_closed(row) if is_log else _answered(session, keys, row)):
        return Verdict("cancelled", LOG_REASON if is_log else reason)
    # Before it is asked who has written: theirs waits like everybody's.
    return _deferred(session, message_id, row, now) or _written(session, row)


def personal(session: Session, message_id: int, row: Row[Any], now: datetime) -> Verdict | None:
    """The verdict on a claimed notice or mail with one's own page."""
    if row.attempts > MOST_ATTEMPTS:
        return Verdict("missed", "uncertain")
    if row.dead_address == row.email:
        return Verdict("refused", "address_dead")
    if row.enrolment_state in ENDED:
        return Verdict("cancelled", "enrolment_ended")
    if row.kind in NOTICES:
        return _notice(session, message_id, row, now)
    if _is_stale(row, now):
        return Verdict("missed", "too_late")
    # Asked for by its receiver just now: neither stops nor quiet hours are meant for it.
    return None if row.page is not None else Verdict("cancelled", "withdrawn")


def staff(row: Row[Any], now: datetime) -> Verdict | None:
    """The verdict on a claimed mail to a user."""
    if row.attempts > MOST_ATTEMPTS:
        return Verdict("missed", "uncertain")
    if row.kind == "test" and _is_stale(row, now):
        return Verdict("missed", "too_late")
    return None if row.active else Verdict("cancelled", "user_inactive")


def _is_stale(row: Row[Any], now: datetime) -> bool:
    return row.not_before is not None and now - row.not_before > ASKED_FOR


def _too_late(row: Row[Any], now: datetime, catch_up: timedelta) -> str | None:
    if row.attempts > MOST_ATTEMPTS:
        return "uncertain"
    if now >= row.closes_at:
        return "closed"
    known = (row.due_at, row.expanded_at, row.not_before)
    became_due = max(each for each in known if each is not None)
    return "too_late" if row.resend == 0 and now - became_due > catch_up else None


def _cancelled(row: Row[Any]) -> str | None:
    waits_for_presence = row.audience == "present" and row.attendance_kept and not row.resend
    reasons = {
        "withdrawn": row.withdrawn_at is not None,
        "occasion_cancelled": bool(row.cancelled),
        "enrolment_ended": row.enrolment_state in ENDED,
        "rule_inactive": not row.active,
        "series_inactive": not row.series_active,
        "absent": waits_for_presence and row.present is not None and not row.present,
        "unsubscribed": bool(row.stopped),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _answered(session: Session, keys: Keyring, row: Row[Any]) -> str | None:
    if row.resend:  # a new link, to read or change what was sent in
        return None
    if row.declined:
        return "declined"
    key = keys.response_key(row.invitation, row.key_name)
    return "answered" if answering.is_answered(session, key) else None


def _log_closed(row: Row[Any]) -> str | None:
    return LOG_REASON if row.book is None or row.book_withdrawn_at is not None else None


def _written(session: Session, row: Row[Any]) -> Verdict | None:
    # Of reminders alone, which no page shows person by person: that a prompt did not go would tell.
    written = row.kind == "log_reminder" and queries.has_entry(session, row.invitation_id)
    return Verdict("cancelled", LOG_REASON) if written else None


def _deferred(session: Session, message_id: int, row: Row[Any], now: datetime) -> Verdict | None:
    held = None if row.quiet_override else limits.quiet_until(row, now)
    if held is not None:
        return Verdict("due", held[1], held[0])
    # What somebody has asked for by hand is counted and not held.
    until = None if row.resend else limits.capped_until(session, row, message_id, now)
    return Verdict("due", "weekly_cap", until) if until is not None else None


def _notice(session: Session, message_id: int, row: Row[Any], now: datetime) -> Verdict | None:
    if row.stopped:
        return Verdict("cancelled", "unsubscribed")
    if row.step != row.sequence:
        return Verdict("cancelled", "overtaken")
    was = notice_queries.changes(session, row.occasion_id)
    before = was.get(row.step - 1)
    if max(_moments(row.ends_at, before.ends_wall if before else None, before), default=now) <= now:
        return Verdict("missed", "closed")
    if told_before(session, message_id, row, was) is None:
        return Verdict("cancelled", "overtaken")
    held = None if row.quiet_override else limits.quiet_until(row, now)
    # Rather at a bad hour than when somebody stands before a locked door.
    soonest = min(_moments(row.starts_at, before.starts_wall if before else None, before), default=now)
    if held is None or held[0] >= soonest:
        return None
    return Verdict("due", held[1], held[0])


def told_before(
    session: Session, message_id: int, row: Row[Any], was: Mapping[int, OccasionChange]
) -> OccasionChange | None:
    """What the receiver of a notice was told of the occasion, or may have been; None where that is so now."""
    told = notice_queries.told_to(session, row.occasion_id, row.enrolment_id, message_id)
    current = Stand(row.starts_wall, row.ends_wall, row.occasion_timezone, row.place, row.cancelled)
    return untrue(told, was, row.sequence, current)


def _moments(now: datetime | None, before: datetime | None, change: OccasionChange | None) -> list[datetime]:
    """Those of a moment now, and of one by the wall clock before a change, that are known."""
    moments = [now] if now is not None else []
    if before is not None and change is not None:
        moments.append(timing.to_utc(before, change.timezone))
    return moments
