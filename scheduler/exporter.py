"""Makes exports in the background, one at a time; forgets those whose time is over."""

import hashlib
import os
import shutil
import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduler.rounds import Round, log
from surveys import clock
from surveys.exporting import bundle, jobs
from surveys.exporting.in_place import CannotWrite
from surveys.exporting.words import Words
from surveys.installation import Installation
from surveys.keys import KeysUnreadable
from surveys.printing.typesetting import CannotTypeset

FORGET_EVERY = timedelta(minutes=10)
TELL_EVERY = timedelta(seconds=2)
_PREFIX = "export-"
_LEFT_BEHIND = timedelta(days=1)


class Stopping(Exception):
    """The scheduler is to end; the work is left to the next one."""

    code = "stopping"


class Exporter(Round):
    name = "exporter"

    def __init__(self, installation: Installation, stopping: threading.Event) -> None:
        super().__init__(installation, stopping)
        # Beside the database and not where everybody lays their files.
        self._folder = installation.settings.instance / "exports"
        self._worker = f"{socket.gethostname()[:48]}:{os.getpid()}"
        self._forgot_at: datetime | None = None
        self._told_at: datetime | None = None

    def go_round(self) -> None:
        self._forget(clock.now())
        database = self.installation.database
        while not self.stopping.is_set():
            claimed = jobs.claim(database, self._worker, clock.now())
            if claimed is None:
                break
            self._see_to(claimed)

    def _see_to(self, claimed: jobs.Claimed) -> None:
        database = self.installation.database
        self._told_at = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryDirectory(prefix=_PREFIX, dir=self._folder) as folder:
                self._make(claimed, Path(folder))
        except Stopping:
            jobs.give_up(database, claimed)
        except jobs.Interrupted:
            log.info("%s: export %s was stopped, or is begun anew", self.name, claimed.job_id)
        except (CannotWrite, OSError) as error:
            # In most cases the disk is full: it is said on the page, and can be ordered again.
            log.warning("%s: export %s cannot be written: %s", self.name, claimed.job_id, error)
            jobs.fail(database, claimed, "cannot_write", clock.now())
        except (CannotTypeset, KeysUnreadable) as error:
            log.error("%s: export %s failed: %s", self.name, claimed.job_id, error.code)
            jobs.fail(database, claimed, error.code, clock.now())

    def _make(self, claimed: jobs.Claimed, folder: Path) -> None:
        house = self.installation
        with house.database.reading(one_moment=True) as session:
            path = bundle.make(
                session,
                house.keys,
                claimed.series_id,
                clock.now(),
                claimed.labels,
                Words(claimed.words),
                claimed.as_evaluator,
                folder,
                lambda done, total: self._progress(claimed, done, total),
            )
        digest, position = hashlib.sha256(), 0
        with path.open("rb") as file:
            while some := file.read(jobs.PART_BYTES):
                digest.update(some)
                jobs.put_part(house.database, claimed, position, some, clock.now())
                position += 1
        days, size = house.settings.export_days, path.stat().st_size
        jobs.finish(house.database, claimed, size, digest.hexdigest(), days, clock.now())
        log.info("%s: export %s is made, %s bytes", self.name, claimed.job_id, size)

    def _progress(self, claimed: jobs.Claimed, done: int, total: int) -> None:
        if self.stopping.is_set():
            raise Stopping
        now = clock.now()
        if self._told_at is None or now - self._told_at >= TELL_EVERY:
            self.beat()  # a long export is no silence
            jobs.go_on(self.installation.database, claimed, done, total, now)
            self._told_at = now

    def _forget(self, now: datetime) -> None:
        if self._forgot_at is not None and now - self._forgot_at < FORGET_EVERY:
            return
        if gone := jobs.forget_old(self.installation.database, now):
            log.info("%s: %s exports deleted, their time is over", self.name, gone)
        for left in self._folder.glob(f"{_PREFIX}*"):  # of a scheduler that was killed
            if now.timestamp() - left.stat().st_mtime > _LEFT_BEHIND.total_seconds():
                shutil.rmtree(left, ignore_errors=True)
        self._forgot_at = now
