"""Answering in a real browser: by keyboard alone, by what a screen reader is told, without JavaScript."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from surveys import clock
from surveys.installation import Installation
from surveys.models.programme import Project
from surveys.web.answer_logotype import MOST_INSIDE
from tests.support import browser as browsers
from tests.support.browser import PageMaker
from tests.support.forms import DEGREE, EVERY_KIND, NOW, Asked, ask, local

pytestmark = pytest.mark.browser

PICTURE = b"\x89PNG\r\n\x1a\n"
STEPWISE: dict[str, Any] = {**EVERY_KIND, "layout": "one_at_a_time"}
SIXTY: dict[str, Any] = {
    "title": local("Sextio frågor"),
    "questions": [
        {"code": f"f{number}", "kind": "scale", "scale": DEGREE, "text": local(f"Hur var del {number}?")}
        for number in range(1, 61)
    ],
}
SNAPSHOTS = Path(__file__).parent / "snapshots"
MOST_REQUESTS, MOST_BYTES = 3, 30_000


@pytest.fixture
def anna(sqlite_installation: Installation) -> Asked:
    return ask(sqlite_installation, "Anna Ek", now=clock.now())[0]


@pytest.fixture
def english(page: Page, live_server: str) -> Page:
    choose_language(page, live_server, "en")
    return page


def choose_language(page: Page, live_server: str, language: str) -> None:
    page.context.add_cookies([{"name": "folja-language", "value": language, "url": live_server}])


def press(page: Page, name: str) -> None:
    browsers.follow(page.locator(f"main button[name={name}]").first)


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


def test_one_question_at_a_time_by_keyboard(
    english: Page, live_server: str, sqlite_installation: Installation
) -> None:
    (anna,) = ask(sqlite_installation, "Anna Ek", now=clock.now(), content=STEPWISE)
    english.goto(f"{live_server}/s/{anna.token}")
    keys = english.keyboard
    english.get_by_role("link", name="Begin").focus()
    keys.press("Enter")
    for number in range(1, 14):
        expect(english).to_have_title(re.compile(f"^Question {number} of 13 – Efter"))
        if number == 4:
            focus_by_tab(english, "next")
            keys.press("Enter")
            expect(english.locator(".error-summary")).to_be_focused()
            keys.press("Tab")
            keys.press("Enter")
            expect(english.locator("#q-overall")).to_be_focused()
            keys.press("Space")
        if number == 7:
            focus_by_tab(english, "q-hours")
            keys.type("1,5")
            keys.press("Enter")  # in a field: on to the next
            continue
        focus_by_tab(english, "next")
        keys.press("Enter")
    expect(english.get_by_role("heading", level=1)).to_have_text("Look through your answers")
    english.go_back()
    expect(english.locator("#q-quoted")).not_to_be_checked()
    english.go_forward()
    focus_by_tab(english, "submit")
    keys.press("Enter")
    expect(english.get_by_role("heading", level=1)).to_have_text("Thank you. Your answers are sent in.")
    expect(english.get_by_text("1.5 timmar")).to_be_visible()


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


def test_every_kind_has_its_names_roles_and_order(
    english: Page, live_server: str, sqlite_installation: Installation
) -> None:
    """What a screen reader is told of each kind: empty, with faults, answered, and by itself.

    With FOLJA_SNAPSHOTS=write the files are written anew; read what has changed.
    """
    with time_machine.travel(NOW, tick=True):
        (anna,) = ask(sqlite_installation, "Anna Ek", now=clock.now())
        with sqlite_installation.database.transaction() as session:
            session.execute(update(Project).values(languages=["sv", "en", "ar"]))
        form = f"{live_server}/svar/{anna.public_id}"
        english.goto(f"{live_server}/s/{anna.token}")
        same_as(english, "one-page-empty")
        for language in ("sv", "ar", "en"):
            choose_language(english, live_server, language)
            english.goto(form)
            english.locator("#q-hours").fill("fem")
            english.locator("[id='q-order.b']").select_option("2")
            english.locator("#q-use").check()
            press(english, "submit")
            same_as(english, "one-page-errors" if language == "en" else f"one-page-errors-{language}")
            if language == "ar":
                # A question that is not translated keeps its order, and is read out as what it is.
                assert english.locator(".error-summary a bdi[lang=sv][dir=ltr]").count() == 3
        english.locator("#q-overall").check()
        english.locator("#q-hours").fill("5")
        english.locator("[id='q-order.b']").select_option("1")
        english.locator("#q-quoted").check()
        english.locator("#q-began").fill("2026-03-01")
        press(english, "layout")
        expect(english.get_by_role("link", name="Look through")).to_be_visible()
        for code in ("overall", "order", "began", "hours"):
            english.goto(f"{form}/fraga/{code}")
            same_as(english, f"step-{code}")
        english.goto(f"{form}/oversikt")
        same_as(english, "overview")


def same_as(page: Page, name: str) -> None:
    file = SNAPSHOTS / f"{name}.yml"
    seen = page.locator("main").aria_snapshot() + "\n"
    seen = re.sub(r"\d\d[.:]\d\d", "CLOCK", seen)
    seen = re.sub("/svar/[^/]+", "/svar/ID", seen)
    if os.environ.get("FOLJA_SNAPSHOTS") == "write":
        file.write_text(seen, "utf-8")
    assert seen == file.read_text("utf-8"), f"{name}: what is told has changed"


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


def test_a_page_is_few_requests_and_few_bytes(
    request: pytest.FixtureRequest, english: Page, live_server: str, sqlite_installation: Installation
) -> None:
    """From what the network says, with nothing kept from before, of the heaviest form and with a logotype."""
    (anna,) = ask(sqlite_installation, "Anna Ek", now=clock.now(), content=SIXTY)
    with sqlite_installation.database.transaction() as session:
        project = session.query(Project).one()
        project.logotype, project.logotype_type = (
            PICTURE + os.urandom(MOST_INSIDE - len(PICTURE)),
            "image/png",
        )
    requests: list[str] = []
    received: list[float] = []
    session_of = english.context.new_cdp_session(english)
    session_of.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
    session_of.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session_of.send("Network.enable")
    session_of.send("Network.setCacheDisabled", {"cacheDisabled": True})
    english.goto(f"{live_server}/s/{anna.token}", wait_until="networkidle")
    form = f"{live_server}/svar/{anna.public_id}"
    for name, path in (("form", ""), ("step", "/fraga/f1"), ("overview", "/oversikt"), ("receipt", "/tack")):
        if name == "receipt":
            english.goto(form)
            english.locator("#q-f1").check()
            press(english, "submit")
            expect(english).to_have_url(f"{form}/tack")
        requests.clear()
        received.clear()
        english.goto(f"{form}{path}", wait_until="networkidle")
        fetched = [url for url in requests if not url.startswith("data:")]
        assert len(fetched) <= MOST_REQUESTS, fetched
        assert sum(received) <= MOST_BYTES, (name, received)
        request.node.user_properties.append(("weighed", f"{name}|{len(fetched)}|{round(sum(received))}"))
    expect(english.locator("img.logotype")).to_have_count(1)
