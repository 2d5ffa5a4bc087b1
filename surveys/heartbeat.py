"""That a part of the scheduler goes round, written down so that others see when it has fallen silent."""

from datetime import datetime

from surveys.database import Database
from surveys.models.message import Heartbeat

MOST_NOTE = 200


def beat(db: Database, name: str, now: datetime, note: str | None = None) -> None:
    """Record that ``name`` went round at ``now``; ``note`` is what the people in charge should know."""
    with db.transaction() as session:
        session.merge(Heartbeat(name=name, beat_at=now, note=note[:MOST_NOTE] if note else None))
