"""Every fault of the reliability table that concerns sending, made for real, counted at the mail server."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from surveys.installation import Installation
from surveys.outbox import sending_state
from tests.support.killing import full_disk, killed_at
from tests.support.posting import LEASE, Post, Told, dispatch_all, tell
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.fault
__all__ = ["tell"]

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
AT_ONCE = 2


@pytest.fixture
def post(installation: Installation, smtp_sink: SmtpSink) -> Post:
    return Post(installation, smtp_sink, NOW)


def kind(installation: Installation) -> str:
    return "SQLite" if installation.database.is_sqlite else "PostgreSQL"


def test_killed_at_every_step_of_claim_compose_deliver_settle(post: Post, tell: Told) -> None:
    post.write(200)
    waiting = list(post.addresses)
    step, killed, released = 0, True, []
    while killed:
        step += 1
        some, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        post.release(some)
        released += some
        killed = killed_at(step, dispatch_all, post.settings, post.now)
        post.runs += killed
        # Its lease ends, and somebody else takes over what it had claimed.
        dispatch_all(post.settings, post.now + 2 * LEASE)
        assert all(post.sink.to(address) for address in some), f"lost when killed at step {step}"
    post.allowed = post.runs
    assert post.runs > 20, "it was not killed at each of its steps"
    tell(f"kill -9 at every step, {kind(post.installation)}", post, released)


ANSWERS = [
    ("421 at the greeting of a mail", "mail", "421 4.3.2 shutting down", 3),
    ("450 for a receiver (greylisting)", "rcpt", "450 4.2.0 greylisted", 3),
    ("451 after the text", "data", "451 4.3.0 local error", 3),
    ("452 for the sender (full)", "mail", "452 4.3.1 insufficient storage", 3),
    ("dropped before the text", "mail", None, 2),
    ("dropped at a receiver", "rcpt", None, 2),
    ("dropped after the text was taken", "accepted", None, 2),
]


@pytest.mark.parametrize(("name", "step", "reply", "times"), ANSWERS, ids=[each[0] for each in ANSWERS])
def test_a_server_that_says_later_or_hangs_up(
    post: Post, tell: Told, name: str, step: str, reply: str | None, times: int
) -> None:
    post.write(5)
    post.release(post.addresses)
    post.sink.fail(step, reply, times=times)  # type: ignore[arg-type]
    dispatch_all(post.settings, post.now)
    post.runs, post.allowed = times, times if step == "accepted" else 0
    post.finish()
    assert set().union(*post.states().values()) == {"sent"}
    tell(f"SMTP: {name}", post, post.addresses)


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 no such user", "552 5.2.2 mailbox full", "553 5.1.3 bad address"]
)
def test_a_receiver_that_is_refused_stops_alone(post: Post, tell: Told, reply: str) -> None:
    post.write(5)
    post.release(post.addresses)
    post.sink.fail("rcpt", reply, recipient=post.addresses[1])
    post.finish(3)
    post.runs = 1
    states = post.states()
    assert states.pop(post.addresses[1]) == {"refused"}
    assert set().union(*states.values()) == {"sent"}
    tell(f"SMTP: {reply[:3]} for a receiver", post, post.addresses)


def test_a_refused_sign_in_pauses_everything_and_nothing_is_lost(
    installation: Installation, make_smtp_sink: Callable[..., SmtpSink], tell: Told
) -> None:
    sink = make_smtp_sink(tls=True, credentials=("folja", "ratt"))
    post = Post(installation, sink, NOW)
    post.write(5)
    post.release(post.addresses)
    wrong = replace(post.settings, mail=replace(post.settings.mail, password="fel"))
    for minutes in (0, 10, 20):
        dispatch_all(wrong, NOW + timedelta(minutes=minutes))
        post.runs += 1
    assert set().union(*post.states().values()) == {"due"}, "nobody's mail is given up for our own fault"
    post.finish(3)
    tell("SMTP: 535, the sign-in is refused", post, post.addresses)


def test_a_server_that_does_not_answer_in_time(
    installation: Installation, make_smtp_sink: Callable[..., SmtpSink], tell: Told
) -> None:
    sink = make_smtp_sink(delay_seconds=4.0)
    post = Post(installation, sink, NOW)
    post.write(2)
    post.release(post.addresses)
    dispatch_all(post.settings, post.now)
    sink.delay_seconds = 0.0
    post.runs, post.allowed = 2, 2
    post.finish(3)
    tell("SMTP: no answer in time", post, post.addresses)


def test_a_server_that_is_not_there(post: Post, tell: Told) -> None:
    post.write(3)
    post.release(post.addresses)
    away = replace(post.settings, mail=replace(post.settings.mail, port=1))
    for minutes in (0, 5, 10):
        dispatch_all(away, NOW + timedelta(minutes=minutes))
        post.runs += 1
    post.finish(3)
    tell("SMTP: refused connection", post, post.addresses)


def test_what_could_not_go_while_it_made_sense_is_visibly_missed(post: Post) -> None:
    post.write(3)
    post.release(post.addresses)
    post.sink.fail("rcpt", "450 4.2.0 later")
    for hours in range(0, 24 * 16, 6):
        dispatch_all(post.settings, NOW + timedelta(hours=hours))
    post.sink.heal()
    dispatch_all(post.settings, NOW + timedelta(days=17))
    assert not post.sink.messages
    assert set().union(*post.states().values()) == {"missed"}


def test_the_clock_a_day_ahead_and_back(post: Post, tell: Told) -> None:
    post.write(6)
    post.release(post.addresses[:3])
    dispatch_all(post.settings, NOW + timedelta(days=1))
    dispatch_all(post.settings, NOW - timedelta(days=1))
    post.release(post.addresses[3:])
    dispatch_all(post.settings, NOW - timedelta(days=1))
    post.runs = 2
    post.finish(3)
    tell("the clock a day ahead and a day back", post, post.addresses)


@pytest.mark.parametrize(
    "database_kind", ["sqlite"], indirect=True
)  # a server's disk is not a test's to fill
def test_a_full_disk_stops_sending_and_loses_nothing(post: Post, tell: Told) -> None:
    post.write(30)
    post.release(post.addresses)
    assert full_disk(dispatch_all, post.settings, post.now), "the disk was never full"
    assert len(post.sink.messages) < len(post.addresses)
    post.runs, post.allowed = 1, 1
    post.finish(3)
    tell("disk full, SQLite", post, post.addresses)


def test_muted_after_a_restore_nothing_goes(post: Post, tell: Told) -> None:
    post.write(4)
    post.release(post.addresses)
    sending_state.mute(post.installation.database, "restored", NOW)
    post.finish(2)
    assert not post.sink.messages
    sending_state.unmute(post.installation.database, None, "send", NOW + timedelta(hours=1))
    dispatch_all(post.settings, NOW + timedelta(hours=1))
    post.runs = 1
    tell("restored and muted, then let go", post, post.addresses)
