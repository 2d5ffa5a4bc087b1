"""An answer taken back, and a key destroyed, in a real browser: accessible, on a phone and on a desk."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from surveys import clock
from surveys.installation import Installation
from surveys.running import access
from tests.support.browser import PHONE, PageMaker, follow, look
from tests.support.forms import ask

pytestmark = pytest.mark.browser
PASSWORD = "tre små gröna ekar"
SETTINGS = "/projekt/kurser/installningar"


def _seen(page: Page, name: str) -> None:
    look(page)
    if folder := os.environ.get("FOLJA_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_an_answer_is_taken_back_and_a_key_destroyed(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    anna, bo = ask(sqlite_installation, "Anna Ek", "Bo By", privacy_mode="sealed", now=clock.now())
    phone = new_page(viewport=PHONE)
    phone.goto(f"{live_server}/s/{anna.token}")
    phone.locator("input[name='q-overall']").first.check()
    follow(phone.locator("main button[name=submit]"))
    follow(phone.locator("a[href$='/ta-tillbaka']"))
    _seen(phone, "take-back")
    follow(phone.locator("main form .danger"))
    _seen(phone, "taken-back")
    phone.goto(f"{live_server}/s/{bo.token}")
    phone.locator("input[name='q-overall']").first.check()
    follow(phone.locator("main button[name=submit]"))
    _seen(phone, "receipt")
    follow(phone.locator("form[action$='/glom'] button"))
    _seen(phone, "forgotten")

    access.add_user(
        sqlite_installation.database, "olle@k.example", "Olle", PASSWORD, "sv", roles={"kurser": "organiser"}
    )
    desk = new_page(viewport={"width": 1280, "height": 900})
    desk.goto(f"{live_server}/logga-in")
    desk.locator("input[name=email]").fill("olle@k.example")
    desk.locator("input[name=password]").fill(PASSWORD)
    follow(desk.locator("main button").first)
    desk.goto(f"{live_server}{SETTINGS}/personuppgifter")
    _seen(desk, "told")
    desk.goto(f"{live_server}{SETTINGS}/nycklar")
    _seen(desk, "keys")
    desk.locator("main a[href$='/forstor']").click()
    follow(desk.locator("main .danger"))  # nothing is filled in
    _seen(desk, "destroy-refused")
    desk.locator("#decision\\.reference").fill("Dnr 7/2027")
    desk.locator("#decision\\.on").fill("2027-03-01")
    desk.locator("#decision\\.by").fill("Nämnden")
    desk.locator("#sure").check()
    follow(desk.locator("main .danger"))
    _seen(desk, "destroyed")
    phone.goto(f"{live_server}/svar/{anna.public_id}")
    _seen(phone, "form-after")
