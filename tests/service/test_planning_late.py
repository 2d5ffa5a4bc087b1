"""Who comes after a mailing has gone, who is meant at all, and mailings to very many."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from surveys.followups import expanding, planning
from surveys.installation import Installation
from surveys.models.followup import Invitation, Mailing
from surveys.models.people import Attendance, Enrolment, MailStop
from surveys.models.programme import Organisation, Theme
from tests.service.test_planning_deferral import DAY, DUE, HOUR, exhaust
from tests.support.builders import ENDED, ENDS, Course, answer, messages

LATE = DUE + DAY


def invited(session: Session) -> list[str]:
    found = session.scalars(select(Enrolment).join(Invitation, Invitation.enrolment_id == Enrolment.id))
    return sorted(each.participant.code for each in found)


def enrol_late(course: Course, added_at: datetime) -> Enrolment:
    (one,) = course.people(1)
    one.added_at = one.registered_at = added_at
    course.session.flush()
    return one


@pytest.mark.parametrize(
    ("late", "first", "both"),
    [
        ("from_now", ["p0"], ["p0", "p1"]),
        ("catch_up", ["p0", "p1"], ["p0", "p1"]),
        ("nothing", ["p0"], ["p0"]),
    ],
)
def test_somebody_enrolled_late_gets_what_the_rule_says(
    installation: Installation, late: str, first: list[str], both: list[str]
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(1)
        course.occasion("t1")
        course.occasion("t2", ends=ENDS + 7 * DAY)
        course.rule(audience="everyone", reminder_days=[], late=late)
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        enrol_late(course, LATE)
        course.refresh(LATE)
    exhaust(installation, LATE)
    with installation.database.reading() as session:
        assert invited(session) == first
    exhaust(installation, DUE + 7 * DAY)
    with installation.database.reading() as session:
        assert sorted(set(invited(session))) == both
        assert not any(each.recheck for each in session.scalars(select(Mailing)))
    assert exhaust(installation, DUE + 7 * DAY) == 0


def test_nobody_catches_up_with_what_has_closed(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(1)
        course.occasion()
        course.rule(audience="everyone", reminder_days=[], late="catch_up")
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        enrol_late(course, DUE + 15 * DAY)
        course.refresh(DUE + 15 * DAY)
    assert exhaust(installation, DUE + 15 * DAY) == 0
    with installation.database.reading() as session:
        assert invited(session) == ["p0"]


@pytest.mark.parametrize("late", ["from_now", "catch_up", "nothing"])
def test_somebody_whose_presence_is_written_down_later_is_asked_too(
    installation: Installation, late: str
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        one, other = course.people(2)
        occasion = course.occasion(present=[one])
        course.rule(reminder_days=[3], late=late)
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        course.attend(occasion, [other, enrol_late(course, LATE)])
        course.refresh(LATE)
    exhaust(installation, LATE)
    with installation.database.reading() as session:
        assert invited(session) == ["p0", "p1", "p2"]
        assert {each.step for each in messages(session)} == {0}


def test_who_was_invited_late_is_not_reminded_at_once(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        one, other = course.people(2)
        occasion = course.occasion(present=[one])
        course.rule(reminder_days=[3, 7])
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        course.attend(occasion, [other])
        course.refresh(DUE + 2 * DAY)
    exhaust(installation, DUE + 2 * DAY)
    for now, reminded in ((DUE + 3 * DAY, ["p0"]), (DUE + 7 * DAY, ["p0", "p0"])):
        with installation.database.transaction() as session:
            for each in messages(session):
                each.state = "sent"
        exhaust(installation, now)
        with installation.database.reading() as session:
            found = [each for each in messages(session) if each.step]
            names = [each.enrolment.participant.code for each in found if each.enrolment]
            assert sorted(names)[: len(reminded)] == reminded
    with installation.database.reading() as session:
        second = [each for each in messages(session) if each.step == 2]
        assert len(second) == 1, "five days are too few for a reminder after seven"


@pytest.mark.parametrize(("late", "days"), [("from_now", []), ("nothing", []), ("catch_up", [20])])
def test_a_registration_that_became_known_late(
    installation: Installation, late: str, days: list[int]
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        one = enrol_late(course, ENDED)
        one.added_at = ENDED + 20 * DAY
        course.rule(
            anchor="registration", audience="everyone", reminder_days=[7], close_after_days=30, late=late
        )
        course.refresh(ENDED + 20 * DAY)
        firsts = [each for each in course.mailings() if not each.step]
        assert [(each.due_at - ENDED).days for each in firsts] == days
        one.added_at = ENDED + 40 * DAY
        course.refresh(ENDED + 40 * DAY)
        assert {each.state for each in course.mailings()} <= {"cancelled"}, "closed by then"


def test_a_registration_of_the_same_day_is_not_late(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        one = enrol_late(course, ENDED)
        one.added_at = ENDED + HOUR
        course.rule(anchor="registration", audience="everyone", offset_minutes=0, reminder_days=[])
        course.refresh(ENDED + HOUR)
        assert [each.due_at for each in course.mailings()] == [ENDED]


# Conditions


def themed(course: Course, code: str, persons: Sequence[Enrolment], **changes: Any) -> None:
    """An occasion with the themes A and B; the persons chose A, B, A, B …"""
    occasion = course.occasion(code, **changes)
    themes = [Theme(occasion_id=occasion.id, code=letter, title=letter) for letter in "AB"]
    course.session.add_all(themes)
    course.session.flush()
    course.attend(occasion, persons)
    for number, row in enumerate(persons):
        for each in attendance(course.session, row, occasion.id):
            each.theme_id = themes[number % 2].id
    course.session.flush()


def attendance(session: Session, enrolment: Enrolment, occasion_id: int) -> Sequence[Any]:
    return session.scalars(
        select(Attendance).where(
            Attendance.enrolment_id == enrolment.id, Attendance.occasion_id == occasion_id
        )
    ).all()


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"is": "theme", "codes": ["A"]}, ["p0", "p2"]),
        ({"is": "work_group", "values": ["Norr"]}, ["p1"]),
        ({"is": "organisation", "codes": ["skola"]}, ["p2"]),
        ({"is": "role", "values": ["Lärare"]}, ["p0", "p1", "p2", "p3"]),
        (
            {"any": [{"is": "work_group", "values": ["Norr"]}, {"is": "theme", "codes": ["A"]}]},
            ["p0", "p1", "p2"],
        ),
        ({"not": {"is": "theme", "codes": ["A"]}}, ["p1", "p3"]),
        ({"is": "role", "values": ["Rektor"]}, []),
    ],
)
def test_conditions_choose_among_those_present(
    installation: Installation, tree: dict[str, Any], expected: list[str]
) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        school = Organisation(project_id=course.project.id, code="skola", name="Skolan", position=0)
        session.add(school)
        session.flush()
        people = course.people(4, role="Lärare")
        people[1].work_group, people[2].participant.organisation_id = "Norr", school.id
        themed(course, "t1", people)
        rule = course.rule(reminder_days=[], audience_filter=tree)
        course.refresh()
        found = planning.who(session, installation.keys, rule, course.mailings()[0].occasion_id)
        assert [each.code for each in found.receivers] == expected
        assert len(found.left_out) == 4 - len(expected)
        assert all(
            each.reason in {"theme", "work_group", "organisation", "role", "conditions"}
            for each in found.left_out
        )
    exhaust(installation, DUE)
    with installation.database.reading() as session:
        assert invited(session) == expected


@pytest.mark.parametrize(("yes", "expected"), [(True, ["p0"]), (False, ["p1"])])
def test_conditions_on_having_answered_another_questionnaire(
    installation: Installation, yes: bool, expected: list[str]
) -> None:
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        course = Course(session)
        course.people(2)
        course.occasion()
        course.rule("forst", audience="everyone", reminder_days=[])
        course.refresh()
    exhaust(installation, DUE)
    with db.transaction() as session:
        course.session = session
        one = session.scalars(select(Invitation).order_by(Invitation.enrolment_id)).first()
        assert one is not None
        answer(session, keys, course, one, DUE + HOUR)
        tree = {"is": "answered", "questionnaire": "efter", "yes": yes}
        rule = course.rule("sen", audience="everyone", offset_days=1, reminder_days=[], audience_filter=tree)
        course.refresh(DUE + HOUR)
        found = planning.who(session, keys, rule)
        assert [each.code for each in found.receivers] == expected
        assert [each.reason for each in found.left_out] == ["has_not_answered" if yes else "has_answered"]
    exhaust(installation, DUE + DAY)
    with db.reading() as session:
        reached = session.scalars(select(Invitation).where(Invitation.rule_id == rule.id))
        assert [each.enrolment.participant.code for each in reached] == expected


def test_whoever_wants_no_mail_or_cannot_be_reached_is_shown_as_left_out(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        ended, stopped, dead, one = course.people(4)
        ended.state, dead.participant.dead_address = "cancelled", dead.participant.email
        session.add(
            MailStop(
                participant_id=stopped.participant_id,
                scope="series",
                series_id=course.series.id,
                source="unsubscribe",
                stopped_at=DUE,
            )
        )
        rule = course.rule(audience="everyone")
        found = planning.who(session, installation.keys, rule)
        assert [each.code for each in found.receivers] == [one.participant.code]
        assert [each.reason for each in found.left_out] == ["enrolment_ended", "unsubscribed", "address_dead"]


# Very many


@pytest.fixture
def chunks_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "CHUNK", 3)


@pytest.mark.usefixtures("chunks_of_three")
@pytest.mark.parametrize("many", [2, 3, 7])
def test_a_mailing_to_very_many_is_expanded_some_at_a_time(installation: Installation, many: int) -> None:
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(many))
        course.rule(reminder_days=[3])
        course.refresh()
    rounds = 0
    while planning.expand_next(db, keys, DUE):
        rounds += 1
        with db.transaction() as session:
            course.session = session
            course.refresh(DUE)
            mailing = course.mailings()[0]
            last = rounds > many // 3
            assert mailing.state == ("expanded" if last else "expanding")
            assert len(messages(session)) == min(many, rounds * 3)
    assert rounds == many // 3 + 1
    with db.transaction() as session:
        for each in messages(session):
            each.state = "sent"
    exhaust(installation, DUE + 3 * DAY)
    with db.reading() as session:
        assert len([each for each in messages(session) if each.step == 1]) == many


@pytest.mark.usefixtures("chunks_of_three")
def test_killed_on_the_way_it_goes_on_where_it_was(installation: Installation) -> None:
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(8))
        course.rule(reminder_days=[])
        course.refresh()
    assert planning.expand_next(db, keys, DUE)
    with db.transaction(rehearse=True) as session:  # all is done and nothing kept, as when it is killed
        mailing = session.scalars(select(Mailing)).one()
        expanding._expand(session, keys, mailing, DUE)
    exhaust(installation, DUE + timedelta(minutes=1))
    with db.reading() as session:
        assert len(invited(session)) == len(set(invited(session))) == 8
        assert len(messages(session)) == 8


def test_a_second_look_is_not_lost_to_what_was_read_before(installation: Installation) -> None:
    """The planner has looked meanwhile, and the mailing was read before that."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(1)
        course.occasion()
        course.rule(audience="everyone", reminder_days=[], late="catch_up")
        course.refresh()
    exhaust(installation, DUE)
    with installation.database.transaction() as session:
        course.session = session
        enrol_late(course, LATE)
        (mailing,) = course.mailings()
        mailing.recheck = True
        session.flush()
        session.connection().execute(text("UPDATE mailing SET recheck = false"))
        course.refresh(LATE)
    with installation.database.reading() as session:
        assert session.scalars(select(Mailing.recheck)).all() == [True]
