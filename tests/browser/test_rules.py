"""The form of a follow-up rule in a real browser: what lies ahead follows what one types."""

import pytest
from playwright.sync_api import expect

from surveys.installation import Installation
from tests.support.browser import PHONE, PageMaker, follow, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

HERE = "/projekt/liten/insatser/kurs/regler"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def test_a_rule_is_built_while_its_mails_are_shown(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    page.goto(f"{live_server}{HERE}/ny")
    look(page)
    follow(page.get_by_role("link", name="After each occasion", exact=True))
    look(page)
    ahead = page.locator("#moments")
    expect(ahead).to_contain_text("2 hours after the end of each occasion")
    page.get_by_label("hours", exact=True).fill("5")
    expect(ahead).to_contain_text("5 hours after the end of each occasion")
    expect(ahead).to_contain_text("21:30")
    page.get_by_label("hours", exact=True).fill("fem")
    expect(ahead).to_contain_text("Write a whole number")
    page.get_by_label("hours", exact=True).fill("5")
    # What has no meaning for a rule is out of sight.
    expect(page.get_by_text("Which occasions")).to_be_visible()
    page.get_by_label("Counted from").select_option("series_end")
    expect(page.get_by_text("Which occasions")).to_be_hidden()
    page.get_by_label("Counted from").select_option("occasion_end")
    page.get_by_label("One more condition").select_option("organisation")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Försäkringskassan").check()
    expect(page.locator("#moments")).to_contain_text("Only if: Organisation is Försäkringskassan")
    look(page)
    # The way back from a field with the enter key is to save, not to take a condition away.
    page.get_by_label("Close after so many days").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Save the rule?")
    look(page)
    page.get_by_role("button", name="Go back and change").click()
    expect(page.get_by_label("Försäkringskassan")).to_be_checked()
    page.get_by_role("button", name="Save the rule").click()
    page.get_by_role("button", name="Save the rule and change mailings").click()
    expect(page.get_by_text("The rule is saved.")).to_be_visible()
    look(page)
    page.goto(f"{live_server}{HERE}/efter/mottagare")
    look(page)
    page.goto(f"{live_server}{HERE}/efter/vaxla")
    look(page)
    page.goto(f"{live_server}{HERE}/slut/ta-bort")
    look(page)


def test_the_same_without_a_script(new_page: PageMaker, live_server: str) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, live_server)
    page.goto(f"{live_server}{HERE}/efter/andra")
    page.get_by_label("hours", exact=True).fill("5")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#moments")).to_contain_text("5 hours after the end of each occasion")
    expect(page.get_by_label("hours", exact=True)).to_have_value("5")
