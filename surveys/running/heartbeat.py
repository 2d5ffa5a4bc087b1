"""That a part of the scheduler goes round, written down so that others see when it has fallen silent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from surveys.database import Database
from surveys.models.message import Heartbeat

MOST_NOTE = 200
AT_LEAST_EVERY = timedelta(seconds=60)  # every part of a scheduler that lives beats as often as this
SILENT_AFTER = 3 * AT_LEAST_EVERY


def beat(db: Database, name: str, now: datetime, note: str | None = None) -> None:
    """Record that ``name`` went round at ``now``; ``note`` is what the people in charge should know."""
    with db.transaction() as session:
        session.merge(Heartbeat(name=name, beat_at=now, note=note[:MOST_NOTE] if note else None))


def silent(beats: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """Those parts whose last beat is older than three intervals, and when it was."""
    return {name: at for name, at in sorted(beats.items()) if now - at > SILENT_AFTER}
