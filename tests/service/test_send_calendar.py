"""The send calendar on both databases: bundled first, then cut into pages of whole days."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from surveys.database import Database
from surveys.models.followup import Mailing
from surveys.queries import mailings, send_calendar
from surveys.queries.send_calendar import LINES_A_PAGE, Line
from tests.support.books import ZONE
from tests.support.builders import ENDS, Course

STOCKHOLM = ZoneInfo(ZONE)
EVENING = datetime(2026, 12, 3, 22, 30, tzinfo=UTC)  # half past eleven in Stockholm


def test_those_to_one_person_each_are_one_line_a_day(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        for number, enrolment in enumerate(course.people(70)):
            enrolment.registered_at = EVENING + timedelta(minutes=number)
        course.rule("anmalan", anchor="registration", offset_minutes=0, audience="everyone", reminder_days=[])
        course.occasion("t1", ends=ENDS + timedelta(days=2))
        course.occasion("t2", ends=ENDS + timedelta(days=2))
        course.rule(reminder_days=[])
        course.refresh()
    with db.reading() as session:
        where = mailings.in_series(course.series.id)
        found = send_calendar.lines(session, where, STOCKHOLM)
        assert [(each.on.day, each.mailings) for each in found] == [(3, 1), (3, 1), (3, 30), (4, 40)]
        last = found[-1]
        assert last.last_at - last.first_at == timedelta(minutes=39)
        held = send_calendar.mailings(session, where, found, 5)
        assert [len(held[each.mailing_id]) for each in found] == [1, 1, 5, 5]
        first = held[last.mailing_id]
        assert [send_calendar.names(session, first)[each.id] for each in first] == [
            f"Person {number}" for number in range(30, 35)
        ]
        assert send_calendar.names(session, held[found[0].mailing_id]) == {}
        backwards = send_calendar.lines(session, where, STOCKHOLM, newest_first=True)
        assert [each.mailings for each in backwards] == [40, 30, 1, 1]
        by_rule = send_calendar.lines(session, where, STOCKHOLM, order="rule")
        assert [each.mailings for each in by_rule] == [30, 40, 1, 1]


def test_other_states_are_other_lines(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.people(3)
        course.rule(anchor="registration", offset_days=400, at_time=time(9), reminder_days=[])
        course.refresh()
        one = session.query(Mailing).order_by(Mailing.id).first()
        assert one is not None
        one.state, one.reason = "cancelled", "skipped"
    with db.reading() as session:
        found = send_calendar.lines(session, mailings.in_series(course.series.id), STOCKHOLM)
    assert [(each.state, each.mailings) for each in found] == [("cancelled", 1), ("planned", 2)]


def test_a_page_holds_whole_days_and_says_what_remains() -> None:
    one = Line(date(2026, 12, 1), 1, 0, "planned", None, 1, EVENING, EVENING, 3)
    days = [replace(one, on=one.on + timedelta(days=day)) for day in range(50) for _ in range(7)]
    sheets = [send_calendar.sheet(days, number) for number in (1, 2, 6, 99, -1)]
    assert [each.number for each in sheets] == [1, 2, 6, 6, 1]
    assert len(sheets[0].lines) == 63 >= LINES_A_PAGE
    assert sheets[0].lines[-1].on < sheets[1].lines[0].on
    assert [each.left for each in sheets] == [287 * 3, 224 * 3, 0, 0, 287 * 3]
    assert send_calendar.sheet([], 3) == send_calendar.Sheet([], 1, 1, 0)
