"""Nothing about mails tells who has written in the learning log: no count, cap, act or returned mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from surveys.database import Database
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, OutcomeKind, Outgoing
from surveys.models.access import User
from surveys.models.followup import Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment, MailStop
from surveys.models.programme import Project
from surveys.models.returned import ReturnedMail
from surveys.outbox import mailing_acts, returns, sending
from surveys.queries import mails, weekly_cap
from surveys.queries import returns as return_queries
from surveys.register import people_enrolment
from surveys.register.people_enrolment import Participation
from surveys.running import access
from tests.support import returned
from tests.support.builders import ENDED, LONG_AGO, Course, write_to_prompt

HOUR, DAY, LEASE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=2)
PROMPTED = ENDED + 2 * HOUR
REMINDED = PROMPTED + 3 * DAY


@dataclass
class Two:
    """Two people asked to write in the log; the first has written, both are due to be reminded."""

    installation: Installation
    writer: int
    silent: int

    @property
    def db(self) -> Database:
        return self.installation.database

    def remind(self, now: datetime = REMINDED) -> None:
        while planning.expand_next(self.db, self.installation.keys, now):
            pass
        self.send_all(now)

    def send_all(self, now: datetime) -> None:
        while claimed := sending.claim_next(self.db, self.installation.keys, now, "w", LEASE):
            if isinstance(claimed, Outgoing):
                sending.settle(self.db, claimed.message_id, Outcome("sent"), now)

    def project(self, **values: Any) -> None:
        with self.db.transaction() as session:
            project = session.scalars(select(Project)).one()
            for name, value in values.items():
                setattr(project, name, value)


@pytest.fixture
def two(installation: Installation) -> Two:
    with installation.database.transaction() as session:
        course = Course(session)
        writer, silent = course.people(2)
        course.occasion(present=[writer, silent])
        course.log_rule(reminder_days=[3])
        course.refresh()
        both = Two(installation, writer.id, silent.id)
    assert planning.expand_next(installation.database, installation.keys, PROMPTED)
    both.send_all(PROMPTED)
    with installation.database.transaction() as session:
        own = select(Invitation).where(Invitation.enrolment_id == both.writer)
        write_to_prompt(session, session.scalars(own).one(), PROMPTED + HOUR, "Hemligt")
    return both


def stopped_by_leaving(two: Two, enrolment_id: int, user_id: int) -> int:
    with two.db.reading() as session:
        stored = people_enrolment.participation_of(session.get_one(Enrolment, enrolment_id))
    wanted = Participation("dropped_out", stored.work_group, stored.starts, stored.ends)
    told = people_enrolment.change_enrolment(
        two.db, enrolment_id, wanted, stored.mark, REMINDED, user_id, rehearse=True
    )
    return told.stopped


def test_what_leaving_would_stop_is_the_same_for_both(two: Two) -> None:
    two.project(quiet_from=time(1), quiet_to=time(23))  # the silent one's reminder waits
    two.remind()
    with two.db.reading() as session:
        states = {each.enrolment_id: each.state for each in session.scalars(select(Message)) if each.step}
    assert states == {two.writer: "due", two.silent: "due"}
    access.add_user(two.db, "eva@prov.example", "Eva Ek", "korrekt-häst-batteri-klammer")
    with two.db.reading() as session:
        number = session.scalars(select(User.id)).one()
    assert stopped_by_leaving(two, two.writer, number) == stopped_by_leaving(two, two.silent, number)


def test_the_weekly_cap_counts_the_same_for_both(two: Two) -> None:
    two.remind()
    with two.db.reading() as session:
        persons = [session.get_one(Enrolment, each).participant_id for each in (two.writer, two.silent)]
        counted = {weekly_cap.sent_since(session, each, PROMPTED - DAY, besides=0) for each in persons}
    assert counted == {2}


def test_skipping_reminders_does_not_ask_whether_any_waits(two: Two) -> None:
    two.remind()
    with two.db.reading() as session:
        reminder = session.scalars(select(Mailing.id).where(Mailing.step == 1)).one()
    mailing_acts.skip(two.db, reminder, None, "", REMINDED, rehearse=True)


@pytest.mark.parametrize("answer", [returned.out_of_office, returned.complaint])
@pytest.mark.parametrize("of_reminder", [True, False])
def test_what_answers_a_reminder_is_not_shown(
    two: Two, of_reminder: bool, answer: Callable[[str], bytes]
) -> None:
    two.remind()
    with two.db.reading() as session:
        mail = session.scalars(
            select(Message).where(Message.enrolment_id == two.silent, Message.step == int(of_reminder))
        ).one()
        number, participant = mail.id, session.get_one(Enrolment, two.silent).participant_id
    to = f"studs+{two.installation.keys.return_token(number)}@folja.example"
    returns.take_in(two.db, two.installation.keys, answer(to), REMINDED + HOUR)
    with two.db.reading() as session:
        kept = session.scalars(select(ReturnedMail.id)).one()
        assert len(return_queries.of_participant(session, participant)) == (0 if of_reminder else 1)
        assert (return_queries.one(session, participant, kept) is None) == of_reminder


@pytest.mark.parametrize("at_once", [True, False])
def test_that_a_reminder_was_refused_is_not_shown(two: Two, at_once: bool) -> None:
    """It goes to those who have not written; at the door of their server, or when it comes back."""
    while planning.expand_next(two.db, two.installation.keys, REMINDED):
        pass
    refused = Outcome("refused" if at_once else "sent", "550 5.1.1 no such user", of_receiver=at_once)
    while claimed := sending.claim_next(two.db, two.installation.keys, REMINDED, "w", LEASE):
        if isinstance(claimed, Outgoing):
            sending.settle(two.db, claimed.message_id, refused, REMINDED, address=claimed.address)
            if not at_once:
                to = f"studs+{claimed.return_token}@folja.example"
                report = returned.report(to, claimed.address)
                returns.take_in(two.db, two.installation.keys, report, REMINDED + HOUR)
    with two.db.reading() as session:
        person = session.get_one(Enrolment, two.silent).participant
        assert person.dead_address is None
        assert return_queries.of_participant(session, person.id) == []


@pytest.mark.parametrize("of_reminder", [True, False])
def test_a_complaint_about_a_reminder_ends_mails_as_the_link_in_it_would(two: Two, of_reminder: bool) -> None:
    two.remind()
    with two.db.reading() as session:
        own = select(Message.id).where(Message.enrolment_id == two.silent, Message.step == int(of_reminder))
        number = session.scalars(own).one()
    to = f"studs+{two.installation.keys.return_token(number)}@folja.example"
    returns.take_in(two.db, two.installation.keys, returned.complaint(to), REMINDED + HOUR)
    with two.db.reading() as session:
        (stop,) = session.scalars(select(MailStop))
        assert (stop.scope, stop.source) == ("everything", "unsubscribe" if of_reminder else "complaint")


# Asked when they register, a mailing each, and reminded on a Sunday after three days.
ASKED_ALONE = LONG_AGO + 2 * HOUR
REMINDED_ALONE = ASKED_ALONE + 3 * DAY


@pytest.fixture
def alone(installation: Installation) -> Two:
    with installation.database.transaction() as session:
        course = Course(session)
        writer, silent = course.people(2)
        course.log_rule(anchor="registration", audience="everyone", reminder_days=[3])
        course.refresh()
        both = Two(installation, writer.id, silent.id)
    both.remind(ASKED_ALONE)
    with installation.database.transaction() as session:
        own = select(Invitation).where(Invitation.enrolment_id == both.writer)
        write_to_prompt(session, session.scalars(own).one(), ASKED_ALONE + HOUR, "Hemligt")
    return both


def of_both(two: Two, now: datetime) -> list[dict[str, int]]:
    """What the pages tell of the reminders of the writer and of the silent one."""
    with two.db.reading() as session:
        reminders = select(Mailing.id).where(Mailing.step == 1)
        ids = session.scalars(reminders.order_by(Mailing.enrolment_id)).all()
        found = mails.counts(session, ids, now)
        return [found[each].states for each in ids]


@pytest.mark.parametrize(
    "held", [{"weekly_cap": 1}, {"quiet_from": time(1), "quiet_to": time(23)}, {"quiet_weekends": True}]
)
def test_both_wait_alike(alone: Two, held: dict[str, Any]) -> None:
    alone.project(**held)
    alone.remind(REMINDED_ALONE)
    with alone.db.reading() as session:
        wait = session.execute(
            select(Message.state, Message.reason, Message.next_attempt_at).where(Message.step == 1)
        ).all()
        assert len(wait) == 2
        assert len(set(wait)) == 1
        assert wait[0].state == "due"
    alone.send_all(REMINDED_ALONE + DAY + 21 * HOUR)
    assert sending.outbox(alone.db) == {"sent": 3, "cancelled": 1}


@pytest.mark.parametrize("outcome", ["sent", "refused", "later", "uncertain"])
def test_whatever_a_server_says_both_look_alike(alone: Two, outcome: OutcomeKind) -> None:
    keys = alone.installation.keys
    while planning.expand_next(alone.db, keys, REMINDED_ALONE):
        pass
    while claimed := sending.claim_next(alone.db, keys, REMINDED_ALONE, "w", LEASE):
        if isinstance(claimed, Outgoing):
            sending.settle(alone.db, claimed.message_id, Outcome(outcome, "an answer"), REMINDED_ALONE)
    assert of_both(alone, REMINDED_ALONE) == [{"under_way": 1}, {"under_way": 1}]
    with alone.db.reading() as session:
        closes = max(session.scalars(select(Mailing.closes_at)))
    assert of_both(alone, closes) == [{"seen_to": 1}, {"seen_to": 1}]


@pytest.mark.parametrize("state", ["refused", "missed"])
def test_of_many_no_reminder_tells_its_own_end(two: Two, state: str) -> None:
    two.remind()
    with two.db.transaction() as session:
        own = select(Message).where(Message.enrolment_id == two.silent, Message.step == 1)
        session.scalars(own).one().state = state
    assert of_both(two, REMINDED) == [{"seen_to": 2}]
