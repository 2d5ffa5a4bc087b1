"""What the script of the page adds: questions that come as one answers, saving, a draft offline."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from surveys import clock
from surveys.domain.expressions import parse
from surveys.installation import Installation
from surveys.models.response import Response
from tests.journey.test_answering_steps import BRANCHING
from tests.support.browser import PHONE, PageMaker, follow, look
from tests.support.forms import EVERY_KIND, Asked, ask, reopen, replace

pytestmark = pytest.mark.browser

CASES = json.loads((Path(__file__).parents[1] / "domain/expressions.json").read_text("utf-8"))
KEEP = """([address, title, edition]) => localStorage.setItem(
    `folja-draft:${address.split("/")[2]}:${address}`,
    JSON.stringify({at: Date.now(), title, edition, typed: "[]"}))"""
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('folja-draft:'))"


def asked(installation: Installation, content: dict[str, Any] = EVERY_KIND) -> Asked:
    return ask(installation, "Anna Ek", now=clock.now(), content=content)[0]


def draft(installation: Installation) -> dict[str, Any] | None:
    with installation.database.reading() as session:
        return session.scalars(select(Response.draft)).one_or_none()


def english(new_page: PageMaker, live_server: str, who: Asked, **options: Any) -> Page:
    page = new_page(**options)
    page.context.add_cookies([{"name": "folja-language", "value": "en", "url": live_server}])
    page.goto(f"{live_server}/s/{who.token}")
    return page


def test_questions_come_and_go_as_one_answers(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = english(new_page, live_server, asked(sqlite_installation, BRANCHING))
    trees = [[parse(text).tree(), answers, own, today] for text, answers, own, today, _ in CASES]
    script = page.locator("script[type=module]").get_attribute("src")
    verdicts = page.evaluate(
        "async ([src, cases]) => { const { holds } = await import(src); return cases.map(c => holds(...c)) }",
        [script, trees],
    )
    wrong = [case for case, said in zip(CASES, verdicts, strict=True) if said != case[4]]
    assert wrong == []
    what, title = (
        page.get_by_label("Vad har du använt? (en)"),
        page.get_by_role("heading", name="Ditt arbete"),
    )
    expect(what).to_be_hidden()
    expect(title).to_be_hidden()
    page.get_by_label("Ja (en)").check()
    expect(what).to_be_visible()
    expect(title).to_be_visible()
    what.fill("Metoden")
    page.get_by_label("Nej (en)").check()
    expect(what).to_be_hidden()
    page.keyboard.press("Tab")  # what is hidden takes no focus
    expect(page.locator("#q-more")).to_be_focused()
    page.get_by_label("Ja (en)").check()
    expect(what).to_have_value("Metoden")
    page.locator("main button[name=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your answers are sent in.")


def test_it_saves_as_one_goes_and_shows_two_devices_both(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    anna = asked(sqlite_installation)
    page = english(new_page, live_server, anna)
    other = english(new_page, live_server, anna, viewport=PHONE)
    state, elsewhere = page.locator("#save-state"), page.locator("[data-kept]")
    page.evaluate(KEEP, [f"/svar/{anna.public_id}/fraga/more", "Något mer?", ""])
    page.reload()
    expect(elsewhere.get_by_role("link")).to_have_text(["Något mer?"])
    expect(state).to_be_empty()
    page.locator("#q-overall").check()
    with page.expect_response(lambda answer: "q-more=Mer" in (answer.request.post_data or "")):
        page.locator("#q-more").fill("Mer")
    expect(state).to_contain_text("Saved at")
    assert draft(sqlite_installation) == {"more": "Mer", "overall": "1"}
    # Said once aloud; what is no news is not spoken again.
    expect(state).to_have_attribute("aria-live", "off")
    page.locator("#q-hours").fill("fem")
    expect(state).to_contain_text("One answer cannot be saved as it stands.")
    page.locator("#q-hours").fill("")
    # On a shared computer nothing is left of what was saved; what another page keeps is not that.
    assert page.evaluate(KEPT) == [f"folja-draft:{anna.public_id}:/svar/{anna.public_id}/fraga/more"]
    other.locator("#q-missed").fill("Kaffe")
    expect(other.locator("#save-state")).to_contain_text("Nothing has been overwritten.")
    other.get_by_role("button", name="Show both and choose").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Which answers are right?")
    other.get_by_role("link", name="Keep what was saved before").click()
    expect(other.locator("#q-more")).to_have_value("Mer")
    page.locator("#q-more").fill("Mer än så")
    page.locator("main button[name=submit]").click()  # at once: what is under way is waited for
    expect(page.get_by_text("Mer än så")).to_be_visible()
    assert page.evaluate(KEPT) == []
    edition = page.locator("[data-ended]").get_attribute("data-edition")
    page.evaluate(KEEP, [f"/svar/{anna.public_id}", "Efter tillfället", edition])  # since it was sent in
    page.reload()
    assert len(page.evaluate(KEPT)) == 1


def test_neither_back_nor_a_new_link_mixes_or_loses_answers(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    anna = asked(sqlite_installation)
    page = english(new_page, live_server, anna)
    other = english(new_page, live_server, anna, viewport=PHONE)
    page.locator("#q-overall").check()
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    follow(page.get_by_role("link", name="Accessibility"))
    other.reload()
    other.get_by_role("group", name="Hur nyttigt").get_by_label("I hög grad (en)").check()
    expect(other.locator("#save-state")).to_contain_text("Saved at")
    page.go_back()  # what is saved now, not what the browser remembers of the page
    expect(page.get_by_role("group", name="Hur nyttigt").get_by_label("I hög grad (en)")).to_be_checked()
    tab = page.context.new_page()
    tab.goto(f"{live_server}/s/{replace(sqlite_installation, anna)}")
    page.locator("#q-more").fill("Skrivet före")
    page.locator("#q-more").blur()
    expect(page.locator("#save-state")).to_contain_text("not sent, but kept in this browser")
    follow(page.locator("main button[name=submit]"))
    expect(page.get_by_text("Nothing is lost. Press the button again.")).to_be_visible()
    assert len(page.evaluate(KEPT)) == 1  # on the page alone it would go with it
    page.locator("#q-more").focus()
    page.locator("#q-more").blur()
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    assert draft(sqlite_installation) == {"more": "Skrivet före", "overall": "3"}
    assert page.evaluate(KEPT) == []


@pytest.mark.parametrize("layout", ["one_page", "one_at_a_time"])
def test_without_connection_it_is_kept_here_and_sent_later(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation, layout: str
) -> None:
    anna = asked(sqlite_installation, {**EVERY_KIND, "layout": layout})
    page = english(new_page, live_server, anna)
    address = f"{live_server}/svar/{anna.public_id}"
    if layout == "one_at_a_time":
        address += "/fraga/more"
        page.goto(address)
    away = lambda route: route.abort() if route.request.method == "POST" else route.continue_()  # noqa: E731

    def cut(route: Route) -> None:
        """The request arrives; its answer does not."""
        route.fetch()
        route.abort()

    page.route("**/svar/**", cut)
    page.locator("#q-more").fill("Skrivet på tåget")
    state = page.locator("#save-state")
    expect(state).to_contain_text("No connection. What you write is kept in this browser")
    page.unroute("**/svar/**")
    page.route("**/svar/**", away)
    page.locator("#q-more").fill("Skrivet i tunneln")
    button = "next" if layout == "one_at_a_time" else "submit"
    page.locator(f"main button[name={button}]").click()
    expect(state).to_contain_text("Nothing has been sent in.")
    page.unroute("**/svar/**")
    page.goto(f"{live_server}/svar/{anna.public_id}")
    if layout == "one_at_a_time":
        elsewhere = page.locator("[data-kept]")
        expect(elsewhere).to_contain_text("something you wrote that may not have been sent")
        look(page)
        follow(elsewhere.get_by_role("link", name="Något mer? (en)"))
    expect(page.locator("#q-more")).to_have_value("Skrivet på tåget")
    offer = page.locator("#kept-here")
    expect(offer).to_contain_text("something you wrote here before that was never sent")
    offer.get_by_role("button", name="Take it back").click()
    expect(page.locator("#q-more")).to_have_value("Skrivet i tunneln")
    # The first had arrived: nothing is overwritten unseen, not even one's own.
    expect(state).to_contain_text("Nothing has been overwritten.")
    page.get_by_role("button", name="Show both and choose").click()
    page.get_by_role("button", name="Save what I wrote now").click()
    expect(page.get_by_text("but they are not sent in")).to_be_visible()
    assert draft(sqlite_installation) == {"more": "Skrivet i tunneln"}
    page.goto(address)
    expect(page.locator("#q-more")).to_have_value("Skrivet i tunneln")
    expect(page.locator("#kept-here")).to_be_hidden()
    assert page.evaluate(KEPT) == []


def test_what_was_kept_goes_when_the_questionnaire_has_closed(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    anna = asked(sqlite_installation)
    page = english(new_page, live_server, anna)
    page.route("**/svar/**", lambda route: route.abort())
    page.locator("#q-more").fill("Skrivet på tåget")
    expect(page.locator("#save-state")).to_contain_text("No connection.")
    assert len(page.evaluate(KEPT)) == 1
    page.unroute("**/svar/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    assert page.evaluate(KEPT) == []
    page.evaluate("key => localStorage.setItem(key, '{}')", f"folja-draft:{anna.public_id}:x")
    now = clock.now()
    reopen(sqlite_installation, now.replace(year=2020), now.replace(year=2021))
    page.goto(f"{live_server}/svar/{anna.public_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("The questionnaire has closed")
    assert page.evaluate(KEPT) == []
