"""Loads the demo: beside the installation, and put in its place when it is whole."""

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from surveys.config import Settings
from surveys.course import programme
from surveys.database import Database, migrate
from surveys.demo.figures import FOLDER, read_figures
from surveys.demo.printed import add_printed_tables
from surveys.demo.shifting import aims_alone, straddling, without_aims
from surveys.demo.users import PROJECT, DemoUser, add_users
from surveys.demo.walk import Progress, Walk
from surveys.importing.programme_file import read_programme
from surveys.installation import Installation
from surveys.keys import Keyring
from surveys.mail.mailbox import Mailbox
from surveys.queries.demo import is_empty
from surveys.results import readings

BEGINNING = datetime(2010, 11, 1, 8, tzinfo=UTC)
DRAFT = "demo-draft"
# What is left for the scheduler to do is younger than this; everything older has happened.
LIVE = timedelta(hours=26)


def database_file(settings: Settings) -> Path | None:
    """Return the SQLite file of the installation; None where it is another database."""
    prefix = "sqlite:///"
    return (
        Path(settings.database_url.removeprefix(prefix)) if settings.database_url.startswith(prefix) else None
    )


def needs_demo(database: Database) -> bool:
    """Whether there is nothing in the (migrated) database."""
    with database.reading() as session:
        return is_empty(session)


def load_demo(installation: Installation, mailbox: Mailbox, now: datetime, progress: Progress) -> None:
    """Load the demo project into ``installation`` as if time had passed, up to the live mails before ``now``.

    Everything goes through the use-cases; no mail goes anywhere but to ``mailbox``.
    """
    document = straddling(read_programme(FOLDER / "gothenburg.yaml"), now)
    programme.load(installation.database, without_aims(document), BEGINNING)
    Walk(installation, read_figures(), mailbox, progress).go(now - LIVE)
    programme.load(installation.database, aims_alone(document), now)
    readings.take_due(installation.database, now)


def load_beside(
    settings: Settings,
    users: tuple[DemoUser, ...],
    now: datetime,
    progress: Progress = lambda _done, _all: None,
) -> None:
    """Load the demo into a database beside the installation's SQLite file, and rename it when it is whole.

    Killed at any moment, it leaves no database or a whole one; what else it left is cleared away next time.
    """
    target = database_file(settings)
    if target is None:
        raise ValueError("the demo is loaded into an SQLite file")
    draft = settings.instance / DRAFT
    clear_draft(settings)
    draft.mkdir(parents=True)
    url = f"sqlite:///{draft / 'folja.sqlite'}"
    migrate(url)
    _fill(replace(settings, database_url=url), Mailbox(draft / "mailbox"), users, now, progress)
    _put_in_place(draft, target, settings.mailbox)


def clear_draft(settings: Settings) -> None:
    shutil.rmtree(settings.instance / DRAFT, ignore_errors=True)


def _fill(
    settings: Settings, mailbox: Mailbox, users: tuple[DemoUser, ...], now: datetime, progress: Progress
) -> None:
    database = Database(settings.database_url)
    event.listen(database.engine, "connect", _hurry)
    installation = Installation(settings, Keyring(settings.keys), database)
    try:
        load_demo(installation, mailbox, now, progress)
        add_printed_tables(database, PROJECT, now)
        add_users(database, users)
    finally:
        installation.close()


def _hurry(connection: Any, _record: Any) -> None:
    # A draft is thrown away if anything happens to it, and flushed to disk once, before it is put in place.
    connection.execute("PRAGMA synchronous=OFF")


def _put_in_place(draft: Path, target: Path, mailbox: Path) -> None:
    """The database comes last: while it is missing, the next start loads everything anew."""
    if mailbox.exists():
        shutil.rmtree(mailbox)  # of a load that was killed here; without a database its links lead nowhere
    (draft / "mailbox").rename(mailbox)
    for leftover in (target.with_name(f"{target.name}-wal"), target.with_name(f"{target.name}-shm")):
        leftover.unlink(missing_ok=True)
    with (draft / "folja.sqlite").open("rb+") as file:
        os.fsync(file.fileno())
    (draft / "folja.sqlite").replace(target)
    shutil.rmtree(draft)
