"""Every participant page of answering in every state, in each language, on a small phone and on a screen.

One walk for all languages: the state is brought about once, and looked at in each. What is drawn is the same
in all of them, so contrast, which takes axe most of its time, is measured once, in Swedish on the phone; in
dark colours on one page of each make.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from surveys import clock
from surveys.installation import Installation
from surveys.models.programme import Project
from tests.browser.test_answering import STEPWISE, choose_language, press
from tests.support import browser as browsers
from tests.support.browser import PHONE, PHONE_WIDTH, PageMaker
from tests.support.forms import DEGREE, EVERY_KIND, Asked, ask, local, reopen, replace, withdraw

pytestmark = pytest.mark.browser

Look = Callable[[Page, str, str], None]
LANGUAGES = ("sv", "en", "sv-simple", "ar")
# States are the same whatever is asked: a short form is looked at in a fraction of the time.
SHORT: dict[str, Any] = {
    "title": local("Efter tillfället"),
    "intro": local("Tack för att du var med."),
    "questions": [
        {"code": "overall", "kind": "scale", "scale": DEGREE, "required": True, "text": local("Nyttigt?")},
        {"code": "hours", "kind": "number", "text": local("Timmar?"), "unit": local("timmar")},
        {"code": "more", "kind": "long_text", "text": local("Något mer?")},
    ],
}
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'main :is(.choice, .button, summary, textarea, .question input)')]
    .filter(e => !['radio', 'checkbox'].includes(e.type))
    .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
    .filter(([_, r]) => r.width && (r.width < 44 || r.height < 44)).map(([html]) => html)"""
MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
    const s = getComputedStyle(e);
    return s.animationName !== 'none' || s.scrollBehavior === 'smooth'
        || s.transitionDuration.split(', ').some(each => parseFloat(each)); }).length"""


@pytest.fixture
def phone(new_page: PageMaker) -> Page:
    return calm(new_page(viewport=PHONE))


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Look:
    """The page passes axe, does not scroll sideways, and a thumb hits what is on it; noted for the table."""

    def looked(page: Page, template: str, state: str) -> None:
        language = page.locator("html").get_attribute("lang")
        # The width it has comes first: each change costs as much as a run of axe.
        now = page.viewport_size["width"]  # type: ignore[index]
        seen: set[str] = set()
        for width in sorted(browsers.WIDTHS, key=lambda each: each != now):
            if width != now:
                page.set_viewport_size({"width": width, "height": 800})
            contrast = (language, width) == ("sv", PHONE_WIDTH)
            browsers.assert_accessible_at_this_width(page, seen, contrast=contrast)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
            assert page.evaluate(SMALL_TARGETS) == []
            request.node.user_properties.append(("looked", f"{template}|{state}|{language}|{width}"))

    return looked


def calm(page: Page) -> Page:
    """Let nothing fade: axe would measure a colour on its way."""
    page.emulate_media(reduced_motion="reduce")
    return page


def assert_dark(page: Page) -> None:
    """The contrast of the page in dark colours."""
    page.emulate_media(color_scheme="dark")
    browsers.assert_accessible(page, only=browsers.OF_COLOUR)
    page.emulate_media(color_scheme="light")


def each_language(page: Page, live_server: str) -> Iterator[str]:
    """What follows is read in each language in turn."""
    for language in LANGUAGES:
        choose_language(page, live_server, language)
        yield language


def asked(installation: Installation, content: dict[str, Any]) -> Asked:
    (anna,) = ask(installation, "Anna Ek", now=clock.now(), content=content)
    with installation.database.transaction() as session:
        session.execute(update(Project).values(languages=list(LANGUAGES)))
    return anna


def test_every_kind_of_question(
    phone: Page, look: Look, live_server: str, sqlite_installation: Installation
) -> None:
    anna = asked(sqlite_installation, EVERY_KIND)
    form = f"{live_server}/svar/{anna.public_id}"
    phone.goto(f"{live_server}/s/{anna.token}")
    expect(phone).to_have_url(form)
    for language in each_language(phone, live_server):
        phone.goto(form)
        expect(phone.locator("html")).to_have_attribute("lang", language)
        look(phone, "form", "fresh")
    for _language in each_language(phone, live_server):
        phone.goto(form)
        phone.locator("#q-hours").fill("fem")
        press(phone, "submit")
        look(phone, "form", "errors")
    assert_dark(phone)
    press(phone, "layout")
    for _language in each_language(phone, live_server):
        for code in ("hours", "order"):
            phone.goto(f"{form}/fraga/{code}")
            look(phone, "step", code)
    assert phone.evaluate(MOVING) == 0
    phone.emulate_media(reduced_motion="no-preference")
    assert phone.evaluate(MOVING) > 0  # a colour that fades


def test_every_page_in_every_state(
    phone: Page, look: Look, live_server: str, sqlite_installation: Installation
) -> None:
    anna = asked(sqlite_installation, SHORT)
    form = f"{live_server}/svar/{anna.public_id}"
    for _language in each_language(phone, live_server):
        phone.goto(form)
        look(phone, "problem", "without the link")
        phone.goto(f"{live_server}/s/{anna.token}x")
        look(phone, "problem", "unknown link")
    phone.goto(f"{live_server}/s/{anna.token}")
    for number, _language in enumerate(each_language(phone, live_server)):
        phone.goto(form)
        phone.locator("#q-hours").fill(f"1{number}")
        phone.locator("#q-hours").blur()
        expect(phone.locator("#save-state")).not_to_be_empty()
        look(phone, "form", "saved as one goes")
        phone.goto(form)
        look(phone, "form", "draft")
    phone.locator("#q-overall").check()
    press(phone, "submit")
    expect(phone).to_have_url(f"{form}/tack")
    for _language in each_language(phone, live_server):
        phone.goto(f"{form}/tack")
        look(phone, "receipt", "sent in")
        phone.goto(form)
        look(phone, "form", "sent in")
    other = calm(phone.context.new_page())
    for language in each_language(phone, live_server):
        other.goto(form)
        phone.goto(form)
        phone.locator("#q-more").fill(f"Mer ({language})")
        press(phone, "save")
        look(phone, "form", "changed")
        other.locator("#q-more").fill("Från en annan flik")
        other.locator("#q-more").blur()
        expect(other.locator("#save-state button")).to_be_visible()
        look(other, "form", "saved elsewhere")
        press(other, "save")
        look(other, "conflict", "whole form")
        phone.goto(f"{form}/tack")
        look(phone, "receipt", "changed")
    assert_dark(phone)
    other.close()
    now = clock.now()

    def see(template: str, state: str, address: str = form) -> None:
        for _language in each_language(phone, live_server):
            phone.goto(address)
            look(phone, template, state)

    reopen(sqlite_installation, now - timedelta(days=9), now - timedelta(days=1))
    see("closed", "sent in and changed")
    reopen(sqlite_installation, now + timedelta(days=1), now + timedelta(days=9))
    see("problem", "not open yet")
    token = replace(sqlite_installation, anna)
    see("problem", "replaced link")
    withdraw(sqlite_installation, anna)
    see("problem", "withdrawn link", f"{live_server}/s/{token}")


def test_one_question_at_a_time_in_every_state(
    phone: Page, look: Look, live_server: str, sqlite_installation: Installation
) -> None:
    anna = asked(sqlite_installation, {**SHORT, "layout": STEPWISE["layout"]})
    form = f"{live_server}/svar/{anna.public_id}"
    question = f"{form}/fraga/overall"
    phone.goto(f"{live_server}/s/{anna.token}")
    for _language in each_language(phone, live_server):
        phone.goto(form)
        look(phone, "start", "fresh")
        phone.goto(question)
        press(phone, "next")
        look(phone, "step", "error")
        phone.goto(f"{form}/oversikt")
        press(phone, "submit")
        look(phone, "overview", "errors")
    assert_dark(phone)
    other = calm(phone.context.new_page())
    for number, _language in enumerate(each_language(phone, live_server)):
        other.goto(question)
        phone.goto(f"{question}?till=oversikt")
        phone.locator("input[name=q-overall]").nth(number).check()
        press(phone, "overview")
        look(phone, "overview", "draft")
        other.locator("input[name=q-overall]").nth((number + 2) % 4).check()
        press(other, "next")
        look(other, "conflict", "one question")
        phone.goto(form)
        look(phone, "start", "draft")
    other.close()
    phone.goto(f"{form}/oversikt")
    press(phone, "submit")
    for _language in each_language(phone, live_server):
        phone.goto(form)
        look(phone, "start", "sent in")
    assert_dark(phone)


def test_asking_for_a_new_link(
    phone: Page, look: Look, live_server: str, sqlite_installation: Installation
) -> None:
    asked(sqlite_installation, SHORT)
    for _language in each_language(phone, live_server):
        phone.goto(f"{live_server}/ny-lank")
        look(phone, "new_link", "fresh")
        browsers.follow(phone.locator("main form button"))
        look(phone, "new_link", "error")
        phone.locator("#email").fill("p1@kurser.example")
        browsers.follow(phone.locator("main form button"))
        look(phone, "new_link", "sent")
