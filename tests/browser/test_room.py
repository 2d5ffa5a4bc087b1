"""The door, one's own page and the list to tick in a real browser."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy import select

from surveys.installation import Installation
from surveys.models.people import Participant, PersonalPage
from surveys.models.programme import Occasion
from tests.support.browser import PHONE, PageMaker, follow, look, sign_in
from tests.support.staffed import PASSWORD

pytestmark = pytest.mark.browser

DURING = datetime(2027, 3, 2, 13, 30, tzinfo=UTC)  # in the middle of the second occasion
LIST = "/projekt/liten/insatser/kurs/narvaro"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture(autouse=True)
def _afternoon() -> Iterator[None]:
    with time_machine.travel(DURING, tick=True):
        yield


def door_of(installation: Installation) -> str:
    with installation.database.reading() as session:
        return session.scalars(select(Occasion.door_id).where(Occasion.code == "t2")).one()


def link_of(installation: Installation, address: str) -> str:
    with installation.database.reading() as session:
        page = session.scalars(
            select(PersonalPage).join(Participant).where(Participant.email == address)
        ).one()
        return f"/min/{installation.keys.link_token(page.public_id, page.generation)}"


def test_from_the_door_to_being_here_by_keyboard(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(viewport=PHONE, locale="en-GB", java_script_enabled=False)
    page.goto(f"{live_server}/t/{door_of(sqlite_installation)}")
    page.get_by_role("button", name="Mail me my link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Write your e-mail address")
    page.get_by_label("Your e-mail address").fill("hans@liten.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    page.goto(live_server + link_of(sqlite_installation, "hans@liten.example") + "?sprak=en")
    page.goto(page.url + "?sprak=en")
    page.get_by_role("radio", name="Balans").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="I am here").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your theme: Balans.")


def test_participants_pages_are_accessible(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(viewport=PHONE, locale="en-GB")
    door = door_of(sqlite_installation)
    page.goto(f"{live_server}/t/{door}?sprak=en")
    look(page)
    page.get_by_label("Your e-mail address").fill("hans")
    follow(page.get_by_role("button", name="Mail me my link"))
    look(page)
    page.get_by_label("Your e-mail address").fill("hans@liten.example")
    follow(page.get_by_role("button", name="Mail me my link"))
    look(page)
    page.goto(live_server + link_of(sqlite_installation, "hans@liten.example"))
    look(page)
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    page.get_by_text("Your personal code").click()
    look(page)
    page.goto(f"{live_server}/t/{door}")
    expect(page.get_by_role("link", name="Go on as Hans Hall")).to_be_visible()
    look(page)
    for address in ("/t/okand", "/min/okand", "/min/sida/okand"):
        page.goto(live_server + address)
        look(page)


def test_the_organiser_s_pages(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE)
    page.goto(f"{live_server}/logga-in?sprak=en")
    page.get_by_label("E-mail address").fill("organiser@folja.example")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    for end in (
        "",
        "/t2",
        "/t2?alla=1",
        "/t2/lista",
        "/t2/fil",
        "/t2/koder",
        "/t2/qr",
        "/t2/qr/dorr",
        "/t2/qr/bild",
        "/t2/qr/ny",
    ):
        page.goto(f"{live_server}{LIST}{end}")
        look(page)
    page.goto(f"{live_server}{LIST}/t2")
    row = page.get_by_role("row").filter(has_text="Hans Hall")
    row.get_by_role("radio", name="Present").check()
    row.get_by_role("textbox").fill("en timme")
    page.get_by_role("button", name="Save the attendance").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    row.get_by_role("textbox").fill("60")
    page.get_by_role("button", name="Save the attendance").click()
    expect(page.get_by_role("status")).to_contain_text("The attendance of one person is saved.")
    look(page)
    page.goto(f"{live_server}{LIST}/t2/fil")
    lines = "kod;närvarande\np08;nej\np77;ja\n".encode()
    page.get_by_label("File").set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": lines})
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the file says")
    look(page)
    page.get_by_role("button", name="Save the attendance of one person").click()
    expect(page.get_by_role("status")).to_contain_text("The attendance of one person is saved.")


COVERED = """() => {
  const bar = document.querySelector(".in-sight").getBoundingClientRect();
  return [...document.querySelectorAll("#main form :is(input:not([type=hidden]), select)")].filter(field => {
    field.focus();
    return field.getBoundingClientRect().bottom > bar.top;
  }).map(field => field.id || field.name);
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_the_button_of_a_long_list_stays_in_sight_and_covers_nothing(
    new_page: PageMaker, live_server: str, width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 600})
    sign_in(page, live_server)
    page.goto(f"{live_server}{LIST}/t2")
    assert page.evaluate(COVERED) == []
    page.get_by_role("row").filter(has_text="Hans Hall").get_by_role("radio", name="Present").focus()
    expect(page.get_by_role("button", name="Save the attendance")).to_be_in_viewport()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("saved")
    page.goto(f"{live_server}{LIST}/t2/koder")
    page.get_by_role("button", name="Make the missing codes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("codes are made")
    expect(page.get_by_role("img", name="Personal code of Anna Alm")).to_be_visible()
    look(page)
