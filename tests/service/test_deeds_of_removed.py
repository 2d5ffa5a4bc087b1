"""Deeds are not passed on to what gets the number of something removed, as SQLite gives it to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveys.course import occasions, programme, series_removal
from surveys.database import Database
from surveys.followups import rules
from surveys.models.access import User
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from surveys.outbox import mailing_acts
from surveys.queries import deeds, mailings
from surveys.register import people, people_enrolment
from surveys.running import access
from tests.support.builders import ENDED, Course

NOW = ENDED - timedelta(days=3)
TABLES = {
    "series": Series,
    "occasion": Occasion,
    "rule": FollowUpRule,
    "mailing": Mailing,
    "enrolment": Enrolment,
    "participant": Participant,
}


@dataclass(frozen=True)
class Ids:
    project: int
    series: int
    occasion: int
    enrolment: int
    participant: int
    user: int


@pytest.fixture
def ids(db: Database) -> Ids:
    """A project of which every part has had something done to it, and a test mail about each mailing."""
    access.add_user(db, "o@prov.example", "O", "tre små gröna ekar")
    with db.transaction() as session:
        course = Course(session)
        (person,) = course.people(1)
        occasion = course.occasion()
        course.rule(anchor="registration", offset_days=400, audience="everyone")
        course.rule(audience="everyone", code="sedan")
        course.refresh(NOW)
        user = session.scalars(select(User.id)).one()
        for kind, table in TABLES.items():
            for number in session.scalars(select(table.id)):
                done = Deed(project_id=course.project.id, user_id=user, done_at=NOW, action="x")
                done.subject = f"{kind}:{number}"
                session.add(done)
        found = Ids(course.project.id, course.series.id, occasion.id, person.id, person.participant_id, user)
        mails = session.scalars(select(Mailing.id)).all()
    for each in mails:
        mailing_acts.test_send(db, each, "p0", "sv", user, NOW)
    return found


def remove_series(db: Database, ids: Ids) -> None:
    series_removal.remove_series(db, ids.series, ids.user, NOW)


def remove_occasion(db: Database, ids: Ids) -> None:
    occasions.remove_occasion(db, ids.occasion, ids.user, NOW)


def remove_rules(db: Database, ids: Ids) -> None:
    with db.reading() as session:
        codes = session.scalars(select(FollowUpRule.code)).all()
    for code in codes:
        rules.remove_rule(db, ids.series, code, ids.user, NOW)


def remove_enrolment(db: Database, ids: Ids) -> None:
    people_enrolment.remove_enrolment(db, ids.enrolment, NOW, ids.user)


def remove_person(db: Database, ids: Ids) -> None:
    people.remove_person(db, ids.participant, NOW, ids.user)


def load_without(db: Database, ids: Ids) -> None:
    with db.reading() as session:
        code = session.get_one(Project, ids.project).code
    document = programme.dump(db, code)
    document.programme.series[0].rules.clear()
    document.programme.series[0].occasions.clear()
    programme.load(db, document, NOW)


@pytest.mark.parametrize(
    ("remove", "kinds"),
    [
        (remove_series, {"series", "occasion", "rule", "mailing", "enrolment"}),
        (remove_occasion, {"occasion", "mailing"}),
        (remove_rules, {"rule", "mailing"}),
        (remove_enrolment, {"enrolment", "mailing"}),
        (remove_person, {"participant", "enrolment", "mailing"}),
        (load_without, {"occasion", "rule", "mailing"}),
    ],
)
def test_what_is_removed_takes_its_deeds_and_no_mail(
    db: Database, ids: Ids, remove: Callable[[Database, Ids], None], kinds: set[str]
) -> None:
    before, mails = subjects(db), sent(db)
    there = {f"{kind}:{number}" for kind, table in TABLES.items() for number in numbers(db, table)}
    remove(db, ids)
    left = {f"{kind}:{number}" for kind, table in TABLES.items() for number in numbers(db, table)}
    assert {each.partition(":")[0] for each in there - left} == kinds
    after = subjects(db)
    for subject in there - left:
        assert subject not in after
        assert f"gone:{subject}" in after
    assert before & left <= after  # those of what is still there stay
    with db.reading() as session:
        assert not set(deeds.about(session, ids.project, after)) & (there - left)
        assert not mailings.deeds(session, ids.project, there - left)
    assert sent(db) == mails  # the mails themselves stay: their numbers stand in return addresses


def subjects(db: Database) -> set[str]:
    with db.reading() as session:
        return set(session.scalars(select(Deed.subject)))


def sent(db: Database) -> set[int]:
    with db.reading() as session:
        return set(session.scalars(select(Message.id)))


def numbers(db: Database, table: type[Series]) -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(table.id)))
