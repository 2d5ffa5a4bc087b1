"""Papers typed in by the keyboard alone, in a real browser; and the pages around it."""

import pytest
from playwright.sync_api import Page, expect

from surveys.installation import Installation
from tests.browser.test_mailings import numbers
from tests.journey.test_paper import forms, responses
from tests.support.browser import PHONE, PageMaker, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

HERE = "/projekt/liten"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name + '=' + document.activeElement.value"))


def test_a_paper_is_typed_in_by_digits_and_enter_alone(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    gone, _planned, _mail = numbers(sqlite_installation)
    for end in (f"/utskick/{gone}/papper", "/enkatinmatning", f"/enkatinmatning/{gone}"):
        page.goto(f"{live_server}{HERE}{end}")
        look(page)
    form = next(each for each in forms(sqlite_installation, gone) if not each.answered)
    press = page.keyboard.press
    page.keyboard.type(f"{form.code[:4]}-{form.code[4:]}".lower())  # the field has the focus
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(form.code[:4])
    look(page)
    assert focused(page).startswith("q-new_knowledge-A=")
    press("4")
    press("Enter")
    press("Enter")  # not answered on the paper
    press("2")
    assert focused(page) == "q-overall=2"
    press("0")
    assert page.locator("input[name=q-overall]:checked").count() == 0
    for key in ("3", "Enter", "1", "Enter", "1", "3", "Enter"):  # overall, role, two of use
        press(key)
    for name, typed in (("q-hours", "2,5"), ("q-missed", "3 stolar")):
        assert focused(page) == f"{name}="
        page.keyboard.type(typed)
        press("Enter")
    page.keyboard.type("Rum 3 var kallt")
    press("Enter")  # a new line of a longer text
    page.keyboard.type("hela dagen")
    press("Tab")
    page.keyboard.type("bra")
    for _field in range(4):  # the two other words, the button, and it is pressed
        press("Enter")
    expect(page.get_by_text("is kept")).to_be_visible()
    expect(page.get_by_label("Code of the paper")).to_be_focused()
    assert [given for source, given in responses(sqlite_installation) if source == "paper"] == [
        {
            "theme": "A",
            "new_knowledge-A": "4",
            "overall": "3",
            "role": {"code": "a"},
            "use": {"codes": ["m", "t"]},
            "hours": "2.5",
            "missed": "3 stolar",
            "more": "Rum 3 var kallt\nhela dagen",
            "words": ["bra"],
        }
    ]
    look(page)
    # The keys that take it back.
    page.get_by_role("button", name="Take it back").focus()
    press("Enter")
    expect(page.get_by_text("is taken back")).to_be_visible()
