"""Who is told that an occasion has changed, where it is not sure what they were told: mails that may have
left, people who were away."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from surveys.course import rescheduling, series_removal
from surveys.course.rescheduling import By, When
from surveys.domain.timing import wall_time
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, Outgoing, Skipped
from surveys.models.access import User
from surveys.models.followup import Invitation
from surveys.models.message import Message
from surveys.models.people import Enrolment
from surveys.models.programme import Series
from surveys.outbox import sending
from surveys.outbox.sending import Desk
from surveys.register import people, people_enrolment
from surveys.register.people_enrolment import Participation
from surveys.running import access
from tests.support.books import ZONE
from tests.support.builders import Course, messages, write_to_prompt

HOUR, DAY, LEASE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=2)
STARTS, ENDS = wall_time("2026-12-01 13:00"), wall_time("2026-12-01 16:30")
# Asked a week ahead, Tuesday 24 November at 13:00 in Stockholm.
ASKED = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
FIRST = When(STARTS, ENDS, ZONE, "Storgatan 1")
LATER = When(STARTS + 2 * DAY, ENDS + 2 * DAY, ZONE, "Storgatan 1")


class House:
    """One person who is asked a week ahead of an occasion."""

    def __init__(self, installation: Installation, log: bool = False) -> None:
        self.db, self.keys = installation.database, installation.keys
        with self.db.transaction() as session:
            course = Course(session)
            (self.person,) = (each.id for each in course.people(1))
            self.occasion = course.occasion(ends=ENDS).id
            ahead = {"audience": "everyone", "anchor": "occasion_start", "offset_minutes": 0}
            (course.log_rule if log else course.rule)(offset_days=-7, reminder_days=[2], **ahead)
            course.refresh()
        access.add_user(self.db, "eva@prov.example", "Eva Ek", "korrekt-häst-batteri-klammer")
        with self.db.reading() as session:
            self.user = session.scalars(select(User.id)).one()

    def claim(self, now: datetime) -> Outgoing | Skipped | None:
        while planning.expand_next(self.db, self.keys, now):
            pass
        claimed = sending.settle_and_claim(self.db, self.keys, None, now, Desk("w", LEASE))
        assert not isinstance(claimed, sending.StaffMail)
        return claimed

    def lose(self, now: datetime) -> Outgoing:
        """A mail leaves, and the process dies before it has written that down."""
        claimed = self.claim(now)
        assert isinstance(claimed, Outgoing)
        return claimed

    def send_all(self, now: datetime) -> list[Outgoing]:
        done = []
        while claimed := self.claim(now):
            if isinstance(claimed, Outgoing):
                told = claimed.about.sequence if claimed.about else None
                sending.settle(self.db, claimed.message_id, Outcome("sent"), now, told=told)
                done.append(claimed)
        return done

    def give_up(self, now: datetime) -> datetime:
        """Try what is uncertain until it is missed; returns when that was."""
        while isinstance(self.claim(now), Outgoing):
            now += LEASE
        return now

    def move(self, wanted: When, now: datetime) -> None:
        rescheduling.change_occasion(self.db, self.occasion, wanted, By(None, now))

    def withdraw(self, now: datetime) -> None:
        with self.db.reading() as session:
            invitation = session.scalars(select(Invitation.id)).one()
        sending.withdraw_invitation(self.db, invitation, now)

    def state(self, state: str, now: datetime) -> None:
        with self.db.reading() as session:
            stored = people_enrolment.participation_of(session.get_one(Enrolment, self.person))
        wanted = Participation(state, stored.work_group, stored.starts, stored.ends)
        people_enrolment.change_enrolment(self.db, self.person, wanted, stored.mark, now, self.user)

    def rows(self) -> list[tuple[str, int, str, str | None]]:
        with self.db.reading() as session:
            return [(each.kind, each.step, each.state, each.reason) for each in messages(session)]


@pytest.fixture
def house(installation: Installation) -> House:
    return House(installation)


def told(mails: list[Outgoing]) -> list[tuple[str, datetime | None, datetime | None]]:
    """Kind of notice, what was, what is."""
    return [(each.kind, each.told.starts, each.about.starts) for each in mails if each.told and each.about]


MOVED = ("moved", STARTS, LATER.starts_wall)
BACK = ("moved", LATER.starts_wall, STARTS)


# Away and back


def test_whoever_comes_back_is_told_what_has_changed_meanwhile(house: House) -> None:
    house.send_all(ASKED)
    house.state("cancelled", ASKED + HOUR)
    house.move(LATER, ASKED + 2 * HOUR)
    assert house.send_all(ASKED + 3 * HOUR) == []
    house.state("registered", ASKED + 4 * HOUR)
    assert told(house.send_all(ASKED + 4 * HOUR)) == [MOVED]
    assert house.send_all(ASKED + 5 * HOUR) == []


def test_a_notice_that_was_stopped_by_leaving_goes_after_all(house: House) -> None:
    house.send_all(ASKED)
    house.move(LATER, ASKED + HOUR)
    house.state("dropped_out", ASKED + HOUR)
    assert house.send_all(ASKED + 2 * HOUR) == []
    assert ("moved", 1, "cancelled", "enrolment_ended") in house.rows()
    house.state("started", ASKED + 3 * HOUR)
    assert told(house.send_all(ASKED + 3 * HOUR)) == [MOVED]


def test_of_a_series_switched_off_no_more_than_notices_go(house: House) -> None:
    house.send_all(ASKED)
    with house.db.reading() as session:
        series = session.scalars(select(Series.id)).one()
    series_removal.switch_off_series(house.db, series, None, ASKED + HOUR)
    house.move(LATER, ASKED + 2 * HOUR)
    assert told(house.send_all(ASKED + 3 * HOUR)) == [MOVED]
    assert house.send_all(ASKED + 3 * DAY) == []  # not the reminder


def test_whoever_comes_back_to_what_is_over_or_as_it_was_hears_nothing(house: House) -> None:
    house.send_all(ASKED)
    house.state("cancelled", ASKED + HOUR)
    house.move(LATER, ASKED + 2 * HOUR)
    house.move(FIRST, ASKED + 3 * HOUR)
    house.state("registered", ASKED + 4 * HOUR)
    assert told(house.send_all(ASKED + 4 * HOUR)) == []
    house.state("cancelled", ASKED + 5 * HOUR)
    house.move(LATER, ASKED + 5 * HOUR)
    house.state("registered", ASKED + 20 * DAY)
    assert told(house.send_all(ASKED + 20 * DAY)) == []


def test_whoever_comes_back_by_a_file_is_told_too(house: House) -> None:
    house.send_all(ASKED)
    house.state("cancelled", ASKED + HOUR)
    house.move(LATER, ASKED + 2 * HOUR)
    with house.db.reading() as session:
        series_id = session.get_one(Enrolment, house.person).series_id
    fields = {"code": "p0", "name": "Person 0", "email": "p0@prov.example", "state": "registered"}
    people.add(house.db, series_id, fields, ASKED + 3 * HOUR, house.user)
    assert told(house.send_all(ASKED + 4 * HOUR)) == [MOVED]


# What may have left


def test_a_mail_that_may_have_left_and_was_given_up_counts_as_told(house: House) -> None:
    house.lose(ASKED)
    now = house.give_up(ASKED + LEASE)
    assert house.rows() == [("invitation", 0, "missed", "uncertain")]
    house.move(LATER, now)
    assert told(house.send_all(now)) == [MOVED]


def test_a_notice_that_may_have_left_and_was_given_up_is_taken_back(house: House) -> None:
    """It said another date; that the date is the old one again must be told."""
    house.send_all(ASKED)
    house.move(LATER, ASKED + HOUR)
    house.lose(ASKED + HOUR)
    now = house.give_up(ASKED + HOUR + LEASE)
    house.move(FIRST, now)
    assert told(house.send_all(now)) == [BACK]


def test_a_notice_that_was_never_handed_over_is_not_taken_back(house: House) -> None:
    house.send_all(ASKED)
    house.move(LATER, ASKED + HOUR)
    claimed = house.lose(ASKED + HOUR)
    sending.settle(house.db, claimed.message_id, Outcome("refused", "550 no"), ASKED + HOUR)
    house.move(FIRST, ASKED + 2 * HOUR)
    assert told(house.send_all(ASKED + 2 * HOUR)) == []


def test_a_second_try_that_does_not_go_has_told_nothing_new(house: House) -> None:
    house.lose(ASKED)
    house.move(LATER, ASKED + LEASE / 2)
    house.withdraw(ASKED + LEASE / 2)
    mails = house.send_all(ASKED + LEASE)
    assert ("invitation", 0, "cancelled", "withdrawn") in house.rows()
    assert told(mails) == [MOVED]


def test_a_second_try_that_goes_tells_the_new_date(house: House) -> None:
    house.lose(ASKED)
    house.move(LATER, ASKED + LEASE / 2)
    with house.db.transaction() as session:  # the notice lies behind the invitation that comes again
        notice = session.scalars(select(Message).where(Message.kind == "moved")).one()
        notice.next_attempt_at = ASKED + 2 * LEASE
    (mail,) = house.send_all(ASKED + LEASE)
    assert (mail.kind, mail.about and mail.about.starts) == ("invitation", LATER.starts_wall)
    assert house.send_all(ASKED + 2 * LEASE) == []
    assert ("moved", 1, "cancelled", "overtaken") in house.rows()


def test_two_tries_may_have_told_two_dates(house: House) -> None:
    house.lose(ASKED)
    house.move(LATER, ASKED + LEASE / 2)
    assert house.lose(ASKED + LEASE).kind == "invitation"
    house.move(FIRST, ASKED + LEASE + LEASE / 2)
    house.withdraw(ASKED + LEASE + LEASE / 2)
    assert told(house.send_all(ASKED + 2 * LEASE)) == [BACK]


# The log


@pytest.mark.parametrize("writes", [True, False])
def test_who_has_a_notice_does_not_tell_who_has_written(installation: Installation, writes: bool) -> None:
    """A reminder that went told the new date; one that was not needed did not."""
    house = House(installation, log=True)
    house.send_all(ASKED)
    if writes:
        with house.db.transaction() as session:
            write_to_prompt(session, session.scalars(select(Invitation)).one(), ASKED, "Hemligt")
    house.move(LATER, ASKED + 2 * DAY)
    with house.db.transaction() as session:
        notice = session.scalars(select(Message).where(Message.kind == "moved")).one()
        notice.next_attempt_at = ASKED + 5 * DAY
    reminded = house.send_all(ASKED + 4 * DAY)
    assert [each.kind for each in reminded] == ([] if writes else ["log_reminder"])
    assert told(house.send_all(ASKED + 5 * DAY)) == [MOVED]
    house.move(FIRST, ASKED + 6 * DAY)
    assert told(house.send_all(ASKED + 6 * DAY)) == [BACK]
