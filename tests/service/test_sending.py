"""Claiming, asking whether a mail is still wanted, and what becomes of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from surveys.database import Database
from surveys.followups import planning
from surveys.installation import Installation
from surveys.keys import token_hash
from surveys.mail.outgoing import Outcome, Outgoing, Skipped
from surveys.models.access import User
from surveys.models.followup import FollowUpRule, Invitation, Mailing, RetiredLink
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.people import Participant
from surveys.models.programme import Occasion
from surveys.outbox import mailing_acts, sending
from surveys.register import own_page
from surveys.running import access
from tests.support import builders
from tests.support.builders import ENDED, Course, answer, messages, write_to_prompt

HOUR, DAY, LEASE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=2)
DUE = ENDED + 2 * HOUR
Claimed = Outgoing | Skipped | None


@pytest.fixture
def course(installation: Installation) -> Course:
    """Three people whose first mail is due, and a reminder after three days."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        course.rule(reminder_days=[3])
        course.refresh()
    assert planning.expand_next(installation.database, installation.keys, DUE)
    return course


@pytest.fixture
def log_course(installation: Installation) -> Course:
    """Three people whose log prompt is due."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        course.log_rule()
        course.refresh()
    assert planning.expand_next(installation.database, installation.keys, DUE)
    return course


def claim(installation: Installation, now: datetime = DUE, worker: str = "w") -> Claimed:
    return sending.claim_next(installation.database, installation.keys, now, worker, LEASE)


def send_all(installation: Installation, now: datetime) -> list[Claimed]:
    done: list[Claimed] = []
    while claimed := claim(installation, now):
        if isinstance(claimed, Outgoing):
            sending.settle(installation.database, claimed.message_id, Outcome("sent"), now)
        done.append(claimed)
    return done


def first_invitation(db: Database) -> Invitation:
    """The first person's invitation, loaded and then let go of."""
    with db.reading() as session:
        first = session.scalars(select(Invitation).order_by(Invitation.id)).first()
        assert first
        session.expunge(first)
        return first


def rows(db: Database) -> list[tuple[str, str | None]]:
    with db.reading() as session:
        return [(each.state, each.reason) for each in messages(session)]


def test_a_claimed_mail_is_nobody_elses(installation: Installation, course: Course) -> None:
    first, second = claim(installation, worker="a"), claim(installation, worker="b")
    assert isinstance(first, Outgoing)
    assert isinstance(second, Outgoing)
    assert first.message_id != second.message_id
    assert first.address != second.address
    with installation.database.reading() as session:
        held = session.get_one(Message, first.message_id)
        assert (held.state, held.claimed_by, held.claimed_at, held.attempts) == ("claimed", "a", DUE, 1)


def test_a_mail_carries_what_its_receiver_has_to_know(installation: Installation, course: Course) -> None:
    outgoing = claim(installation)
    assert isinstance(outgoing, Outgoing)
    with installation.database.reading() as session:
        message = session.get_one(Message, outgoing.message_id)
        link = installation.keys.link_token(message.invitation.public_id, 1)
        assert outgoing.public_id == message.public_id
    assert outgoing.path == f"/s/{link}"
    assert (outgoing.kind, outgoing.step, outgoing.minutes, outgoing.attended) == ("invitation", 0, 2, True)
    assert outgoing.asks["sv"] == "Efter halvdagen"
    assert outgoing.closes_at == DUE + 14 * DAY


def test_nothing_is_claimed_before_it_is_due(installation: Installation, course: Course) -> None:
    assert claim(installation, DUE - timedelta(seconds=1)) is None


def test_sent_once_and_never_again(installation: Installation, course: Course) -> None:
    assert len(send_all(installation, DUE)) == 3
    assert send_all(installation, DUE + HOUR) == []
    assert rows(installation.database) == [("sent", None)] * 3


def test_what_was_never_settled_is_tried_again_with_the_same_link(
    installation: Installation, course: Course
) -> None:
    first = claim(installation)
    assert isinstance(first, Outgoing)
    send_all(installation, DUE)
    assert claim(installation, DUE + LEASE - timedelta(seconds=1)) is None
    again = claim(installation, DUE + LEASE)
    assert isinstance(again, Outgoing)
    assert (again.public_id, again.path) == (first.public_id, first.path)


