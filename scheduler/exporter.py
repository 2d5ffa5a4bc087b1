"""Makes exports in the background, one at a time; forgets those whose time is over."""

import hashlib
import os
import shutil
import socket
import threading
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from scheduler.rounds import Round, log
from surveys import clock
from surveys.database import disk_full
from surveys.exporting import bundle, jobs
from surveys.exporting.in_place import CannotWrite
from surveys.exporting.words import Words
from surveys.installation import Installation
from surveys.keys import KeysUnreadable
from surveys.printing.typesetting import CannotTypeset
from surveys.queries import export_jobs as queries

FORGET_EVERY = timedelta(minutes=10)
TELL_EVERY = timedelta(seconds=2)
_PREFIX = "export-"  # then the number of the export, and what makes it one of its own
CANNOT_WRITE, BROKEN = "cannot_write", "broken"


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
            self._work(claimed)
        except Stopping:
            jobs.give_up(database, claimed)
        except jobs.Interrupted:
            log.info("%s: export %s was stopped, or is begun anew", self.name, claimed.job_id)
        except (CannotWrite, OSError) as error:
            # In most cases the disk is full: it is said on the page, and can be ordered again.
            log.warning("%s: export %s cannot be written: %s", self.name, claimed.job_id, error)
            jobs.fail(database, claimed, CANNOT_WRITE, clock.now())
        except SQLAlchemyError as error:
            if not (isinstance(error, DBAPIError) and disk_full(error)):
                raise  # it may be there again by the time that another takes this on
            log.warning("%s: the database has no room for export %s", self.name, claimed.job_id)
            jobs.fail(database, claimed, CANNOT_WRITE, clock.now())
        except (CannotTypeset, KeysUnreadable) as error:
            log.error("%s: export %s failed: %s", self.name, claimed.job_id, error.code)
            jobs.fail(database, claimed, error.code, clock.now())
        except Exception as error:  # noqa: BLE001 (one export that cannot be made must not stop the others)
            # The kind of error and where it was: its text may hold what no log should.
            log.error("%s: export %s failed: %s", self.name, claimed.job_id, _where(error))
            jobs.fail(database, claimed, BROKEN, clock.now())

    def _work(self, claimed: jobs.Claimed) -> None:
        prefix = f"{_PREFIX}{claimed.job_id}-"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob(f"{prefix}*"):  # of a scheduler that was killed at it
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=prefix, dir=self._folder) as folder:
            self._make(claimed, Path(folder))

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
        self._clear()
        self._forgot_at = now

    def _clear(self) -> None:
        """Remove what a killed scheduler has left of work that was ended since: answers lie in it."""
        there = list(self._folder.glob(f"{_PREFIX}*"))  # before it is asked: what comes after is being made
        with self.installation.database.reading() as session:
            going = {str(each) for each in queries.being_made(session)} if there else set()
        for left in there:
            if left.name.removeprefix(_PREFIX).partition("-")[0] not in going:
                shutil.rmtree(left, ignore_errors=True)


def _where(error: Exception) -> str:
    """The kind of an error, and the last line of the program it passed."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} ({Path(last.filename).name}:{last.lineno})"
