"""What gives way and what does not: quiet hours, pinned and skipped mailings, series that are not active."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from surveys.database import Database
from surveys.domain.timing import to_utc, wall_time
from surveys.followups import planning
from surveys.installation import Installation
from surveys.models.followup import Invitation, Mailing
from surveys.models.message import Message
from tests.support import builders
from tests.support.books import ZONE
from tests.support.builders import ENDED, ENDS, NINE, Course, place_in_time

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = ENDED + 2 * HOUR


def exhaust(installation: Installation, now: datetime) -> int:
    count = 0
    while planning.expand_next(installation.database, installation.keys, now):
        count += 1
        assert count < 100, "the planner goes round in circles"
    return count


def quiet(course: Course, **changes: Any) -> None:
    known = {"quiet_from": time(18), "quiet_to": time(8), "quiet_weekends": True, "quiet_holidays": True}
    for name, value in (known | changes).items():
        setattr(course.project, name, value)
    course.session.flush()


def shown(course: Course) -> list[str]:
    return [f"{each.due_wall:%m-%d %H:%M} {each.deferral or '-'} {each.state}" for each in course.mailings()]


def test_a_mailing_gives_way_to_quiet_hours_and_shows_what_it_gave_way_to(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        quiet(course)
        course.occasion(ends=wall_time("2026-12-04 16:30"))
        course.rule()
        course.refresh()
        assert shown(course) == [
            "12-07 08:00 weekend planned",
            "12-10 08:00 - planned",
            "12-14 08:00 - planned",
        ]
        first = course.mailings()[0]
        assert first.intended_at == to_utc(wall_time("2026-12-04 18:30"), ZONE)
        assert first.closes_at == to_utc(wall_time("2026-12-21 08:00"), ZONE)


def test_changed_quiet_hours_move_what_is_unsent_and_nothing_else(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(2))
        course.rule(reminder_days=[3])
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        course.project = session.merge(course.project)
        quiet(course)
        planning.refresh_project(session, course.project.id, DUE + HOUR)
        assert shown(course) == ["12-01 18:30 - expanded", "12-07 08:00 weekend planned"]
        before = shown(course)
        planning.refresh_project(session, course.project.id, DUE + HOUR)
        assert shown(course) == before


def test_an_override_and_a_pin_give_way_to_nothing(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        quiet(course)
        occasion = course.occasion()
        course.rule(reminder_days=[3])
        course.refresh()
        assert shown(course)[0] == "12-02 08:00 quiet_hours planned"
        first = course.mailings()[0]
        first.quiet_override = True
        course.refresh()
        assert shown(course) == ["12-01 18:30 - planned", "12-07 08:00 weekend planned"]
        first.pinned_at = ENDED + HOUR / 2
        course.refresh()
        assert first.due_at == first.pinned_at
        place_in_time(occasion, ENDS + 2 * DAY)
        course.refresh()
        assert (first.due_at, first.closes_at) == (first.pinned_at, first.pinned_at + 14 * DAY)


def test_what_was_skipped_by_hand_stays_skipped(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        occasion = course.occasion()
        course.rule(reminder_days=[3])
        course.refresh()
        first = course.mailings()[0]
        first.state, first.reason = "cancelled", planning.SKIPPED
        place_in_time(occasion, ENDS + DAY)
        course.refresh()
        assert shown(course) == ["12-02 18:30 - cancelled", "12-05 18:30 - planned"]
        assert first.reason == "skipped"


def test_a_round_that_is_not_active_plans_nothing(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.occasion()
        course.rule(reminder_days=[])
        course.refresh()
        course.series.active = False
        course.refresh()
        assert [(each.state, each.reason) for each in course.mailings()] == [("cancelled", "series_inactive")]
        course.series.active = True
        course.refresh()
        assert [each.state for each in course.mailings()] == ["planned"]


def test_what_was_missed_comes_back_when_its_occasion_moves_ahead(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        occasion = course.occasion(present=course.people(1))
        course.rule(reminder_days=[])
        course.refresh()
    exhaust(installation, DUE + 3 * DAY)
    with installation.database.transaction() as session:
        course.session = session
        assert shown(course) == ["12-01 18:30 - missed"]
        course.refresh(DUE + 3 * DAY)
        assert shown(course) == ["12-01 18:30 - missed"]
        place_in_time(session.merge(occasion), ENDS + 5 * DAY)
        course.refresh(DUE + 3 * DAY)
        assert shown(course) == ["12-06 18:30 - planned"]
    assert exhaust(installation, DUE + 5 * DAY) == 1


def test_reminders_keep_a_day_from_a_first_mail_that_has_gone(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        occasion = course.occasion(present=course.people(1))
        course.rule(reminder_days=[3])
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        place_in_time(session.merge(occasion), ENDS - 3 * DAY)
        course.refresh(DUE + HOUR)
        assert shown(course) == ["12-01 18:30 - expanded", "12-02 18:30 - planned"]


@pytest.mark.parametrize(
    ("anchor", "due"), [("person_start", "2027-01-18 09:00"), ("person_end", "2027-04-07 09:00")]
)
def test_a_rule_counts_from_a_persons_own_start_and_end(db: Database, anchor: str, due: str) -> None:
    with db.transaction() as session:
        course = Course(session)
        one, other = course.people(2)
        assert other.starts_on is None
        one.starts_on, one.ends_on = date(2027, 1, 11), date(2027, 3, 31)
        course.rule(
            anchor=anchor,
            offset_days=7,
            at_time=NINE,
            offset_minutes=0,
            audience="everyone",
            reminder_days=[],
        )
        course.refresh()
        (mailing,) = course.mailings()
        assert (mailing.enrolment_id, mailing.due_wall) == (one.id, wall_time(due))
        one.starts_on = one.ends_on = None
        course.refresh()
        assert [each.reason for each in course.mailings()] == ["rule_changed"]


# Attendance that never comes


@pytest.mark.parametrize(
    ("default", "state", "reason", "invited"),
    [("nobody", "missed", "no_attendance", 0), ("everyone", "expanded", "attendance_default", 3)],
)
def test_attendance_is_waited_for_so_long_and_then_the_default_holds(
    installation: Installation, default: str, state: str, reason: str, invited: int
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(3)
        course.occasion()
        course.rule(reminder_days=[], attendance_wait_hours=6, attendance_default=default)
        course.refresh()
    exhaust(installation, DUE)
    assert exhaust(installation, DUE + 6 * HOUR - timedelta(seconds=1)) == 0
    assert exhaust(installation, DUE + 6 * HOUR) == 1
    with installation.database.reading() as session:
        mailing = session.scalars(select(Mailing)).one()
        assert (mailing.state, mailing.reason) == (state, reason)
        assert len(session.scalars(select(Invitation)).all()) == invited


@pytest.mark.parametrize(("late", "state"), [(47, "expanded"), (49, "missed")])
def test_the_window_for_catching_up_begins_where_waiting_ends(
    installation: Installation, late: int, state: str
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(1)
        course.occasion()
        course.rule(reminder_days=[], attendance_wait_hours=100, attendance_default="everyone")
        course.refresh()
    exhaust(installation, DUE)
    exhaust(installation, DUE + (100 + late) * HOUR)
    with installation.database.reading() as session:
        assert session.scalars(select(Mailing)).one().state == state


def test_it_goes_late_when_attendance_comes_while_it_waits(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        people = course.people(2)
        occasion = course.occasion()
        course.rule(reminder_days=[], attendance_wait_hours=200)
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        course.attend(occasion, people[:1])
        course.refresh(DUE + 100 * HOUR)
    exhaust(installation, DUE + 100 * HOUR)
    with installation.database.reading() as session:
        assert session.scalars(select(Invitation)).one().enrolment_id == people[0].id
        assert builders.messages(session)[0].state == "due"


@pytest.mark.parametrize(("hours", "went"), [(30, "2026-12-03 00:30"), (100, "2026-12-05 22:30")])
def test_reminders_count_from_when_the_mail_that_waited_went(
    installation: Installation, hours: int, went: str
) -> None:
    """The reminder after three days was due before that, the second time."""
    with installation.database.transaction() as session:
        course = Course(session)
        people = course.people(2)
        occasion = course.occasion()
        course.rule(reminder_days=[3], attendance_wait_hours=200)
        course.refresh()
    exhaust(installation, DUE)
    exhaust(installation, DUE + (hours - 1) * HOUR)
    with installation.database.transaction() as session:
        course.session = session
        course.attend(occasion, people)
        course.refresh(DUE + hours * HOUR)
    exhaust(installation, DUE + hours * HOUR)
    with installation.database.reading() as session:
        course.session = session
        first, reminder = course.mailings()
        assert (first.state, first.due_wall) == ("expanded", wall_time(went))
        assert (reminder.state, reminder.due_wall) == ("planned", first.due_wall + 3 * DAY)
        assert {first.closes_at, reminder.closes_at} == {first.due_at + 14 * DAY}
    exhaust(installation, DUE + hours * HOUR + 3 * DAY - timedelta(seconds=1))
    assert len(due_mails(installation)) == 2
    send(installation, DUE + hours * HOUR)
    exhaust(installation, DUE + hours * HOUR + 3 * DAY)
    assert len(due_mails(installation)) == 2


def test_a_mail_that_waited_into_quiet_hours_is_due_when_they_end(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        people = course.people(1)
        occasion = course.occasion()
        course.rule(reminder_days=[3], attendance_wait_hours=48)
        quiet(course)
        course.refresh()
    exhaust(installation, DUE + DAY)
    with installation.database.transaction() as session:
        course.session = session
        course.attend(occasion, people)
        course.refresh(DUE + DAY)
    exhaust(installation, DUE + DAY + HOUR)  # 19:30
    with installation.database.reading() as session:
        course.session = session
        first, reminder = course.mailings()
        assert (first.due_wall, first.deferral) == (wall_time("2026-12-03 08:00"), "quiet_hours")
        assert builders.messages(session)[0].next_attempt_at == first.due_at
        assert reminder.due_wall == wall_time("2026-12-07 08:00"), "three days later is a Sunday"


def due_mails(installation: Installation) -> list[Message]:
    with installation.database.reading() as session:
        return [each for each in builders.messages(session) if each.state == "due"]


def send(installation: Installation, now: datetime) -> None:
    with installation.database.transaction() as session:
        for each in builders.messages(session):
            each.state, each.sent_at = "sent", now
