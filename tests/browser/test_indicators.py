"""A target set, read twice and judged on a phone, by the keyboard; and nothing for axe to find on the way."""

import pytest
from playwright.sync_api import Page

from surveys.installation import Installation
from surveys.running import access
from tests.browser.test_figure_check import assert_clean, press
from tests.browser.test_results import signed_in
from tests.journey.test_results_pages import PASSWORD, PROJECT, fill
from tests.support.answered import Answering
from tests.support.browser import PageMaker

pytestmark = pytest.mark.browser
HERE = f"{PROJECT}/resultat/indikatorer"


@pytest.fixture
def address(live_server: str, sqlite_installation: Installation) -> str:
    with sqlite_installation.database.transaction() as session:
        fill(Answering(session, sqlite_installation.keys))
    access.add_user(sqlite_installation.database, "evaluator@prov.example", "evaluator", PASSWORD)
    access.set_role(sqlite_installation.database, "evaluator@prov.example", "prov", "evaluator")
    return live_server


def test_a_target_is_set_read_and_judged_by_keyboard_on_a_phone(new_page: PageMaker, address: str) -> None:
    page = signed_in(new_page(viewport={"width": 320, "height": 800}), address)
    for path in (
        HERE,
        f"{HERE}/ny",
        *(f"{HERE}/ny?slag={kind}" for kind in ("share", "index", "head_count")),
    ):
        page.goto(address + path)
        assert_clean(page)
    page.goto(f"{address}{HERE}/ny?slag=outside")
    press(page, "Spara")
    assert_clean(page)  # with all that is missing said
    write(
        page, title="Deltagare", unit="personer", target="330", reads_on="2026-02-01", decided_on="2026-01-01"
    )
    press(page, "Spara")
    for day, value in (("2026-01-15", "120"), ("2026-02-01", "326")):
        summary = page.locator("summary", has_text="Skriv in en uppgift")
        if not page.locator("input[name=value]").is_visible():
            summary.press("Enter")
        write(page, value=value, on=day, source="Registret")
        press(page, "Skriv in uppgiften")
    assert "326 av målet 330 personer" in page.locator("main").inner_text().replace("\u00a0", " ")
    assert page.locator("figure.chart svg:visible").count() == 1
    assert_clean(page)
    for path in (HERE, f"{HERE}/deltagare/revidera", f"{HERE}/deltagare/ta-bort"):
        page.goto(address + path)
        assert_clean(page)


def write(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"main input[name={name}]").fill(value)
