"""A test mail to oneself is about a mailing that may be taken away."""

from datetime import timedelta

from sqlalchemy import select

from surveys.course import programme
from surveys.database import Database
from surveys.models.access import User
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment
from surveys.models.programme import Project
from surveys.outbox import mailing_acts
from surveys.register import people_enrolment
from surveys.running import access
from tests.support.builders import ENDED, Course

NOW = ENDED - timedelta(days=3)


def tried(db: Database, anchor: str) -> tuple[int, int]:
    """A person, and a mailing by ``anchor`` of which a user has sent themselves a test; (enrolment, user)."""
    with db.transaction() as session:
        course = Course(session)
        (person,) = course.people(1)
        course.occasion()
        course.rule(anchor=anchor, audience="everyone", reminder_days=[])
        course.refresh()
        enrolment_id = person.id
    access.add_user(db, "eva@prov.example", "Eva Ek", "korrekt-häst-batteri-klammer")
    with db.reading() as session:
        user_id = session.scalars(select(User.id)).one()
        mailing_id = session.scalars(select(Mailing.id)).one()
    mailing_acts.test_send(db, mailing_id, "p0", "sv", user_id, NOW)
    return enrolment_id, user_id


def test_a_person_is_removed_whose_mail_was_tried(db: Database) -> None:
    enrolment_id, user_id = tried(db, "registration")
    people_enrolment.remove_enrolment(db, enrolment_id, NOW, user_id)
    with db.reading() as session:
        assert session.scalars(select(Enrolment)).all() == []
        assert session.scalars(select(Message.mailing_id)).all() in ([], [None])


def test_an_occasion_is_left_out_of_a_file_whose_mail_was_tried(db: Database) -> None:
    tried(db, "occasion_end")
    with db.reading() as session:
        code = session.scalars(select(Project.code)).one()
    document = programme.dump(db, code)
    document.programme.series[0].occasions.clear()
    programme.load(db, document, NOW)
    with db.reading() as session:
        assert session.scalars(select(Mailing)).all() == []
