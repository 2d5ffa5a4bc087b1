"""The scheduler at work: rounds, pauses, notes, stopping, and one pass as if it were another time."""

import re
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import update

from scheduler.dispatcher import Dispatcher
from scheduler.planner import Planner
from surveys import clock
from surveys.cli import folja
from surveys.config import MailSettings
from surveys.installation import Installation
from surveys.models.people import Participant
from surveys.outbox import sending, sending_state
from surveys.running import health
from tests.support.builders import due_mailing, due_mails
from tests.support.compiled import application
from tests.support.installations import environment, sending_to
from tests.support.schedulers import log_of, run_once, scheduler
from tests.support.smtp import SmtpSink, closed_port
from tests.support.waiting import until

AT = "2027-02-02T19:00+01:00"


def note_of(installation: Installation) -> str | None:
    return health.heartbeats(installation.database)["dispatcher"][1]


def test_a_round_plans_and_the_next_sends(installation: Installation, smtp_sink: SmtpSink) -> None:
    house, stopping = sending_to(installation, smtp_sink.settings()), threading.Event()
    addresses = due_mailing(house.database, 3, clock.now())
    assert Planner(house, stopping).run()
    assert sending.outbox(house.database) == {"due": 3}
    assert Dispatcher(house, stopping).run()
    assert sorted(each.recipients[0] for each in smtp_sink.messages) == addresses
    assert set(health.heartbeats(house.database)) == {"planner", "dispatcher"}
    assert note_of(house) is None


def test_stopping_ends_between_two_mails(installation: Installation, smtp_sink: SmtpSink) -> None:
    house, stopping = sending_to(installation, smtp_sink.settings()), threading.Event()
    due_mails(house.database, 50, clock.now(), house.keys)
    smtp_sink.delay_seconds = 0.05
    round_ = threading.Thread(target=Dispatcher(house, stopping).run)
    round_.start()
    smtp_sink.wait_for(3)
    stopping.set()
    round_.join(10)
    count = len(smtp_sink.messages)
    assert count < 50
    assert sending.outbox(house.database) == {"sent": count, "due": 50 - count}


def test_a_server_that_is_away_costs_nobody_anything_and_is_said(
    installation: Installation, smtp_sink: SmtpSink
) -> None:
    away = MailSettings(server="127.0.0.1", port=closed_port(), timeout_seconds=2)
    house = sending_to(installation, away)
    due_mails(house.database, 3, clock.now(), house.keys)
    dispatcher = Dispatcher(house, threading.Event())
    assert dispatcher.run()
    assert sending.outbox(house.database) == {"due": 3}
    assert str(note_of(house)).startswith("unreachable: ConnectionRefusedError")
    started = sending.outbox(house.database)
    assert dispatcher.run(), "paused"
    assert sending.outbox(house.database) == started
    back = sending_to(installation, smtp_sink.settings())
    assert Dispatcher(back, threading.Event()).run()
    assert smtp_sink.messages == [], "the pause holds for every dispatcher"
    sending_state.resume(back.database, None, clock.now())
    assert Dispatcher(back, threading.Event()).run()
    assert len(smtp_sink.messages) == 3
    assert note_of(back) is None


def test_a_refused_sign_in_refuses_nobody(
    installation: Installation, make_smtp_sink: Callable[..., SmtpSink]
) -> None:
    sink = make_smtp_sink(tls=True, credentials=("folja", "right"))
    house = sending_to(installation, sink.settings(password="wrong"))
    due_mails(house.database, 3, clock.now(), house.keys)
    Dispatcher(house, threading.Event()).run()
    assert sending.outbox(house.database) == {"due": 3}
    assert str(note_of(house)).startswith("sign_in_refused: 535")


def test_one_bad_address_does_not_hold_up_the_others(installation: Installation, smtp_sink: SmtpSink) -> None:
    house = sending_to(installation, smtp_sink.settings())
    due_mails(house.database, 3, clock.now(), house.keys)
    smtp_sink.fail("rcpt", "550 5.1.1 no such user", recipient="p1@prov.example")
    smtp_sink.fail("rcpt", "451 4.7.1 greylisted", recipient="p2@prov.example")
    Dispatcher(house, threading.Event()).run()
    assert sending.outbox(house.database) == {"sent": 1, "refused": 1, "due": 1}
    assert note_of(house) is None


