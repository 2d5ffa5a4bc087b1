"""What a change alters is shown before it is made: the change is rehearsed and thrown away."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.config import Settings
from surveys.database import Database
from surveys.domain.timing import wall_time
from surveys.followups import preview, rules_ahead
from surveys.followups.difference import Difference, difference, photograph, photograph_project
from surveys.followups.rule_checks import spec_of
from surveys.installation import Installation, open_installation
from surveys.keys import new_public_id
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import Message
from surveys.models.programme import Occasion
from tests.service.test_planning_deferral import DAY, DUE, HOUR, exhaust, quiet
from tests.support.builders import ENDS, LONG_AGO, Course, place_in_time

Change = Callable[[Course], None]


def course_of(session: Session) -> Course:
    course = Course(session)
    course.occasion("t1", present=course.people(2))
    course.occasion("t2", ends=ENDS + 7 * DAY)
    course.rule(reminder_days=[3])
    course.refresh()
    return course


def shown(db: Database, course: Course, change: Change, now: datetime = LONG_AGO) -> Difference:
    """Rehearse a change as a page does."""
    with db.transaction(rehearse=True) as session:
        course.session = session
        before = photograph(session, course.series.id, now)
        change(course)
        course.refresh(now)
        return difference(before, photograph(session, course.series.id, now))


def occasion(course: Course, code: str) -> Occasion:
    return next(each for each in course.session.query(Occasion) if each.code == code)


def rule(course: Course) -> FollowUpRule:
    return course.session.query(FollowUpRule).one()


def test_a_moved_occasion_moves_its_mailings(db: Database) -> None:
    with db.transaction() as session:
        course = course_of(session)
    found = shown(db, course, lambda c: place_in_time(occasion(c, "t1"), ENDS + DAY))
    assert [(each.before.due_wall, each.after.due_wall) for each in found.moved] == [
        (wall_time("2026-12-01 18:30"), wall_time("2026-12-02 18:30")),
        (wall_time("2026-12-04 18:30"), wall_time("2026-12-05 18:30")),
    ]
    first = found.moved[0].after
    assert (first.rule_code, first.occasion, first.step, first.people) == ("efter", "Tillfälle t1", 0, 2)
    assert first.asks is not None
    assert first.asks["sv"] == "Efter halvdagen"
    assert not any((found.added, found.dropped, found.regrouped, found.at_once, found.missed))
    with db.reading() as session:
        course.session = session
        assert course.mailings()[0].due_at == DUE, "nothing was changed by looking"


def _cancel(course: Course) -> None:
    occasion(course, "t1").cancelled = True


def _one_more(course: Course) -> None:
    course.occasion("t3", ends=ENDS + 14 * DAY)


def _one_less(course: Course) -> None:
    rule(course).reminder_days = []


def _everyone(course: Course) -> None:
    rule(course).audience = "everyone"


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (_cancel, {"dropped": 2}),
        (_one_more, {"added": 2}),
        (_one_less, {"dropped": 2}),
        (_everyone, {"regrouped": 2}),
        (lambda _course: None, {}),
    ],
)
def test_what_comes_and_what_goes(db: Database, change: Change, counts: dict[str, int]) -> None:
    with db.transaction() as session:
        course = course_of(session)
    found = shown(db, course, change)
    parts = ("moved", "added", "dropped", "regrouped", "at_once", "missed", "notices")
    assert {name: len(getattr(found, name)) for name in parts if getattr(found, name)} == counts
    assert found.is_empty == (not counts)


def test_what_would_go_at_once_and_what_would_be_too_late(db: Database) -> None:
    with db.transaction() as session:
        course = course_of(session)
    now = DUE - DAY / 2
    found = shown(db, course, lambda c: place_in_time(occasion(c, "t1"), ENDS - DAY), now)
    assert [each.step for each in found.at_once] == [0]
    found = shown(db, course, lambda c: place_in_time(occasion(c, "t1"), ENDS - 6 * DAY), now)
    assert [each.step for each in found.missed] == [0, 1]
    assert len(found.moved) == 2


def test_what_is_too_late_already_does_not_fall_away(db: Database) -> None:
    with db.transaction() as session:
        course = course_of(session)
    switched_off = lambda c: setattr(rule(c), "active", False)  # noqa: E731
    assert len(shown(db, course, switched_off).dropped) == 4
    # The first mail of t1 should have gone long ago; nobody would get it.
    found = shown(db, course, switched_off, DUE + 2 * DAY + HOUR)
    assert [(each.occasion, each.step) for each in found.dropped] == [
        ("Tillfälle t1", 1),
        ("Tillfälle t2", 0),
        ("Tillfälle t2", 1),
    ]


def test_what_goes_to_one_person_each_names_the_person(db: Database) -> None:
    with db.transaction() as session:
        course = course_of(session)
    changed = {"anchor": "registration", "offset_days": 400}
    found = shown(db, course, lambda c: [setattr(rule(c), *item) for item in changed.items()] and None)
    assert [(each.person, each.people) for each in found.added if each.step == 0] == [
        ("Person 0", 1),
        ("Person 1", 1),
    ]
    assert {each.person for each in found.dropped} == {None}


def test_what_has_gone_does_not_move(installation: Installation) -> None:
    db = installation.database
    with db.transaction() as session:
        course = course_of(session)
    exhaust(installation, DUE)
    with db.transaction() as session:
        for each in session.query(Message):
            each.state, each.attempts = "sent", 1
    found = shown(db, course, lambda c: place_in_time(occasion(c, "t1"), ENDS + DAY), DUE + HOUR)
    assert [each.after.step for each in found.moved] == [1]


def test_notices_that_a_change_adds_are_counted(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = course_of(session)

    def tell(course: Course) -> None:
        about = occasion(course, "t1")
        for person in course.persons:
            course.session.add(
                Message(
                    public_id=new_public_id(),
                    enrolment_id=person.id,
                    occasion_id=about.id,
                    kind="moved",
                    step=1,
                    state="due",
                    next_attempt_at=DUE,
                )
            )

    found = shown(installation.database, course, tell)
    assert [(each.occasion, each.kind, each.people) for each in found.notices] == [
        ("Tillfälle t1", "moved", 2)
    ]
    assert not found.is_empty


def test_quiet_hours_of_a_project_and_conditions_of_a_rule(installation: Installation) -> None:
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        course = course_of(session)
    with db.transaction(rehearse=True) as session:
        course.session = session
        course.project = session.merge(course.project)
        before = photograph_project(session, course.project.id, LONG_AGO, keys)
        quiet(course)
        tree: dict[str, Any] = {"is": "role", "values": ["Rektor"]}
        rule(course).audience_filter = tree
        course.refresh()
        found = difference(before, photograph_project(session, course.project.id, LONG_AGO, keys))
        assert [each.after.deferral for each in found.moved][:1] == ["quiet_hours"]
        assert [each.after.people for each in found.moved][:1] == [0]
        assert timedelta(0) < found.moved[0].after.due_at - found.moved[0].before.due_at


@pytest.mark.parametrize(("hours", "fate"), [(6, "missed"), (12, "at_once")])
def test_what_is_too_late_is_what_the_installation_says(settings: Settings, hours: int, fate: str) -> None:
    house = open_installation(replace(settings, catch_up_hours=hours))
    with closing(house.database) as db:
        with db.transaction() as session:
            course = course_of(session)
            rule(course).active = False
            course.refresh()
        found = shown(db, course, lambda c: setattr(rule(c), "active", True), DUE + 10 * HOUR)
        assert [each.step for each in getattr(found, fate)] == [0]
        with db.reading() as session:
            spec = spec_of(session.scalars(select(FollowUpRule)).one())
        ahead = rules_ahead.outlook(db, house.keys, course.series.id, "efter", spec, DUE + 10 * HOUR, 10)
        assert any(each.at_once for each in ahead.moments) == (fate == "at_once")
        with db.transaction() as session:
            course.session = session
            rule(course).active = True
            course.refresh()
        first = preview.preview(db, house.keys, DUE + 10 * HOUR, 1, DUE + 10 * HOUR)[0]
        exhaust(house, DUE + 10 * HOUR)
        with db.reading() as session:
            state = session.scalars(select(Mailing.state).order_by(Mailing.due_at)).first()
        assert (first.fate, state) == (("missed", "missed") if fate == "missed" else ("late", "expanded"))
