"""Whoever is in charge hears of a scheduler that has fallen silent, from outside it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from surveys import clock
from surveys.cli import folja
from surveys.database import Database
from surveys.installation import Installation
from surveys.mail.dns_records import look_up
from surveys.running import access, alarm, heartbeat
from tests.support.dns import answering
from tests.support.installations import environment
from tests.support.small import load_small
from tests.support.smtp import SmtpSink

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def house(sqlite_installation: Installation, smtp_sink: SmtpSink) -> Installation:
    settings = replace(
        sqlite_installation.settings, mail=smtp_sink.settings(), alarm_to=("drift@folja.example",)
    )
    return replace(sqlite_installation, settings=settings)


def told(house: Installation, now: datetime) -> alarm.Told:
    return alarm.notify(house.settings, house.database, now)


def subjects(sink: SmtpSink) -> list[str]:
    return [str(mail.message["Subject"]) for mail in sink.messages]


def test_silence_is_told_once_then_every_six_hours_and_its_end(
    house: Installation, smtp_sink: SmtpSink
) -> None:
    heartbeat.beat(house.database, "planner", NOW)
    heartbeat.beat(house.database, "dispatcher", NOW)
    assert not told(house, NOW + timedelta(minutes=3)).receivers
    assert told(house, NOW + timedelta(minutes=4)).receivers == ("drift@folja.example",)
    assert not told(house, NOW + timedelta(minutes=9)).receivers
    assert told(house, NOW + timedelta(hours=6, minutes=5)).receivers
    later = NOW + timedelta(hours=7)
    for part in ("planner", "dispatcher"):
        heartbeat.beat(house.database, part, later)
    assert told(house, later).receivers
    assert not told(house, later).receivers
    stands, goes_on = "Följa: utskicken står still", "Följa: utskicken går igen"
    assert subjects(smtp_sink) == [stands, stands, goes_on]


def test_one_silent_part_is_enough_and_is_named(house: Installation, smtp_sink: SmtpSink) -> None:
    heartbeat.beat(house.database, "planner", NOW)
    heartbeat.beat(house.database, "dispatcher", NOW - timedelta(minutes=10))
    found = told(house, NOW)
    assert (found.state.parts, found.state.since) == (("dispatcher",), NOW - timedelta(minutes=10))
    assert "dispatcher" in smtp_sink.messages[0].message.get_content()


def test_what_could_not_be_told_is_tried_again(house: Installation, smtp_sink: SmtpSink) -> None:
    smtp_sink.fail("rcpt", "450 4.2.0 later")
    assert told(house, NOW).failed
    smtp_sink.heal()
    assert not told(house, NOW + timedelta(minutes=5)).failed
    assert len(smtp_sink.messages) == 1


def test_a_database_that_is_away_is_told_to_the_address_in_the_settings(
    house: Installation, smtp_sink: SmtpSink
) -> None:
    away = Database("sqlite:////dev/null/no/such.sqlite")
    found = alarm.notify(house.settings, away, NOW)
    away.close()
    assert found.state.problem == "database_away"
    assert len(smtp_sink.messages) == 1


def test_without_an_address_the_administrators_are_told(house: Installation, smtp_sink: SmtpSink) -> None:
    nobody = replace(house, settings=replace(house.settings, alarm_to=()))
    assert told(nobody, NOW).failed
    load_small(nobody, NOW)
    access.add_user(nobody.database, "chef@folja.example", "Chef", "tre små gröna ekar")
    access.set_role(nobody.database, "chef@folja.example", "liten", "administrator")
    assert told(nobody, NOW).receivers == ("chef@folja.example",)


@pytest.fixture
def run(house: Installation) -> Callable[..., Result]:
    def run(*arguments: str, **changes: str) -> Result:
        variables = environment(house.settings) | {"FOLJA_ALARM_TO": "drift@folja.example"} | changes
        return CliRunner().invoke(folja, ["--language", "en", *arguments], env=variables)

    return run


def test_the_command_for_the_timer_exits_with_one_while_it_is_silent(
    run: Callable[..., Result], house: Installation
) -> None:
    silent = run("doctor", "--notify")
    assert silent.exit_code == 1
    assert silent.output.splitlines() == [
        "The scheduler has never gone round. Start: python -m scheduler",
        "Told: drift@folja.example",
    ]


def test_health_says_whether_the_installation_is_well(
    sqlite_client: FlaskClient, sqlite_installation: Installation
) -> None:
    answer = sqlite_client.get("/health")
    assert (answer.status_code, answer.json) == (503, {"status": "never_started"})
    heartbeat.beat(sqlite_installation.database, "planner", clock.now())
    answer = sqlite_client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    heartbeat.beat(sqlite_installation.database, "planner", clock.now() - timedelta(minutes=5))
    assert sqlite_client.get("/health").json == {"status": "silent"}
    assert sqlite_client.get("/halsa").status_code == 200


WELL = {
    "folja.se": "v=spf1 mx -all",
    "brev._domainkey.folja.se": "v=DKIM1; p=MIGf",
    "_dmarc.folja.se": "v=DMARC1; p=reject",
}


@pytest.mark.parametrize(
    ("records", "domain", "selector", "states"),
    [
        (WELL, "folja.se", "brev", {"SPF": "there", "DKIM": "there", "DMARC": "there"}),
        ({}, "folja.se", "brev", {"SPF": "missing", "DKIM": "missing", "DMARC": "missing"}),
        (
            {"folja.se": "google-site=1"},
            "folja.se",
            "",
            {"SPF": "missing", "DKIM": "not_set", "DMARC": "missing"},
        ),
        (
            {"post.folja.se": "v=spf1 -all", "_dmarc.folja.se": "v=DMARC1; p=none"},
            "post.folja.se",
            "",
            {"SPF": "there", "DKIM": "not_set", "DMARC": "there"},
        ),
        (WELL, "folja.example", "brev", {}),
    ],
)
def test_the_records_of_the_sender_are_looked_up(
    records: dict[str, str], domain: str, selector: str, states: dict[str, Any]
) -> None:
    with answering(records) as nameserver:
        found = {record.what: record.state for record in look_up(domain, selector, nameserver)}
    assert found == states


def test_the_doctor_says_what_the_domain_lacks(
    run: Callable[..., Result], house: Installation, smtp_sink: SmtpSink
) -> None:
    with answering({"folja.se": "v=spf1 mx -all"}) as (address, port):
        found = run("doctor", "--resolver", f"{address}:{port}", MAIL_DEFAULT_SENDER="kurs@folja.se")
    assert "ok     SPF: v=spf1 mx -all" in found.output
    assert "WRONG  DMARC: _dmarc.folja.se has none" in found.output
    assert "ok     DKIM: not looked for" in found.output
