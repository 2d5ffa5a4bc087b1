"""The accessibility statement and the page about personal data: from settings, in every language."""

from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from surveys import clock
from surveys.catalogues import languages
from surveys.config import BadSetting, StatementSettings, load
from surveys.installation import Installation
from tests.support.compiled import app_of
from tests.support.forms import ask

SAID = StatementSettings(
    owner="Göteborgs Stad",
    contact="tillganglig@example.se",
    service="Kursenkäten",
    status="partial",
    method="expert",
    assessed_on=date(2026, 11, 20),
    updated_on=date(2026, 11, 21),
    shortcomings="Kartan saknar text.",
    burden="Gamla filmer utan text.",
    outside="Kartor från andra.",
)


def read(page: str) -> str:
    return page.replace("\u00a0", " ")


def test_the_statement_says_the_eleven_things(sqlite_installation: Installation) -> None:
    client = app_of(replace(sqlite_installation.settings, statement=SAID)).test_client()
    page = read(client.get("/tillganglighet?sprak=sv").text)
    for said in (
        "Göteborgs Stad",  # who
        "Kursenkäten",  # which service
        "följer lagen delvis",  # how well
        "Kartan saknar text.",  # what does not work
        "20 nov 2026",  # assessed
        "21 nov 2026",  # updated
        "utifrån har granskat",  # by which method
        "mailto:tillganglig@example.se",  # where to tell
        "https://www.digg.se/tdosanmalan",  # whom to complain to
        "Gamla filmer utan text.",  # too great a burden
        "Kartor från andra.",  # outside the law
    ):
        assert said in page, said


def test_nothing_is_claimed_that_nobody_has_said(sqlite_client: FlaskClient) -> None:
    page = sqlite_client.get("/tillganglighet?sprak=en").text
    assert "has not said yet who is responsible" in page
    assert "complies partly" in page
    assert "No day of assessment has been given" in page


@pytest.mark.parametrize("language", list(languages()))
def test_both_pages_in_every_language(sqlite_client: FlaskClient, language: str) -> None:
    direction = languages()[language].direction
    for address in ("/tillganglighet", "/personuppgifter"):
        page = sqlite_client.get(f"{address}?sprak={language}")
        assert f'<html lang="{language}" dir="{direction}">' in page.text


def test_a_project_s_own_texts_and_links_to_them_from_its_pages(
    sqlite_client: FlaskClient, sqlite_installation: Installation
) -> None:
    (anna,) = ask(sqlite_installation, "Anna Ek", now=clock.now())
    form = sqlite_client.get(sqlite_client.get(f"/s/{anna.token}").location).text
    assert 'href="/personuppgifter/kurser"' in form
    for page in (form, sqlite_client.get("/logga-in").text, sqlite_client.get("/finns-inte").text):
        assert 'href="/tillganglighet"' in page
    own = sqlite_client.get("/personuppgifter/kurser")
    assert own.status_code == 200
    assert "Who is responsible" in sqlite_client.get("/personuppgifter/kurser?sprak=en").text
    assert sqlite_client.get("/personuppgifter/finns-inte").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("FOLJA_ACCESSIBILITY_STATUS", "helt"), ("FOLJA_ACCESSIBILITY_ASSESSED", "2026-13-01")],
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadSetting):
        load({name: value})
