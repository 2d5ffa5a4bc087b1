"""The pages about mails in a real browser: wording, emblem, ending them; narrow and wide, by axe."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from surveys.course import profile
from surveys.installation import Installation
from surveys.models.people import Enrolment, MailStop, Participant
from surveys.models.programme import Project
from surveys.outbox import stops
from tests.support.browser import PHONE, PageMaker, follow, look, sign_in
from tests.support.staffed import copy_of, invitation

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

HERE = "/projekt/liten"
MOST_REQUESTS, MOST_BYTES = 3, 30_000


@pytest.fixture
def sqlite_installation(built: Path, tmp_path: Path, listener: socket.socket) -> Iterator[Installation]:
    with copy_of(built, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}") as installation:
        with installation.database.transaction() as session:
            session.scalars(select(Project)).one().emblem = "eu_cofunded"
        yield installation


def test_the_organisers_pages(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    page.goto(f"{live_server}{HERE}/installningar")
    look(page)
    follow(page.get_by_role("link", name="Wording of the mails"))
    look(page)
    page.goto(f"{live_server}{HERE}/installningar/mejltexter/invitation/sv")
    look(page)
    page.get_by_label("Text").fill("Hej {namn}")
    page.get_by_role("button", name="Save the text").click()
    expect(page.get_by_role("alert")).to_contain_text("{namn} cannot be used here.")
    expect(page.get_by_label("Text")).to_have_value("Hej {namn}")
    look(page)
    page.get_by_label("Text").fill("Hej {name}\n\nSvara här:\n{link}")
    page.get_by_role("button", name="Show how it looks").click()
    expect(page.get_by_text("It is not saved yet.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Save the text").click()
    expect(page.get_by_text("own text")).to_be_visible()
    page.goto(f"{live_server}{HERE}/installningar/mejltexter/invitation/sv/aterstall")
    look(page)


def test_ending_mails_and_letting_them_go_again(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    house = sqlite_installation
    with house.database.reading() as session:
        of_p05 = select(Enrolment.public_id).join(Enrolment.participant).where(Participant.code == "p05")
        token = house.keys.stop_token(session.scalars(of_p05).first() or "")
    page = new_page(viewport=PHONE)
    page.goto(f"{live_server}/avsluta/{token}?sprak=en")
    look(page)
    page.get_by_role("button", name="End reminders").click()
    expect(page.get_by_text("Ended.")).to_be_visible()
    look(page)
    assert stops.stopped(house.database, house.keys, token).scopes == {"reminders"}
    page.goto(f"{live_server}/avsluta/x")
    look(page)
    sign_in(page, live_server)
    page.goto(f"{live_server}{HERE}/deltagare/p05")
    look(page)
    follow(page.get_by_role("link", name="Let them go again …"))
    look(page)
    page.get_by_role("button", name="Let the mails go again").click()
    expect(page.get_by_text("go again.")).to_be_visible()
    with house.database.reading() as session:
        assert session.scalars(select(MailStop)).one().lifted_at is not None


def test_the_emblem_costs_no_request(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    assert "eu_cofunded" in profile.EMBLEMS
    asked = invitation(sqlite_installation, "p05")
    page = new_page(viewport=PHONE)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    session = page.context.new_cdp_session(page)
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    token = sqlite_installation.keys.link_token(asked.public_id, 1)
    page.goto(f"{live_server}/s/{token}", wait_until="networkidle")
    expect(page.get_by_text("Medfinansieras av Europeiska unionen")).to_be_visible()
    assert len([url for url in requests if "/s/" not in url]) <= MOST_REQUESTS, requests
    assert sum(received) <= MOST_BYTES, received
    look(page)
