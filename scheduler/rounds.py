"""What planner, dispatcher and housekeeper have in common: one round, its heartbeat, its faults."""

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from surveys import clock
from surveys.installation import Installation
from surveys.running import heartbeat

log = logging.getLogger("folja.scheduler")
# A beat costs a write; whoever looks at it counts in minutes.
BEAT_EVERY = timedelta(seconds=30)


class Round:
    """One part of the scheduler. ``run`` goes round once and never raises for what may pass by itself."""

    name = ""

    def __init__(self, installation: Installation, stopping: threading.Event) -> None:
        self.installation, self.stopping = installation, stopping
        self.note: str | None = None
        self._beat: tuple[datetime, str | None] | None = None

    def go_round(self) -> None:
        raise NotImplementedError

    def run(self) -> bool:
        """Go round once; returns whether the database was there all the time."""
        try:
            self.go_round()
            self.beat()
        except SQLAlchemyError as error:
            # Not the statement and not its values: they may hold what no log should.
            log.warning("%s: the database does not answer (%s)", self.name, type(error).__name__)
            return False
        return True

    def beat(self) -> None:
        now = clock.now()
        if self._beat is None or self._beat[1] != self.note or now - self._beat[0] >= BEAT_EVERY:
            heartbeat.beat(self.installation.database, self.name, now, self.note)
            self._beat = (now, self.note)
