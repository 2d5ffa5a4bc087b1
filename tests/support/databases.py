"""Fresh databases with the newest schema: migrated once a run, then copied."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from surveys import models  # noqa: F401  (registers the tables)
from surveys.database import Base, migrate
from tests.support import postgres, run_folder

TEMPLATE = "folja_template"
_spare: list[str] = []


@contextmanager
def fresh_sqlite(folder: Path) -> Iterator[str]:
    """Yield the URL of a new SQLite database in ``folder``."""
    path = folder / "folja.sqlite"
    shutil.copyfile(_sqlite_template(), path)
    yield f"sqlite:///{path}"


@contextmanager
def fresh_postgresql(template: str | None = None) -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database; raises ``PostgresMissing``.

    With the newest schema it is one that an earlier test of this process has left, emptied: making one takes
    three times as long. ``template`` is copied instead: ``template0`` has nothing, and is dropped afterwards.
    """
    folder = _postgresql_template()
    name = _spare.pop() if _spare and template is None else _make(folder, template or TEMPLATE)
    try:
        yield postgres.url(folder, name)
    finally:
        if template is None and _emptied(folder, name):
            _spare.append(name)
        else:
            with _control(folder) as control:
                # FORCE, because a process that a test killed may not have said goodbye yet.
                control.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _make(folder: Path, template: str) -> str:
    name = f"test_{uuid.uuid4().hex}"
    with _control(folder) as control:
        # Copying files takes a quarter of the time of the default; before version 15 it is the only way.
        strategy = "STRATEGY FILE_COPY" if control.info.server_version >= 150000 else ""
        control.execute(f"CREATE DATABASE {name} TEMPLATE {template} {strategy}")
    return name


def _emptied(folder: Path, name: str) -> bool:
    """Take every row away and let every number begin at one; False where that cannot be done."""
    try:
        with _control(folder, name) as control:
            control.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = [f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables]
            numbers = [
                f'ALTER SEQUENCE "{sequence}" RESTART'
                for (sequence,) in control.execute("SELECT sequencename FROM pg_sequences").fetchall()
            ]
            # One after the other and all at once, without asking who refers to whom.
            control.execute("; ".join(["SET session_replication_role = replica", *tables, *numbers]))
    except psycopg.Error:
        return False
    return True


def _control(folder: Path, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(host=str(folder), user=postgres.ROLE, dbname=database, autocommit=True)


@cache
def _sqlite_template() -> Path:
    with run_folder.lock() as run:
        template = run / "template.sqlite"
        if not template.exists():
            draft = run / "draft.sqlite"
            draft.unlink(missing_ok=True)
            migrate(f"sqlite:///{draft}")
            with closing(sqlite3.connect(draft)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            draft.rename(template)
    return template


@cache
def _postgresql_template() -> Path:
    folder = postgres.server_folder()
    with run_folder.lock() as run:
        done = run / "template.postgresql"
        if not done.exists():
            with psycopg.connect(
                host=str(folder), user=postgres.ROLE, dbname="postgres", autocommit=True
            ) as control:
                control.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
                control.execute(f"CREATE DATABASE {TEMPLATE}")
            migrate(postgres.url(folder, TEMPLATE))
            done.touch()
    return folder
