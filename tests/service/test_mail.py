"""What stands in a mail, and how it is handed over to a real mail server.

The texts are in ``tests/mails``; with ``FOLJA_WRITE_MAILS=1`` they are written instead of compared.
"""

import email
import email.policy
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from surveys.config import MailSettings, Settings
from surveys.domain.timing import wall_time
from surveys.mail.compose import compose
from surveys.mail.deliver import MailboxTransport, SmtpTransport, transport_for
from surveys.mail.mailbox import Mailbox
from surveys.mail.office import Office
from surveys.mail.outgoing import About, Outcome, Outgoing, Sender, StaffMail, Told, Wording
from tests.support.smtp import SmtpSink, closed_port

MAILS = Path(__file__).parents[1] / "mails"
NOW = datetime(2026, 12, 1, 17, 30, tzinfo=UTC)
MEETING = About(
    "Mötesteknik",
    "Storgatan 1, Göteborg",
    wall_time("2026-12-01 13:00"),
    wall_time("2026-12-01 16:30"),
    "Europe/Stockholm",
)
TRIP = About(
    "Resa till Leeds", None, wall_time("2026-11-27 08:00"), wall_time("2026-12-01 14:00"), "Europe/London"
)
FIRST = Outgoing(
    message_id=1,
    public_id="m-0001_x",
    kind="invitation",
    step=0,
    receiver="Åsa Öberg",
    address="asa@prov.example",
    language="sv",
    sender=Sender("prov", "Provprojektet", "Prov, Göteborg", "fragor@prov.example", "Europe/Stockholm"),
    series="Offensivt arbete",
    about=MEETING,
    attended=True,
    asks={"sv": "Efter halvdagen", "en": "After the half-day"},
    minutes=2,
    path="/s/token",
    closes_at=NOW + timedelta(days=14),
)
PROMPT = replace(
    FIRST,
    kind="log_prompt",
    about=TRIP,
    asks={
        "sv": "Vad tar du med dig hem?\nVad vill du pröva?",
        "en": "What do you take home?\nWhat will you try?",
    },
    minutes=None,
    path="/l/token?fraga=i1",
)
STOP = "/avsluta/e1.0123"
NEXT_WEEK = replace(
    MEETING,
    starts=wall_time("2026-12-08 13:00"),
    ends=wall_time("2026-12-08 16:30"),
    uid="u1",
    sequence=2,
    starts_at=datetime(2026, 12, 8, 12, 0, tzinfo=UTC),
    ends_at=datetime(2026, 12, 8, 15, 30, tzinfo=UTC),
)
NOTICE = replace(
    FIRST,
    kind="moved",
    step=2,
    about=NEXT_WEEK,
    attended=False,
    asks={},
    minutes=None,
    path="",
    closes_at=None,
    told=Told(MEETING.starts, MEETING.ends, MEETING.timezone, MEETING.place),
    stop=STOP,
    emblem="eu_cofunded",
)
STAFF = StaffMail(
    2,
    "s-0001",
    "closing_summary",
    "Eva Ek",
    "eva@prov.example",
    "sv",
    FIRST.sender,
    {
        "title": {"sv": "Efter halvdagen", "en": "After the half-day"},
        "series": "Offensivt arbete",
        "occasion": "Mötesteknik",
        "invited": 12,
        "answered": 9,
        "path": "/projekt/prov/insatser/offensivt/resultat",
    },
)
PAUSED = {"code": "unreachable", "text": "421 4.3.2 busy", "since": (NOW - timedelta(hours=2)).isoformat()}
CASES: dict[str, Outgoing | StaffMail] = {
    "invitation-present": FIRST,
    "invitation-everyone": replace(FIRST, attended=False, minutes=1),
    "invitation-series": replace(FIRST, attended=False, about=None, minutes=None),
    "invitation-undated": replace(FIRST, about=About("Mötesteknik", None, None, None, "Europe/Stockholm")),
    "reminder": replace(FIRST, kind="reminder", step=2),
    "log-prompt": PROMPT,
    "log-reminder": replace(PROMPT, kind="log_reminder", step=1),
    "invitation-emblem": replace(FIRST, stop=STOP, emblem="eu_funded"),
    "moved": NOTICE,
    "postponed": replace(NOTICE, about=About("Mötesteknik", None, None, None, MEETING.timezone, "u1", 2)),
    "cancelled": replace(NOTICE, kind="cancelled", about=replace(NEXT_WEEK, cancelled=True)),
    "reinstated": replace(NOTICE, kind="reinstated"),
    "own-page": replace(
        FIRST, kind="own_page", step=1, attended=False, about=None, path="/min/token", stop=STOP
    ),
    "own-wording": replace(
        FIRST,
        stop=STOP,
        emblem="eu_cofunded",
        wording=Wording(
            "{title}: {occasion}", "Hej {name}\n\nVi sågs {when}.\nPlats: {place}\nSvara:\n{link}\n\n{sender}"
        ),
    ),
    "closing-summary": STAFF,
    "sending-paused": replace(STAFF, kind="sending_paused", params=PAUSED),
    "test": replace(STAFF, kind="test", params={}, original=replace(FIRST, path="/", stop=STOP)),
}


