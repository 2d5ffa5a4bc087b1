"""Answering in a real browser: accessible in every state, by keyboard alone, without JavaScript."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from surveys import clock
from surveys.installation import Installation
from tests.support import browser as browsers
from tests.support.browser import PHONE, PageMaker
from tests.support.forms import Asked, ask, reopen, replace, withdraw

pytestmark = pytest.mark.browser

MOST_REQUESTS, MOST_BYTES = 3, 30_000
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'main :is(.choice, .button, summary, textarea, .question input)')]
    .filter(e => !['radio', 'checkbox'].includes(e.type))
    .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
    .filter(([_, r]) => r.width && (r.width < 44 || r.height < 44)).map(([html]) => html)"""


@pytest.fixture
def anna(sqlite_installation: Installation) -> Asked:
    return ask(sqlite_installation, "Anna Ek", now=clock.now())[0]


@pytest.fixture(params=["sv", "en"])
def phone(request: pytest.FixtureRequest, new_page: PageMaker, live_server: str) -> Page:
    """A small phone in the language as asked."""
    page = new_page(viewport=PHONE)
    choose_language(page, live_server, request.param)
    return page


@pytest.fixture
def english(page: Page, live_server: str) -> Page:
    choose_language(page, live_server, "en")
    return page


def choose_language(page: Page, live_server: str, language: str) -> None:
    page.context.add_cookies([{"name": "folja-language", "value": language, "url": live_server}])


def look(page: Page) -> None:
    """The page passes axe, does not scroll sideways, and a thumb can hit everything on it."""
    browsers.look(page)
    small = page.evaluate(SMALL_TARGETS)
    assert not small, small


def press(page: Page, name: str) -> None:
    page.locator(f"main button[name={name}]").click()


def test_every_page_in_every_state(
    phone: Page, new_page: PageMaker, live_server: str, anna: Asked, sqlite_installation: Installation
) -> None:
    form = f"{live_server}/svar/{anna.public_id}"
    phone.goto(form)
    look(phone)  # without the link
    phone.goto(f"{live_server}/s/{anna.token}x")
    look(phone)  # an unknown link
    phone.goto(f"{live_server}/s/{anna.token}")
    expect(phone).to_have_url(form)
    look(phone)
    other = phone.context.new_page()
    other.goto(form)
    phone.locator("#q-hours").fill("fem")
    press(phone, "submit")
    look(phone)  # errors
    phone.locator("#q-hours").fill("5")
    phone.locator("#q-overall").check()
    press(phone, "save")
    look(phone)  # a draft
    press(phone, "submit")
    expect(phone).to_have_url(f"{form}/tack")
    look(phone)  # the receipt
    phone.goto(form)
    look(phone)  # to be corrected
    other.locator("#q-more").fill("Från en annan flik")
    press(other, "save")
    look(other)  # a conflict
    other.close()
    now = clock.now()
    reopen(sqlite_installation, now - timedelta(days=9), now - timedelta(days=1))
    phone.goto(form)
    look(phone)  # closed
    reopen(sqlite_installation, now + timedelta(days=1), now + timedelta(days=9))
    phone.goto(form)
    look(phone)  # not open yet
    token = replace(sqlite_installation, anna)
    phone.goto(form)
    look(phone)  # replaced
    withdraw(sqlite_installation, anna)
    phone.goto(f"{live_server}/s/{token}")
    look(phone)  # withdrawn


def test_the_whole_way_by_keyboard(english: Page, live_server: str, anna: Asked) -> None:
    english.goto(f"{live_server}/s/{anna.token}")
    keys = english.keyboard
    focus_by_tab(english, "q-overall")
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    focus_by_tab(english, "q-use")
    keys.press("Space")
    focus_by_tab(english, "q-hours")
    keys.type("fem")
    focus_by_tab(english, "submit")
    keys.press("Enter")
    expect(english.locator(".error-summary")).to_be_focused()
    expect(english).to_have_title("Error: Efter tillfället (en) – Lärande i praktiken – Följa")
    keys.press("Tab")
    keys.press("Enter")
    expect(english.locator("#q-hours")).to_be_focused()
    assert_in_sight(english)
    keys.press("Control+a")
    keys.type("1,5")
    focus_by_tab(english, "submit")
    keys.press("Enter")
    expect(english.get_by_role("heading", level=1)).to_have_text("Thank you. Your answers are sent in.")
    expect(english.get_by_text("I hög grad (en)")).to_be_visible()
    expect(english.get_by_text("Metoderna (en)")).to_be_visible()


