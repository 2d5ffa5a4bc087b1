"""The pages of results in a real browser: readable on a phone, reachable by keyboard, clean to axe."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page

from surveys.installation import Installation
from surveys.running import access
from tests.journey.test_results_pages import PASSWORD, PROJECT, RESULTS, SERIES, fill
from tests.support.answered import Answering
from tests.support.browser import PageMaker, assert_accessible, follow
from tests.support.waiting import until

pytestmark = pytest.mark.browser
PAGES = (
    f"{PROJECT}/resultat",
    RESULTS,
    f"{RESULTS}/matning/efter/t1",
    f"{RESULTS}/matning/efter/t2",
    f"{RESULTS}/matning/efter/t3",
    f"{RESULTS}/fore-och-efter",
    f"{RESULTS}/fore-och-efter/index",
    f"{PROJECT}/lardeloggar",
)


@pytest.fixture
def address(live_server: str, sqlite_installation: Installation) -> str:
    with sqlite_installation.database.transaction() as session:
        fill(Answering(session, sqlite_installation.keys))
    for role in ("organiser", "evaluator"):
        email = f"{role}@prov.example"
        access.add_user(sqlite_installation.database, email, role, PASSWORD)
        access.set_role(sqlite_installation.database, email, "prov", role)
    return live_server


def signed_in(page: Page, address: str, role: str = "evaluator") -> Page:
    page.goto(f"{address}/logga-in")
    page.locator("input[name=email]").fill(f"{role}@prov.example")
    page.locator("input[name=password]").fill(PASSWORD)
    follow(page.locator("main form button"))
    page.wait_for_url("**/projekt**")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_for_axe_to_find_and_nothing_beside_the_page(
    new_page: PageMaker, address: str, width: int, scheme: str
) -> None:
    page = signed_in(new_page(viewport={"width": width, "height": 900}, color_scheme=scheme), address)
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, path


def test_a_wide_table_scrolls_in_itself_by_keyboard(new_page: PageMaker, address: str) -> None:
    page = signed_in(new_page(viewport={"width": 390, "height": 844}), address)
    page.goto(address + RESULTS)
    table = page.locator(".table-scroll").last
    table.focus()
    page.keyboard.press("ArrowRight")
    # Not wait_for_function: where it has to ask twice it evaluates a string, which our own rules forbid.
    until(lambda: table.evaluate("element => element.scrollLeft") > 0)


def test_every_chart_says_in_words_what_it_shows(page: Page, address: str) -> None:
    signed_in(page, address).goto(f"{address}{RESULTS}/matning/efter/t1")
    charts = page.locator("figure.chart svg[role=img]")
    assert charts.count() >= 3
    for chart in charts.all():
        assert "n = " in (chart.locator("title").text_content() or "")
    assert page.locator("table caption").count() == page.locator("table").count()
    assert page.locator("th:not([scope])").count() == 0


def test_the_file_is_fetched_by_its_button(page: Page, address: str, tmp_path: Path) -> None:
    signed_in(page, address).goto(address + RESULTS)
    with page.expect_download() as download:
        page.locator(f"a[href='{SERIES}/export.csv']").click()
    path = tmp_path / "svar.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter=";"))) == 118
