"""The page that removes a series, or switches it off."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.course import series
from surveys.domain.series import Description
from surveys.installation import Installation
from surveys.models.programme import Project, Series
from tests.support.pages import send
from tests.support.staffed import signed_in

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten/insatser"
TOLD = "Those who have had a mail about an occasion are still told if it is moved or cancelled."


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def client(sqlite_app: Flask) -> FlaskClient:
    return signed_in(sqlite_app, "organiser")


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")


def codes(installation: Installation) -> set[str]:
    with installation.database.reading() as session:
        return set(session.scalars(select(Series.code)))


def test_an_empty_series_is_removed(client: FlaskClient, sqlite_installation: Installation) -> None:
    db = sqlite_installation.database
    with db.reading() as session:
        project = session.scalars(select(Project.id).where(Project.code == "liten")).one()
    series.create_series(db, project, Description("Fel insats"))
    assert f'href="{HERE}/fel-insats/ta-bort"' in client.get(f"{HERE}/fel-insats/andra").text
    page = client.get(f"{HERE}/fel-insats/ta-bort")
    assert "0 occasions 0 follow-up rules 0 enrolments" in words(page.text)
    assert "fel-insats" in codes(sqlite_installation)
    done = send(client, page, "/ta-bort")
    assert "The series is removed." in client.get(done.location).text
    assert "fel-insats" not in codes(sqlite_installation)
    assert send(client, page, "/ta-bort").status_code == 404


def test_a_series_that_has_sent_is_switched_off(
    client: FlaskClient, sqlite_installation: Installation
) -> None:
    page = client.get(f"{HERE}/kurs/ta-bort")
    text = words(page.text)
    assert "The series stays" in text
    assert "There are answers to its questionnaires." in text
    assert TOLD in text
    assert "Remove the series</button>" not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    refused = client.post(f"{HERE}/kurs/ta-bort", data={"csrf_token": token[1]})
    assert refused.status_code == 409
    assert "kurs" in codes(sqlite_installation)
    text = words(client.get(send(client, page, "/stang-av").location).text)
    assert "The series is switched off" in text
    assert "confirmed the round" not in text
    assert TOLD in text
    assert f"It is switched off already: its rules send nothing. {TOLD}" in words(
        client.get(f"{HERE}/kurs/ta-bort").text
    )
    on = client.get(f"{HERE}/kurs/bekrafta")
    assert "Switch on the series and plan" in words(on.text)
    told = words(client.get(send(client, on, "/bekrafta").location).text)
    assert "The series is switched on. Its mailings go as planned." in told
    assert "The series is switched off" not in told
    assert "Series switched on" in words(client.get("/projekt/liten/installningar/gjort").text)
