"""kill -9 during migration: the old or the new schema, and running it again succeeds."""

import sqlite3
from pathlib import Path

import pytest

from surveys import models  # noqa: F401  (registers the tables)
from surveys.database import Base, migrate
from tests.support.killing import killed_at

pytestmark = pytest.mark.fault


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    return {name for (name,) in rows} - {"alembic_version"}


def test_killed_at_every_statement_leaves_the_old_or_the_new_schema(tmp_path: Path) -> None:
    step, whole = 0, set(Base.metadata.tables)
    while True:
        step += 1
        path = tmp_path / f"{step}.sqlite"
        killed = killed_at(step, migrate, f"sqlite:///{path}")
        assert tables(path) in (set(), whole), f"half a schema after statement {step}"
        migrate(f"sqlite:///{path}")
        assert tables(path) == whole
        if not killed:
            break
    assert step > len(whole), "the migration was never interrupted where it makes its tables"
