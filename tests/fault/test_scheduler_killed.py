"""kill -9 in the middle of sending: none lost, at most one double a kill, and that one is the same mail."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from surveys import clock
from surveys.config import Settings
from surveys.database import Database
from surveys.keys import Keyring
from surveys.outbox import sending
from tests.support.builders import due_mails
from tests.support.databases import fresh_sqlite
from tests.support.posting import fault_line
from tests.support.schedulers import run_once, scheduler
from tests.support.smtp import SmtpSink
from tests.support.waiting import until

pytestmark = pytest.mark.fault

MAILS, KILLS, LEASE = 200, 20, 4
LINK = re.compile(r"https?://\S+/s/\S+")


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_while_sending_every_participant_has_the_mail(
    kill: int, tmp_path: Path, smtp_sink: SmtpSink, request: pytest.FixtureRequest
) -> None:
    killed_after = 5 + kill * (MAILS - 15) // KILLS
    with fresh_sqlite(tmp_path) as url, closing(Database(url)) as db:
        settings = Settings(
            instance=tmp_path,
            database_url=url,
            mail=smtp_sink.settings(),
            claim_lease_seconds=LEASE,
        )
        addresses = due_mails(db, MAILS, clock.now(), Keyring(settings.keys))
        with scheduler(settings) as process:
            smtp_sink.wait_for(killed_after, 60)
            process.kill()
            process.wait(10)
        assert len(smtp_sink.messages) < MAILS, "it was killed too late to mean anything"
        _finish(settings, db)
        assert sending.outbox(db) == {"sent": MAILS}
    _every_one_once_or_the_same_twice(smtp_sink, addresses)
    doubled = len(smtp_sink.messages) - MAILS
    fault_line(request, "kill -9 on the scheduler while it sends", 1, len(smtp_sink.messages), doubled)


def _finish(settings: Settings, db: Database) -> None:
    def settled() -> bool:
        assert run_once(settings) == 0
        return set(sending.outbox(db)) == {"sent"}

    until(settled, 60)


def _every_one_once_or_the_same_twice(sink: SmtpSink, addresses: list[str]) -> None:
    counts = Counter(each.recipients[0] for each in sink.messages)
    assert set(counts) == set(addresses), "somebody has no mail, or somebody else has one"
    doubled = [address for address, count in counts.items() if count > 1]
    assert len(doubled) <= 1, doubled
    for address in doubled:
        first, *again = sink.to(address)
        assert len(again) == 1
        assert again[0].message_id == first.message_id
        assert LINK.findall(again[0].text) == LINK.findall(first.text) != []


def test_a_mail_taken_and_not_acknowledged_comes_again_as_the_same(
    tmp_path: Path, make_smtp_sink: Callable[..., SmtpSink]
) -> None:
    """The server keeps the mail and the line drops before it says so."""
    sink = make_smtp_sink()
    with fresh_sqlite(tmp_path) as url, closing(Database(url)) as db:
        settings = Settings(
            instance=tmp_path, database_url=url, mail=sink.settings(), claim_lease_seconds=LEASE
        )
        addresses = due_mails(db, 3, clock.now(), Keyring(settings.keys))
        sink.fail("accepted", None, times=1)
        assert run_once(settings) == 0
        assert sending.outbox(db) == {"claimed": 1, "sent": 2}
        _finish(replace(settings), db)
    assert len(sink.messages) == 4
    _every_one_once_or_the_same_twice(sink, addresses)
