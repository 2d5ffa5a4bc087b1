"""The learning log in a real browser: accessible in every state, by keyboard alone, on a narrow phone."""

import pytest
from playwright.sync_api import Page, expect

from surveys import clock
from surveys.answers import logbook
from surveys.installation import Installation
from tests.support.books import Traveller, travellers
from tests.support.browser import PageMaker, assert_accessible, follow

pytestmark = pytest.mark.browser

SIZES = [pytest.param(320, id="320"), pytest.param(1280, id="1280")]


@pytest.fixture
def anna(sqlite_installation: Installation) -> Traveller:
    return travellers(sqlite_installation, "Anna Ek", now=clock.now())[0]


@pytest.fixture(params=SIZES)
def phone(request: pytest.FixtureRequest, new_page: PageMaker) -> Page:
    """A page as wide as asked."""
    return new_page(viewport={"width": request.param, "height": 800})


def look(page: Page) -> None:
    """The page passes axe, does not scroll sideways, and nothing on it is too small to hit."""
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    small = page.evaluate(
        """() => [...document.querySelectorAll('main :is(button, input, textarea, summary, .button)')]
            .filter(e => e.type !== 'hidden').map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([_, r]) => r.width && (r.width < 24 || r.height < 24)).map(([html]) => html)"""
    )
    assert not small, small


def english(page: Page, live_server: str) -> None:
    page.context.add_cookies([{"name": "folja-language", "value": "en", "url": live_server}])


def test_every_page_in_every_state(
    phone: Page, live_server: str, anna: Traveller, sqlite_installation: Installation
) -> None:
    db, now = sqlite_installation.database, clock.now()
    english(phone, live_server)
    log = f"{live_server}/logg/{anna.book}"
    phone.goto(log)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Open your learning log from the mail")
    look(phone)
    phone.goto(f"{live_server}/l/wrong")
    look(phone)
    phone.goto(f"{live_server}/l/{anna.token}")
    expect(phone).to_have_url(log)
    look(phone)
    written = {"text": "Första dagen. " * 40, "plan": "fråga gruppen", "written_on": "2026-11-01"}
    entry = logbook.write_entry(db, anna.book, anna.token, written, now)
    logbook.share_entry(db, anna.book, anna.token, entry, 1, now)
    logbook.write_entry(db, anna.book, anna.token, written | {"text": "Ord" * 200}, now)
    for address in ("", "/skriv", f"/skriv?fraga={anna.prompt}", f"/{entry}", f"/{entry}/ta-bort"):
        phone.goto(log + address)
        look(phone)
    for ending in (f"/{entry}/dela", "/00000000-0000-0000-0000-000000000000"):
        phone.goto(log + ending)
        look(phone)


def test_a_fault_is_shown_where_it_is_and_takes_the_focus(
    phone: Page, live_server: str, anna: Traveller
) -> None:
    english(phone, live_server)
    phone.goto(f"{live_server}/l/{anna.token}?fraga={anna.prompt}")
    phone.get_by_label("What do you plan to do now?").fill("x" * 1_200)
    phone.get_by_role("button", name="Save the entry").click()
    expect(phone).to_have_title("Error: Write in your log – Lärande i praktiken – Följa")
    expect(phone.get_by_role("alert")).to_be_focused()
    look(phone)
    phone.get_by_role("link", name="Write something before you save.").click()
    expect(phone.get_by_label("Your entry")).to_be_focused()
    assert len(phone.get_by_label("What do you plan to do now?").input_value()) == 1_200


def test_two_tabs_are_shown_to_each_other(phone: Page, live_server: str, anna: Traveller) -> None:
    english(phone, live_server)
    phone.goto(f"{live_server}/l/{anna.token}?fraga={anna.prompt}")
    phone.get_by_label("Your entry").fill("Ett")
    phone.get_by_role("button", name="Save the entry").click()
    phone.get_by_role("link", name="Change").click()
    other = phone.context.new_page()
    other.goto(phone.url)
    other.get_by_label("Your entry").fill("Från den andra fliken")
    follow(other.get_by_role("button", name="Save the changes"))
    phone.get_by_label("Your entry").fill("Från den första fliken")
    phone.get_by_role("button", name="Save the changes").click()
    expect(phone.get_by_role("alert")).to_contain_text("Från den andra fliken")
    expect(phone.get_by_label("Your entry")).to_have_value("Från den första fliken")
    look(phone)


def test_from_the_link_to_a_shared_entry_by_keyboard_and_without_javascript(
    new_page: PageMaker, live_server: str, anna: Traveller
) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    english(page, live_server)
    page.goto(f"{live_server}/l/{anna.token}")
    press_until(page, "Write about this question")
    page.keyboard.press("Enter")
    press_until(page, "Your entry")
    page.keyboard.type("De lyssnar mer.")
    press_until(page, "Save the entry")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Only you can read it")
    press_until(page, "Share …")
    page.keyboard.press("Enter")
    press_until(page, "Share without my name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_contain_text("Shared without your name")
    press_until(page, "Stop sharing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_contain_text("Only you")


def press_until(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called ``name``; gives up after a page's worth."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.filter(has_text=name).count():
            return
        label = page.get_by_label(name, exact=True)
        if label.count() and label.evaluate("e => e === document.activeElement"):
            return
    pytest.fail(f"no Tab leads to {name!r} on {page.url}")