def test_after_five_times_uncertain_it_is_missed_and_seen(installation: Installation, course: Course) -> None:
    send_all_but_one = [claim(installation), *[claim(installation) for _ in range(2)]]
    assert len(send_all_but_one) == 3
    now = DUE
    for _ in range(4):
        now += LEASE
        assert all(isinstance(claim(installation, now), Outgoing) for _ in range(3))
    now += LEASE
    assert [type(claim(installation, now)) for _ in range(3)] == [Skipped] * 3
    assert rows(installation.database) == [("missed", "uncertain")] * 3
    with installation.database.reading() as session:
        assert {each.attempts for each in messages(session)} == {5}


def test_an_uncertain_outcome_stays_claimed_until_its_lease_ends(
    installation: Installation, course: Course
) -> None:
    first = claim(installation)
    assert isinstance(first, Outgoing)
    sending.settle(installation.database, first.message_id, Outcome("uncertain", "dropped"), DUE)
    send_all(installation, DUE)
    assert ("claimed", "uncertain") in rows(installation.database)
    assert len(send_all(installation, DUE + LEASE)) == 1
    assert rows(installation.database) == [("sent", None)] * 3


def test_a_later_settling_changes_nothing_that_is_settled(installation: Installation, course: Course) -> None:
    first = claim(installation)
    assert isinstance(first, Outgoing)
    sending.settle(installation.database, first.message_id, Outcome("sent"), DUE)
    sending.settle(installation.database, first.message_id, Outcome("refused", "550 no"), DUE + HOUR)
    with installation.database.reading() as session:
        message = session.get_one(Message, first.message_id)
        assert (message.state, message.sent_at, message.error) == ("sent", DUE, None)


def test_later_waits_longer_each_time_and_is_no_uncertain_attempt(
    installation: Installation, course: Course
) -> None:
    with installation.database.transaction() as session:
        for message in messages(session)[1:]:
            message.state = "sent"
    now, waits = DUE, []
    for _ in range(8):
        claimed = claim(installation, now)
        assert isinstance(claimed, Outgoing)
        outcome = Outcome("later", "451 greylisted")
        sending.settle(installation.database, claimed.message_id, outcome, now, jitter=0.0)
        with installation.database.reading() as session:
            message = session.get_one(Message, claimed.message_id)
            assert (message.state, message.attempts, message.error) == ("due", 0, "451 greylisted")
            waits.append(message.next_attempt_at - now)
            now = message.next_attempt_at
    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_later_ends_when_it_no_longer_makes_sense(installation: Installation, course: Course) -> None:
    claimed = claim(installation)
    assert isinstance(claimed, Outgoing)
    sending.settle(installation.database, claimed.message_id, Outcome("later", "451"), DUE)
    done = send_all(installation, DUE + 49 * HOUR)
    assert all(isinstance(each, Skipped) and each.reason == "too_late" for each in done)
    assert rows(installation.database) == [("missed", "too_late")] * 3


def test_an_unreachable_server_costs_the_mail_nothing(installation: Installation, course: Course) -> None:
    claimed = claim(installation)
    assert isinstance(claimed, Outgoing)
    sending.settle(installation.database, claimed.message_id, Outcome("unreachable", "refused"), DUE)
    with installation.database.reading() as session:
        message = session.get_one(Message, claimed.message_id)
        assert (message.state, message.attempts, message.deferrals) == ("due", 0, 0)
        assert message.next_attempt_at == DUE


def test_a_refused_receiver_is_stopped_and_why_is_kept(installation: Installation, course: Course) -> None:
    claimed = claim(installation)
    assert isinstance(claimed, Outgoing)
    sending.settle(installation.database, claimed.message_id, Outcome("refused", "550 " + "x" * 2000), DUE)
    send_all(installation, DUE)
    assert send_all(installation, DUE + DAY) == []
    with installation.database.reading() as session:
        message = session.get_one(Message, claimed.message_id)
        assert message.state == "refused"
        assert message.error is not None
        assert message.error.startswith("550 ")