def office_of(folder: Path, mail: MailSettings | None = None, lease: int = 120) -> Office:
    mail = mail or MailSettings()
    return Office(
        Settings(
            instance=folder,
            database_url="",
            base_url="https://folja.example",
            claim_lease_seconds=lease,
            mail=replace(mail, sender="folja@prov.example"),
        )
    )


def written(outgoing: Outgoing | StaffMail, folder: Path) -> EmailMessage:
    office = office_of(folder)
    with office.app.app_context():
        content = compose(outgoing, office, NOW).as_bytes()
    return email.message_from_bytes(content, policy=email.policy.default)  # type: ignore[return-value]


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("case", "language"),
    [
        *((case, language) for case in CASES for language in ("sv", "en")),
        *((case, language) for case in ("invitation-present", "moved") for language in ("sv-simple", "ar")),
    ],
)
def test_a_mail_says_what_it_should(case: str, language: str, tmp_path: Path) -> None:
    message = written(replace(CASES[case], language=language), tmp_path)
    headers = [
        f"{name}: {value}"
        for name, value in message.items()
        if not name.startswith(("Content-Ty", "MIME", "Date"))
    ]
    found = "\n".join([*headers, "", part(message, "plain"), part(message, "html")])
    file = MAILS / f"{case}.{language}.txt"
    if os.environ.get("FOLJA_WRITE_MAILS"):
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


def test_the_headers_are_those_of_a_mail_sent_by_a_program(tmp_path: Path) -> None:
    message = written(FIRST, tmp_path)
    assert message["Message-ID"] == "<m-0001_x@prov.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<prov.folja.prov.example>"
    assert message["Reply-To"] == "fragor@prov.example"
    assert str(message["From"]) == '"Prov, Göteborg" <folja@prov.example>'
    assert str(message["To"]) == "Åsa Öberg <asa@prov.example>"
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "multipart/alternative"


def test_written_twice_it_is_the_same_mail(tmp_path: Path) -> None:
    assert written(FIRST, tmp_path).as_bytes() == written(FIRST, tmp_path).as_bytes()


def test_the_subject_holds_nothing_about_the_person(tmp_path: Path) -> None:
    for outgoing in CASES.values():
        subject = str(written(outgoing, tmp_path)["Subject"])
        assert "Öberg" not in subject
        assert "asa@" not in subject


def test_names_and_titles_are_text_and_not_markup(tmp_path: Path) -> None:
    odd = replace(FIRST, receiver='<b>"Åsa"</b>', series="A & B", attended=False, about=None)
    html = part(written(odd, tmp_path), "html")
    assert "<b>" not in html
    assert "A &amp; B" in html


def test_a_long_subject_arrives_whole(tmp_path: Path) -> None:
    title = "Eftermätning för samordnare och handläggare i alla sex organisationer " * 2
    subject = str(written(replace(FIRST, asks={"sv": title.strip()}), tmp_path)["Subject"])
    assert title.strip() in subject
    assert subject == subject.strip()


@pytest.mark.parametrize("language", ["so", "fi", ""])
def test_a_language_without_texts_of_ours_gets_swedish(language: str, tmp_path: Path) -> None:
    message = written(replace(FIRST, language=language), tmp_path)
    assert message["Content-Language"] == "sv"


# Handing over


@contextmanager
def sending(
    sink: SmtpSink, folder: Path, lease: int = 120, **settings: Any
) -> Iterator[Callable[..., Outcome]]:
    office = office_of(folder, sink.settings(**settings), lease)
    with closing(transport_for(office)) as transport, office.app.app_context():
        yield lambda outgoing=FIRST: transport.deliver(compose(outgoing, office, NOW))


