"""The check of figures in a real browser: by keyboard, on a phone, clean to axe."""

import pytest
from playwright.sync_api import Page

from surveys.installation import Installation
from surveys.running import access
from tests.browser.test_results import signed_in
from tests.journey.test_figure_pages import TABLE
from tests.journey.test_results_pages import PASSWORD, PROJECT
from tests.support.answered import Answering
from tests.support.browser import PageMaker, assert_accessible, follow

pytestmark = pytest.mark.browser


@pytest.fixture
def address(live_server: str, sqlite_installation: Installation) -> str:
    with sqlite_installation.database.transaction() as session:
        Answering(session, sqlite_installation.keys)
    access.add_user(sqlite_installation.database, "evaluator@prov.example", "evaluator", PASSWORD)
    access.set_role(sqlite_installation.database, "evaluator@prov.example", "prov", "evaluator")
    return live_server


def test_a_table_is_checked_and_kept_by_keyboard_on_a_phone(new_page: PageMaker, address: str) -> None:
    page = signed_in(new_page(viewport={"width": 320, "height": 800}), address)
    page.goto(f"{address}{PROJECT}/resultat/sifferkontroll")
    assert_clean(page)
    page.locator("textarea[name=table]").focus()
    page.keyboard.insert_text(TABLE)
    press(page, "Kontrollera tabellen")
    assert "28 av 34 är 82 %, inte 85 %." in page.locator(".findings").inner_text().replace("\u00a0", " ")
    page.locator("details summary", has_text="Vad kolumnerna innehåller").press("Enter")
    assert_clean(page)
    page.locator("details summary", has_text="Som text").press("Enter")
    press(page, "Spara den med sin källa")
    press(page, "Spara tabellen")
    assert page.locator(".error-summary a").count() == 3
    assert_clean(page)
    page.locator("input[name=title]").fill("Förra rapporten")
    page.locator("input[name=kind]").first.press(" ")
    page.locator("input[name=who]").fill("Konsulten AB")
    press(page, "Spara tabellen")
    assert page.locator("h1").inner_text() == "Förra rapporten"
    assert_clean(page)
    page.goto(f"{address}{PROJECT}/resultat/utifran")
    assert_clean(page)


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name)
    button.focus()
    follow(button)


def assert_clean(page: Page) -> None:
    assert_accessible(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, page.url
