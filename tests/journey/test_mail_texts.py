"""The wording of the mails, the emblem and ended mails, as an organiser sees and changes them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.installation import Installation
from surveys.mail.mailbox import Mailbox
from surveys.models.deeds import Deed
from surveys.models.people import MailStop, Participant
from surveys.models.programme import Project
from tests.support.compiled import application
from tests.support.pages import forms_of, send
from tests.support.staffed import NOW, copy_of, go, invitation, signed_in

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten"
TEXTS = f"{HERE}/installningar/mejltexter"
ONE = f"{TEXTS}/reminder/sv"


@pytest.fixture
def house(built: Path, tmp_path: Path) -> Iterator[Installation]:
    with copy_of(built, tmp_path, "http://localhost") as installation:
        yield installation


@pytest.fixture
def app(house: Installation) -> Iterator[Flask]:
    with application(house.settings) as app:
        yield app


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


def deeds(house: Installation) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(Deed.action).order_by(Deed.id)))


class TestWording:
    def test_the_list_leads_to_every_text(self, organiser: FlaskClient) -> None:
        assert f'href="{TEXTS}"' in organiser.get(f"{HERE}/installningar").text
        links = re.findall(rf'href="({TEXTS}/\w+/\w+)"', organiser.get(TEXTS).text)
        assert len(set(links)) == len(links) >= 8
        assert {organiser.get(link).status_code for link in links} == {200}

    def test_a_reminder_goes_out_in_the_projects_own_words(
        self, organiser: FlaskClient, house: Installation
    ) -> None:
        page = organiser.get(ONE)
        answer = send(
            organiser,
            page,
            ONE,
            subject="{title} väntar",
            body="Hej {name}!\n\nPlats: {place}\n{link}\nFrån {sender}",
        )
        assert answer.status_code == 303
        assert "own text" in organiser.get(TEXTS).text
        go(house, NOW + timedelta(days=4))
        box = Mailbox(house.settings.mailbox)
        letters = [found for name in box.names() if (found := box.letter(name)) is not None]
        ours = [each for each in letters if each.heading.subject.endswith("väntar")]
        assert ours
        assert all("\nFrån " in each.text and "Öppna länken" in each.html for each in ours)
        assert deeds(house).count("mail_text") == 1

    def test_it_is_looked_at_before_it_is_saved(self, organiser: FlaskClient, house: Installation) -> None:
        page = organiser.get(ONE)
        shown = send(organiser, page, ONE, subject="Om {title}", body="<b>Hej</b>\n{link}", preview="y")
        assert shown.status_code == 200
        assert "It is not saved yet." in shown.text
        assert "Om Efter halvdagen" in shown.text
        assert "<b>Hej" not in shown.text
        assert forms_of(shown)[ONE]["subject"] == "Om {title}"
        assert "mail_text" not in deeds(house)
        assert send(organiser, shown, ONE, subject="Om {title}", body="{link}").status_code == 303

    @pytest.mark.parametrize(
        ("field", "text", "said"),
        [
            ("body", "Hej {nmn}\n{link}", "{nmn} cannot be used here."),
            ("body", "Hej {name}", "{link} is missing."),
            ("body", "Hej { {link}", ""),
            ("body", "{link} }", "A brace is missing."),
            ("body", "", "Fill this in."),
            ("subject", "Till {name}", "{name} cannot be used here."),
            ("subject", "x" * 201, "This is too long."),
            ("subject", "a\0b", "This holds characters"),
        ],
    )
    @pytest.mark.parametrize("button", ["", "preview"])
    def test_what_cannot_be_sent_is_refused_at_once_and_kept(
        self, organiser: FlaskClient, house: Installation, field: str, text: str, said: str, button: str
    ) -> None:
        typed = {"subject": "Ämne", "body": "{link}"} | {field: text} | ({button: "y"} if button else {})
        answer = send(organiser, organiser.get(ONE), ONE, **typed)
        assert answer.status_code == 422
        assert said in answer.text.replace("&#39;", "'")
        assert "<title>Error: " in answer.text
        if "\0" not in text and field == "subject":
            assert forms_of(answer)[ONE]["subject"] == text
        assert "mail_text" not in deeds(house)

    def test_two_at_once(self, organiser: FlaskClient) -> None:
        page = organiser.get(ONE)
        send(organiser, page, ONE, subject="Den ena", body="{link}")
        conflict = send(organiser, page, ONE, subject="Den andra", body="{link}")
        assert conflict.status_code == 409
        assert "Den ena" in conflict.text
        assert send(organiser, conflict, ONE, subject="Den andra", body="{link}").status_code == 303
        assert forms_of(organiser.get(ONE))[ONE]["subject"] == "Den andra"

    def test_back_to_the_built_in_asks_first(self, organiser: FlaskClient) -> None:
        assert organiser.get(f"{ONE}/aterstall").status_code == 303
        send(organiser, organiser.get(ONE), ONE, subject="Vår", body="Vår {link}")
        question = organiser.get(f"{ONE}/aterstall")
        assert "Vår {link}" in question.text
        send(organiser, organiser.get(ONE), ONE, subject="Ny", body="Ny {link}")
        stale = send(organiser, question, f"{ONE}/aterstall")
        assert stale.status_code == 409
        assert "Ny {link}" in stale.text
        assert send(organiser, stale, f"{ONE}/aterstall").status_code == 303
        assert "own text" not in organiser.get(TEXTS).text

    @pytest.mark.parametrize("end", ["test/sv", "reminder/xx", "reminder/sv%00", "å/å"])
    def test_no_such_text(self, organiser: FlaskClient, end: str) -> None:
        assert organiser.get(f"{TEXTS}/{end}").status_code == 404
        assert organiser.get(f"{TEXTS}/{end}/aterstall").status_code == 404


class TestEmblem:
    @pytest.mark.parametrize(
        ("emblem", "said"),
        [("eu_cofunded", "Medfinansieras av Europeiska"), ("eu_funded", "Finansieras av Europeiska")],
    )
    def test_chosen_it_is_shown_to_participants_and_on_paper(
        self, organiser: FlaskClient, app: Flask, house: Installation, emblem: str, said: str
    ) -> None:
        asked = invitation(house, "p05")
        reader = app.test_client()
        reader.get(f"/s/{house.keys.link_token(asked.public_id, 1)}")
        form = f"/svar/{asked.public_id}?sprak=sv"
        assert said not in reader.get(form).text
        page = organiser.get(f"{HERE}/installningar")
        answer = send(organiser, page, "/installningar", decimals="1", minimum_group="5", emblem=emblem)
        assert answer.status_code == 303
        assert said in reader.get(form).text
        on_paper = organiser.get(f"{HERE}/insatser/kurs/narvaro/t1/lista?sprak=sv").text
        assert said in on_paper
        with house.database.reading() as session:
            assert session.scalars(select(Project.emblem).where(Project.code == "liten")).one() == emblem

    def test_another_is_refused(self, organiser: FlaskClient) -> None:
        page = organiser.get(f"{HERE}/installningar")
        answer = send(organiser, page, "/installningar", decimals="1", minimum_group="5", emblem="nato")
        assert answer.status_code == 422


class TestStops:
    def test_seen_at_the_person_and_lifted_after_a_question(
        self, organiser: FlaskClient, house: Installation
    ) -> None:
        person = f"{HERE}/deltagare/p01"
        assert "Ended mails" not in organiser.get(person).text
        with house.database.transaction() as session:
            p01 = session.scalars(select(Participant).where(Participant.code == "p01")).one()
            stop = MailStop(participant_id=p01.id, scope="everything", source="complaint", stopped_at=NOW)
            session.add(stop)
            session.flush()
            lift = f"{person}/stopp/{stop.id}"
        page = organiser.get(person).text
        assert "because the person marked a mail as junk" in page
        assert lift in page
        question = organiser.get(lift)
        assert "All mails from Lilla projektet" in question.text
        assert "Ended mails" in organiser.get(person).text, "looking changes nothing"
        assert organiser.get(lift.replace("p01", "p02")).status_code == 404
        assert organiser.get(f"{person}/stopp/{10**30}").status_code == 404
        assert send(organiser, question, lift).status_code == 303
        assert "Ended mails" not in organiser.get(person).text
        assert send(organiser, question, lift).status_code == 404, "once"
        assert deeds(house).count("lift_stop") == 1
