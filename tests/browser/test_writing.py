"""An organiser writes a questionnaire by keyboard alone, and every page of it can be read by everyone."""

import pytest
from playwright.sync_api import Page, expect

from surveys.installation import Installation
from tests.support.browser import PageMaker, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]
ALL = "/projekt/liten/enkater"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def go_to(page: Page, name: str) -> None:
    """Tab to the link or button of that name and press it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    pytest.fail(f"the tab key does not lead to {name}")


def test_a_form_after_the_occasion_is_written_with_the_keyboard(
    new_page: PageMaker, live_server: str
) -> None:
    page = new_page()
    sign_in(page, live_server)
    page.goto(f"{live_server}{ALL}")
    go_to(page, "New questionnaire")
    look(page)
    go_to(page, "After the occasion")
    look(page)
    go_to(page, "Make the questionnaire")
    expect(page.get_by_role("heading", level=1)).to_have_text("After the occasion")
    look(page)
    page.get_by_role("button", name="Down: What do you think of the occasion as a whole?").press("Enter")
    expect(page.locator(".question-list .card a").first).to_have_text(
        "To what extent is the content useful in your work?"
    )
    go_to(page, "Undo the last change")
    expect(page.get_by_text("The last change is undone.")).to_be_visible()
    go_to(page, "New question")
    look(page)
    go_to(page, "One choice")
    page.get_by_label("Question (svenska)").fill("Hur fick du veta om träffen?")
    page.get_by_label("Question (English)").fill("How did you hear of the meeting?")
    page.get_by_label("Options (svenska)").fill("Mejl\nKollega")
    page.get_by_role("button", name="Save the question").press("Enter")
    expect(page.locator(".error-summary, .question-list").first).to_contain_text("How did you hear")
    page.goto(f"{live_server}{ALL}/efter-tillfallet/skriv/fraga/overall")
    look(page)
    page.goto(f"{live_server}{ALL}/efter-tillfallet/skriv/fraga/hur_fick_du_veta_om_traffen")
    look(page)
    for end in (
        "/skriv/text",
        "/skriv/grupp",
        "/skriv/borja",
        "/prova?insats=kurs&person=p01&tillfalle=t1",
        "/installningar",
        "/ta-bort",
        "",
        "/jamfor?fran=efter-tillfallet:1&till=efter-tillfalle:1",
    ):
        page.goto(f"{live_server}{ALL}/efter-tillfallet{end}")
        look(page)
    for end in ("", "/ny?av=omdome5"):
        page.goto(f"{live_server}{ALL}/skalor{end}")
        look(page)
