"""kill -9 and a full disk while an archive is made: the next scheduler makes it, or it is said why not."""

import hashlib
import io
import resource
import shutil
import threading
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.exporter import Exporter
from surveys import clock
from surveys.config import Settings
from surveys.exporting import jobs
from surveys.installation import Installation, open_installation
from surveys.models.export_job import ExportJob
from surveys.printing import fonts
from surveys.running import access
from tests.support.answered import Answering, spread
from tests.support.killing import killed_at

pytestmark = pytest.mark.fault
NEVER = 1_000_000
SMALL = 4_096  # bytes of a part, so that there are many


def make_exports(settings: Settings, part_bytes: int = jobs.PART_BYTES) -> None:
    jobs.PART_BYTES = part_bytes
    with closing(open_installation(settings)) as house:
        Exporter(house, threading.Event()).run()


def make_without_room(settings: Settings, room: int) -> None:
    """As on a disk on which no file can grow beyond ``room`` bytes."""
    fonts.folder()  # laid out once a process, and larger than all of it
    # Python ignores the signal that goes with it, so that a write fails as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    make_exports(settings)


@pytest.fixture
def settings(sqlite_installation: Installation) -> Settings:
    """An installation in which an archive is ordered."""
    with sqlite_installation.database.transaction() as session:
        Answering(session, sqlite_installation.keys, response_rows=True).measured(
            spread("overall", 2, 3, 4, 2)
        )
    access.add_user(sqlite_installation.database, "eva@prov.example", "Eva", "tre små gröna ekar")
    order(sqlite_installation.settings)
    sqlite_installation.close()
    return sqlite_installation.settings


def order(settings: Settings) -> None:
    with closing(open_installation(settings)) as house:
        jobs.order(house.database, 1, 1, 1, True, "sv", "sv", clock.now())


def newest(settings: Settings) -> tuple[ExportJob, bytes]:
    """The newest export, and what there is of its file."""
    with closing(open_installation(settings)) as house, house.database.reading() as session:
        job = session.scalars(select(ExportJob).order_by(ExportJob.id.desc()).limit(1)).one()
        session.expunge(job)
        content = b"".join(jobs.parts(house.database, job.id))
    return job, content


def left_on_disk(settings: Settings) -> list[Path]:
    return list((settings.instance / "exports").glob("*"))


def assert_whole(settings: Settings) -> int:
    job, content = newest(settings)
    assert (job.state, job.size, job.digest) == ("made", len(content), hashlib.sha256(content).hexdigest())
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert left_on_disk(settings) == []
    return job.size


def test_killed_anywhere_it_is_made_whole_by_the_next_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Path(settings.database_url.removeprefix("sqlite:///"))
    later = clock.now() + jobs.LEASE + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)  # here alone: whoever is killed lives before
    step, killed, halves = 1, True, set()
    while killed:
        path = tmp_path / f"killed-{step}.sqlite"
        shutil.copy(original, path)
        there = replace(settings, database_url=f"sqlite:///{path}")
        killed = killed_at(step, make_exports, there, SMALL)
        job, content = newest(there)
        halves.add((job.state, bool(content), bool(left_on_disk(there))))
        make_exports(there)
        assert_whole(there)
        step = step * 3 // 2 + 1
    assert {("waiting", False, False), ("making", False, True), ("making", True, True)} <= halves


@pytest.mark.parametrize("where", ["folder", "database"])
def test_a_full_disk_is_said_and_nothing_is_left(settings: Settings, where: str) -> None:
    make_exports(settings)
    size = assert_whole(settings)
    order(settings)

    # no room for the end of the archive; or for the archive, and not for it in the database's log
    room = size - SMALL if where == "folder" else size + SMALL
    assert not killed_at(NEVER, make_without_room, settings, room)

    job, content = newest(settings)
    assert (job.state, job.reason, content, left_on_disk(settings)) == ("failed", "cannot_write", b"", [])
    order(settings)
    make_exports(settings)
    assert_whole(settings)