@pytest.mark.parametrize(
    ("said", "of_receiver", "is_dead"),
    [
        ("550 5.1.1 no such user", True, True),
        ("550 no", True, True),
        ("550 5.4.1 access denied", True, False),
        ("553 not ours", True, True),
        ("552 5.2.2 mailbox full", True, False),
        ("550 5.7.1 not from you", True, False),
        ("553 5.1.8 bad sender", True, False),
        ("554 no", True, False),
        # After the text had gone: of the text, unless the server says otherwise.
        ("554 5.7.1 looks like junk", False, False),
        ("554 message rejected as spam", False, False),
        ("550 message from 5.1.1.12 rejected", False, False),
        ("554 5.1.1 no such user", False, True),
        ("no address that the server can take", False, False),
    ],
)
def test_an_address_that_a_server_does_not_know_gets_no_more_mail(
    installation: Installation, course: Course, said: str, of_receiver: bool, is_dead: bool
) -> None:
    claimed = claim(installation)
    assert isinstance(claimed, Outgoing)
    refused, address = Outcome("refused", said, of_receiver=of_receiver), claimed.address
    sending.settle(installation.database, claimed.message_id, refused, DUE, address=address)
    with installation.database.reading() as session:
        settled = session.get_one(Message, claimed.message_id)
        assert (settled.state, settled.reason) == ("refused", "refused")
        dead = [each.dead_address for each in session.scalars(select(Participant)) if each.dead_address]
    assert dead == ([address] if is_dead else [])


def test_a_refusal_is_of_the_address_that_was_mailed(installation: Installation, course: Course) -> None:
    claimed = claim(installation)
    assert isinstance(claimed, Outgoing)
    with installation.database.transaction() as session:
        corrected = update(Participant).where(Participant.email == claimed.address)
        session.execute(corrected.values(email="rattad@exempel.se"))
    refused, address = Outcome("refused", "550 5.1.1 no such user"), claimed.address
    sending.settle(installation.database, claimed.message_id, refused, DUE, address=address)
    with installation.database.reading() as session:
        person = session.scalars(select(Participant).where(Participant.email == "rattad@exempel.se")).one()
        assert person.dead_address == address  # which is not the person's any more


def test_a_late_word_about_a_mail_that_was_settled_kills_no_address(
    installation: Installation, course: Course
) -> None:
    claimed = claim(installation)
    assert isinstance(claimed, Outgoing)
    sending.settle(installation.database, claimed.message_id, Outcome("sent"), DUE)
    refused, address = Outcome("refused", "550 5.1.1 no such user"), claimed.address
    sending.settle(installation.database, claimed.message_id, refused, DUE, address=address)
    with installation.database.reading() as session:
        assert not [each for each in session.scalars(select(Participant)) if each.dead_address]


def end_enrolment(invitation: Invitation) -> None:
    invitation.enrolment.state = "dropped_out"


def cancel_enrolment(invitation: Invitation) -> None:
    invitation.enrolment.state = "cancelled"


def withdraw(invitation: Invitation) -> None:
    invitation.withdrawn_at = DUE


def close(invitation: Invitation) -> None:
    invitation.mailing.closes_at = DUE


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        (end_enrolment, "cancelled", "enrolment_ended"),
        (cancel_enrolment, "cancelled", "enrolment_ended"),
        (withdraw, "cancelled", "withdrawn"),
        (close, "missed", "closed"),
    ],
)
def test_still_wanted_is_asked_at_the_moment_of_sending(
    installation: Installation, course: Course, change: Callable[[Invitation], None], state: str, reason: str
) -> None:
    with installation.database.transaction() as session:
        first = session.scalars(select(Invitation).order_by(Invitation.id)).first()
        assert first
        change(first)
    send_all(installation, DUE)
    assert (state, reason) in rows(installation.database)
    if change is not close:
        assert rows(installation.database).count(("sent", None)) == 2
    with installation.database.reading() as session:
        unsent = [each for each in messages(session) if each.state != "sent"]
        assert {each.attempts for each in unsent} == {0}, "what was not tried does not count as tried"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (update(Occasion).values(cancelled=True), "occasion_cancelled"),
        (update(FollowUpRule).values(active=False), "rule_inactive"),
    ],
)
def test_what_ends_for_all_ends_for_each(
    installation: Installation, course: Course, change: Any, reason: str
) -> None:
    with installation.database.transaction() as session:
        session.execute(change)
    send_all(installation, DUE)
    assert rows(installation.database) == [("cancelled", reason)] * 3


