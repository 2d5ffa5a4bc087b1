"""Several schedulers at once over a thousand due mails: each mail once, on SQLite and on PostgreSQL."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from surveys import clock
from surveys.installation import Installation
from surveys.models.followup import Invitation
from surveys.models.message import Message
from surveys.outbox import sending
from tests.support.builders import due_mailing
from tests.support.posting import fault_line
from tests.support.schedulers import log_of, scheduler
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.fault

MAILS = 1000


@pytest.mark.parametrize("schedulers", [2, 4])
def test_a_thousand_due_mails_go_out_once_each(
    installation: Installation, smtp_sink: SmtpSink, schedulers: int, request: pytest.FixtureRequest
) -> None:
    settings = replace(installation.settings, mail=smtp_sink.settings())
    addresses = due_mailing(installation.database, MAILS, clock.now())
    with ExitStack() as stack:
        running = [stack.enter_context(scheduler(settings)) for _ in range(schedulers)]
        smtp_sink.wait_for(MAILS, 240)
        for process in running:
            process.terminate()
        assert [process.wait(30) for process in running] == [0] * schedulers, log_of(settings)
    assert Counter(each.recipients[0] for each in smtp_sink.messages) == Counter(addresses)
    assert len({each.message_id for each in smtp_sink.messages}) == MAILS
    assert sending.outbox(installation.database) == {"sent": MAILS}
    with installation.database.reading() as session:
        workers = session.scalars(select(Message.claimed_by).distinct()).all()
        assert len(workers) == schedulers, "not all of them have worked"
        assert session.scalar(select(func.count()).select_from(Invitation)) == MAILS
    fault_line(
        request, f"{schedulers} schedulers at once, {installation.database.engine.dialect.name}", 1, MAILS, 0
    )
