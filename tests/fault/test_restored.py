"""Yesterday's backup is restored while today's mails have left: not one of them goes again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from surveys import clock
from surveys.backup import keeping
from surveys.installation import Installation, open_installation
from surveys.outbox import sending, sending_state
from tests.support import postgres
from tests.support.builders import due_mails
from tests.support.posting import fault_line
from tests.support.schedulers import run_once
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.fault
MAILS = 50


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch, database_kind: str) -> None:
    if database_kind == "postgresql":
        monkeypatch.setenv("FOLJA_POSTGRESQL_BIN", str(postgres.programs()))


def test_the_old_outbox_is_not_sent(
    installation: Installation, smtp_sink: SmtpSink, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    now = clock.now()
    settings = replace(installation.settings, mail=smtp_sink.settings())
    due_mails(installation.database, MAILS, now, installation.keys)
    keeping.back_up(installation, tmp_path / "yesterday.backup", now - timedelta(days=1))
    assert run_once(settings) == 0
    assert len(smtp_sink.messages) == MAILS
    installation.close()
    keeping.restore(settings, tmp_path / "yesterday.backup", now, replace=True)
    for _ in range(3):
        assert run_once(settings) == 0
    assert len(smtp_sink.messages) == MAILS, "what had left went again"
    with_backup = open_installation(settings)
    with with_backup.database.reading() as session:
        assert sending_state.fallen_due(session, clock.now()).mails == MAILS
    sending_state.unmute(with_backup.database, None, "skip", clock.now())
    assert run_once(settings) == 0
    assert len(smtp_sink.messages) == MAILS
    assert sending.outbox(with_backup.database) == {"missed": MAILS}
    with_backup.close()
    fault_line(request, "yesterday's backup restored", 1, MAILS, 0)
