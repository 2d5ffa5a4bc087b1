"""Who has not answered: by organisation, never what, and not at all where nobody may know."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from surveys.answers import chasing
from surveys.answers.chasing import BadNote, CallList, CannotBeKnown, UnknownInvitation
from surveys.followups import person_plan, planning
from surveys.installation import Installation
from surveys.models.access import User
from surveys.models.deeds import CallNote
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Project
from surveys.models.questionnaire import Questionnaire
from surveys.queries import chasing as queries
from surveys.queries import mailings
from surveys.running import access
from tests.support.builders import LONG_AGO, Course
from tests.support.small import load_small
from tests.support.staffed import LOADED, MOMENTS, NOW, PASSWORD, answer, go, invitation


@pytest.fixture
def course(installation: Installation) -> Installation:
    """The small project after its first occasion; p01 and p02 have answered."""
    load_small(installation, LOADED)
    for moment in MOMENTS:
        go(installation, moment)
    for code in ("p01", "p02"):
        answer(installation, code, {"q-overall": ["4"]})
    access.add_user(installation.database, "o@folja.example", "Olga", PASSWORD, "en")
    return installation


def first_mailing(installation: Installation, rule: str = "efter") -> tuple[int, int]:
    """(project, mailing) of the first mail of a rule that has gone."""
    with installation.database.reading() as session:
        one = session.scalars(
            select(Mailing).join(Mailing.rule).where(FollowUpRule.code == rule, Mailing.state == "expanded")
        ).first()
        assert one is not None
        return session.scalars(select(Project.id)).one(), one.id


def listed(installation: Installation, now: datetime = NOW, rule: str = "efter") -> CallList:
    project_id, mailing_id = first_mailing(installation, rule)
    with installation.database.reading() as session:
        one = mailings.mailing(session, project_id, mailing_id)
        assert one is not None
        found = chasing.call_list(session, installation.keys, one, now)
        session.expunge_all()
        return found


def set_mode(installation: Installation, mode: str) -> None:
    with installation.database.transaction() as session:
        session.execute(update(Questionnaire).values(privacy_mode=mode))


def test_by_organisation_those_who_are_silent(course: Installation) -> None:
    found = listed(course)
    assert (found.asked, found.silent, found.lost_at_closing) == (9, 7, False)
    codes = [each.person.code for each in found.everyone]
    assert sorted(codes) == [f"p0{number}" for number in range(3, 10)]
    assert sum(each.asked for each in found.workplaces) == 9
    assert sum(each.answered for each in found.workplaces) == 2
    answer(course, "p03", {"q-overall": ["1"]})
    assert listed(course).silent == 6


def test_those_who_have_left_are_not_rung(course: Installation) -> None:
    with course.database.transaction() as session:
        gone = select(Participant.id).where(Participant.code == "p05").scalar_subquery()
        session.execute(update(Enrolment).where(Enrolment.participant_id == gone).values(state="dropped_out"))
    assert "p05" not in [each.person.code for each in listed(course).everyone]


@pytest.mark.parametrize(
    ("mode", "open_still", "known"),
    [
        ("named", True, True),
        ("named", False, True),
        ("pseudonymous", False, True),
        ("sealed", True, True),
        ("sealed", False, False),
        ("anonymous", True, True),
        ("anonymous", False, False),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_when_it_can_be_known(course: Installation, mode: str, open_still: bool, known: bool) -> None:
    set_mode(course, mode)
    now = NOW if open_still else NOW + timedelta(days=30)
    if known:
        assert listed(course, now).lost_at_closing == (mode in ("sealed", "anonymous"))
    else:
        with pytest.raises(CannotBeKnown):
            listed(course, now)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_of_a_log_never(course: Installation) -> None:
    with pytest.raises(CannotBeKnown):
        listed(course, rule="logg")
    project_id, _ = first_mailing(course)
    with course.database.reading() as session:
        found = queries.open_mailings(session, project_id, NOW)
        assert [each.rule.code for each in found] == ["efter"]


def test_a_call_is_noted_and_shown(course: Installation) -> None:
    project_id, mailing_id = first_mailing(course)
    with course.database.reading() as session:
        user = session.scalars(select(User.id)).one()
    asked = invitation(course, "p05").id
    for note in ("", "  ringer\nigen på måndag "):
        chasing.note_call(course.database, project_id, mailing_id, asked, user, note, NOW)
    (eva,) = [each for each in listed(course).everyone if each.person.code == "p05"]
    assert [each.note for each in eva.notes] == ["ringer igen på måndag", ""]
    assert eva.notes[0].user.name == "Olga"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_note_that_cannot_be_leaves_nothing(course: Installation) -> None:
    project_id, mailing_id = first_mailing(course)
    asked = invitation(course, "p05").id
    another = invitation(course, "p05", "fore").id

    def note(text: str = "", *, project: int = project_id, to: int = asked) -> None:
        chasing.note_call(course.database, project, mailing_id, to, 1, text, NOW)

    for text, code in (("x" * 501, "too_long"), ("a\0b", "bad_characters"), ("\ud800", "bad_characters")):
        with pytest.raises(BadNote) as bad:
            note(text)
        assert bad.value.code == code
    with pytest.raises(UnknownInvitation):
        note(project=project_id + 1)
    with pytest.raises(UnknownInvitation):
        note(to=another)
    with course.database.reading() as session:
        assert session.scalars(select(CallNote)).all() == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_plan_of_one_person(course: Installation) -> None:
    year = mailings.coming(NOW, NOW + timedelta(days=365))

    def plan(code: str) -> list[tuple[str, int, str]]:
        with course.database.reading() as session:
            person = session.scalars(select(Participant.id).where(Participant.code == code)).one()
            found = person_plan.plan_of(session, course.keys, person, year)
            return [(each.mailing.rule.code, each.mailing.step, each.reason) for each in found]

    assert ("efter", 1, "answered") in plan("p01")
    assert ("efter", 1, "") in plan("p05")
    # p11 has cancelled; nobody has written down whether p08 was at the second occasion
    assert {reason for _, _, reason in plan("p11")} == {"enrolment_ended"}
    assert ("efter", 0, "not_recorded") in plan("p08")
    assert ("slut", 0, "") in plan("p08")
    assert [each[:2] for each in plan("p05")] == [each[:2] for each in plan("p08")]


def test_a_rule_that_counts_from_each_person_s_own_date_is_one_list(installation: Installation) -> None:
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(4)
        course.rule("anmalan", anchor="registration", audience="everyone", offset_minutes=0)
        course.refresh()
        project_id = session.scalars(select(Project.id)).one()
    while planning.expand_next(installation.database, installation.keys, LONG_AGO + timedelta(minutes=1)):
        pass
    now = LONG_AGO + timedelta(hours=1)
    with installation.database.reading() as session:
        (one,) = queries.open_mailings(session, project_id, now)
        found = chasing.call_list(session, installation.keys, one, now)
        assert (found.asked, found.silent) == (4, 4)
        rung, mailing_id = [each.person.invitation_id for each in found.everyone], one.id
    access.add_user(installation.database, "o@folja.example", "Olga", PASSWORD, "en")
    with installation.database.reading() as session:
        olga = session.scalars(select(User.id)).one()
    for number in rung:
        chasing.note_call(installation.database, project_id, mailing_id, number, olga, "", now)
