"""A course's whole follow-up in one sitting, in Swedish: planned, peopled, held, moved, cancelled."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from surveys.domain.patterns import PATTERNS
from surveys.installation import Installation
from tests.support.browser import PageMaker, assert_accessible, follow
from tests.support.staffed import PASSWORD, go

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

SERIES = "/projekt/liten/insatser/samtal-som-forandrar"
PHONE = {"width": 390, "height": 844}
FAULTY = {5: "ingen-adress", 12: None, 20: "person3@vasa.example"}  # the last one is row 4 once more


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def test_an_organisers_evening(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation, tmp_path: Path
) -> None:
    page = new_page()
    sign_in(page, live_server)
    plan_a_series(page, live_server)
    make_the_five_rules(page, live_server)
    import_thirty(page, live_server, tmp_path / "deltagare.xlsx")
    send(sqlite_installation)
    attendance(page, live_server)
    phone = new_page(viewport=PHONE)
    say_i_am_here(phone, page, live_server, sqlite_installation)
    send_after_the_occasion_now(page, live_server, sqlite_installation)
    answer_from_own_page(phone)
    move_the_occasion(page, live_server, sqlite_installation)
    cancel_another(page, live_server)


def sign_in(page: Page, server: str) -> None:
    page.goto(f"{server}/logga-in?sprak=sv")
    page.get_by_label("E-postadress").fill("organiser@folja.example")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Projekt")


def plan_a_series(page: Page, server: str) -> None:
    page.goto(f"{server}/projekt/liten")
    page.get_by_role("link", name="Insatser").first.click()
    page.get_by_role("link", name="Ny insats").click()
    page.get_by_label("Insatsens namn").fill("Samtal som förändrar")
    page.get_by_role("button", name="Skapa insatsen").click()
    page.get_by_role("link", name="Lägg till tillfällen").click()
    page.get_by_label("Varje tillfälles namn").fill("Träff")
    page.get_by_label(re.compile("^Börjar kl")).fill("20:30")
    page.get_by_label(re.compile("^Slutar kl")).fill("22:00")
    page.get_by_label(re.compile("^Första dag")).fill("2027-02-02")
    page.get_by_label(re.compile("^Hur många")).fill("5")
    page.get_by_role("button", name="Visa tillfällena").click()
    page.get_by_role("button", name="Lägg till 5 tillfällen").click()
    expect(page.locator(".timeline > li")).to_have_count(5)
    look(page)


def make_the_five_rules(page: Page, server: str) -> None:
    for pattern in PATTERNS:
        page.goto(f"{server}{SERIES}/regler/ny?monster={pattern.code}")
        what = page.get_by_label("Enkät eller fråga")
        if what.input_value() == "":
            what.select_option(index=1)
        for prompt in page.get_by_label(re.compile("^Frågan i loggen")).all():
            if prompt.is_visible():
                prompt.fill("Vad tar du med dig?")
        page.get_by_role("button", name="Spara regeln").click()
        expect(page).not_to_have_url(re.compile("monster="))
        if page.url.endswith("/ny"):
            page.get_by_role("button", name=re.compile("^Spara regeln")).click()
        expect(page).to_have_url(re.compile("/regler#"))
    expect(page.locator("main section.card")).to_have_count(len(PATTERNS))
    look(page)


def import_thirty(page: Page, server: str, file: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Förnamn", "Efternamn", "E-post"])
    for number in range(1, 31):
        name = "Nr3" if number == 20 else f"Nr{number}"
        sheet.append([name, "Test", FAULTY.get(number, f"person{number}@vasa.example")])
    book.save(file)
    page.goto(f"{server}{SERIES}/deltagare")
    page.get_by_role("link", name="Importera från en fil").click()
    page.get_by_label("Fil", exact=True).set_input_files(file)
    page.get_by_role("button", name="Läs filen").click()
    page.get_by_role("button", name="Se vad varje rad skulle göra").click()
    main = page.locator("main")
    for said in ("”ingen-adress” är ingen e-postadress", "E-postadressen saknas", "Felaktig (3)"):
        expect(main).to_contain_text(said)
    look(page)
    page.get_by_role("button", name="Importera de 27 felfria raderna").click()
    expect(main).to_contain_text("Deltagarna är sparade")


def attendance(page: Page, server: str) -> None:
    page.goto(f"{server}{SERIES}/narvaro/t1")
    for row in range(2):
        page.get_by_label("Närvarande").nth(row).press("Space")
    page.get_by_role("button", name="Spara närvaron").press("Enter")
    expect(page.locator("main")).to_contain_text("2 närvarande, 0 frånvarande, av 27")
    look(page)


def say_i_am_here(phone: Page, page: Page, server: str, installation: Installation) -> None:
    page.goto(f"{server}{SERIES}/narvaro/t1/qr")
    phone.goto(page.locator("main a[href*='/t/']").first.get_attribute("href") or "")
    phone.get_by_label("Din e-postadress").fill("person9@vasa.example")
    follow(phone.get_by_role("button", name="Mejla min länk"))
    look(phone)
    send(installation)
    mail = mail_to(installation, "person9@vasa.example", "Din egen sida")
    phone.goto(re.findall(r"http\S+/min/\S+", text_of(mail))[0])
    phone.get_by_role("button", name="Jag är här").click()
    expect(phone.locator("main")).to_contain_text("Det är noterat att du är här")
    look(phone)


def send_after_the_occasion_now(page: Page, server: str, installation: Installation) -> None:
    page.goto(f"{server}{SERIES}/tillfallen/t1")
    page.locator("main li", has_text="första mejlet").first.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("3 personer")
    page.get_by_role("link", name="Skicka nu").click()
    page.get_by_label("Varför").fill("De svarar i rummet")
    follow(page.get_by_role("button", name="Skicka nu"))
    send(installation)


def answer_from_own_page(phone: Page) -> None:
    phone.reload()
    phone.get_by_role("link", name=re.compile("Svara nu")).last.click()
    expect(phone.get_by_role("button", name=re.compile("Skicka in|Fortsätt|Börja"))).to_be_visible()
    look(phone)


def move_the_occasion(page: Page, server: str, installation: Installation) -> None:
    page.goto(f"{server}{SERIES}/utskick")
    expect(page.locator("main")).to_contain_text("27 personer")
    look(page)
    page.goto(f"{server}{SERIES}/tillfallen/t1/flytta")
    page.locator("input[type=date]").first.fill("2027-02-04")
    page.get_by_role("button", name="Visa vad som ändras").click()
    expect(page.locator("main")).to_contain_text("1. Träff: tillfället är ändrat, 3 personer")
    look(page)
    page.get_by_label("Meddela dem genast, även under tyst tid").check()
    follow(page.get_by_role("button", name=re.compile("^Flytta tillfället och")))
    send(installation)
    mail = mail_to(installation, "person9@vasa.example", "Ny tid: Träff")
    assert "tors 4 feb 2027 kl. 20.30" in text_of(mail).replace("\N{NO-BREAK SPACE}", " ")
    assert any(part.get_content_type() == "text/calendar" for part in mail.walk())


def cancel_another(page: Page, server: str) -> None:
    page.goto(f"{server}{SERIES}/tillfallen/t2")
    follow(page.get_by_role("link", name="Ställ in tillfället"))
    look(page)
    page.get_by_role("button", name=re.compile("^Ställ in tillfället och")).click()
    expect(page.locator("main")).to_contain_text("Tillfället är inställt")


def mail_to(installation: Installation, receiver: str, subject: str) -> EmailMessage:
    """The mail in the mailbox folder with this subject."""
    for file in installation.settings.mailbox.rglob("*.folja"):
        mail = message_from_bytes(file.read_bytes(), policy=default)
        if receiver in mail["To"] and mail["Subject"].startswith(subject):
            return mail
    raise AssertionError(f"no mail “{subject}” to {receiver}")


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def send(installation: Installation) -> None:
    go(installation, datetime.now(UTC))


def look(page: Page) -> None:
    """The page passes axe and does not scroll sideways."""
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
