"""What comes back: bounces stop an address, complaints stop mails, all else changes nothing."""

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.collector import Collector
from surveys import clock
from surveys.config import ReturnSettings
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, Outgoing
from surveys.mail.returned import read_returned
from surveys.models.message import Message
from surveys.models.people import MailStop, Participant
from surveys.models.returned import ReturnedMail
from surveys.outbox import returns, sending
from tests.support import imap, returned
from tests.support.builders import ENDED, Course

SENT = ENDED + timedelta(hours=2)
LATER = SENT + timedelta(hours=1)


class Sent:
    """One person with one mail that left at SENT."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.db = installation, installation.database
        with self.db.transaction() as session:
            course = Course(session)
            course.occasion(present=course.people(1))
            course.rule(reminder_days=[3])
            course.refresh()
        planning.expand_next(self.db, installation.keys, SENT)
        claimed = sending.claim_next(self.db, installation.keys, SENT, "w", timedelta(minutes=2))
        assert isinstance(claimed, Outgoing)
        sending.settle(self.db, claimed.message_id, Outcome("sent"), SENT)
        self.message_id, self.address = claimed.message_id, claimed.address
        self.to = f"studs+{installation.keys.return_token(claimed.message_id)}@folja.example"

    def take_in(self, content: bytes, now: object = LATER) -> returns.Verdict:
        return returns.take_in(self.db, self.installation.keys, content, now)  # type: ignore[arg-type]

    def is_dead(self) -> bool:
        with self.db.reading() as session:
            person = session.scalars(select(Participant)).one()
            return person.dead_address == person.email

    def kept(self) -> list[ReturnedMail]:
        with self.db.reading() as session:
            found = list(session.scalars(select(ReturnedMail).order_by(ReturnedMail.id)))
            session.expunge_all()
            return found


@pytest.fixture
def sent(installation: Installation) -> Sent:
    return Sent(installation)


def test_a_bounce_stops_the_address_and_its_reminders(sent: Sent) -> None:
    verdict = sent.take_in(returned.report(sent.to, sent.address))
    assert verdict == returns.Verdict("bounce", None)
    assert sent.is_dead()
    (kept,) = sent.kept()
    assert (kept.status, kept.diagnostic) == ("5.1.1", "smtp; 550 5.1.1 User unknown")
    with sent.db.reading() as session:
        assert session.get_one(Message, sent.message_id).bounced_at == LATER
    due = SENT + timedelta(days=3)
    while planning.expand_next(sent.db, sent.installation.keys, due):
        pass
    while claimed := sending.claim_next(sent.db, sent.installation.keys, due, "w", timedelta(minutes=2)):
        assert not isinstance(claimed, Outgoing)


def test_a_corrected_address_is_open_again_and_an_old_bounce_leaves_it_alone(sent: Sent) -> None:
    sent.take_in(returned.report(sent.to, sent.address))
    with sent.db.transaction() as session:
        session.scalars(select(Participant)).one().email = "ratt@folja.example"
    assert not sent.is_dead()
    again = sent.take_in(returned.report(sent.to, sent.address, diagnostic="smtp; 550 5.1.1 still unknown"))
    assert again.ignored == "other_address"
    assert not sent.is_dead()


def test_the_words_of_other_servers_are_known_too(sent: Sent) -> None:
    assert sent.take_in(returned.plain_bounce(sent.to, sent.address)) == returns.Verdict("bounce", None)
    assert sent.is_dead()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda to, who: returned.report(to, who, "4.4.1", "delayed", "smtp; 450 4.4.1 later"), "delay"),
        (lambda to, who: returned.report(to, who, "4.2.2", "failed", "smtp; 452 4.2.2 full"), "bounce"),
        (lambda to, who: returned.report(to, who, "5.7.1", "failed", "smtp; 550 5.7.1 spam"), "bounce"),
        (lambda to, who: returned.report(to, who, "5.0.0", "failed", "smtp; 554 rejected as spam"), "bounce"),
        (lambda to, who: returned.report(to, who, "5.0.0", "failed", "smtp; 550 rejected"), "bounce"),
        (lambda to, _: returned.out_of_office(to), "auto_reply"),
        (lambda to, _: returned.out_of_office(to, "X-Autoreply: yes"), "auto_reply"),
        (lambda to, _: returned.out_of_office(to, "Precedence: auto_reply"), "auto_reply"),
        (lambda to, _: returned.answer(to), "unknown"),
    ],
)
def test_what_is_no_dead_address_stops_nothing(sent: Sent, make: object, kind: str) -> None:
    verdict = sent.take_in(make(sent.to, sent.address))  # type: ignore[operator]
    assert verdict == returns.Verdict(kind, "no_consequence")
    assert not sent.is_dead()
    assert [each.kind for each in sent.kept()] == [kind]


def test_without_a_code_for_it_the_step_at_which_it_was_refused_tells(sent: Sent) -> None:
    told = "said: 550 No such user here (in reply to RCPT TO command)"
    content = returned.report(sent.to, sent.address, "5.0.0", diagnostic="smtp; 550 No such", link=told)
    assert sent.take_in(content) == returns.Verdict("bounce", None)
    assert sent.is_dead()


def test_what_came_back_is_seen_though_the_address_lives_on(sent: Sent) -> None:
    sent.take_in(returned.report(sent.to, sent.address, "5.0.0", diagnostic="smtp; 554 rejected as spam"))
    with sent.db.reading() as session:
        mail = session.get_one(Message, sent.message_id)
        assert (mail.bounced_at, mail.error) == (LATER, "smtp; 554 rejected as spam")


def test_a_complaint_stops_everything_once(sent: Sent) -> None:
    assert sent.take_in(returned.complaint(sent.to)).ignored is None
    assert sent.take_in(returned.complaint(sent.to) + b"again\r\n").ignored == "no_consequence"
    with sent.db.reading() as session:
        (stop,) = session.scalars(select(MailStop))
        assert (stop.scope, stop.source, stop.lifted_at) == ("everything", "complaint", None)
    assert not sent.is_dead()


@pytest.mark.parametrize(
    "to",
    [
        "studs@folja.example",
        "studs+1.0123456789@folja.example",
        "studs+zzzzzzzzzzzzz.0123456789@folja.example",
        "studs+../../x@folja.example",
    ],
)
def test_a_forged_bounce_is_ignored_and_not_kept(sent: Sent, to: str) -> None:
    assert sent.take_in(returned.report(to, sent.address)).ignored == "unsigned"
    assert not sent.is_dead()
    assert not sent.kept()


def test_the_code_of_one_mail_does_not_serve_another(sent: Sent) -> None:
    token = sent.installation.keys.return_token(sent.message_id)
    number, _dot, mac = token.partition(".")
    other = f"{int(number, 36) + 1:d}.{mac}"
    assert sent.take_in(returned.report(f"studs+{other}@folja.example", sent.address)).ignored == "unsigned"


def test_a_stale_bounce_is_kept_and_changes_nothing(sent: Sent) -> None:
    late = sent.take_in(returned.report(sent.to, sent.address), SENT + timedelta(days=31))
    assert late.ignored == "stale"
    assert not sent.is_dead()


def test_the_same_mail_twice_is_once(sent: Sent) -> None:
    content = returned.report(sent.to, sent.address)
    sent.take_in(content)
    assert sent.take_in(content).ignored == "known"
    assert len(sent.kept()) == 1


def test_a_return_address_in_capitals_is_the_same(sent: Sent) -> None:
    assert sent.take_in(returned.report(sent.to.upper(), sent.address)).ignored is None


def test_no_link_of_a_participant_is_kept(sent: Sent) -> None:
    sent.take_in(returned.report(sent.to, sent.address, link="https://folja.example/s/hemlig-lank"))
    (kept,) = sent.kept()
    assert "Ditt brev kunde inte lämnas" in kept.original
    assert "hemlig" not in kept.original
    assert "Hemligt ämne" not in kept.original


def test_nothing_that_can_come_by_mail_is_a_crash(sent: Sent) -> None:
    whole = returned.report(sent.to, sent.address)
    chance = random.Random(7)
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 40)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        read_returned(bytes(broken[: chance.randrange(len(broken))]))
    for odd in (
        b"",
        b"\x00",
        b"\xff" * 1000,
        b"Content-Type: multipart/report\r\n\r\n",
        b"To: \xed\xa0\x80\r\n\r\n",
    ):
        sent.take_in(odd)
    read_returned(b"Content-Type: text/plain; charset=no-such\r\nSubject: =?no-such?q?x?=\r\n\r\n\xe5")


# Where it lies


@pytest.fixture
def imap_server() -> Iterator[imap.ImapServer]:
    with imap.serving() as server:
        yield server


def collect(installation: Installation, settings: ReturnSettings) -> Collector:
    house = replace(installation, settings=replace(installation.settings, returns=settings))
    collector = Collector(house, threading.Event())
    collector.run()
    return collector


@pytest.fixture
def now_sent(sent: Sent) -> Sent:
    """The mail left just now, by the clock that the scheduler reads."""
    with sent.db.transaction() as session:
        session.get_one(Message, sent.message_id).sent_at = clock.now()
    return sent


def test_the_scheduler_reads_a_maildir_and_each_mail_once(now_sent: Sent, tmp_path: Path) -> None:
    box = tmp_path / "maildir"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    (box / "new" / "1.a").write_bytes(returned.report(now_sent.to, now_sent.address))
    collect(now_sent.installation, ReturnSettings(maildir=str(box)))
    assert now_sent.is_dead()
    assert [each.name for each in (box / "cur").iterdir()] == ["1.a:2,S"]
    assert not list((box / "new").iterdir())


def test_the_scheduler_reads_a_mailbox_by_imap_and_each_mail_once(
    now_sent: Sent, imap_server: imap.ImapServer
) -> None:
    imap_server.deliver(returned.out_of_office(now_sent.to))
    imap_server.deliver(returned.report(now_sent.to, now_sent.address))
    assert imap_server.unread() == 2
    collector = collect(now_sent.installation, imap_server.settings())
    assert collector.note is None
    assert now_sent.is_dead()
    assert imap_server.unread() == 0
    assert sorted(each.kind for each in now_sent.kept()) == ["auto_reply", "bounce"]


def test_a_mailbox_that_is_away_is_noted_and_nothing_stops(now_sent: Sent, tmp_path: Path) -> None:
    away = collect(now_sent.installation, ReturnSettings(maildir=str(tmp_path / "no")))
    assert (away.note or "").startswith("return_box_away")
    refused = ReturnSettings(imap_server="127.0.0.1", imap_port=1, imap_ssl=False)
    assert (collect(now_sent.installation, refused).note or "").startswith("return_box_away")


def test_a_wrong_password_is_noted(now_sent: Sent, imap_server: imap.ImapServer) -> None:
    wrong = replace(imap_server.settings(), imap_password="fel")
    assert (collect(now_sent.installation, wrong).note or "").startswith("return_box_away")
