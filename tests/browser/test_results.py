"""The pages of results in a real browser: readable on a phone, reachable by keyboard, clean to axe."""

import csv
import hashlib
import re
import threading
import zipfile
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from scheduler.exporter import Exporter
from surveys import clock
from surveys.exporting import jobs
from surveys.installation import Installation
from surveys.models.programme import Series
from surveys.running import access
from tests.journey.test_results_pages import PASSWORD, PROJECT, RESULTS, SERIES, fill
from tests.support.answered import Answering
from tests.support.browser import (
    PHONE_WIDTH,
    PageMaker,
    assert_accessible_at_this_width,
    follow,
    look,
)
from tests.support.waiting import until

pytestmark = pytest.mark.browser
WAYS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (320, "light"), (320, "dark"))
BESIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = (
    f"{PROJECT}/resultat",
    f"{PROJECT}/resultat/personer",
    RESULTS,
    f"{RESULTS}/vagen",
    f"{RESULTS}/vagen?efter=gender",
    f"{RESULTS}/uppdelning",
    f"{RESULTS}/matning/efter/t1",
    f"{RESULTS}/matning/efter/t2",
    f"{RESULTS}/matning/efter/t3",
    f"{RESULTS}/fore-och-efter",
    f"{RESULTS}/redovisning",
    f"{RESULTS}/export",
    f"{RESULTS}/export/kodbok",
    f"{RESULTS}/fritext?sok=alert",
    f"{RESULTS}/fore-och-efter/index",
    f"{RESULTS}/ord/words",
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


def test_nothing_for_axe_to_find_and_nothing_beside_the_page(new_page: PageMaker, address: str) -> None:
    """Each page is opened once and looked at three ways; every fault of every page is told at the end."""
    page = signed_in(new_page(), address)
    # A colour that fades would be measured on its way from light to dark.
    page.emulate_media(reduced_motion="reduce")
    faults = []
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        seen: set[str] = set()
        for width, scheme in WAYS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            try:
                assert_accessible_at_this_width(page, seen, contrast=width == PHONE_WIDTH)
                assert page.evaluate(BESIDE) == 0, "scrolls sideways"
            except AssertionError as fault:
                faults.append(f"{path}, {width} points, {scheme}: {fault}")
        page.emulate_media(color_scheme="light")
    assert not faults, "\n".join(faults)


def test_a_wide_table_scrolls_in_itself_by_keyboard(new_page: PageMaker, address: str) -> None:
    page = signed_in(new_page(viewport={"width": 390, "height": 844}), address)
    page.goto(f"{address}{RESULTS}/matning/efter/t1")
    table = page.locator(".table-scroll:has(table.stacked)").first
    table.focus()
    page.keyboard.press("ArrowRight")
    # Not wait_for_function: where it has to ask twice it evaluates a string, which our own rules forbid.
    until(lambda: table.evaluate("element => element.scrollLeft") > 0)


def test_on_a_phone_each_occasion_is_a_card_of_the_same_table(new_page: PageMaker, address: str) -> None:
    """Nothing to scroll sideways, and to a screen reader the table that the wide page has."""
    phone = signed_in(new_page(viewport={"width": 390, "height": 844}), address)
    phone.goto(address + RESULTS)
    table = phone.get_by_role("table", name="Efter varje tillfälle")
    region = phone.get_by_role("region", name="Efter varje tillfälle", exact=True)
    assert region.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    rows = table.get_by_role("row")
    assert rows.count() == 5
    assert rows.first.get_by_role("columnheader").count() == 5
    assert rows.nth(1).get_by_role("cell").count() == 4
    named = rows.nth(1).get_by_role("cell", name=re.compile(r"^Hur nyttigt var det\?: 75,3 % 58 av 77$"))
    assert named.count() == 1
    for cell in table.get_by_role("cell").all():
        inside = cell.evaluate(
            "each => { const box = each.getBoundingClientRect();"
            " return box.left >= 0 && box.right <= window.innerWidth && each.innerText.trim() !== '' }"
        )
        assert inside, cell.inner_text()
    # The last column is a dash for what is no share of the questionnaires: a cell, though no line of a card.
    for name, row, cells in (
        ("Från anmäld till svar", r"^Anmälda\b.*98.*personer", 3),
        ("Från anmäld till svar", r"^Inskickat\b.*\sav\s\d+\s\(", 3),
        ("Mätningar av hela insatsen", r"^Förmätning\b.*20\sav\s98", 2),
    ):
        whole = phone.get_by_role("region", name=name, exact=True)
        assert whole.evaluate("each => each.scrollWidth - each.clientWidth") == 0, name
        card = whole.get_by_role("row", name=re.compile(row))
        assert card.get_by_role("cell").count() == cells, row


def test_every_chart_says_in_words_what_it_shows_and_is_a_file(page: Page, address: str) -> None:
    here = address + RESULTS
    signed_in(page, address).goto(here)
    charts = page.locator("figure.chart:has(svg[role=img])")
    assert charts.count() >= 3
    for chart in charts.all():
        seen = [each for each in chart.locator("svg[role=img]").all() if each.is_visible()]
        assert len(seen) == 1
        assert re.search(r"\d", seen[0].locator("desc").text_content() or "")
        assert chart.get_by_role("link").count() == 2
    assert page.locator("table caption").count() == page.locator("table").count()
    assert page.locator("th:not([scope])").count() == 0
    for number, kind in ((1, "svg"), (2, "png")):
        file = page.request.get(f"{here}?diagram={number}.{kind}")
        assert file.status == 200
        assert kind in file.headers["content-type"]
    assert page.request.get(f"{here}?diagram=99.svg").status == 404


def test_a_table_is_copied_as_a_table(new_page: PageMaker, address: str) -> None:
    page = signed_in(new_page(permissions=["clipboard-read", "clipboard-write"]), address)
    page.goto(address + RESULTS)
    page.locator(".copy-table button").first.click()
    until(lambda: page.locator(".copy-table [role=status]").first.inner_text() != "")
    copied = page.evaluate(
        """async () => {
        const [item] = await navigator.clipboard.read();
        const text = async kind => (await (await item.getType(kind)).text());
        return [await text("text/html"), await text("text/plain")] }"""
    )
    assert "<table" in copied[0]
    assert "77 av 98 (78,6\u00a0%)" in copied[1]
    first, *rows = copied[1].splitlines()
    assert {row.count("\t") for row in rows} == {first.count("\t")}


def test_the_file_is_fetched_by_its_button(
    page: Page, address: str, sqlite_installation: Installation, tmp_path: Path
) -> None:
    with sqlite_installation.database.transaction() as session:
        session.execute(update(Series).values(response_rows=True))
    signed_in(page, address).goto(address + RESULTS)
    follow(page.locator(f"nav a[href='{SERIES}/resultat/export']"))
    look(page)
    page.locator("input[value='csv-responses']").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Ladda ner").click()
    path = tmp_path / "svar.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter=";"))) == 118


def test_an_archive_is_ordered_followed_and_fetched(
    page: Page, address: str, sqlite_installation: Installation, tmp_path: Path
) -> None:
    database = sqlite_installation.database
    signed_in(page, address).goto(f"{address}{RESULTS}/export")
    follow(page.get_by_role("button", name="Gör alla filer"))
    look(page)
    claimed = jobs.claim(database, "w", clock.now())
    assert claimed is not None
    jobs.go_on(database, claimed, 354, 708, clock.now())
    expect(page.locator("#progress")).to_contain_text("354 av 708")  # without anybody loading the page anew
    look(page)
    jobs.give_up(database, claimed)
    assert Exporter(sqlite_installation, threading.Event()).run()
    button = page.get_by_role("button", name="Ladda ner arkivet")
    expect(button).to_be_visible()
    look(page)
    with page.expect_download() as download:
        button.press("Enter")
    download.value.save_as(tmp_path / "alla.zip")
    with zipfile.ZipFile(tmp_path / "alla.zip") as archive:
        lines = archive.read("SHA256SUMS").decode().splitlines()
        assert len(lines) == len(archive.namelist()) - 1
        for digest, name in (line.split("  ") for line in lines):
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest, name
    page.goto(f"{address}{RESULTS}/export")
    look(page)