def test_who_answered_after_the_reminder_was_planned_gets_none(
    installation: Installation, course: Course
) -> None:
    db, keys, later = installation.database, installation.keys, DUE + 3 * DAY
    send_all(installation, DUE)
    assert planning.expand_next(db, keys, later)
    with db.transaction() as session:
        first = session.scalars(select(Invitation).order_by(Invitation.id)).first()
        assert first
        answer(session, keys, course, first, later)
    send_all(installation, later)
    assert rows(db)[3:] == [("cancelled", "answered"), ("sent", None), ("sent", None)]


def test_a_prompt_that_was_written_to_is_dropped_without_telling(
    installation: Installation, log_course: Course
) -> None:
    """The same reason for all three: what is private in a log must not show in the outbox."""
    db, keys, later = installation.database, installation.keys, DUE + 3 * DAY
    send_all(installation, DUE)
    assert planning.expand_next(db, keys, later)
    with db.transaction() as session:
        written, left, withdrawn = session.scalars(select(Invitation).order_by(Invitation.id)).all()
        write_to_prompt(session, written, DUE, "hemligt")
        end_enrolment(left)
        withdraw(withdrawn)
    send_all(installation, later)
    assert rows(db)[3:] == [("cancelled", "not_needed")] * 3


def test_a_first_prompt_and_a_new_link_go_out_whatever_has_been_written(
    installation: Installation, log_course: Course
) -> None:
    """Both are shown person by person: one that was not needed would tell that something is in the log."""
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        for each in session.scalars(select(Invitation)).all():
            write_to_prompt(session, each, DUE, "hemligt")
    assert len(send_all(installation, DUE)) == 3
    assert sending.replace_link(db, keys, first_invitation(db).id, DUE + HOUR)
    assert len(send_all(installation, DUE + HOUR)) == 1
    assert rows(db) == [("sent", None)] * 4


def test_who_has_answered_gets_the_new_link_too(installation: Installation, course: Course) -> None:
    """Without it nothing could be corrected until closing: the old link has ended."""
    db, keys = installation.database, installation.keys
    send_all(installation, DUE)
    first = first_invitation(db)
    with db.transaction() as session:
        answer(session, keys, course, session.get_one(Invitation, first.id), DUE + HOUR)
    assert sending.replace_link(db, keys, first.id, DUE + HOUR)
    (mail,) = send_all(installation, DUE + HOUR)
    assert isinstance(mail, Outgoing)
    assert mail.path == f"/s/{keys.link_token(first.public_id, 2)}"


def test_a_log_prompt_leads_to_the_log(installation: Installation, log_course: Course) -> None:
    outgoing = claim(installation)
    assert isinstance(outgoing, Outgoing)
    with installation.database.reading() as session:
        invitation = session.get_one(Message, outgoing.message_id).invitation
        enrolled = LogBook.enrolment_id == invitation.enrolment_id
        book = session.scalars(select(LogBook).where(enrolled)).one()
        token = installation.keys.link_token(book.public_id, 1)
        assert outgoing.path == f"/l/{token}?fraga={invitation.public_id}"
    assert outgoing.asks == builders.PROMPT
    assert outgoing.minutes is None


def test_a_replaced_link_ends_the_old_one_and_is_sent(installation: Installation, course: Course) -> None:
    db, keys = installation.database, installation.keys
    send_all(installation, DUE)
    first = first_invitation(installation.database)
    assert sending.replace_link(db, keys, first.id, DUE + HOUR)
    (mail,) = send_all(installation, DUE + HOUR)
    assert isinstance(mail, Outgoing)
    assert mail.path == f"/s/{keys.link_token(first.public_id, 2)}"
    with db.reading() as session:
        assert session.get(RetiredLink, token_hash(keys.link_token(first.public_id, 1))) is not None
        renewed = session.get_one(Invitation, first.id)
        assert renewed.token_hash == token_hash(keys.link_token(first.public_id, 2))
    assert sending.replace_link(db, keys, first.id, DUE + 3 * DAY), "and once more, days later"
    assert len(send_all(installation, DUE + 3 * DAY)) == 1


