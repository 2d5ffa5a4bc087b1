"""The planning pages of series and occasions in a real browser: whole, accessible, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from surveys.installation import Installation
from tests.support.browser import PHONE, PageMaker, follow, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

COURSE = "/projekt/liten/insatser/kurs"
PAGES = (
    "/projekt/liten/insatser",
    "/projekt/liten/tillfallen",
    "/projekt/liten/tillfallen?vy=vecka",
    "/projekt/liten/ny-insats",
    COURSE,
    f"{COURSE}/andra",
    f"{COURSE}/ny-omgang",
    f"{COURSE}/nytt-tillfalle",
    f"{COURSE}/nya-tillfallen",
    f"{COURSE}/tillfallen",
    f"{COURSE}/tillfallen?vy=vecka",
    f"{COURSE}/tillfallen/t1",
    f"{COURSE}/tillfallen/t1/ta-bort",
    f"{COURSE}/tillfallen/t1/stall-in",
    f"{COURSE}/tillfallen/t2/andra",
    f"{COURSE}/tillfallen/t2/flytta",
    f"{COURSE}/tillfallen/t2/flytta-resten",
    f"{COURSE}/tillfallen/t3/ta-bort",
    f"{COURSE}/ta-bort",
)


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def test_every_page(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    for address in PAGES:
        page.goto(f"{live_server}{address}")
        look(page)


def test_a_series_is_planned_and_moved_without_a_script(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    sign_in(page, live_server)
    page.goto(f"{live_server}/projekt/liten/insatser")
    page.get_by_role("link", name="New series").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name of the series").fill("Ledare")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Add occasions").click()
    page.get_by_label("Name of each occasion").fill("Halvdag")
    page.get_by_label("Pasted dates").check()
    page.get_by_label("Dates", exact=False).last.fill("1/3 2027\nhej")
    page.get_by_role("button", name="Show the occasions").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2: This is not a date.")
    page.get_by_label("Dates", exact=False).last.fill("1/3 2027\n15/3 2027 9-12 Avslutning")
    page.get_by_role("button", name="Show the occasions").click()
    page.get_by_role("button", name="Add 2 occasions").click()
    expect(page.get_by_role("status")).to_contain_text("2 occasions are added.")
    page.get_by_role("link", name="2. Avslutning").click()
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("Day", exact=True).fill("2027-03-16")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("status")).to_contain_text("The occasion is moved.")


def test_what_a_move_changes_is_shown_before_it_is_done(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    page.goto(f"{live_server}{COURSE}/tillfallen/t1/flytta")
    page.get_by_label("Day", exact=True).fill("2027-02-09")
    follow(page.get_by_role("button", name="Show what changes"))
    look(page)
    page.get_by_label("Tell them at once, even in quiet hours").check()
    page.get_by_role("button", name="Move the occasion and 2 mailings").click()
    expect(page.get_by_role("status")).to_contain_text("The occasion is moved.")
    look(page)
