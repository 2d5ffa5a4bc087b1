"""Importing and changing participants in a real browser: without JavaScript, on a phone, with axe."""

import pytest
from playwright.sync_api import expect

from surveys import clock
from surveys.installation import Installation
from surveys.register import people_import
from surveys.register import people_import_work as work
from tests.support.browser import PHONE, PageMaker, follow, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

SERIES = "/projekt/liten/insatser/kurs/deltagare"
FILE = (
    "Förnamn;Efternamn;E-post;Organisation\nÅsa;Öberg;asa@ny.example;Vårdcentralen Norr\n"
    "Anna;Alm;anna@liten.example;Försäkringskassan\nCia;Cederblad;cia;\n"
)


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def test_from_a_file_to_participants(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    page.goto(f"{live_server}{SERIES}")
    page.get_by_role("link", name="Import from a file").click()
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    file = {"name": "deltagare.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1252")}
    page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_label("Holds: Förnamn")).to_have_value("first_name")
    look(page)
    follow(page.get_by_role("button", name="See what every row would do"))
    look(page)
    page.get_by_label("Vårdcentralen Norr").select_option("new")
    page.get_by_role("button", name="Use this and check again").click()
    expect(page.get_by_text("“cia” is not an e-mail address.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Import the 2 good rows").click()
    expect(page.get_by_role("status")).to_contain_text("The participants are saved.")
    look(page)
    page.get_by_role("link", name="See the participants").click()
    expect(page.get_by_role("link", name="Åsa Öberg")).to_be_visible()


def test_one_person_by_keyboard_without_scripts(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    sign_in(page, live_server)
    page.goto(f"{live_server}{SERIES}/ny")
    page.get_by_label("Name", exact=True).fill("Gun Grön")
    page.get_by_label("E-mail").fill("gun@ny.example")
    page.get_by_role("button", name="See what it leads to").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Enrol Gun Grön").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Gun Grön is enrolled.")


def test_the_pages_of_a_person(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    for end in ("", "/andra", "/anmal", "/ta-bort"):
        page.goto(f"{live_server}/projekt/liten/deltagare/p05{end}")
        look(page)
    page.goto(f"{live_server}/projekt/liten/deltagare/p05")
    follow(page.get_by_role("link", name="Change state, dates and outcomes"))
    look(page)
    page.get_by_label("dropped out").check()
    page.get_by_role("button", name="See what it leads to").click()
    expect(page.get_by_role("button", name="Save, and stop")).to_be_visible()
    look(page)


def test_a_long_import_shows_by_itself_how_far_it_has_come(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page, db, now = new_page(), sqlite_installation.database, clock.now()
    sign_in(page, live_server)
    page.goto(f"{live_server}{SERIES}/importera")
    rows = "".join(f"Person {n};n{n}@lang.example\n" for n in range(people_import.AT_ONCE + 1))
    file = {"name": "lang.csv", "mimeType": "text/csv", "buffer": f"Namn;E-post\n{rows}".encode()}
    page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="See what every row would do").click()
    expect(page.get_by_role("status")).to_contain_text("It waits for its turn")
    look(page)
    claimed = work.claim(db, "w1", now)
    assert claimed
    work.go_on(db, claimed, "w1", 1000, now)
    expect(page.get_by_role("status")).to_have_text("1,000 rows read so far.")
    work.check(db, claimed.public_id, now)
    page.get_by_role("button", name="Import 2001 rows").click()
    expect(page.get_by_role("button", name="Stop the import")).to_be_visible()
    claimed = work.claim(db, "w1", now)
    assert claimed
    work.go_on(db, claimed, "w1", 1000, now)
    expect(page.get_by_text("1,000 of 2,001 rows read so far.")).to_be_visible()
    look(page)
