"""The demo's first load, killed in the middle: nothing half-loaded stays; the next start loads it whole."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from surveys.config import ROOT, load
from surveys.database import Database
from surveys.demo.loading import DRAFT
from surveys.models.response import Response
from tests.support.demo import NOW

pytestmark = pytest.mark.fault

LOAD = f"""
import os
from datetime import datetime
from surveys.config import load
from surveys.demo.loading import load_beside
from surveys.demo.users import demo_users
settings = load()
load_beside(settings, demo_users(settings.instance), datetime.fromisoformat({NOW.isoformat()!r}))
"""


def start(instance: Path) -> subprocess.Popen[bytes]:
    variables = {**os.environ, "FOLJA_INSTANCE": str(instance), "FOLJA_DEMO": "1"}
    return subprocess.Popen([sys.executable, "-c", LOAD], env=variables, cwd=ROOT)


def mails(folder: Path) -> int:
    return len(list(folder.glob("new/*")))


@pytest.mark.parametrize("after", [1, 900])
def test_killed_after_so_many_mails(tmp_path: Path, after: int) -> None:
    process = start(tmp_path)
    while mails(tmp_path / DRAFT / "mailbox") < after:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    settings = load({"FOLJA_INSTANCE": str(tmp_path)})
    assert not (tmp_path / "folja.sqlite").exists()
    assert not settings.mailbox.exists()

    assert start(tmp_path).wait() == 0
    assert not (tmp_path / DRAFT).exists()
    with closing(Database(settings.database_url)) as database, database.reading() as session:
        assert session.scalar(select(func.count(Response.id))) == 770
    assert mails(settings.mailbox) > 2000
