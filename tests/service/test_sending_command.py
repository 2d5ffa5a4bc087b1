"""``folja sending`` after a restore: what fell due is shown before anything goes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from surveys import clock
from surveys.cli import folja
from surveys.installation import Installation
from surveys.outbox import sending_state
from tests.support.installations import environment
from tests.support.small import load_small


@pytest.fixture
def run(sqlite_installation: Installation) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(
            folja, ["--language", "en", "sending", *arguments], env=environment(sqlite_installation.settings)
        )

    return run


def test_muted_sending_says_what_would_go_and_goes_on_when_told(
    run: Callable[..., Result], sqlite_installation: Installation
) -> None:
    load_small(sqlite_installation, clock.now() - timedelta(days=1))
    assert run("status").output.splitlines()[0] == "Mail goes."
    assert run("mute").output == "Sending is muted.\n"
    assert run("status").output.startswith("Muted since 20")
    refused = run("unmute")
    assert refused.exit_code == 2
    assert sending_state.state(sqlite_installation.database).is_muted
    assert run("unmute", "--skip").output.startswith("Sending goes on.")
    assert not sending_state.state(sqlite_installation.database).is_muted
    assert run("status").output.splitlines() == ["Mail goes.", "Nothing is due."]


def test_a_pause_is_told_and_ended(run: Callable[..., Result], sqlite_installation: Installation) -> None:
    sending_state.pause(sqlite_installation.database, "unreachable", "450 busy", clock.now())
    assert "450 busy" in run("status").output
    assert run("resume").output == "Sending goes on.\n"
    assert run("status").output.startswith("Mail goes.")