def test_a_link_replaced_before_its_first_mail_goes_out_with_it(
    installation: Installation, course: Course
) -> None:
    first = first_invitation(installation.database)
    sending.replace_link(installation.database, installation.keys, first.id, DUE)
    mails = send_all(installation, DUE)
    paths = [each.path for each in mails if isinstance(each, Outgoing)]
    assert len(paths) == 3
    assert f"/s/{installation.keys.link_token(first.public_id, 2)}" in paths


def test_replacing_after_closing_mails_nothing(installation: Installation, course: Course) -> None:
    first = first_invitation(installation.database)
    assert not sending.replace_link(installation.database, installation.keys, first.id, DUE + 14 * DAY)


def test_replacing_of_a_prompt_renews_the_logs_link(installation: Installation, log_course: Course) -> None:
    db, keys = installation.database, installation.keys
    send_all(installation, DUE)
    first = first_invitation(db)
    with db.reading() as session:
        enrolled = LogBook.enrolment_id == first.enrolment_id
        book = session.scalars(select(LogBook.public_id).where(enrolled)).one()
    assert sending.replace_link(db, keys, first.id, DUE + HOUR)
    (mail,) = send_all(installation, DUE + HOUR)
    assert isinstance(mail, Outgoing)
    assert mail.path.startswith(f"/l/{keys.link_token(book, 2)}?")
    with db.reading() as session:
        assert session.get(RetiredLink, token_hash(keys.link_token(book, 1))) is not None


def test_a_withdrawn_invitation_sends_nothing_more(installation: Installation, course: Course) -> None:
    db = installation.database
    first = first_invitation(installation.database)
    sending.withdraw_invitation(db, first.id, DUE)
    assert len(send_all(installation, DUE)) == 2
    assert ("cancelled", "withdrawn") in rows(db)
    with pytest.raises(sending.UnknownInvitation):
        sending.withdraw_invitation(db, 999_999, DUE)
    with pytest.raises(sending.UnknownInvitation):
        sending.replace_link(db, installation.keys, 999_999, DUE)


def test_settling_and_claiming_together_is_both(installation: Installation, course: Course) -> None:
    db, keys, desk = installation.database, installation.keys, sending.Desk("w", LEASE)
    first = sending.settle_and_claim(db, keys, None, DUE, desk)
    assert isinstance(first, Outgoing)
    done = sending.Delivered(first.message_id, Outcome("sent"), DUE)
    second = sending.settle_and_claim(db, keys, done, DUE, desk)
    assert isinstance(second, Outgoing)
    assert sorted(state for state, _ in rows(db)) == ["claimed", "due", "sent"]
    assert sending.outbox(db) == {"claimed": 1, "due": 1, "sent": 1}


@pytest.mark.parametrize(("hours", "state", "reason"), [(23, "sent", None), (25, "missed", "too_late")])
def test_what_somebody_has_just_asked_for_does_not_come_days_later(
    installation: Installation, course: Course, hours: int, state: str, reason: str | None
) -> None:
    """One's own page and a test: the mail server was away, or the scheduler stood still."""
    db, keys = installation.database, installation.keys
    send_all(installation, DUE)
    access.add_user(db, "eva@prov.example", "Eva Ek", "korrekt-häst-batteri-klammer")
    with db.reading() as session:
        person = session.scalars(select(Participant.id)).first()
        mailing = session.scalars(select(Mailing.id)).first()
        user_id = session.scalars(select(User.id)).one()
    assert person
    assert mailing
    own_page.send_link(db, keys, person, user_id, DUE)
    mailing_acts.test_send(db, mailing, "p0", "sv", user_id, DUE)
    for claimed in (claim(installation), claim(installation)):
        assert claimed is not None
        sending.settle(db, claimed.message_id, Outcome("later", "451 busy"), DUE)
    now = DUE + hours * HOUR
    while claimed := claim(installation, now):
        if not isinstance(claimed, Skipped):
            sending.settle(db, claimed.message_id, Outcome("sent"), now)
    assert rows(db)[3:] == [(state, reason)] * 2
