"""Those who organise are told, once, when a questionnaire has closed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from surveys.database import Database
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, StaffMail
from surveys.models.followup import Invitation, Mailing
from surveys.models.message import Message
from surveys.outbox import closing_summaries, sending
from surveys.running.access import add_user
from tests.support.builders import ENDED, Course, answer

HOUR, DAY, LEASE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=2)
DUE = ENDED + 2 * HOUR
CLOSES = DUE + 14 * DAY
GRACE = timedelta(minutes=15)


@pytest.fixture
def course(installation: Installation) -> Course:
    """Three were asked, one has answered; two organise and one reads."""
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        asked = select(Mailing.id).where(Mailing.rule_id == course.rule(reminder_days=[]).id)
        course.log_rule(reminder_days=[])
        course.rule("anmalan", anchor="registration", offset_minutes=0, audience="everyone", reminder_days=[])
        course.refresh()
    while planning.expand_next(db, keys, DUE):
        pass
    with db.transaction() as session:
        first = session.scalars(select(Invitation).where(Invitation.mailing_id.in_(asked))).first()
        assert first
        answer(session, keys, course, first, DUE + HOUR)
    for name, role in (("a", "organiser"), ("b", "organiser"), ("c", "reader")):
        add_user(db, f"{name}@prov.example", name.upper(), "tre små gröna ekar", roles={"prov": role})
    return course


def summaries(db: Database) -> list[Message]:
    with db.reading() as session:
        return list(session.scalars(select(Message).where(Message.kind == "closing_summary")))


def test_once_to_each_organiser_with_the_rate(installation: Installation, course: Course) -> None:
    db = installation.database
    assert closing_summaries.write_summaries(db, CLOSES + GRACE - timedelta(seconds=1)) == 0
    assert closing_summaries.write_summaries(db, CLOSES + GRACE) == 2
    assert closing_summaries.write_summaries(db, CLOSES + HOUR) == 0
    now, mails = CLOSES + HOUR, []
    while claimed := sending.claim_next(db, installation.keys, now, "w", LEASE):
        if isinstance(claimed, StaffMail):
            mails.append(claimed)
            sending.settle(db, claimed.message_id, Outcome("sent"), now)
    assert sorted(each.address for each in mails) == ["a@prov.example", "b@prov.example"]
    params = mails[0].params
    assert (params["invited"], params["answered"], params["series"]) == (3, 1, "Kursen")
    assert params["title"]["sv"] == "Efter halvdagen"
    assert params["occasion"] == "Tillfälle t1"
    assert params["path"] == "/projekt/prov/insatser/kurs/resultat"


@pytest.mark.parametrize("now", [CLOSES + 3 * DAY + HOUR, DUE])
def test_nothing_of_what_is_open_or_long_closed(
    installation: Installation, course: Course, now: datetime
) -> None:
    assert closing_summaries.write_summaries(installation.database, now) == 0
    assert summaries(installation.database) == []
