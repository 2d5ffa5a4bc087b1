"""In which languages a mailing goes: said before it goes, and as the texts are at the moment when it does."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.mailbox import Mailbox
from surveys.models.followup import Mailing
from surveys.models.people import Participant
from surveys.models.programme import Project
from surveys.models.questionnaire import Questionnaire
from surveys.models.texts import MailText
from tests.journey.test_mailings import mailing_of, words
from tests.support.compiled import app_of
from tests.support.staffed import NOW, go, signed_in

pytestmark = pytest.mark.usefixtures("evening")
SOMALI = "Kulanka kadib"


@pytest.fixture
def house(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def organiser(house: Installation) -> FlaskClient:
    return signed_in(app_of(house.settings), "organiser")


def mails_to(house: Installation, address: str) -> list[str]:
    box = Mailbox(house.settings.mailbox)
    return [each.subject for each in box.headings(box.addressed_to(address))]


def test_who_gets_which_language_is_said_before_it_goes_and_texts_are_taken_when_it_does(
    house: Installation, organiser: FlaskClient
) -> None:
    number = mailing_of(house, "efter", "planned")
    with house.database.transaction() as session:
        project = session.scalars(select(Project).where(Project.code == "liten")).one()
        project.languages = ["sv", "en", "so"]
        for code, language in (("p05", "so"), ("p06", "fi")):
            mine = Participant.project_id == project.id, Participant.code == code
            session.execute(update(Participant).where(*mine).values(language=language))
        own = {"kind": "invitation", "language": "sv", "subject": "{title}", "body": "{link}"}
        session.add(MailText(project_id=project.id, changed_at=NOW, **own))
        session.flush()
        due = session.get_one(Mailing, number).due_at
        somali = session.scalars(select(Participant.email).where(Participant.code == "p05")).one()
    for page in (f"/utskick/{number}", f"/utskick/{number}/forhandsvisning"):
        shown = words(organiser, page)
        assert "Languages of the mail" in shown
        assert "1 of them reads a language that the project does not have" in shown
        assert "Swedish, since there are none in this language" in shown
        assert "texts missing shown in the nearest language there is" in shown

    while planning.expand_next(house.database, house.keys, due):  # prepared, with the title missing
        pass
    with house.database.transaction() as session:
        for row in session.scalars(select(Questionnaire)):
            for version in row.versions:
                version.content = version.content | {"title": version.content["title"] | {"so": SOMALI}}
    for minutes in (1, 2):
        go(house, due + timedelta(minutes=minutes))
    assert sum(SOMALI in subject for subject in mails_to(house, somali)) == 1
    assert "Languages of the mail" not in words(organiser, f"/utskick/{number}")
