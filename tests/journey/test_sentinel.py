"""A sentence as an answer and as a private log entry: whoever may not see it, does not, anywhere.

Pages of every kind that a role can reach by links are opened; every mail, log line and export is read.
"""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from surveys.answers import logbook
from surveys.clock import now
from surveys.exporting import csv_file
from surveys.exporting.rows import Export
from surveys.installation import Installation
from surveys.models.log import LogBook
from surveys.models.programme import Series
from tests.support.pages import crawl
from tests.support.staffed import NOW, ROLES, SECRET, add_users, go, run_small, sign_in

PRIVATE = "Det här skrev jag bara till mig själv, och till ingen annan."
PLAN = "Jag tänker säga upp mig, och det vet ingen."


@pytest.fixture
def running(sqlite_installation: Installation) -> Iterator[Installation]:
    """The small project with four answers (fewer than may be shown), and a private log entry."""
    with time_machine.travel(NOW, tick=True):
        run_small(sqlite_installation)
        add_users(sqlite_installation)
        _write(sqlite_installation)
        yield sqlite_installation


def _write(installation: Installation) -> None:
    with installation.database.reading() as session:
        book = session.execute(select(LogBook.public_id, LogBook.generation).limit(1)).one()
    token = installation.keys.link_token(book.public_id, book.generation)
    raw = {"written_on": "2027-02-02", "text": PRIVATE, "plan": PLAN}
    logbook.write_entry(installation.database, book.public_id, token, raw, now())


def test_no_page_of_any_role_shows_it(
    running: Installation, sqlite_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reached: dict[str, int] = {}
    for role in ROLES:
        client = sqlite_app.test_client()
        sign_in(client, role)
        pages = crawl(client)
        reached[role] = len(pages)
        for address, text in pages.items():
            for secret in (SECRET, PRIVATE, PLAN):
                assert secret not in text, f"{role} reads it at {address}"
        if role in {"organiser", "administrator"}:
            for answered in ("p01", "p02", "p03", "p04"):
                assert any(f"/deltagare/{answered}/" in address for address in pages)
    assert reached["organiser"] > reached["reader"] > 8, reached
    assert not any(secret in caplog.text for secret in (SECRET, PRIVATE, PLAN))


def test_no_mail_holds_it_neither_now_nor_as_a_reminder(running: Installation) -> None:
    for days in (4, 8, 30):
        with time_machine.travel(NOW, tick=True):
            go(running, NOW + timedelta(days=days))
    mails = [path.read_bytes().decode() for path in _mails(running)]
    assert len(mails) > 20
    for secret in (SECRET, PRIVATE, PLAN):
        # The beginning too: a mail breaks long lines.
        assert not any(secret in mail or secret[:25] in mail for mail in mails)


def test_no_export_holds_it(running: Installation) -> None:
    with running.database.reading() as session:
        series = session.execute(select(Series.id)).scalar_one()
        for as_evaluator in (True, False):
            file = io.StringIO(newline="")
            csv_file.write(Export(session, running.keys, series, now(), "sv", as_evaluator), file)
            assert not any(secret in file.getvalue() for secret in (SECRET, PRIVATE, PLAN))


def test_the_writer_reads_it(running: Installation, sqlite_app: Flask) -> None:
    """The net has no holes: the same crawl finds the sentence where it may be."""
    with running.database.reading() as session:
        book = session.execute(select(LogBook.public_id, LogBook.generation).limit(1)).one()
    client = sqlite_app.test_client()
    client.get(f"/l/{running.keys.link_token(book.public_id, book.generation)}")
    pages = crawl(client, f"/logg/{book.public_id}")
    assert any(PRIVATE in text for text in pages.values())


def _mails(installation: Installation) -> list[Path]:
    return [path for path in installation.settings.mailbox.rglob("*") if path.is_file()]
