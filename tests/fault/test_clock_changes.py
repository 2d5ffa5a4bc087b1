"""Both clock changes of a year, for every rule pattern at every anchor: each mail once, at its hour.

All cases lie in one database, and the clock goes over the change in steps of twenty minutes. When a mail
should come is worked out here from the rule and the calendar, not by the code that plans.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.patterns import PATTERNS, Pattern
from surveys.domain.rule_spec import ANCHORS, RuleSpec
from surveys.domain.timing import to_utc
from surveys.followups import planning
from surveys.keys import Keyring, new_public_id
from surveys.models.followup import FollowUpRule
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Series
from tests.support.books import ZONE
from tests.support.builders import LONG_AGO, PROMPT, Course
from tests.support.post_office import PostOffice
from tests.support.posting import fault_line

pytestmark = pytest.mark.fault

TICK = timedelta(minutes=20)
DAY = timedelta(days=1)
# Two in the morning becomes three: what was meant for the hour between comes when it is over.
SPRING, GAP_ENDS = date(2027, 3, 28), datetime(2027, 3, 28, 1, tzinfo=UTC)
AUTUMN = date(2027, 10, 31)  # three in the morning becomes two
HOURS = (time(0, 30), time(2, 30), time(16, 40))
DAYS_BEFORE = (0, 1, 7)  # the first mail comes on the day of the change, the day before, or a week before


@dataclass
class Case:
    """One person in a series of their own with one rule; ``first_day`` is that of the first mail."""

    pattern: Pattern
    anchor: str
    hour: time
    first_day: date
    enrolment_id: int = 0
    came: list[datetime] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.pattern.code} {self.anchor} {self.hour} {self.first_day}"

    @property
    def spec(self) -> RuleSpec:
        return replace(self.pattern.spec, anchor=self.anchor)

    @property
    def day(self) -> date:
        """That of the anchor."""
        return self.first_day - timedelta(days=self.spec.offset_days)

    @property
    def wall(self) -> datetime:
        """The anchor by the clock on the wall: a person's own days begin and end at midnight."""
        hour = {"person_start": time(), "person_end": time(23, 59)}.get(self.anchor, self.hour)
        wall = datetime.combine(self.day, hour)
        # Somebody registers at a moment, and none is called half past two on that day.
        return _clock(_moment(wall)) if self.anchor == "registration" else wall

    def expected(self) -> list[datetime]:
        """When the first mail and its reminders should come."""
        spec, wall = self.spec, self.wall + timedelta(days=self.spec.offset_days)
        if spec.at_time is not None:
            wall = datetime.combine(wall, spec.at_time)
        first = _moment(wall) + timedelta(minutes=spec.offset_minutes)
        if spec.offset_minutes:
            wall = _clock(first)
        return [first, *(_moment(wall + timedelta(days=days)) for days in spec.reminder_days)]


def _moment(wall: datetime) -> datetime:
    if wall.date() == SPRING and wall.hour == 2:
        return GAP_ENDS
    return wall.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def _clock(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None, fold=0)


def _cases(change: date) -> Iterator[Case]:
    for pattern in PATTERNS:
        for anchor in ANCHORS:
            for hour in HOURS:
                for days in DAYS_BEFORE:
                    yield Case(pattern, anchor, hour, change - timedelta(days=days))


def _build(session: Session, cases: list[Case]) -> None:
    course = Course(session)
    for number, case in enumerate(cases):
        series = Series(
            project_id=course.project.id,
            code=f"s{number}",
            title=case.name,
            audience="alla",
            attendance_kept=True,
            position=number + 2,
        )
        session.add(series)
        session.flush()
        enrolment = _enrolment(course, series, number, case)
        session.add(enrolment)
        session.flush()
        case.enrolment_id = enrolment.id
        if not case.anchor.startswith("person") and case.anchor != "registration":
            _hold(session, series, case)
        session.add(_rule(series, course, case))
        session.flush()
        planning.refresh_mailings(session, series.id, LONG_AGO)


def _enrolment(course: Course, series: Series, number: int, case: Case) -> Enrolment:
    registered = _moment(datetime.combine(case.day, case.hour)) if case.anchor == "registration" else LONG_AGO
    return Enrolment(
        public_id=new_public_id(),
        series_id=series.id,
        participant=Participant(
            project_id=course.project.id,
            code=f"p{number}",
            name=f"Person {number}",
            email=f"p{number}@prov.example",
            gender="not_stated",
            language="sv",
            attributes={},
        ),
        state="started",
        registered_at=registered,
        added_at=LONG_AGO,
        starts_on=case.day,
        ends_on=case.day,
    )


def _hold(session: Session, series: Series, case: Case) -> None:
    """An occasion that begins, or ends, at the anchor; the person was there."""
    ends = case.anchor.endswith("end")
    walls = (case.wall - DAY, case.wall) if ends else (case.wall, case.wall + DAY)
    occasion = Occasion(
        series_id=series.id,
        code="t1",
        position=1,
        kind="session",
        title="Tillfället",
        measured=True,
        timezone=ZONE,
        starts_wall=walls[0],
        ends_wall=walls[1],
        starts_at=to_utc(walls[0], ZONE),
        ends_at=to_utc(walls[1], ZONE),
    )
    session.add(occasion)
    session.flush()
    session.add(Attendance(occasion_id=occasion.id, enrolment_id=case.enrolment_id, present=True))


def _rule(series: Series, course: Course, case: Case) -> FollowUpRule:
    spec = case.spec
    return FollowUpRule(
        series_id=series.id,
        code=case.pattern.code,
        position=1,
        questionnaire_id=None if case.pattern.is_log else course.form.id,
        log_prompt=PROMPT if case.pattern.is_log else None,
        anchor=spec.anchor,
        offset_days=spec.offset_days,
        offset_minutes=spec.offset_minutes,
        at_time=spec.at_time,
        audience=spec.audience,
        reminder_days=list(spec.reminder_days),
        close_after_days=spec.close_after_days,
        late=spec.late,
        active=True,
    )


def _ticks(change: date, cases: list[Case]) -> list[datetime]:
    """Every twenty minutes around the change; on other days from an hour before what should come then."""
    midnight = datetime.combine(change, time(), UTC)
    ticks = {midnight + number * TICK for number in range(-72, 2 * 72)}
    for moment in (each for case in cases for each in case.expected()):
        soon = midnight + -((midnight - moment) // TICK) * TICK
        ticks |= {soon - number * TICK for number in range(-1, 4)}
    return sorted(ticks)


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_clocks_change_and_each_mail_comes_once_at_its_hour(
    request: pytest.FixtureRequest, db: Database, tmp_path: Path, change: date
) -> None:
    cases = list(_cases(change))
    with db.transaction() as session:
        _build(session, cases)
    office = PostOffice(db, Keyring(tmp_path / "keys"))
    for now in _ticks(change, cases):
        office.go_round(now)
    by_enrolment = {case.enrolment_id: case for case in cases}
    for each in office.handed:
        by_enrolment[each.enrolment_id].came.append(each.at)
    for case in cases:
        expected = case.expected()
        assert len(case.came) == len(expected), f"{case.name}: {case.came}"
        for at, should in zip(case.came, expected, strict=True):
            assert timedelta(0) <= at - should < TICK, f"{case.name}: {at} and not {should}"
    doubled = Counter(each.mail.public_id for each in office.handed)
    assert set(doubled.values()) == {1}
    fault_line(request, f"clock change {change}", len(cases), len(office.handed), 0)
