"""kill -9 during migration: the old or the new schema, and running it again succeeds."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from surveys import models  # noqa: F401  (registers the tables)
from surveys.database import MIGRATIONS, Base, migrate
from tests.support.killing import killed_at

pytestmark = pytest.mark.fault
# Running it again is the same after every kill, since a kill leaves nothing behind; every tenth is tried.
TRY_AGAIN_EVERY = 10


def schema(path: Path) -> set[str]:
    """Every line of every table and index, as SQLite tells them; the order of constraints is by chance."""
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
    lines = (
        (name, line) for name, sql in rows if name != "alembic_version" for line in (sql or "").split("\n")
    )
    return {f"{name}: {line.strip().rstrip(',')}" for name, line in lines}


def from_nothing(_path: Path) -> None:
    pass


def from_the_first_tables(path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = f"sqlite:///{path}"
    command.upgrade(config, "0001")


@pytest.mark.parametrize(("begin", "stride"), [(from_nothing, 13), (from_the_first_tables, 5)])
def test_killed_on_its_way_it_leaves_the_old_or_the_new_schema(
    begin: Callable[[Path], None], stride: int, tmp_path: Path
) -> None:
    first, last = tmp_path / "first.sqlite", tmp_path / "last.sqlite"
    begin(first)
    migrate(f"sqlite:///{last}")
    old, new = schema(first), schema(last)
    step, killed = 0, True
    while killed:
        step += stride
        path = tmp_path / f"{step}.sqlite"
        if first.exists():
            shutil.copyfile(first, path)
        killed = killed_at(step, migrate, f"sqlite:///{path}")
        assert schema(path) in (old, new), f"half a schema after statement {step}"
        if step % TRY_AGAIN_EVERY == 0 or not killed:
            migrate(f"sqlite:///{path}")
            assert schema(path) == new
    assert step > len(Base.metadata.tables), "the migration was never interrupted where it makes its tables"