def focus_by_tab(page: Page, wanted: str) -> None:
    """Press Tab until the control with the id or name ``wanted`` has the focus, which must stay in sight."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("w => [document.activeElement.id, document.activeElement.name].includes(w)", wanted):
            assert_in_sight(page)
            return
    pytest.fail(f"Tab does not reach {wanted}")


def assert_in_sight(page: Page) -> None:
    assert page.evaluate(
        """() => { const e = document.activeElement, r = e.getBoundingClientRect();
        const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
        return !!top && (e === top || e.contains(top) || top.contains(e)); }"""
    ), "something covers the focus"


def test_each_question_kind_has_its_name(english: Page, live_server: str, anna: Asked) -> None:
    english.goto(f"{live_server}/s/{anna.token}")
    group = english.get_by_role("group", name="Hur nyttigt var det? (en) (must be answered)")
    labels = ["I mycket liten grad", "I liten grad", "I hög grad", "I mycket hög grad"]
    for label in labels:
        expect(group.get_by_role("radio", name=f"{label} (en)", exact=True)).not_to_be_checked()
    expect(group.get_by_role("radio", name="Don’t know")).to_be_visible()
    expect(group).to_have_accessible_description("Tänk på hela eftermiddagen. (en)")
    use = english.get_by_role("group", name="Vad tänker du använda? (en)")
    expect(use.get_by_role("checkbox")).to_have_count(4)
    expect(use.get_by_role("textbox", name="If something else, what?")).to_be_visible()
    expect(use).to_have_accessible_description("Choose at most 2.")
    for name in ("Hur många timmar förberedde du dig? (en)", "Vad saknade du? (en)", "Något mer? (en)"):
        expect(english.get_by_role("textbox", name=name)).to_be_visible()
    words = english.get_by_role("group", name="Tre ord om tillfället (en)")
    expect(words.get_by_role("textbox", name="Word 2")).to_be_visible()


def test_an_answer_can_be_taken_back(english: Page, live_server: str, anna: Asked) -> None:
    english.goto(f"{live_server}/s/{anna.token}")
    group = english.get_by_role("group", name="Nytt om Ansvar? (en)")
    nothing = group.get_by_role("radio", name="No answer")
    expect(nothing).to_be_hidden()
    before = page_box(group)
    group.get_by_role("radio", name="I hög grad (en)").check()
    expect(nothing).to_be_visible()
    assert page_box(group) == before
    nothing.check()
    english.locator("#q-overall").check()
    press(english, "submit")
    expect(english.get_by_text("Nytt om Ansvar? (en)")).to_have_count(0)


def page_box(element: Locator) -> dict[str, float]:
    """Where the element is on the page, however far it has been scrolled."""
    where = "e => { const r = e.getBoundingClientRect(); return {y: r.y + scrollY, height: r.height} }"
    return dict(element.evaluate(where))


def test_it_works_without_javascript(new_page: PageMaker, live_server: str, anna: Asked) -> None:
    page = new_page(java_script_enabled=False)
    choose_language(page, live_server, "en")
    page.goto(f"{live_server}/s/{anna.token}")
    page.get_by_role("group", name="Hur nyttigt var det?").get_by_label("I hög grad (en)").check()
    page.get_by_label("Något mer? (en)").fill("Utan skript")
    page.get_by_role("button", name="Svenska").click()
    expect(page.get_by_label("Något mer?")).to_have_value("Utan skript")
    page.locator("main button[name=submit]").click()
    expect(page.get_by_text("Utan skript")).to_be_visible()


def test_enter_in_a_field_sends_nothing_in(english: Page, live_server: str, anna: Asked) -> None:
    english.goto(f"{live_server}/s/{anna.token}")
    english.locator("#q-overall").check()
    english.locator("#q-missed").fill("Kaffe")
    english.locator("#q-missed").press("Enter")
    expect(english.get_by_text("but they are not sent in")).to_be_visible()
    expect(english.locator("#q-missed")).to_have_value("Kaffe")


def test_back_and_again_is_one_answer_corrected(english: Page, live_server: str, anna: Asked) -> None:
    english.goto(f"{live_server}/s/{anna.token}")
    english.locator("#q-overall").check()
    press(english, "submit")
    expect(english).to_have_url(f"{live_server}/svar/{anna.public_id}/tack")
    english.go_back()
    english.locator("#q-more").fill("Efter tillbaka")
    press(english, "submit")
    expect(english.get_by_text("Efter tillbaka")).to_be_visible()
    expect(english.get_by_text("I mycket liten grad (en)")).to_be_visible()


def test_a_page_is_few_requests_and_few_bytes(english: Page, live_server: str, anna: Asked) -> None:
    requests: list[str] = []
    english.on("request", lambda request: requests.append(request.url))
    session = english.context.new_cdp_session(english)
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    english.goto(f"{live_server}/svar/{anna.public_id}")
    requests.clear()
    received.clear()
    english.goto(f"{live_server}/s/{anna.token}", wait_until="networkidle")
    pages = [url for url in requests if "/s/" not in url]
    assert len(pages) <= MOST_REQUESTS, pages
    assert sum(received) <= MOST_BYTES, received