def to(number: int) -> Outgoing:
    return replace(FIRST, public_id=f"m{number}", address=f"p{number}@prov.example")


def test_mails_go_over_one_connection(smtp_sink: SmtpSink, tmp_path: Path) -> None:
    with sending(smtp_sink, tmp_path) as send:
        assert [send(to(number)).kind for number in range(5)] == ["sent"] * 5
    assert smtp_sink.connections == 1
    assert [each.recipients for each in smtp_sink.messages] == [(f"p{n}@prov.example",) for n in range(5)]
    received = smtp_sink.messages[0]
    assert received.sender == "folja@prov.example"
    assert "https://folja.example/s/token" in received.text
    assert 'href="https://folja.example/s/token"' in received.html


def test_a_certificate_nobody_vouches_for_is_refused(
    make_smtp_sink: Callable[..., SmtpSink], tmp_path: Path
) -> None:
    sink = make_smtp_sink(tls=True)
    with sending(sink, tmp_path, ca_file="") as send:
        outcome = send()
    assert (outcome.kind, outcome.code) == ("unreachable", "not_trusted")
    assert sink.messages == []


def test_a_trusted_certificate_encrypts(make_smtp_sink: Callable[..., SmtpSink], tmp_path: Path) -> None:
    sink = make_smtp_sink(tls=True)
    with sending(sink, tmp_path) as send:
        assert send().kind == "sent"
    assert sink.messages[0].encrypted


def test_a_server_that_says_nothing_is_given_up(smtp_sink: SmtpSink, tmp_path: Path) -> None:
    smtp_sink.delay_seconds = 30
    with sending(smtp_sink, tmp_path, lease=4, timeout_seconds=1) as send:
        outcome = send()
    assert outcome.kind == "uncertain", "the text had gone, so it may have been taken"
    assert "time" in outcome.text.lower()


def test_after_a_dropped_connection_the_next_mail_goes(smtp_sink: SmtpSink, tmp_path: Path) -> None:
    with sending(smtp_sink, tmp_path) as send:
        assert send(to(1)).kind == "sent"
        smtp_sink.fail("mail", None, times=1)
        assert send(to(2)).kind == "sent", "nothing of it had been said, so it is begun anew"
        smtp_sink.fail("accepted", None, times=1)
        assert send(to(3)).kind == "uncertain"
        assert send(to(4)).kind == "sent"
    assert smtp_sink.connections == 3
    assert [each.recipients[0][:2] for each in smtp_sink.messages] == ["p1", "p2", "p3", "p4"]


@pytest.mark.parametrize(
    "changes",
    [
        {"receiver": "Åsa\r\nBcc: x@y.example"},
        {"address": "a@b.example\nBcc: x@y.example"},
        {"sender": replace(FIRST.sender, reply_to="a@b.example\r\nX: y")},
        {"sender": replace(FIRST.sender, name="A\r\nB")},
        {"sender": replace(FIRST.sender, code="a\nX-Evil: 1")},
        {"public_id": "a\r\nX-Evil: 1"},
    ],
)
def test_a_line_break_in_any_header_is_refused(
    smtp_sink: SmtpSink, tmp_path: Path, changes: dict[str, Any]
) -> None:
    with sending(smtp_sink, tmp_path) as send:
        assert send(replace(FIRST, **changes)).kind == "refused"
    assert smtp_sink.messages == []
    office = office_of(tmp_path)
    with office.app.app_context():
        box = MailboxTransport(Mailbox(tmp_path / "mailbox"))
        assert box.deliver(compose(replace(FIRST, **changes), office, NOW)).kind == "refused"
    assert Mailbox(tmp_path / "mailbox").names() == []


@pytest.mark.parametrize(
    ("step", "reply", "kind", "code"),
    [
        ("rcpt", "550 5.1.1 no such user", "refused", ""),
        ("rcpt", "451 4.7.1 greylisted", "later", ""),
        ("rcpt", "530 5.7.0 sign in first", "unreachable", "sign_in_refused"),
        ("mail", "553 5.1.8 sender not allowed", "unreachable", "sender_refused"),
        ("mail", "452 4.3.1 no room", "later", "busy"),
        ("data", "554 5.7.1 spam", "refused", ""),
        ("data", "450 4.2.0 later", "later", ""),
        ("data", None, "uncertain", ""),
        ("accepted", None, "uncertain", ""),
        ("rcpt", None, "later", "dropped"),
    ],
)
def test_what_the_server_says_decides_what_follows(
    smtp_sink: SmtpSink, tmp_path: Path, step: Any, reply: str | None, kind: str, code: str
) -> None:
    smtp_sink.fail(step, reply, times=1)
    with sending(smtp_sink, tmp_path) as send:
        outcome = send(to(1))
        assert (outcome.kind, outcome.code) == (kind, code)
        assert outcome.of_receiver == (kind == "refused" and step == "rcpt")
        if reply:
            assert outcome.text == reply
        assert send(to(2)).kind == "sent", "the next one is not touched by it"


