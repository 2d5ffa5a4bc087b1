"""Rules and dates become mailings, due mailings become invitations and mails."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from surveys.database import Database
from surveys.domain.timing import wall_time
from surveys.followups import planning
from surveys.installation import Installation
from surveys.keys import token_hash
from surveys.models.followup import Invitation, Mailing
from surveys.models.log import LogBook
from tests.support import builders
from tests.support.builders import ENDED, ENDS, NINE, Course, answer, messages, place_in_time

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = ENDED + 2 * HOUR
AT_NINE = {"at_time": NINE, "offset_minutes": 0}


def states(course: Course) -> list[tuple[int, str, str | None]]:
    return [(each.step, each.state, each.reason) for each in course.mailings()]


def exhaust(installation: Installation, now: datetime) -> int:
    """Plan until nothing is due; return how many mailings were seen to."""
    count = 0
    while planning.expand_next(installation.database, installation.keys, now):
        count += 1
        assert count < 100, "the planner goes round in circles"
    return count


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ({}, "2026-12-01 17:30"),
        ({"offset_minutes": 0}, "2026-12-01 15:30"),
        ({**AT_NINE, "offset_days": 1}, "2026-12-02 08:00"),
        ({"anchor": "occasion_start", "offset_minutes": 0}, "2026-12-01 12:00"),
        (
            {"anchor": "series_start", "offset_minutes": 0, "offset_days": -14, "at_time": NINE},
            "2026-11-17 08:00",
        ),
        (
            {"anchor": "series_end", "offset_minutes": 0, "offset_days": 7, "at_time": NINE},
            "2026-12-08 08:00",
        ),
    ],
)
def test_a_rule_is_due_relative_to_its_anchor(db: Database, rule: dict[str, Any], due: str) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.occasion()
        course.rule(reminder_days=[], **rule)
        course.refresh()
        (mailing,) = course.mailings()
        assert mailing.due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)
        assert mailing.closes_at == mailing.due_at + 14 * DAY


def test_dates_of_the_series_go_before_those_of_its_occasions(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.series.starts_on, course.series.ends_on = date(2026, 11, 1), date(2026, 12, 24)
        course.occasion()
        course.rule("fore", anchor="series_start", offset_minutes=0, reminder_days=[])
        course.rule(
            "efter", anchor="series_end", offset_days=1, at_time=NINE, offset_minutes=0, reminder_days=[]
        )
        course.refresh()
        assert [each.due_wall for each in course.mailings()] == [
            wall_time("2026-11-01 00:00"),
            wall_time("2026-12-25 09:00"),
        ]


def test_steps_keep_the_wall_clock_over_a_clock_change(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.occasion(ends=wall_time("2026-10-22 16:30"))
        course.rule(reminder_days=[3, 7])
        course.refresh()
        assert [each.due_wall.strftime("%d %H:%M") for each in course.mailings()] == [
            "22 18:30",
            "25 18:30",
            "29 18:30",
        ]
        assert [each.due_at.hour for each in course.mailings()] == [16, 17, 17]


def test_an_occasion_abroad_has_its_own_clock(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.occasion(zone="Europe/London")
        course.rule(offset_days=1, at_time=NINE, offset_minutes=0, reminder_days=[])
        course.refresh()
        (mailing,) = course.mailings()
        assert (mailing.due_at.hour, mailing.timezone) == (9, "Europe/London")


@pytest.mark.parametrize(
    ("which", "occasion", "asked"),
    [
        (None, {}, True),
        (None, {"measured": False}, False),
        (None, {"cancelled": True}, False),
        (None, {"ends": None}, False),
        ({"kind": "trip"}, {"kind": "session"}, False),
        ({"kind": "trip"}, {"kind": "trip"}, True),
        ({"kind": "trip"}, {"kind": "trip", "measured": False}, False),
        ({"codes": ["t1"]}, {"measured": False}, True),
        ({"codes": ["t1"]}, {"cancelled": True}, False),
        ({"codes": ["t2"]}, {}, False),
    ],
)
def test_which_occasions_a_rule_asks_about(
    db: Database, which: dict[str, Any] | None, occasion: dict[str, Any], asked: bool
) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.occasion(**occasion)
        course.rule(occasions=which, reminder_days=[])
        course.refresh()
        assert len(course.mailings()) == asked


def test_each_registration_has_its_own_mailing(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = Course(session)
        early, late, gone = course.people(3)
        late.registered_at, gone.state = builders.LONG_AGO + 5 * DAY, "cancelled"
        course.rule(anchor="registration", audience="everyone", offset_minutes=60, reminder_days=[])
        course.refresh()
        assert [each.enrolment_id for each in course.mailings()] == [early.id, late.id]
    exhaust(installation, builders.LONG_AGO + 2 * HOUR)
    with db.reading() as session:
        assert [each.enrolment_id for each in session.scalars(select(Invitation))] == [early.id]


def test_refreshing_twice_changes_nothing(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.occasion()
        course.rule()
        course.refresh()
        before = [(each.id, each.due_at, each.state) for each in course.mailings()]
        course.refresh()
        assert [(each.id, each.due_at, each.state) for each in course.mailings()] == before
        assert len(before) == 3


def test_what_is_unsent_moves_with_its_occasion(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = Course(session)
        occasion = course.occasion(present=course.people(2))
        course.rule()
        course.refresh()
    exhaust(installation, DUE)
    with db.transaction() as session:
        course.session = session
        sent = [each.id for each in messages(session)]
        for message in messages(session):
            message.state, message.attempts = "sent", 1
        place_in_time(session.merge(occasion), ENDS + DAY)
        course.refresh(DUE + HOUR)
        first, second, third = course.mailings()
        assert (first.state, first.due_at) == ("expanded", DUE), "what was sent stays where it was"
        assert first.closes_at == DUE + 15 * DAY, "but its closing follows"
        assert (second.due_at, third.due_at) == (DUE + 4 * DAY, DUE + 8 * DAY)
    assert exhaust(installation, DUE + DAY) == 0
    with db.reading() as session:
        assert [each.id for each in messages(session)] == sent


def test_mails_that_wait_untried_move_with_their_occasion(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = Course(session)
        occasion = course.occasion(present=course.people(2))
        course.rule(reminder_days=[])
        course.refresh()
    exhaust(installation, DUE)
    with db.transaction() as session:
        course.session = session
        place_in_time(session.merge(occasion), ENDS + DAY)
        course.refresh(DUE + HOUR)
        assert {each.next_attempt_at for each in messages(session)} == {DUE + DAY}


def test_a_cancelled_mailing_comes_back_with_its_rule(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        occasion = course.occasion()
        rule = course.rule(reminder_days=[3])
        course.refresh()
        rule.active = False
        course.refresh()
        assert states(course) == [(0, "cancelled", "rule_inactive"), (1, "cancelled", "rule_inactive")]
        rule.active, rule.reminder_days = True, []
        course.refresh()
        assert states(course) == [(0, "planned", None), (1, "cancelled", "rule_inactive")]
        occasion.cancelled = True
        course.refresh()
        assert states(course)[0] == (0, "cancelled", "occasion_cancelled")
        occasion.cancelled = False
        place_in_time(occasion, None)
        course.refresh()
        assert states(course)[0][1] == "cancelled"


def test_those_present_are_invited_each_with_a_link_of_their_own(installation: Installation) -> None:
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        course = Course(session)
        present, absent, unmarked = course.people(1)[0], course.people(1)[0], course.people(1)[0]
        occasion = course.occasion(present=[present])
        course.attend(occasion, [absent], present=False)
        course.rule(reminder_days=[])
        course.refresh()
    assert unmarked.id
    assert exhaust(installation, DUE - timedelta(seconds=1)) == 0
    assert exhaust(installation, DUE) == 1
    with db.reading() as session:
        (invitation,) = session.scalars(select(Invitation))
        assert invitation.enrolment_id == present.id
        assert invitation.token_hash == token_hash(keys.link_token(invitation.public_id, 1))
        (message,) = messages(session)
        assert (message.kind, message.state, message.next_attempt_at) == ("invitation", "due", DUE)


@pytest.mark.parametrize(("kept", "audience", "invited"), [(False, "present", 2), (True, "everyone", 2)])
def test_everyone_still_taking_part_is_invited(
    installation: Installation, kept: bool, audience: str, invited: int
) -> None:
    with installation.database.transaction() as session:
        course = Course(session, attendance_kept=kept)
        course.people(1, "registered")
        course.people(1, "completed")
        course.people(1, "cancelled")
        course.people(1, "dropped_out")
        course.occasion()
        course.rule(audience=audience, reminder_days=[])
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Invitation)) == invited
        assert len(messages(session)) == invited


def test_without_attendance_it_waits_and_goes_on_when_attendance_comes(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = Course(session)
        people = course.people(3)
        occasion = course.occasion()
        course.rule(reminder_days=[])
        course.refresh()
    assert exhaust(installation, DUE) == 1
    assert exhaust(installation, DUE + HOUR) == 0, "waiting costs nothing and holds nothing up"
    with db.transaction() as session:
        course.session = session
        assert states(course) == [(0, "waiting", "attendance")]
        course.attend(occasion, people[:2])
        course.refresh()
    assert exhaust(installation, DUE + 2 * HOUR) == 1
    with db.reading() as session:
        course.session = session
        assert states(course) == [(0, "expanded", None)]
        assert len(messages(session)) == 2


def test_waiting_for_attendance_ends_with_the_window(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(3)
        course.occasion()
        course.rule()
        course.refresh()
    exhaust(installation, DUE)
    assert exhaust(installation, DUE + 49 * HOUR) == 1
    exhaust(installation, DUE + 8 * DAY)
    with installation.database.reading() as session:
        course.session = session
        assert states(course) == [
            (0, "missed", "no_attendance"),
            (1, "missed", "too_late"),
            (2, "missed", "first_missed"),
        ]


def test_an_occasion_where_nobody_came_invites_nobody(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        occasion = course.occasion()
        course.attend(occasion, course.people(3), present=False)
        course.rule(reminder_days=[])
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.reading() as session:
        course.session = session
        assert states(course) == [(0, "expanded", None)]
        assert messages(session) == []


@pytest.mark.parametrize(
    ("late", "state", "reason"),
    [
        (timedelta(0), "expanded", None),
        (48 * HOUR, "expanded", None),
        (48 * HOUR + timedelta(seconds=1), "missed", "too_late"),
        (15 * DAY, "missed", "closed"),
    ],
)
def test_a_machine_that_was_off_catches_up_within_the_window(
    installation: Installation, late: timedelta, state: str, reason: str | None
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        course.rule(reminder_days=[])
        course.refresh()
    exhaust(installation, DUE + late)
    with installation.database.reading() as session:
        course.session = session
        assert states(course) == [(0, state, reason)]
        assert len(messages(session)) == (3 if state == "expanded" else 0)


def test_after_a_standstill_no_reminder_comes_together_with_its_first_mail(
    installation: Installation,
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        course.rule(reminder_days=[1, 4])
        course.refresh()
    exhaust(installation, DUE + 40 * HOUR)
    exhaust(installation, DUE + 4 * DAY)
    with installation.database.reading() as session:
        course.session = session
        assert states(course)[:2] == [(0, "expanded", None), (1, "missed", "overtaken")]
        assert Counter(each.step for each in messages(session)) == {0: 3}, (
            "unsent first mails are not reminded"
        )


def test_only_who_has_not_answered_is_reminded(installation: Installation) -> None:
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(5))
        course.rule(reminder_days=[3])
        course.refresh()
    exhaust(installation, DUE)
    with db.transaction() as session:
        done, withdrawn, gone, bounced, silent = session.scalars(
            select(Invitation).order_by(Invitation.id)
        ).all()
        for message in messages(session):
            message.state = "refused" if message.invitation_id == bounced.id else "sent"
        answer(session, keys, course, done, DUE + HOUR)
        withdrawn.withdrawn_at = DUE + HOUR
        gone.enrolment.state = "dropped_out"
    exhaust(installation, DUE + 3 * DAY)
    with db.reading() as session:
        reminders = [each for each in messages(session) if each.step == 1]
        assert [(each.invitation_id, each.kind) for each in reminders] == [(silent.id, "reminder")]


def test_a_log_prompt_gives_everybody_a_log_and_reminds_all(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(2))
        course.log_rule()
        course.refresh()
    exhaust(installation, DUE)
    with db.transaction() as session:
        books = session.scalars(select(LogBook)).all()
        assert {each.enrolment_id for each in books} == {each.id for each in course.persons}
        assert {each.kind for each in messages(session)} == {"log_prompt"}
        for message in messages(session):
            message.state = "sent"
        first = session.scalars(select(Invitation)).first()
        assert first
        builders.write_to_prompt(session, first, DUE, "hemligt")
    exhaust(installation, DUE + 3 * DAY)
    with db.reading() as session:
        # Whoever has written is sorted out at sending: a missing row would tell that an entry exists.
        assert sum(each.kind == "log_reminder" for each in messages(session)) == 2


def test_expanding_again_invites_nobody_twice(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        course.rule(reminder_days=[])
        course.refresh()
    exhaust(installation, DUE)
    with db.transaction() as session:
        (mailing,) = session.scalars(select(Mailing))
        mailing.state = "planned"  # as after restoring half a backup
    exhaust(installation, DUE)
    with db.reading() as session:
        assert len(messages(session)) == 3
        assert session.scalar(select(func.count()).select_from(Invitation)) == 3


@pytest.mark.parametrize("wrong", [-DAY, DAY])
def test_a_clock_a_day_wrong_neither_doubles_nor_skips(installation: Installation, wrong: timedelta) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        course.rule(reminder_days=[])
        course.refresh()
    for moment in (DUE - HOUR, DUE + wrong, DUE, DUE + HOUR):
        exhaust(installation, moment)
    with installation.database.reading() as session:
        assert len(messages(session)) == 3


@pytest.mark.parametrize(
    ("ends", "due"),
    [
        # 02:30 does not exist on 28 March 2027 and comes twice on 25 October 2026
        (wall_time("2027-03-27 16:30"), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (wall_time("2026-10-24 16:30"), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_one_mail_each_at_a_time_that_is_missing_or_double(
    installation: Installation, ends: datetime, due: datetime
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(ends=ends, present=course.people(3))
        course.rule(offset_days=1, offset_minutes=0, at_time=NINE.replace(2, 30), reminder_days=[])
        course.refresh()
        assert [each.due_at for each in course.mailings()] == [due]
    for hours in range(-3, 4):
        exhaust(installation, due + hours * HOUR)
    with installation.database.reading() as session:
        assert len(messages(session)) == 3


def test_who_was_present_and_has_left_is_not_asked(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=[*course.people(1, "dropped_out"), *course.people(1)])
        course.rule(reminder_days=[])
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.reading() as session:
        assert len(messages(session)) == 1


def test_a_mailing_waits_no_more_when_attendance_is_no_longer_kept(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = Course(session)
        course.people(2)
        course.occasion()
        course.rule(reminder_days=[])
        course.refresh()
    exhaust(installation, DUE)
    with db.transaction() as session:
        course.session = session
        session.merge(course.series).attendance_kept = False
        course.refresh()
        assert states(course) == [(0, "planned", None)]
    exhaust(installation, DUE + HOUR)
    with db.reading() as session:
        assert len(messages(session)) == 2


def test_a_quiet_tick_asks_an_index_and_reads_no_table_through(sqlite_installation: Installation) -> None:
    db, asked = sqlite_installation.database, []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    assert not planning.expand_next(db, sqlite_installation.keys, DUE)
    event.remove(db.engine, "before_cursor_execute", note)
    assert asked
    with db.reading() as session:
        for statement, parameters in asked:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan]
            assert any("USING INDEX ix_mailing_state_due_at" in step for step in steps), steps
            assert any("USING INDEX ix_mailing_recheck" in step for step in steps), steps
            scanned = {step for step in steps if step.startswith("SCAN")}
            assert scanned <= {"SCAN CONSTANT ROW", "SCAN mailing USING INDEX ix_mailing_recheck"}, steps


# Many people with mailings of their own


def test_one_persons_change_leaves_everybody_elses_mailings_unread(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        first, second = course.people(2)
        course.occasion(present=[])
        course.rule(anchor="registration", audience="everyone", reminder_days=[3])
        course.rule("efter2", audience="everyone", reminder_days=[])
        course.refresh()
        before = {each.id: each.due_at for each in course.mailings()}
        assert len(before) == 5
        for each in (first, second):
            each.registered_at += DAY
        planning.refresh_mailings(session, course.series.id, builders.LONG_AGO, [first.id])
        moved = {each.enrolment_id for each in course.mailings() if before[each.id] != each.due_at}
        assert moved == {first.id}
        planning.refresh_mailings(session, course.series.id, builders.LONG_AGO, [])
        assert not [each for each in course.mailings() if each.state != "planned"]
        second.state = "dropped_out"
        planning.refresh_mailings(session, course.series.id, builders.LONG_AGO, [second.id])
        ended = {each.enrolment_id for each in course.mailings() if each.reason == "enrolment_ended"}
        assert ended == {second.id}


def test_the_mailings_of_many_people_take_few_statements(db: Database) -> None:
    counted: list[str] = []

    def count(*given: Any) -> None:
        counted.append(given[2])

    with db.transaction() as session:
        course = Course(session)
        people = course.people(40)
        rule = course.rule(anchor="registration", audience="everyone", reminder_days=[3, 7])
        session.flush()
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", count)
        course.refresh()
        assert len(course.mailings()) == 120
        made = len(counted)
        rule.active = False
        course.refresh()
        assert {each.reason for each in course.mailings()} == {"rule_inactive"}
        event.remove(connection, "before_cursor_execute", count)
        assert people
    assert made < 15
    assert len(counted) - made < 20
