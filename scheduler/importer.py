"""Checks and saves long files of participants, one at a time; forgets old ones."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler.rounds import Round, log
from surveys import clock
from surveys.answers import outside_files
from surveys.installation import Installation
from surveys.register import people_import
from surveys.register import people_import_work as work

FORGET_EVERY = timedelta(hours=1)


class Importer(Round):
    name = "importer"

    def __init__(self, installation: Installation, stopping: threading.Event) -> None:
        super().__init__(installation, stopping)
        self._worker = f"{socket.gethostname()[:48]}:{os.getpid()}"
        self._forgot_at: datetime | None = None

    def go_round(self) -> None:
        database = self.installation.database
        while not self.stopping.is_set():
            claimed = work.claim(database, self._worker, clock.now())
            if claimed is None:
                break
            self._see_to(claimed)
        self._forget(clock.now())

    def _see_to(self, claimed: work.Claimed) -> None:
        doing: dict[str, Callable[..., None]] = {"checking": work.check, "saving": work.save}
        try:
            doing[claimed.state](
                self.installation.database, claimed.public_id, clock.now(), self._progress(claimed)
            )
        except (work.Stopped, people_import.UnknownImport):
            log.info("import %s was stopped", claimed.import_id)
        except work.RegisterChanged:
            log.info("import %s: the register has changed, checked anew", claimed.import_id)

    def _progress(self, claimed: work.Claimed) -> work.Progress:
        def told(done: int) -> None:
            if self.stopping.is_set():
                # what has been read is read again after the restart, when the lease has been given up
                work.give_up(self.installation.database, claimed, self._worker)
                raise work.Stopped
            self.beat()  # a long file is no silence
            work.go_on(self.installation.database, claimed, self._worker, done, clock.now())

        return told

    def _forget(self, now: datetime) -> None:
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            people_import.forget_old(self.installation.database, now)
            outside_files.forget_old(self.installation.database, now)
            self._forgot_at = now
