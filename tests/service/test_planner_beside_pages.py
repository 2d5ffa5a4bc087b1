"""The planner beside an organiser who changes the same series: neither ends in a deadlock.

Each test stops a page between two of its locks, lets the planner go as far as it comes, and the page on.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.followups import planning
from surveys.installation import Installation
from surveys.models.followup import Mailing
from surveys.outbox import mailing_acts
from surveys.queries import occasions
from tests.support.builders import ENDED, Course
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)

NOW = ENDED + timedelta(hours=3)


def series(installation: Installation, privacy_mode: str = "pseudonymous") -> int:
    """Two occasions that have ended, with somebody present at each: mailings of both are due."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.form.privacy_mode = privacy_mode
        people = course.people(3)
        for code in ("t1", "t2"):
            course.occasion(code, present=people)
        course.rule()
        course.refresh()
        return course.series.id


def lock(session: Session, mailing_id: int) -> None:
    found = select(Mailing.id).where(Mailing.id == mailing_id)
    session.execute(found.with_for_update(of=Mailing, key_share=True))


def firsts(db: Database) -> list[int]:
    """The first mailings of the two occasions."""
    with db.reading() as session:
        return list(session.scalars(select(Mailing.id).where(Mailing.step == 0).order_by(Mailing.id)))


@contextmanager
def beside(db: Database, work: Callable[[], object]) -> Iterator[None]:
    """``work`` has gone as far as it comes: it is done, or waits for what is held here."""
    faults: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - shown below, whatever it is
            faults.append(fault)

    def waits() -> bool:
        with db.looking() as connection:
            return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

    worker = threading.Thread(target=run)
    worker.start()
    until(lambda: not worker.is_alive() or waits())
    try:
        yield
    finally:
        worker.join(20)
    assert (worker.is_alive(), faults) == (False, [])


def all_expanded(installation: Installation) -> bool:
    while planning.expand_next(installation.database, installation.keys, NOW):
        pass
    with installation.database.reading() as session:
        return set(session.scalars(select(Mailing.state).where(Mailing.step == 0))) == {"expanded"}


def test_a_mailing_that_has_waited_moves_its_reminders_while_a_page_plans_the_series(
    installation: Installation,
) -> None:
    db, series_id = installation.database, series(installation)
    first, second = firsts(db)
    with db.transaction() as session:  # the second has waited for attendance
        session.get_one(Mailing, first).state = "expanded"
        session.get_one(Mailing, second).state = "waiting"

    with db.transaction() as session:
        lock(session, first)
        with beside(db, lambda: planning.expand_next(db, installation.keys, NOW)):
            planning.refresh_mailings(session, series_id, NOW)
            session.commit()
    assert all_expanded(installation)


def test_the_first_key_of_a_series_is_entered_while_a_page_holds_the_series(
    installation: Installation,
) -> None:
    db, series_id = installation.database, series(installation, "sealed")
    with db.transaction() as session:
        occasions.hold_series(session, series_id)
        with beside(db, lambda: planning.expand_next(db, installation.keys, NOW)):
            planning.refresh_mailings(session, series_id, NOW)
            session.commit()
    assert all_expanded(installation)


def test_two_people_change_the_same_series(installation: Installation) -> None:
    """One skips a mailing while the other's change goes through all of them."""
    db, series_id = installation.database, series(installation)
    first, second = firsts(db)
    with db.transaction() as session:
        lock(session, first)
        with beside(db, lambda: mailing_acts.skip(db, second, None, "", NOW)):
            planning.refresh_mailings(session, series_id, NOW)
            session.commit()
    with db.reading() as session:
        assert session.get_one(Mailing, second).state == "cancelled"
