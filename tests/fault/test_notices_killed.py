"""kill -9 while notices of a moved occasion go out: nobody keeps the old date, at most one double a kill."""

from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from surveys import clock
from surveys.config import Settings
from surveys.course import rescheduling
from surveys.course.rescheduling import By, When
from surveys.database import Database
from surveys.followups import planning
from surveys.keys import Keyring
from surveys.outbox import sending
from tests.support.builders import Course
from tests.support.databases import fresh_sqlite
from tests.support.schedulers import run_once, scheduler
from tests.support.smtp import SmtpSink
from tests.support.waiting import until

pytestmark = pytest.mark.fault

PEOPLE, KILLS, LEASE = 60, 6, 4


def _move(db: Database, keys: Keyring, settings: Settings) -> None:
    """Sixty people are asked a week ahead; then the occasion is moved by a day."""
    now = clock.now()
    ends = now.replace(tzinfo=None, microsecond=0) + timedelta(days=7, hours=3)
    with db.transaction() as session:
        course = Course(session)
        course.people(PEOPLE)
        occasion = course.occasion(ends=ends, zone="UTC")
        ahead: dict[str, Any] = {"anchor": "occasion_start", "offset_days": -7, "offset_minutes": 0}
        course.rule(audience="everyone", reminder_days=[], **ahead)
        course.refresh()
        occasion_id, starts = occasion.id, occasion.starts_wall
    assert starts is not None
    while planning.expand_next(db, keys, clock.now()):
        pass
    assert run_once(settings) == 0
    assert sending.outbox(db) == {"sent": PEOPLE}
    day = timedelta(days=1)
    wanted = When(starts + day, ends + day, "UTC", "Storgatan 1")
    rescheduling.change_occasion(db, occasion_id, wanted, By(None, clock.now()))


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_while_telling_everyone_knows_in_the_end(
    kill: int, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    with fresh_sqlite(tmp_path) as url, closing(Database(url)) as db:
        settings = Settings(
            instance=tmp_path, database_url=url, mail=smtp_sink.settings(), claim_lease_seconds=LEASE
        )
        _move(db, Keyring(settings.keys), settings)
        with scheduler(settings) as process:
            smtp_sink.wait_for(PEOPLE + 3 + kill * (PEOPLE - 10) // KILLS, 60)
            process.kill()
            process.wait(10)
        assert len(smtp_sink.messages) < 2 * PEOPLE, "it was killed too late to mean anything"

        def settled() -> bool:
            assert run_once(settings) == 0
            return set(sending.outbox(db)) == {"sent"}

        until(settled, 60)
    counts = Counter(each.recipients[0] for each in smtp_sink.messages)
    assert len(counts) == PEOPLE
    assert min(counts.values()) == 2, "somebody was asked and not told"
    doubled = [address for address, count in counts.items() if count > 2]
    assert len(doubled) <= 1
    for address in doubled:
        assert len({each.message_id for each in smtp_sink.to(address)}) == 2
