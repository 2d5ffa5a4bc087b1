"""The demo project, loaded once a test run and copied for each test that wants it."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from surveys.config import MailSettings, Settings
from surveys.database import Database
from surveys.demo.loading import load_beside
from surveys.demo.users import demo_users
from surveys.installation import Installation
from surveys.keys import Keyring
from tests.support import run_folder

NOW = datetime(2026, 11, 23, 9, 40, tzinfo=UTC)  # 10:40 in Stockholm: the third trip came home at 07:30
PROJECT = "storstadsintegration"


@contextmanager
def demo_copy(folder: Path, base_url: str = "http://127.0.0.1:8000") -> Iterator[Installation]:
    """Yield an installation of its own in ``folder``, holding the demo as it was loaded at ``NOW``."""
    shutil.copytree(_loaded(), folder / "instance")
    settings = replace(_settings(folder / "instance"), base_url=base_url)
    with closing(Database(settings.database_url)) as database:
        yield Installation(settings, Keyring(settings.keys), database)


def _loaded() -> Path:
    folder = run_folder.path() / "demo"
    # A lock of its own: loading takes longer than others can wait for theirs.
    with (run_folder.path() / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = run_folder.path() / "demo-draft"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            load_beside(_settings(draft), demo_users(draft), NOW)
            draft.rename(folder)
    return folder


def _settings(instance: Path) -> Settings:
    # A mail server that is not there: would the past be mailed for real, loading would fail.
    return Settings(
        instance=instance,
        database_url=f"sqlite:///{instance / 'folja.sqlite'}",
        demo=True,
        mail=MailSettings(server="mail.invalid"),
    )
