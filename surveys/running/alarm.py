"""Telling whoever is in charge that the scheduler has fallen silent: it cannot tell that itself.

Run by a timer outside the scheduler (``folja doctor --notify``), this is the one place besides the dispatcher
that sends a mail. What has been told is kept in a file of the installation, since the database may be what is
away.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from surveys.config import Settings
from surveys.database import Database
from surveys.mail.alarm import compose_alarm
from surveys.mail.deliver import transport_for
from surveys.mail.office import Office
from surveys.mail.outgoing import Outcome
from surveys.queries import staff as staff_queries
from surveys.running import health, heartbeat

AGAIN_AFTER = timedelta(hours=6)
FILE = "alarm.json"
PROBLEMS = ("database_away", "never_started", "silent")


@dataclass(frozen=True)
class State:
    """How it stands: ``problem`` is a code of PROBLEMS or "" when all is well; ``since`` the last beat."""

    problem: str
    parts: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True)
class Told:
    """What came of telling: to whom, and what the mail server said; nobody where it was not time to."""

    state: State
    receivers: tuple[str, ...] = ()
    outcome: Outcome | None = None

    @property
    def failed(self) -> bool:
        return self.outcome is not None and self.outcome.kind != "sent"


def look(db: Database, now: datetime) -> State:
    """Whether the scheduler goes round; never raises for a database that is away."""
    try:
        beats = {name: at for name, (at, _note) in health.heartbeats(db).items()}
    except SQLAlchemyError:
        return State("database_away")
    if not beats:
        return State("never_started")
    silent = heartbeat.silent(beats, now)
    return State("silent", tuple(silent), min(silent.values())) if silent else State("")


def notify(settings: Settings, db: Database, now: datetime) -> Told:
    """Mail those in charge when the scheduler falls silent, every six hours while it is, once it is back."""
    state = look(db, now)
    path = settings.instance / FILE
    last = _read(path)
    if not _is_time(state, last, now):
        return Told(state)
    receivers = _receivers(settings, db)
    if not receivers:
        return Told(state, (), Outcome("refused", "nobody to tell", "nobody"))
    outcome = _send(settings, receivers, state, now)
    if outcome.kind == "sent":
        _write(path, state, now)
    return Told(state, receivers, outcome)


def _is_time(state: State, last: dict[str, Any], now: datetime) -> bool:
    before = last.get("problem", "")
    if state.problem != before:
        return True
    return bool(state.problem) and now - datetime.fromisoformat(last["told_at"]) >= AGAIN_AFTER


def _receivers(settings: Settings, db: Database) -> tuple[str, ...]:
    if settings.alarm_to:
        return settings.alarm_to
    try:
        with db.reading() as session:
            return tuple(staff_queries.addresses_in_charge(session))
    except SQLAlchemyError:
        return ()


def _send(settings: Settings, receivers: Sequence[str], state: State, now: datetime) -> Outcome:
    office = Office(settings)
    transport = transport_for(office)
    try:
        with office.app.app_context():
            mail = compose_alarm(office, receivers, now, state.problem, state.parts, state.since)
            return transport.deliver(mail)
    finally:
        transport.close()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        datetime.fromisoformat(found["told_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return dict(found)


def _write(path: Path, state: State, now: datetime) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"problem": state.problem, "told_at": now.isoformat()}), encoding="utf-8")
    draft.replace(path)
