"""A SQLite database copied while it is in use, and laid in place of another."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from surveys.backup import sums
from surveys.backup.archive import Manifest, Sum
from surveys.backup.faults import BadBackup, RestoreRefused
from surveys.database import Database, migrate
from surveys.outbox import sending_state

SIDE_FILES = ("-wal", "-shm", "-journal")


class SqliteCopy:
    kind = "sqlite"

    def __init__(self, url: str) -> None:
        self._path = Path(make_url(url).database or "")

    def save(self, content: Path) -> tuple[Mapping[str, Sum], str]:
        """Copy the database by SQLite's online backup, which sees one moment of it; (sums, revision)."""
        if not self._path.exists():
            raise FileNotFoundError(str(self._path))
        try:
            with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(content)) as copy:
                source.backup(copy)
                _empty(copy)
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from error  # the disk is full, or the file cannot be read
        found = _read(content)
        _fold(content)
        return found

    def load(self, content: Path, manifest: Manifest, now: datetime, replace: bool) -> Path | None:
        """Check the copy, bring it to the newest schema, mute it, lay it in place; returns the old one."""
        if self._path.exists():
            if not replace and _holds_something(self._path):
                raise RestoreRefused("not_empty")
            _refuse_in_use(self._path)
        _prepare(content, manifest, now)
        aside = self._lay_aside(now) if self._path.exists() else None
        content.replace(self._path)
        _sync(self._path.parent)
        return aside

    def _lay_aside(self, now: datetime) -> Path:
        aside = self._path.with_name(f"{self._path.name}.before-{now:%Y%m%dT%H%M%S}")
        os.link(self._path, aside)
        for end in SIDE_FILES:
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        return aside


def _read(content: Path) -> tuple[Mapping[str, Sum], str]:
    database = Database(f"sqlite:///{content}")
    try:
        with database.engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise BadBackup("damaged")
            return sums.sums(connection), sums.revision(connection)
    finally:
        database.close()


def _prepare(content: Path, manifest: Manifest, now: datetime) -> None:
    found, _revision = _read(content)
    sums.compare(manifest.sums, found)
    url = f"sqlite:///{content}"
    migrate(url)
    database = Database(url)
    try:
        sending_state.mute(database, "restored", now)
    finally:
        database.close()
    _fold(content)
    content.chmod(0o600)


def _holds_something(path: Path) -> bool:
    """Whether there is a project or a user in it; a fresh installation's database may be replaced."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            statement = "SELECT 1 FROM project UNION SELECT 1 FROM app_user"
            return connection.execute(statement).fetchone() is not None
        except sqlite3.OperationalError:
            return False  # no such table: made, and never migrated
        except sqlite3.DatabaseError:
            return True  # not a database at all, but somebody's


def _refuse_in_use(path: Path) -> None:
    """To leave the write-ahead log one must be alone: a running web or scheduler is found out by that."""
    with closing(sqlite3.connect(path, timeout=0.5)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            raise RestoreRefused("in_use") from error
        except sqlite3.DatabaseError:
            return  # no database; it is laid aside all the same


def _empty(copy: sqlite3.Connection) -> None:
    """Take out of a copy what no backup holds, so that nothing of it is left in free space."""
    there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = [each for each in sums.NOT_KEPT if each in there]
    if any(copy.execute(f"SELECT 1 FROM {each} LIMIT 1").fetchone() for each in found):  # noqa: S608
        with copy:
            for each in found:
                copy.execute(f"DELETE FROM {each}")  # noqa: S608 (names of our own tables)
        copy.execute("VACUUM")


def _fold(path: Path) -> None:
    """Fold the write-ahead log into the file, which then is the whole database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
