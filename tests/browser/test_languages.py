"""Participants' pages from right to left, and the grid of texts, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from surveys.installation import Installation
from surveys.models.people import Participant
from surveys.models.programme import Project
from tests.support import browser as browsers
from tests.support.browser import PageMaker
from tests.support.staffed import invitation

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]
PERSON = "p05"  # has been asked, and has not answered


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    with staffed.database.transaction() as session:
        session.execute(update(Project).values(languages=["sv", "en", "sv-simple", "ar"]))
    return staffed


def read_by(installation: Installation, language: str) -> str:
    """Let the person read ``language``; returns the link of the questionnaire."""
    with installation.database.transaction() as session:
        session.execute(update(Participant).where(Participant.code == PERSON).values(language=language))
    asked = invitation(installation, PERSON)
    return f"/s/{installation.keys.link_token(asked.public_id, asked.generation)}"


def test_arabic_from_right_to_left(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(locale="de-DE")
    page.goto(live_server + read_by(sqlite_installation, "ar"))
    assert mirrored(page) == "rtl"
    page.locator("main input[type=radio]").first.check()
    browsers.follow(page.locator("main button[name=submit]"))
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    for address in ("/finns-inte", "/tillganglighet", "/personuppgifter/liten"):
        page.goto(f"{live_server}{address}?sprak=ar")
        browsers.look(page)


def mirrored(page: Page) -> str:
    """The direction that the text of the page is drawn in: where its first heading begins."""
    return str(page.evaluate("getComputedStyle(document.querySelector('main h1')).direction"))


def test_the_grid_of_texts_on_a_phone_and_a_screen(
    page: Page, live_server: str, sqlite_installation: Installation
) -> None:
    browsers.sign_in(page, live_server)
    page.goto(f"{live_server}/projekt/liten/enkater/efter-tillfalle")
    browsers.follow(page.get_by_role("link", name="Texts and languages"))
    browsers.look(page)
    page.get_by_role("link", name="Write (العربية)").click()
    browsers.follow(page.get_by_role("link", name="Begin from the texts in Svenska"))
    browsers.look(page)
    page.get_by_role("button", name="Save the texts").click()
    expect(page.get_by_role("status")).to_have_text("The texts are saved.")
    browsers.follow(page.get_by_role("link", name="Take away (العربية)"))
    browsers.look(page)
    page.goto(f"{live_server}/projekt/liten/installningar/sprak")
    browsers.look(page)
    page.goto(f"{live_server}/projekt/liten/enkater/efter-tillfalle/texter/fil")
    browsers.follow(page.get_by_role("button", name="Read the file"))
    browsers.look(page)
