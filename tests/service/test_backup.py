"""A backup holds everything, and going back to it sends nothing."""

import gzip
import io
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from surveys.backup import keeping
from surveys.backup.faults import BadBackup, RestoreRefused
from surveys.cli import folja
from surveys.config import Settings
from surveys.database import Database
from surveys.installation import Installation, open_installation
from surveys.models.people import Participant
from surveys.models.programme import Project
from surveys.outbox import sending_state
from tests.support import databases, postgres
from tests.support.installations import environment
from tests.support.small import load_small

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2027, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def programs_of_the_server(monkeypatch: pytest.MonkeyPatch, installation: Installation) -> None:
    if not installation.database.is_sqlite:
        monkeypatch.setenv("FOLJA_POSTGRESQL_BIN", str(postgres.programs()))


@pytest.fixture
def backup(installation: Installation, tmp_path: Path) -> Path:
    """A backup of an installation with the small project in it."""
    load_small(installation, NOW)
    target = tmp_path / "small.backup"
    keeping.back_up(installation, target, NOW)
    return target


@pytest.fixture
def fresh(installation: Installation, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a fresh machine: an empty database, and the keys that were kept apart."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    maker = (
        databases.fresh_sqlite(folder) if installation.database.is_sqlite else databases.fresh_postgresql()
    )
    with maker as url:
        instance = folder / "instance"
        instance.mkdir()
        (instance / "keys").symlink_to(installation.settings.keys)
        yield replace(installation.settings, instance=instance, database_url=url)


def participants(url: str) -> int:
    with closing(Database(url)) as database, database.reading() as session:
        return session.scalar(select(func.count()).select_from(Participant)) or 0


def muted(url: str) -> bool:
    with closing(Database(url)) as database:
        return sending_state.state(database).muted_at is not None


def test_a_fresh_machine_holds_what_was_saved_and_is_muted(
    backup: Path, fresh: Settings, installation: Installation
) -> None:
    restored = keeping.restore(fresh, backup, LATER)
    assert restored.manifest.taken_at == NOW
    assert restored.manifest.sums["participant"].rows == participants(fresh.database_url) > 0
    assert muted(fresh.database_url)
    assert not muted(installation.settings.database_url)


def test_the_restored_installation_can_be_used(backup: Path, fresh: Settings) -> None:
    keeping.restore(fresh, backup, LATER)
    with closing(open_installation(fresh)) as again:
        load_small(again, LATER)  # loading the programme again changes nothing and raises nothing
        with again.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Project)) == 1


def test_keys_are_not_in_the_backup(backup: Path, installation: Installation) -> None:
    with tarfile.open(backup) as tar:
        assert tar.getnames() == ["manifest.json", "database"]
    whole = gzip.decompress(backup.read_bytes())
    for key in installation.settings.keys.glob("*.key"):
        assert key.read_bytes() not in whole
        assert key.read_bytes().hex().encode() not in whole
    assert backup.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("left", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_a_cut_off_backup_is_refused_and_nothing_is_touched(
    backup: Path, fresh: Settings, left: float
) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(BadBackup):
        keeping.restore(fresh, backup, LATER)
    assert participants(fresh.database_url) == 0
    assert not muted(fresh.database_url)


def test_an_altered_backup_is_refused(backup: Path, fresh: Settings) -> None:
    with tarfile.open(backup) as tar:
        manifest, database = (tar.extractfile(name) for name in ("manifest.json", "database"))
        assert manifest is not None
        assert database is not None
        parts = {"manifest.json": manifest.read(), "database": bytearray(database.read())}
    parts["database"][len(parts["database"]) // 2] ^= 1
    with tarfile.open(backup, "w:gz") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(bytes(content)))
    with pytest.raises(BadBackup) as bad:
        keeping.restore(fresh, backup, LATER)
    assert bad.value.code == "damaged"


@pytest.mark.parametrize("content", [b"", b"not a backup", gzip.compress(b"nor this", mtime=0)])
def test_another_file_is_no_backup(fresh: Settings, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    with pytest.raises(BadBackup):
        keeping.restore(fresh, file, LATER)


def test_without_the_keys_nothing_is_restored(backup: Path, fresh: Settings) -> None:
    (fresh.instance / "keys").unlink()
    with pytest.raises(RestoreRefused) as refused:
        keeping.restore(fresh, backup, LATER)
    assert refused.value.code == "keys_missing"
    assert not (fresh.instance / "keys").exists()


def test_with_other_keys_nothing_is_restored(backup: Path, fresh: Settings) -> None:
    (fresh.instance / "keys").unlink()
    open_installation(fresh).close()  # makes new ones
    with pytest.raises(RestoreRefused) as refused:
        keeping.restore(fresh, backup, LATER)
    assert refused.value.code == "other_keys"


def test_a_database_in_use_is_replaced_only_when_asked_for(backup: Path, installation: Installation) -> None:
    with installation.database.transaction() as session:
        session.scalars(select(Project)).one().title = "Changed since"
    installation.close()
    with pytest.raises(RestoreRefused) as refused:
        keeping.restore(installation.settings, backup, LATER)
    assert refused.value.code == "not_empty"
    restored = keeping.restore(installation.settings, backup, LATER, replace=True)
    with closing(Database(installation.settings.database_url)) as database, database.reading() as session:
        assert session.scalars(select(Project.title)).one() != "Changed since"
    if installation.database.is_sqlite:
        assert restored.aside is not None
        with closing(sqlite3.connect(restored.aside)) as former:
            assert former.execute("SELECT title FROM project").fetchone() == ("Changed since",)


def test_what_is_written_meanwhile_is_in_the_backup_whole_or_not(
    installation: Installation, tmp_path: Path
) -> None:
    load_small(installation, NOW)
    with installation.database.transaction() as session:
        session.scalars(select(Project)).one().title = "Half done"
        session.flush()
        manifest = keeping.back_up(installation, tmp_path / "meanwhile.backup", NOW)
    again = keeping.back_up(installation, tmp_path / "after.backup", NOW)
    assert manifest.sums["project"] != again.sums["project"]
    assert manifest.sums["participant"] == again.sums["participant"]


@pytest.fixture
def run(installation: Installation) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(
            folja, ["--language", "en", *arguments], env=environment(installation.settings)
        )

    return run


def test_one_command_saves_and_one_goes_back(
    run: Callable[..., Result], installation: Installation, tmp_path: Path
) -> None:
    load_small(installation, NOW)
    saved = run("backup")
    assert saved.exit_code == 0, saved.output
    (file,) = (installation.settings.instance / "backups").iterdir()
    assert f"Saved: {file}" in saved.output
    installation.close()
    refused = run("restore", str(file))
    assert (refused.exit_code, refused.output) == (
        1,
        "There is a database already. With --replace it is replaced. Nothing was changed.\n",
    )
    restored = run("restore", str(file), "--replace")
    assert restored.exit_code == 0, restored.output
    assert "Sending is muted." in restored.output


def test_what_cannot_be_done_is_one_line(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "there"
    file.write_text("something of somebody's")
    assert run("backup", str(file)).output == f"{file} is there already; it is not overwritten.\n"
    assert file.read_text() == "something of somebody's"
    assert run("restore", str(file)).output == f"{file} is no backup of Följa. Nothing was restored.\n"
    assert run("restore", str(tmp_path / "gone")).output == f"There is no file {tmp_path / 'gone'}.\n"