def test_a_server_that_drops_everything_is_left_alone_for_a_while(
    installation: Installation, smtp_sink: SmtpSink
) -> None:
    house = sending_to(installation, smtp_sink.settings())
    due_mails(house.database, 20, clock.now(), house.keys)
    smtp_sink.fail("data", None)
    Dispatcher(house, threading.Event()).run()
    assert sending.outbox(house.database) == {"claimed": 5, "due": 15}
    assert str(note_of(house)).startswith("repeated_errors")


def test_the_pause_ends_by_itself_with_the_first_mail_that_goes(
    installation: Installation, smtp_sink: SmtpSink
) -> None:
    house = sending_to(installation, smtp_sink.settings())
    due_mails(house.database, 3, clock.now(), house.keys)
    long_ago = clock.now() - timedelta(hours=2)
    sending_state.pause(house.database, "unreachable", "refused", long_ago)
    assert Dispatcher(house, threading.Event()).run()
    assert len(smtp_sink.messages) == 3
    assert not sending_state.state(house.database).is_paused
    assert note_of(house) is None


def test_muted_neither_plans_nor_sends(installation: Installation, smtp_sink: SmtpSink) -> None:
    house = sending_to(installation, smtp_sink.settings())
    due_mailing(house.database, 3, clock.now())
    sending_state.mute(house.database, "restored", clock.now())
    for part in (Planner, Dispatcher):
        assert part(house, threading.Event()).run()
    assert sending.outbox(house.database) == {}
    sending_state.unmute(house.database, None, "send", clock.now())
    for part in (Planner, Dispatcher):
        assert part(house, threading.Event()).run()
    assert len(smtp_sink.messages) == 3


def test_one_mail_that_cannot_be_written_does_not_stop_the_others(
    installation: Installation, smtp_sink: SmtpSink
) -> None:
    house = sending_to(installation, smtp_sink.settings())
    due_mails(house.database, 3, clock.now(), house.keys)
    with house.database.transaction() as session:
        # Nothing of ours lets this through; a restored or hand-made database may hold it.
        session.execute(update(Participant).where(Participant.code == "p1").values(email="no\r\naddress"))
    assert Dispatcher(house, threading.Event()).run()
    assert len(smtp_sink.messages) == 2


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_process_sends_beats_and_stops_cleanly(
    sqlite_installation: Installation, smtp_sink: SmtpSink, sign: signal.Signals
) -> None:
    settings = replace(sqlite_installation.settings, mail=smtp_sink.settings())
    due_mailing(sqlite_installation.database, 3, clock.now())
    with scheduler(settings) as process:
        smtp_sink.wait_for(3, 60)
        until(lambda: sending.outbox(sqlite_installation.database) == {"sent": 3})
        parts = {"planner", "dispatcher", "housekeeping", "importer", "exporter", "aggregator"}
        until(lambda: parts <= health.heartbeats(sqlite_installation.database).keys(), 30)
        process.send_signal(sign)
        assert process.wait(20) == 0, log_of(settings)
    assert "stopped" in log_of(settings)
    assert "Traceback" not in log_of(settings)
    assert "/s/" not in log_of(settings), "links do not belong in a log"


def test_once_is_one_pass(sqlite_installation: Installation, smtp_sink: SmtpSink) -> None:
    settings = replace(sqlite_installation.settings, mail=smtp_sink.settings())
    due_mailing(sqlite_installation.database, 3, clock.now())
    assert run_once(settings) == 0, log_of(settings)
    assert len(smtp_sink.messages) == 3
    assert run_once(settings) == 0
    assert len(smtp_sink.messages) == 3


# As if it were another time


@pytest.fixture
def command(sqlite_installation: Installation, smtp_sink: SmtpSink) -> Callable[..., str]:
    """``folja …`` in English on the small programme, with a real mail server set that must get nothing."""
    settings = replace(sqlite_installation.settings, mail=smtp_sink.settings(), demo=True)

    def run(*arguments: str, exit_code: int = 0) -> str:
        done = CliRunner().invoke(
            folja, ["--language", "en", *arguments], env=environment(settings), catch_exceptions=False
        )
        assert done.exit_code == exit_code, done.output
        return str(done.output)

    run("programme", "load", "tests/support/programmes/small/small.yaml")
    return run


