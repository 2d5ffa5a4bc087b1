"""Whatever is done to a series in whatever order, planning keeps what it promises.

Random sequences of edits (move, cancel, reinstate, enrol, withdraw, attend, set a rule) and ticks, each
followed by a look at what must always hold.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.calendar_days import is_quiet_day
from surveys.database import Database
from surveys.domain.quiet import next_allowed
from surveys.followups import planning
from surveys.keys import Keyring, new_public_id
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from tests.support.builders import LONG_AGO, Course, place_in_time
from tests.support.databases import fresh_sqlite

START = datetime(2027, 3, 22, 8, tzinfo=UTC)  # the week before Easter, when the clocks change
HOURS = st.integers(1, 60)
WALLS = st.builds(
    lambda days, hours: (START + timedelta(days=days, hours=hours)).replace(tzinfo=None),
    st.integers(-3, 120),
    st.integers(0, 14),
)
WHICH = st.integers(0, 7)
State = tuple[Any, ...]


class Planning(RuleBasedStateMachine):
    """One series of three occasions and three rules, in a project with quiet hours, weekends and holidays."""

    database: Database
    keys: Keyring

    @initialize(
        late=st.sampled_from(["from_now", "catch_up", "nothing"]),
        default=st.sampled_from(["nobody", "everyone"]),
        quiet=st.booleans(),
    )
    def begin(self, late: str, default: str, quiet: bool) -> None:
        self.now = START
        with self.database.transaction() as session:
            _empty(session)
            course = Course(session)
            self.project_id, self.series_id = course.project.id, course.series.id
            if quiet:
                _set_quiet(course.project)
            people = course.people(3)
            for number in range(3):
                ends = (START + timedelta(days=7 * number, hours=8)).replace(tzinfo=None)
                course.occasion(f"t{number}", ends=ends, present=people[: number % 2 + 1])
            known = {"late": late, "attendance_default": default}
            course.rule("efter", reminder_days=[1, 3], close_after_days=6, **known)
            course.rule("alla", audience="everyone", reminder_days=[2], close_after_days=9, **known)
            course.rule("anmalan", anchor="registration", audience="everyone", reminder_days=[1], **known)
            course.refresh(self.now)
        self.added = 3

    # Edits

    @rule(which=WHICH, wall=WALLS)
    def move(self, which: int, wall: datetime) -> None:
        with self._editing() as session:
            occasion = _nth(session, Occasion, which)
            place_in_time(occasion, wall, occasion.timezone)

    @rule(which=WHICH)
    def cancel_or_reinstate(self, which: int) -> None:
        with self._editing() as session:
            occasion = _nth(session, Occasion, which)
            occasion.cancelled = not occasion.cancelled

    @rule(days_ago=st.integers(0, 5))
    def enrol(self, days_ago: int) -> None:
        with self._editing() as session:
            session.add(_person(self.project_id, self.series_id, self.added, self.now, days_ago))
        self.added += 1

    @rule(which=WHICH, state=st.sampled_from(["started", "cancelled", "dropped_out"]))
    def withdraw_or_restore(self, which: int, state: str) -> None:
        with self._editing() as session:
            _nth(session, Enrolment, which).state = state

    @rule(which=WHICH, whom=WHICH, present=st.booleans())
    def attend(self, which: int, whom: int, present: bool) -> None:
        with self._editing() as session:
            occasion, enrolment = _nth(session, Occasion, which), _nth(session, Enrolment, whom)
            row = session.scalar(
                select(Attendance).where(
                    Attendance.occasion_id == occasion.id, Attendance.enrolment_id == enrolment.id
                )
            )
            row = row or Attendance(occasion_id=occasion.id, enrolment_id=enrolment.id)
            row.present = present
            session.add(row)

    @rule(which=WHICH, active=st.booleans(), hours=st.integers(0, 72))
    def change_rule(self, which: int, active: bool, hours: int) -> None:
        with self._editing() as session:
            changed = _nth(session, FollowUpRule, which)
            changed.active, changed.offset_minutes = active, hours * 60

    @rule(active=st.booleans())
    def switch_series(self, active: bool) -> None:
        with self._editing() as session:
            session.get_one(Series, self.series_id).active = active

    @rule(which=WHICH)
    def skip(self, which: int) -> None:
        with self._editing() as session:
            planned = session.scalars(select(Mailing).where(Mailing.state == "planned")).all()
            if planned:
                one = planned[which % len(planned)]
                one.state, one.reason = "cancelled", planning.SKIPPED

    @rule(quiet=st.booleans())
    def change_quiet(self, quiet: bool) -> None:
        with self.database.transaction() as session:
            project = session.get_one(Project, self.project_id)
            _set_quiet(project, quiet)
            planning.refresh_project(session, self.project_id, self.now)

    @contextmanager
    def _editing(self) -> Iterator[Session]:
        with self.database.transaction() as session:
            yield session
            planning.refresh_mailings(session, self.series_id, self.now)

    # Time

    @rule(hours=HOURS)
    def tick(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        rounds = 0
        while planning.expand_next(self.database, self.keys, self.now):
            rounds += 1
            assert rounds < 300, "the planner goes round in circles"
        with self.database.transaction() as session:
            _look_for_what_is_left(session, self.now)
            for message in session.scalars(select(Message).where(Message.state == "due")):
                message.state, message.attempts, message.sent_at = "sent", 1, self.now

    # What always holds

    @invariant()
    def nobody_is_asked_twice(self) -> None:
        with self.database.reading() as session:
            rows = session.execute(select(Message.invitation_id, Message.kind, Message.step))
            asked = session.execute(select(Invitation.rule_id, Invitation.target, Invitation.enrolment_id))
            assert not [each for each, times in Counter(tuple(row) for row in rows).items() if times > 1]
            assert not [each for each, times in Counter(tuple(row) for row in asked).items() if times > 1]

    @invariant()
    def nothing_is_planned_into_quiet_time(self) -> None:
        with self.database.reading() as session:
            for mailing in session.scalars(select(Mailing).where(Mailing.state.in_(("planned", "waiting")))):
                allowed = planning.allowed_in(mailing.rule.series.project)
                found = next_allowed(mailing.due_at, allowed.zone, allowed.quiet, is_quiet_day)
                assert found == (mailing.due_at, None)

    @invariant()
    def steps_keep_a_day_apart(self) -> None:
        with self.database.reading() as session:
            ahead = select(Mailing).where(Mailing.state == "planned").order_by(Mailing.step)
            last: dict[tuple[int, str], datetime] = {}
            for each in session.scalars(ahead):
                before = last.get((each.rule_id, each.target))
                # a day by the wall clock may be an hour shorter
                assert before is None or each.due_at - before >= timedelta(hours=23)
                last[each.rule_id, each.target] = each.due_at

    @invariant()
    def planning_twice_changes_nothing(self) -> None:
        with self.database.transaction() as session:
            before = _all(session)
            planning.refresh_mailings(session, self.series_id, self.now)
            assert _all(session) == before


def _look_for_what_is_left(session: Session, now: datetime) -> None:
    """Everything due is expanded, visibly missed, or waits for attendance within its limit."""
    for each in session.scalars(select(Mailing).where(Mailing.due_at <= now)):
        assert each.state in {"expanded", "missed", "cancelled", "waiting"}, each.state
        assert each.state in {"expanded", "waiting"} or each.reason
        if each.state == "waiting":
            limit = each.due_at + timedelta(hours=each.rule.attendance_wait_hours)
            assert now < min(limit, each.closes_at)
    assert not session.scalars(select(Mailing).where(Mailing.recheck)).all()


def _all(session: Session) -> list[State]:
    found = select(Mailing).order_by(Mailing.id).execution_options(populate_existing=True)
    return [
        (each.id, each.due_at, each.closes_at, each.state, each.reason, each.deferral, each.recheck)
        for each in session.scalars(found)
    ]


def _set_quiet(project: Project, on: bool = True) -> None:
    project.quiet_from, project.quiet_to = (time(18), time(8)) if on else (None, None)
    project.quiet_weekends = project.quiet_holidays = on


def _person(project_id: int, series_id: int, number: int, now: datetime, days_ago: int) -> Enrolment:
    return Enrolment(
        public_id=new_public_id(),
        series_id=series_id,
        participant=Participant(
            project_id=project_id,
            code=f"p{number}",
            name=f"Person {number}",
            email=f"p{number}@prov.example",
            gender="not_stated",
            language="sv",
            attributes={},
        ),
        state="registered",
        registered_at=now - timedelta(days=days_ago),
        added_at=now,
    )


def _nth(session: Session, model: Any, which: int) -> Any:
    found = session.scalars(select(model).order_by(model.id)).all()
    return found[which % len(found)]


def _empty(session: Session) -> None:
    for table in reversed(Mailing.metadata.sorted_tables):
        if table.name != "alembic_version":
            session.execute(table.delete())
    session.flush()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Database]:
    with fresh_sqlite(tmp_path) as url, closing(Database(url)) as database:
        yield database


def check(house: Database, folder: Path, examples: int, steps: int, derandomize: bool) -> None:
    assert LONG_AGO < START
    Planning.database, Planning.keys = house, Keyring(folder / "keys")
    run_state_machine_as_test(
        Planning,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=True,
        ),
    )


def test_planning_keeps_its_promises(house: Database, tmp_path: Path) -> None:
    check(house, tmp_path, examples=5, steps=20, derandomize=True)


@pytest.mark.fault
def test_planning_keeps_its_promises_in_the_long_run(house: Database, tmp_path: Path) -> None:
    check(house, tmp_path, examples=20, steps=30, derandomize=False)
