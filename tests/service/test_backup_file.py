"""What may go wrong around a database that is a file: somebody has it open, or the disk is full."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys.backup import keeping
from surveys.backup.faults import RestoreRefused
from surveys.installation import Installation
from surveys.models.programme import Project
from tests.support.installations import environment
from tests.support.small import load_small

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def backup(sqlite_installation: Installation, tmp_path: Path) -> Path:
    load_small(sqlite_installation, NOW)
    target = tmp_path / "small.backup"
    keeping.back_up(sqlite_installation, target, NOW)
    return target


def test_while_somebody_has_the_database_open_it_is_not_replaced(
    backup: Path, sqlite_installation: Installation
) -> None:
    with sqlite_installation.database.reading() as session:
        session.scalars(select(Project)).all()
        with pytest.raises(RestoreRefused) as refused:
            keeping.restore(sqlite_installation.settings, backup, NOW, replace=True)
    assert refused.value.code == "in_use"


def test_a_full_disk_leaves_no_half_backup(backup: Path, sqlite_installation: Installation) -> None:
    before = set(backup.parent.iterdir())
    folja = Path(sys.executable).with_name("folja")
    # A limit on the size of files is what a full disk is to the one who writes.
    command = ["bash", "-c", 'ulimit -f 40; exec "$@"', "limited", folja, "backup", f"{backup}.2"]
    variables = os.environ | environment(sqlite_installation.settings)
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert set(backup.parent.iterdir()) == before
