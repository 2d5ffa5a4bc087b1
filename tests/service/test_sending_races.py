"""Two dispatchers at once while an occasion is moved: each mail once, and nobody is left with an old date."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from surveys.course import rescheduling
from surveys.course.rescheduling import By, When
from surveys.database import Database
from surveys.domain.timing import wall_time
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, Outgoing
from surveys.models.message import Message
from surveys.models.programme import Occasion, Project
from surveys.outbox import sending, sending_state
from surveys.queries import letters
from surveys.queries import sending as queries
from tests.support.books import ZONE
from tests.support.builders import Course
from tests.support.waiting import until

PEOPLE, MOVES = 40, 6
# The two have a clock each, and one may come far ahead of the other.
LEASE, SECOND = timedelta(days=1), timedelta(seconds=1)
ASKED = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
STARTS, ENDS = wall_time("2026-12-01 13:00"), wall_time("2026-12-01 16:30")


class Worker(threading.Thread):
    """Claims and settles until told to stop; keeps what it has sent, in order."""

    def __init__(self, house: Installation, name: str) -> None:
        super().__init__(name=name)
        self.house, self.stopping = house, threading.Event()
        self.sent: list[Outgoing] = []
        self.seconds = count(1)

    def run(self) -> None:
        while not self.stopping.is_set():
            self.work()

    def work(self) -> None:
        desk = sending.Desk(self.name, LEASE)
        now = ASKED + next(self.seconds) * SECOND
        claimed = sending.settle_and_claim(self.house.database, self.house.keys, None, now, desk)
        if isinstance(claimed, Outgoing):
            self.sent.append(claimed)
            sending.settle(self.house.database, claimed.message_id, Outcome("sent"), now)


def begin(installation: Installation, weekly_cap: int | None = None, rules: int = 1) -> int:
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(PEOPLE)
        occasion = course.occasion(ends=ENDS)
        for number in range(rules):
            course.rule(
                f"fore{number}",
                audience="everyone",
                anchor="occasion_start",
                offset_days=-7,
                offset_minutes=0,
                reminder_days=[],
            )
        session.get_one(Project, course.project.id).weekly_cap = weekly_cap
        course.refresh()
        occasion_id = occasion.id
    while planning.expand_next(installation.database, installation.keys, ASKED):
        pass
    return occasion_id


def outbox(db: Database) -> dict[str, int]:
    return sending.outbox(db)


def test_whoever_was_told_an_old_date_is_told_the_new_one(installation: Installation) -> None:
    """The move comes in the middle of sending, again and again."""
    occasion_id = begin(installation)
    workers = [Worker(installation, name) for name in ("a", "b")]
    for each in workers:
        each.start()
    try:
        # Before any has left, they would all wait for the new date instead.
        until(lambda: any(each.sent for each in workers))
        for number in range(1, MOVES + 1):
            step = timedelta(days=number)
            wanted = When(STARTS + step, ENDS + step, ZONE, "Storgatan 1")
            rescheduling.change_occasion(installation.database, occasion_id, wanted, By(None, ASKED))
        until(lambda: not outbox(installation.database).keys() & {"due", "claimed"}, 60)
    finally:
        for each in workers:
            each.stopping.set()
        for each in workers:
            each.join()
    _all_know(installation, occasion_id, [mail for each in workers for mail in each.sent])


def _all_know(installation: Installation, occasion_id: int, sent: list[Outgoing]) -> None:
    with installation.database.reading() as session:
        now = session.get_one(Occasion, occasion_id)
        told: dict[str, list[tuple[int, object]]] = {}
        for mail in sent:
            assert mail.about is not None
            told.setdefault(mail.address, []).append((mail.about.sequence, mail.about.starts))
        assert len(told) == PEOPLE
        assert {max(each, key=lambda it: it[0])[1] for each in told.values()} == {now.starts_wall}
        assert max(Counter(each.public_id for each in sent).values()) == 1


def test_two_dispatchers_keep_the_weekly_cap_together(installation: Installation) -> None:
    begin(installation, weekly_cap=2, rules=4)
    workers = [Worker(installation, name) for name in ("a", "b")]
    for each in workers:
        each.start()
    try:
        until(lambda: _settled(installation.database), 60)
    finally:
        for each in workers:
            each.stopping.set()
        for each in workers:
            each.join()
    per_person = Counter(mail.address for each in workers for mail in each.sent)
    assert set(per_person.values()) == {2}
    assert len(per_person) == PEOPLE


def _settled(db: Database) -> bool:
    with db.reading() as session:
        waiting = session.scalars(select(Message.reason).where(Message.state.in_(("due", "claimed")))).all()
        return set(waiting) <= {"weekly_cap"}


@pytest.mark.parametrize("per_minute", [5])
def test_two_dispatchers_keep_the_throttle_together(installation: Installation, per_minute: int) -> None:
    begin(installation)
    sent: list[sending.Claimed] = []

    def work(name: str) -> None:
        desk = sending.Desk(name, LEASE, per_minute=per_minute)
        while claimed := sending.settle_and_claim(
            installation.database, installation.keys, None, ASKED, desk
        ):
            sent.append(claimed)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b", "c")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(sent) == per_minute


def test_two_that_fail_at_once_pause_once(installation: Installation) -> None:
    begin(installation)
    threads = [
        threading.Thread(target=sending_state.pause, args=(installation.database, "unreachable", "", ASKED))
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sending_state.state(installation.database).pauses == 1


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_mail_tells_the_date_that_its_claim_wrote_down(installation: Installation) -> None:
    """On SQLite nobody writes between a claim and what it reads."""
    occasion_id = begin(installation)
    wanted = When(STARTS + timedelta(days=1), ENDS + timedelta(days=1), ZONE, "Storgatan 1")
    with installation.database.transaction() as session:
        found = queries.claim(session, ASKED, "a", LEASE)
        assert found is not None
        with installation.database.transaction() as other:
            occasion = other.get_one(Occasion, occasion_id)
            occasion.starts_wall, occasion.ends_wall = wanted.starts_wall, wanted.ends_wall
            occasion.sequence += 1
        row = letters.asked(session, found[0])
        assert (row.occasion_sequence, row.sequence) == (0, 1)
        held = sending._held(session, row, ASKED)
    assert held == sending.Verdict("due", "deferred", ASKED + sending.SOON)
