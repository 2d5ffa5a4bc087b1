"""The database goes away for a while: the scheduler lives on, and sends when it is back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from surveys import clock
from surveys.installation import Installation
from surveys.outbox import sending
from tests.support import postgres
from tests.support.builders import due_mailing
from tests.support.posting import fault_line
from tests.support.schedulers import log_of, scheduler
from tests.support.smtp import SmtpSink
from tests.support.waiting import until

MAILS = 400
pytestmark = [pytest.mark.fault, pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)]


@contextmanager
def away(door: Path, folder: Path, database: str) -> Iterator[None]:
    """Close the way to the server and throw out who is inside."""
    door.unlink()
    with psycopg.connect(host=str(folder), user=postgres.ROLE, dbname="postgres", autocommit=True) as control:
        control.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
        )
    yield
    door.symlink_to(folder)


def test_sending_goes_on_while_the_database_is_restarted_under_it(
    installation: Installation, smtp_sink: SmtpSink, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every connection is ended again and again while four hundred mails go: as a restart ends them."""
    folder, door = postgres.server_folder(), tmp_path / "door"
    door.symlink_to(folder)
    url = make_url(installation.settings.database_url)
    by_door = url.update_query_dict({"host": str(door)})
    settings = replace(
        installation.settings,
        database_url=by_door.render_as_string(hide_password=False),
        mail=smtp_sink.settings(),
        claim_lease_seconds=4,
    )
    addresses = due_mailing(installation.database, MAILS, clock.now())
    restarts = 0
    with scheduler(settings) as process:
        for count in range(MAILS // 8, MAILS, MAILS // 8):
            smtp_sink.wait_for(count, 120)
            with away(door, folder, str(url.database)):
                restarts += 1
        until(lambda: sending.outbox(installation.database) == {"sent": MAILS}, 120)
        assert process.poll() is None
    counts = Counter(each.recipients[0] for each in smtp_sink.messages)
    assert set(counts) == set(addresses)
    doubled = len(smtp_sink.messages) - MAILS
    assert doubled <= restarts
    assert len({each.message_id for each in smtp_sink.messages}) == MAILS
    fault_line(request, "PostgreSQL away under load", restarts, len(smtp_sink.messages), doubled)


def test_it_outlives_an_outage(installation: Installation, smtp_sink: SmtpSink, tmp_path: Path) -> None:
    folder, door = postgres.server_folder(), tmp_path / "door"
    door.symlink_to(folder)
    url = make_url(installation.settings.database_url)
    by_door = url.update_query_dict({"host": str(door)})
    settings = replace(
        installation.settings,
        database_url=by_door.render_as_string(hide_password=False),
        mail=smtp_sink.settings(),
    )
    with scheduler(settings) as process:
        until(lambda: "started" in log_of(settings), 30)
        with away(door, folder, str(url.database)):
            until(lambda: "does not answer" in log_of(settings), 60)
            assert process.poll() is None
        due_mailing(installation.database, 3, clock.now())
        smtp_sink.wait_for(3, 60)
        process.terminate()
        assert process.wait(30) == 0
    assert sending.outbox(installation.database) == {"sent": 3}
    assert "prov.example" not in log_of(settings), "addresses do not belong in a log"