def test_a_wrong_password_stops_everything_and_nobody_is_refused(
    make_smtp_sink: Callable[..., SmtpSink], tmp_path: Path
) -> None:
    sink = make_smtp_sink(tls=True, credentials=("folja", "secret words"))
    with sending(sink, tmp_path, password="wrong") as send:
        outcome = send()
    assert (outcome.kind, outcome.code) == ("unreachable", "sign_in_refused")
    with sending(sink, tmp_path, password="lösenord") as send:
        assert send().code == "sign_in_refused"
    with sending(sink, tmp_path) as send:
        assert send().kind == "sent"
    assert sink.messages[0].user == "folja"


def test_nobody_listening(tmp_path: Path) -> None:
    office = office_of(tmp_path, MailSettings(server="127.0.0.1", port=closed_port(), timeout_seconds=2))
    with closing(transport_for(office)) as transport, office.app.app_context():
        outcome = transport.deliver(compose(FIRST, office, NOW))
    assert (outcome.kind, outcome.code) == ("unreachable", "unreachable")


@pytest.mark.parametrize("address", ["åsa@prov.example", "", "   "])
def test_an_address_no_server_takes_is_refused_here(
    smtp_sink: SmtpSink, tmp_path: Path, address: str
) -> None:
    with sending(smtp_sink, tmp_path) as send:
        assert send(replace(FIRST, address=address)).kind == "refused"
        assert send().kind == "sent"


def test_an_address_the_mailbox_cannot_write_is_refused_too(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    with office.app.app_context():
        box = MailboxTransport(Mailbox(tmp_path / "mailbox"))
        letter = compose(replace(FIRST, address="åsa@prov.example"), office, NOW)
        assert box.deliver(letter).kind == "refused"


def test_a_mailbox_that_cannot_be_written_costs_nobody_a_mail(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    with office.app.app_context():
        outcome = transport_for(office).deliver(compose(FIRST, office, NOW))
    assert (outcome.kind, outcome.code) == ("unreachable", "mailbox_unwritable")


def test_a_reply_address_outside_ascii_is_left_out(tmp_path: Path) -> None:
    odd = replace(FIRST, sender=replace(FIRST.sender, reply_to="frågor@prov.example"))
    assert written(odd, tmp_path)["Reply-To"] is None


def test_a_domain_with_swedish_letters_is_reached(smtp_sink: SmtpSink, tmp_path: Path) -> None:
    with sending(smtp_sink, tmp_path) as send:
        assert send(replace(FIRST, address="asa@räksmörgås.example")).kind == "sent"
    assert smtp_sink.messages[0].recipients == ("asa@xn--rksmrgs-5wao1o.example",)


def test_as_if_it_were_another_time_no_real_server_is_used(smtp_sink: SmtpSink, tmp_path: Path) -> None:
    office = office_of(tmp_path, smtp_sink.settings())
    assert isinstance(transport_for(office), SmtpTransport)
    assert isinstance(transport_for(office, as_if=True), MailboxTransport)
    assert isinstance(transport_for(office_of(tmp_path)), MailboxTransport)


def test_the_mailbox_shows_what_was_put_newest_first(tmp_path: Path) -> None:
    office, box = office_of(tmp_path), Mailbox(tmp_path / "mailbox")
    assert box.names() == []
    with office.app.app_context():
        for number in range(3):
            moment = NOW + timedelta(hours=number)
            MailboxTransport(box).deliver(compose(to(number), office, moment))
    newest = next(box.headings(box.names()))
    assert newest.at == NOW + timedelta(hours=2)
    assert newest.receiver == "Åsa Öberg <p2@prov.example>"
    letter = box.letter(newest.name)
    assert letter
    assert "/s/token" in letter.text
    assert "/s/token" in letter.html
    assert box.letter("../../etc/passwd") is None
    assert box.letter(newest.name.replace("m2", "m9")) is None