def test_a_tick_sends_as_if_into_the_mailbox_and_never_for_real(
    command: Callable[..., str], sqlite_installation: Installation, smtp_sink: SmtpSink
) -> None:
    said = command("scheduler", "tick", "--at", AT)
    assert "sent: 18" in said
    assert "2 of them were missed." in said, "the ones before the course"
    assert smtp_sink.messages == []
    assert len(list((sqlite_installation.settings.mailbox / "new").iterdir())) == 18
    assert "There was no mail to send." in command("scheduler", "tick", "--at", AT)


@pytest.mark.parametrize("moment", ["2027-02-02T19:00", "2027-02-30T19:00+01:00", "soon"])
def test_a_moment_without_an_offset_or_a_day_is_refused(command: Callable[..., str], moment: str) -> None:
    said = command("scheduler", "tick", "--at", moment, exit_code=2)
    assert moment in said


def test_preview_says_who_gets_what_and_why_and_who_does_not(command: Callable[..., str]) -> None:
    said = command("scheduler", "preview", "--from", "2027-02-02T08:00+01:00", "--days", "1", "--all")
    assert "Tue\u00a02\u00a0Feb\u00a02027" in said
    assert "efter: 2 hours after the end of the occasion" in said
    assert "9 persons" in said
    assert "Anna Alm (p01)" in said
    assert "cancelled or dropped out: 1" in said
    assert "Nothing to send" in command(
        "scheduler", "preview", "--from", "2029-01-01T00:00Z", "--days", "1", "--project", "annat"
    )


# The mailbox page


@pytest.fixture
def mailbox(sqlite_installation: Installation) -> Iterator[FlaskClient]:
    """The demo's mailbox with two mails in it."""
    settings = replace(sqlite_installation.settings, demo=True)
    house = replace(sqlite_installation, settings=settings)
    due_mails(house.database, 2, clock.now(), house.keys)
    Dispatcher(house, threading.Event()).run()
    with application(settings) as app:
        yield app.test_client()


def test_a_mail_is_found_opened_and_its_link_followed(mailbox: FlaskClient) -> None:
    listed = mailbox.get("/brevlada").get_data(as_text=True)
    addresses = re.findall(r'href="(/brevlada/[^"]+)"', listed)
    assert len(addresses) == 2
    only = mailbox.get("/brevlada?till=P1@prov").get_data(as_text=True)
    assert len(re.findall(r'href="(/brevlada/[^"]+)"', only)) == 1
    opened = mailbox.get(addresses[0]).get_data(as_text=True)
    link = re.search(r'<a class="button" href="http://[^/"]+(/s/[^"]+)"', opened)
    assert link, opened
    assert "style=" not in opened
    answered = mailbox.get(link.group(1), follow_redirects=True)
    assert answered.status_code == 200
    assert "Efter halvdagen" in answered.get_data(as_text=True)


def test_what_is_not_there_and_what_is_not_yet(mailbox: FlaskClient) -> None:
    assert mailbox.get("/brevlada/1234567890.000000_x.folja").status_code == 404
    assert mailbox.get("/brevlada/..%2F..%2Fkeys").status_code == 404
    assert mailbox.get("/brevlada?till=nobody").status_code == 200
    assert mailbox.get("/brevlada?s=99&till=%C3%A5").status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"X-Forwarded-Proto": "https"}},
        {"headers": {"Host": "evil.example"}},
        {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}},
    ],
)
def test_the_mailbox_is_for_this_machine_alone(mailbox: FlaskClient, request_: dict[str, object]) -> None:
    assert mailbox.get("/brevlada").status_code == 200
    assert mailbox.get("/brevlada", **request_).status_code == 404  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes", [{"demo": False}, {"demo": True, "mail": MailSettings(server="m.example")}]
)
def test_there_is_no_mailbox_outside_the_demo(
    sqlite_installation: Installation, changes: dict[str, object]
) -> None:
    settings = replace(sqlite_installation.settings, **changes)  # type: ignore[arg-type]
    with application(settings) as app:
        assert app.test_client().get("/brevlada").status_code == 404


def test_an_empty_mailbox_says_what_to_do(sqlite_installation: Installation) -> None:
    settings = replace(sqlite_installation.settings, demo=True)
    with application(settings) as app:
        page = app.test_client().get("/brevlada").get_data(as_text=True)
    assert "folja scheduler tick --at" in page
