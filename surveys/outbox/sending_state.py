"""Whether mail goes at all: paused by itself after repeated errors, or muted until somebody says otherwise.

One row for all dispatchers of an installation. While muted nothing is planned and nothing is sent, so that
what fell due meanwhile can be looked at first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import timing
from surveys.followups import planning
from surveys.keys import new_public_id
from surveys.models.access import Membership
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.message import Message, SendingState
from surveys.models.programme import JsonObject
from surveys.queries import planning as planning_queries
from surveys.queries import sending_state as queries

MUTE_REASONS = ("restored", "demo", "by_hand")
TELL_AGAIN = timedelta(hours=1)  # a server that comes and goes is told of once an hour
MOST_TEXT = 1000
MOST_CODE = 64


@dataclass(frozen=True)
class Sending:
    """How sending stands. ``pause_text`` is what the server said; ``muted_reason`` one of MUTE_REASONS."""

    paused_since: datetime | None = None
    paused_until: datetime | None = None
    pauses: int = 0
    pause_code: str | None = None
    pause_text: str | None = None
    muted_at: datetime | None = None
    muted_reason: str | None = None

    @property
    def is_paused(self) -> bool:
        """Whether sending has stopped by itself and has not worked since."""
        return self.paused_since is not None

    @property
    def is_muted(self) -> bool:
        return self.muted_at is not None


@dataclass(frozen=True)
class FallenDue:
    """What would go at once: mailings not yet expanded, and how many mails lie in the outbox.

    ``waiting`` maps (mailing or None, kind of mail) to a number.
    """

    mailings: Sequence[Mailing]
    waiting: dict[tuple[int | None, str], int]

    @property
    def mails(self) -> int:
        return sum(self.waiting.values())

    @property
    def is_empty(self) -> bool:
        return not self.mailings and not self.waiting


def state(db: Database) -> Sending:
    """How sending stands."""
    with db.reading() as session:
        row = queries.read(session)
        if row is None:
            return Sending()
        return Sending(**{name: getattr(row, name) for name in Sending.__dataclass_fields__})


def pauses_at(paused_until: datetime | None, now: datetime) -> bool:
    """Whether a pause until then holds at ``now``; one beyond the longest wait means a clock set back."""
    return paused_until is not None and now < paused_until <= now + timing.LONGEST_WAIT


def pause(db: Database, code: str, text: str, now: datetime, jitter: float = 0.5) -> datetime:
    """Stop sending for a while, longer each time in a row, and write to those who organise.

    ``jitter`` in [0, 1) spreads the next attempt. Returns until when; a pause that another dispatcher has
    begun meanwhile is left as it is.
    """
    with db.transaction() as session:
        row = queries.hold(session)
        if row.paused_until is not None and pauses_at(row.paused_until, now):
            return row.paused_until
        if row.paused_since is None:
            row.paused_since = now
            _tell(session, code, text, now)
        row.pauses += 1
        row.pause_code, row.pause_text = code[:MOST_CODE], text[:MOST_TEXT]
        row.paused_until = now + timing.backoff(row.pauses, jitter)
        return row.paused_until


def recovered(db: Database) -> None:
    """A mail has left: the pause and its count are over."""
    with db.transaction() as session:
        _unpause(queries.hold(session))


def resume(db: Database, user_id: int | None, now: datetime) -> None:
    """Let somebody end the pause; the next round tries at once."""
    with db.transaction() as session:
        row = queries.hold(session)
        if row.paused_since is not None:
            details: JsonObject = {"code": row.pause_code, "text": row.pause_text}
            session.add(_deed("resume_sending", user_id, now, details=details))
            _unpause(row)


def mute(db: Database, reason: str, now: datetime, user_id: int | None = None) -> None:
    """Let nothing be planned or sent until :func:`unmute`; muting twice changes nothing.

    ``reason`` is one of MUTE_REASONS.
    """
    with db.transaction() as session:
        row = queries.hold(session)
        if row.muted_at is None:
            row.muted_at, row.muted_reason = now, reason
            session.add(_deed("mute_sending", user_id, now, details={"reason": reason}))


def unmute(db: Database, user_id: int | None, choice: Literal["skip", "send"], now: datetime) -> FallenDue:
    """Let mail go again. What fell due meanwhile is sent now, or skipped and shown as missed ("muted").

    Returns what fell due. What has closed meanwhile is not sent either way.
    """
    with db.transaction() as session:
        row = queries.hold(session)
        if row.muted_at is None:
            return fallen_due(session, now)
        _hold_due(session, now)
        found = fallen_due(session, now)
        row.muted_at = row.muted_reason = None
        _skip(session, found, now) if choice == "skip" else _send(session, found, now)
        details: JsonObject = {"choice": choice, "mailings": len(found.mailings), "mails": found.mails}
        session.add(_deed("unmute_sending", user_id, now, details=details))
        return found


def fallen_due(session: Session, now: datetime) -> FallenDue:
    """What would go at once if mail went: for showing before :func:`unmute`."""
    return FallenDue(queries.mailings_due(session, now), queries.mails_waiting(session, now))


def _hold_due(session: Session, now: datetime) -> None:
    """Lock what will be changed as whoever changes a series does, so that neither waits for the other."""
    for series_id in queries.series_of(session, [each.id for each in queries.mailings_due(session, now)]):
        planning_queries.mailings_to_refresh(session, series_id)


def _skip(session: Session, found: FallenDue, now: datetime) -> None:
    for mailing in found.mailings:
        # One that was half expanded has mails in the outbox, which are skipped below.
        mailing.state, mailing.reason = "missed", "muted"
    session.execute(queries.unsent(now).values(state="missed", reason="muted"))


def _send(session: Session, found: FallenDue, now: datetime) -> None:
    """Nothing of it is late for having been held: it is due now. A reminder does not come with its mail."""
    under_way = queries.places(session, [each for each, _ in found.waiting if each is not None])
    for mailing in found.mailings:
        if mailing.step and (mailing.rule_id, mailing.target) in under_way:
            mailing.state, mailing.reason = "missed", "overtaken"
        elif mailing.state != "expanding" and mailing.closes_at > now:
            mailing.pinned_at = mailing.due_at = now
            mailing.due_wall = timing.to_wall(now, mailing.timezone)
    for series_id in queries.series_of(session, [each.id for each in found.mailings]):
        planning.refresh_mailings(session, series_id, now)
    session.execute(queries.unsent(now).values(not_before=now))


def _unpause(row: SendingState) -> None:
    row.paused_since = row.paused_until = row.pause_code = row.pause_text = None
    row.pauses = 0


def _tell(session: Session, code: str, text: str, now: datetime) -> None:
    for each in queries.to_tell(session):
        if not queries.told_since(session, each.user_id, now - TELL_AGAIN):
            session.add(_notice(each, code, text, now))


def _notice(member: Membership, code: str, text: str, now: datetime) -> Message:
    params = {
        "project_id": member.project_id,
        "code": code[:MOST_CODE],
        "text": text[:MOST_TEXT],
        "since": now.isoformat(),
    }
    return Message(
        public_id=new_public_id(),
        user_id=member.user_id,
        kind="sending_paused",
        step=0,
        params=params,
        state="due",
        next_attempt_at=now,
        not_before=now,
    )


def _deed(action: str, user_id: int | None, now: datetime, details: JsonObject | None = None) -> Deed:
    return Deed(user_id=user_id, done_at=now, action=action, subject="sending", details=details)
