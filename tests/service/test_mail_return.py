"""The way out and back: the return address, the bounce it makes known, signing in by token."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from surveys.config import Settings
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.compose import compose
from surveys.mail.deliver import SmtpTransport
from surveys.mail.office import Office
from surveys.mail.outgoing import Outcome, Outgoing, Sender
from surveys.models.access import User
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Project
from surveys.outbox import returns
from surveys.outbox.dispatching import Dispatch
from surveys.register import own_page
from tests.support import returned
from tests.support.builders import ENDED, Course
from tests.support.smtp import SmtpSink

SENT = ENDED + timedelta(hours=2)
RETURN = "studs@retur.example"
PLAIN = Outgoing(
    message_id=1,
    public_id="m1",
    kind="own_page",
    step=0,
    receiver="Åsa Öberg",
    address="asa@prov.example",
    language="sv",
    sender=Sender("prov", "Provprojektet", "Prov", "fragor@prov.example", "Europe/Stockholm"),
    series="Offensivt arbete",
    about=None,
    attended=False,
    asks={},
    minutes=None,
    path="/min/x",
    closes_at=None,
)


def dispatch_all(installation: Installation, sink: SmtpSink, now: datetime = SENT) -> None:
    settings = replace(installation.settings, mail=sink.settings(return_address=RETURN))
    office = Office(settings)
    with Dispatch(installation, office, SmtpTransport(office), "w", lambda: now, lambda: 0.5) as dispatch:
        while dispatch.one() is not None:
            pass


def every_kind(installation: Installation) -> dict[str, int]:
    """One mail of each family in the outbox; message ids by kind."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(1))
        course.rule()
        course.refresh()
    planning.expand_next(installation.database, installation.keys, SENT)
    with installation.database.transaction() as session:
        enrolment = session.scalars(select(Enrolment)).one()
        user = User(email="eva@prov.example", name="Eva", password_hash="x", language="sv")
        session.add(user)
        own_page.page_of(session, installation.keys, enrolment.participant_id)
        session.flush()
        at: Any = {"next_attempt_at": SENT, "state": "due"}
        project_id = session.scalars(select(Project.id)).one()
        session.add_all(
            [
                Message(kind="own_page", enrolment_id=enrolment.id, step=1, public_id="own1", **at),
                Message(
                    kind="sending_paused",
                    step=0,
                    user_id=user.id,
                    public_id="staff1",
                    params={
                        "project_id": project_id,
                        "code": "unreachable",
                        "text": "421 busy",
                        "since": SENT.isoformat(),
                    },
                    **at,
                ),
            ]
        )
    with installation.database.reading() as session:
        return {each.kind: each.id for each in session.scalars(select(Message))}


def test_every_mail_has_its_own_return_address_in_the_envelope(
    installation: Installation, smtp_sink: SmtpSink
) -> None:
    ids = every_kind(installation)
    dispatch_all(installation, smtp_sink)
    assert len(smtp_sink.messages) == len(ids) == 3
    back = {each.sender for each in smtp_sink.messages}
    assert back == {
        f"studs+{installation.keys.return_token(number)}@retur.example" for number in ids.values()
    }
    for each in smtp_sink.messages:
        assert each.message["From"].addresses[0].addr_spec == installation.settings.mail.sender
        assert RETURN.partition("@")[2] not in str(each.message["Reply-To"]), "a reply goes to the organiser"


def test_a_bounce_to_where_the_envelope_said_is_known(
    installation: Installation, smtp_sink: SmtpSink
) -> None:
    ids = every_kind(installation)
    dispatch_all(installation, smtp_sink)
    (invited,) = [each for each in smtp_sink.messages if "/s/" in each.text]
    content = returned.report(invited.sender, invited.recipients[0])
    verdict = returns.take_in(installation.database, installation.keys, content, SENT + timedelta(hours=1))
    assert verdict == returns.Verdict("bounce", None)
    with installation.database.reading() as session:
        person = session.scalars(select(Participant)).one()
        assert person.dead_address == person.email
        assert session.get_one(Message, ids["invitation"]).bounced_at is not None


def test_without_a_return_address_bounces_go_to_the_sender(
    installation: Installation, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    send_plain(smtp_sink, tmp_path)
    assert smtp_sink.messages[0].sender == "folja@localhost" or "+" not in smtp_sink.messages[0].sender


# Signing in by token


def send_plain(sink: SmtpSink, folder: Path, **settings: str) -> Outcome:
    office = Office(Settings(instance=folder, database_url="", mail=sink.settings(**settings)))
    with closing(SmtpTransport(office)) as transport, office.app.app_context():
        return transport.deliver(compose(PLAIN, office, datetime(2026, 12, 1, tzinfo=UTC)))


@pytest.fixture
def guarded(make_smtp_sink: Callable[..., SmtpSink]) -> SmtpSink:
    return make_smtp_sink(tls=True, tokens={"folja@prov.example": "ya29.good"})


def test_a_token_signs_in_and_is_read_anew_each_time(guarded: SmtpSink, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("ya29.good\n")
    by_token = {"username": "folja@prov.example", "oauth_token_file": str(token)}
    assert send_plain(guarded, tmp_path, **by_token).kind == "sent"
    assert (guarded.messages[0].user, guarded.messages[0].encrypted) == ("folja@prov.example", True)
    guarded.tokens["folja@prov.example"] = "ya29.next"
    outcome = send_plain(guarded, tmp_path, **by_token)
    assert (outcome.kind, outcome.code) == ("unreachable", "sign_in_refused"), "nobody's address is at fault"
    assert "ya29" not in outcome.text
    token.write_text("ya29.next")
    assert send_plain(guarded, tmp_path, **by_token).kind == "sent"
    assert len(guarded.messages) == 2


@pytest.mark.parametrize("content", ["", "ya29.gööd", "ya29.good\nya29.good", "x" * 9000])
def test_a_token_that_is_none_stops_sending_and_loses_nothing(
    guarded: SmtpSink, tmp_path: Path, content: str
) -> None:
    (tmp_path / "token").write_text(content, encoding="utf-8")
    outcome = send_plain(
        guarded, tmp_path, username="folja@prov.example", oauth_token_file=str(tmp_path / "token")
    )
    assert outcome.kind == "unreachable"
    assert not guarded.messages


def test_no_token_file_stops_sending_and_loses_nothing(guarded: SmtpSink, tmp_path: Path) -> None:
    outcome = send_plain(
        guarded, tmp_path, username="folja@prov.example", oauth_token_file=str(tmp_path / "none")
    )
    assert outcome.kind == "unreachable"
    assert not guarded.messages
