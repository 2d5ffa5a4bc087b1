"""The organiser's pages in a real browser: accessible and whole on a narrow phone and a wide screen."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from surveys import heartbeat
from surveys.installation import Installation
from tests.support.browser import PageMaker, assert_accessible
from tests.support.staffed import NOW, PASSWORD, build, copy_of, invitation

pytestmark = pytest.mark.browser

HERE = "/projekt/liten"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("staffed"))


@pytest.fixture
def sqlite_installation(built: Path, tmp_path: Path, listener: socket.socket) -> Iterator[Installation]:
    with copy_of(built, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}") as installation:
        yield installation


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def sign_in(page: Page, server: str) -> None:
    page.goto(f"{server}/logga-in?sprak=en")
    page.get_by_label("E-mail address").fill("organiser@folja.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Projects")


def look(page: Page) -> None:
    """The page passes axe and does not scroll sideways."""
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation, width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 800})
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
    page.get_by_role("link", name="After the occasion").first.click()
    look(page)
    page.get_by_role("link", name="Those who have not answered").click()
    expect(page.get_by_role("link", name="Eva Ek", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Anna Alm")).to_have_count(0)
    look(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_fault_in_the_settings_takes_the_focus(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation, width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 800})
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
