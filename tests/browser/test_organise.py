"""The organiser's pages in a real browser: accessible and whole on a narrow phone and a wide screen."""

import pytest
from playwright.sync_api import expect

from surveys.installation import Installation
from surveys.running import heartbeat
from tests.support.browser import PHONE, PageMaker, follow, look, sign_in
from tests.support.staffed import NOW, invitation

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

HERE = "/projekt/liten"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def test_every_page(new_page: PageMaker, live_server: str, sqlite_installation: Installation) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    look(page)
    link = f"/deltagare/p05/lank/{invitation(sqlite_installation, 'p05').id}"
    for end in (
        "",
        "/insatser",
        "/insatser/kurs",
        "/insatser/kurs/deltagare",
        "/insatser/kurs/regler",
        "/insatser/kurs/utskick",
        "/deltagare",
        "/deltagare?sok=ingen",
        "/deltagare/p05",
        f"{link}/ny",
        f"{link}/dra-tillbaka",
        "/enkater",
        "/enkater/efter-tillfalle",
        "/utskick?visa=tidigare",
        "/installningar",
    ):
        page.goto(f"{live_server}{HERE}{end}")
        look(page)
    heartbeat.beat(sqlite_installation.database, "dispatcher", NOW.replace(hour=3))
    page.goto(f"{live_server}{HERE}/utskick")
    expect(page.get_by_role("heading", name="Sending stands still")).to_be_visible()
    look(page)
    follow(page.get_by_role("link", name="After the occasion").first)
    look(page)
    page.get_by_role("link", name="Those who have not answered").click()
    expect(page.get_by_role("link", name="Eva Ek", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Anna Alm")).to_have_count(0)
    look(page)


def test_a_fault_in_the_settings_takes_the_focus(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    page.goto(f"{live_server}{HERE}/installningar")
    page.get_by_label("Name of the project").fill("")
    page.get_by_label("Replies go to").fill("ingen adress")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Replies go to")).to_have_value("ingen adress")
    look(page)
    page.get_by_role("link", name="Fill this in.").click()
    expect(page.get_by_label("Name of the project")).to_be_focused()


def test_a_new_link_is_made_by_keyboard(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, live_server)
    page.goto(f"{live_server}{HERE}/deltagare/p05")
    page.get_by_role("link", name="New link … After the occasion").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make a new link and send it to eva@liten.example").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("A mail with the new one is on its way")
