"""Fresh databases with the newest schema: migrated once a run, then copied."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import psycopg

from surveys.database import migrate
from tests.support import postgres, run_folder

TEMPLATE = "folja_template"


@contextmanager
def fresh_sqlite(folder: Path) -> Iterator[str]:
    """Yield the URL of a new SQLite database in ``folder``."""
    path = folder / "folja.sqlite"
    shutil.copyfile(_sqlite_template(), path)
    yield f"sqlite:///{path}"


@contextmanager
def fresh_postgresql(template: str | None = None) -> Iterator[str]:
    """Yield the URL of a new PostgreSQL database, dropped afterwards; raises ``PostgresMissing``.

    ``template`` is copied: without one the newest schema; ``template0`` has nothing.
    """
    folder = _postgresql_template()
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(host=str(folder), user=postgres.ROLE, dbname="postgres", autocommit=True) as control:
        # Copying files takes a quarter of the time of the default; before version 15 it is the only way.
        strategy = "STRATEGY FILE_COPY" if control.info.server_version >= 150000 else ""
        control.execute(f"CREATE DATABASE {name} TEMPLATE {template or TEMPLATE} {strategy}")
        try:
            yield postgres.url(folder, name)
        finally:
            # FORCE, because a process that a test killed may not have said goodbye yet.
            control.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
