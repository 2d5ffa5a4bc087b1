"""A report in a real browser: made, read, made again when a questionnaire has closed, signed off, fetched."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from surveys.installation import Installation
from surveys.models.followup import Mailing
from tests.browser.test_results import signed_in
from tests.support.answered import NOW
from tests.support.browser import follow, look
from tests.support.reported import staff

pytestmark = pytest.mark.browser
REPORTS = "/projekt/prov/resultat/rapporter"


@pytest.fixture
def address(live_server: str, sqlite_installation: Installation) -> str:
    staff(sqlite_installation)
    return live_server


def test_a_report_is_made_read_made_again_signed_and_fetched(
    page: Page, address: str, sqlite_installation: Installation
) -> None:
    signed_in(page, address, "eva").goto(address + REPORTS)
    look(page)
    follow(page.get_by_role("link", name="Ny rapport"))
    look(page)
    page.locator("input[name=title]").fill("Slutrapport")
    page.locator("input[name=kind][value=final]").check()
    follow(page.get_by_role("button", name="Gör rapporten"))
    page.locator("details summary").last.press("Enter")
    figures = page.locator("details table").last.inner_text().replace("\u00a0", " ")
    assert "78,6 % (77 av 98)" in figures
    assert "Deltagare" in figures
    look(page)

    with sqlite_installation.database.transaction() as session:  # a questionnaire closes, and is shown
        still_open = Mailing.closes_at > NOW + timedelta(days=3650)
        session.execute(update(Mailing).where(still_open).values(closes_at=NOW - timedelta(days=1)))
    follow(page.get_by_role("button", name="Gör en ny version"))
    changed = page.locator("table.difference")
    assert "3. Tillfälle 3" in changed.inner_text()
    assert changed.locator("ins").count() > 3
    look(page)

    follow(page.get_by_role("link", name="Signera"))
    look(page)
    follow(page.get_by_role("button", name="Signera"))
    assert page.locator("h1 + .tag").inner_text() == "slutlig"
    assert page.get_by_role("link", name="Ta bort den här versionen").count() == 0
    look(page)
    for end, start in (("docx", b"PK"), ("pdf", b"%PDF"), ("pptx", b"PK")):
        sent = page.request.get(f"{page.url}/rapport.{end}")
        assert sent.status == 200
        assert sent.body().startswith(start)
