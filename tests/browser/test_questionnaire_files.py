"""A questionnaire from another program comes in, and one goes out, in a real browser."""

import io

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from surveys.installation import Installation
from tests.format.test_lss import NEW
from tests.format.test_xlsform import FOREIGN
from tests.support.browser import PHONE, PageMaker, follow, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]
ALL = "/projekt/liten/enkater"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def read(page: Page, name: str, content: bytes) -> None:
    """Choose the file and press the button."""
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("File").set_input_files(file)
    follow(page.get_by_role("button", name="Read the file"))


def test_a_file_comes_in_with_what_is_lost_and_goes_out(new_page: PageMaker, live_server: str) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    page.goto(f"{live_server}{ALL}")
    follow(page.get_by_role("link", name="From a file"))
    read(page, "broken.xlsx", b"PK")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").click()
    expect(page.get_by_label("File")).to_be_focused()
    look(page)
    read(page, "structure.lss", NEW)
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    follow(page.get_by_role("link", name="Choose another file"))
    read(page, "visit.xlsx", FOREIGN)
    expect(page.get_by_role("table", name="What is not as it was")).to_contain_text("survey, row 16")
    look(page)
    page.get_by_role("textbox", name="Code").fill("besok")
    follow(page.get_by_role("button", name="Save as a draft"))
    page.goto(f"{live_server}{ALL}/besok")
    with page.expect_download() as under_way:
        page.get_by_role("link", name="XLSForm").click()
    back = openpyxl.load_workbook(io.BytesIO(under_way.value.path().read_bytes()))
    assert {"survey", "choices", "settings"} <= set(back.sheetnames)
