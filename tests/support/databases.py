"""Fresh databases with the newest schema: migrated once a run, then copied, or emptied for the next."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import psycopg

from surveys.database import migrate
from tests.support import lending, postgres, run_folder

TEMPLATE = "folja_template"


@contextmanager
def fresh_sqlite(folder: Path) -> Iterator[str]:
    """Yield the URL of a new SQLite database in ``folder``."""
    path = folder / "folja.sqlite"
    shutil.copyfile(_sqlite_template(), path)
    yield f"sqlite:///{path}"


@contextmanager
def fresh_postgresql(template: str | None = None) -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database of one's own; raises ``PostgresMissing``.

    ``template`` is copied: without one the newest schema; ``template0`` has nothing.
    """
    folder = _postgresql_template()
    with lending.database(folder, template or TEMPLATE) as name:
        yield postgres.url(folder, name)


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
