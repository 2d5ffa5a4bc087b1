"""From the code on the door to one's own page, without JavaScript and without an account."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from surveys.installation import Installation
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant, PersonalPage
from surveys.models.programme import Occasion
from surveys.register import link_by_mail
from tests.support.pages import forms_of, send

DURING = datetime(2027, 3, 2, 13, 30, tzinfo=UTC)  # in the middle of the second occasion
NAMES = ("Anna Alm", "Bo Berg", "Eva Ek", "Hans Hall")


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture(autouse=True)
def _afternoon() -> Iterator[None]:
    with time_machine.travel(DURING, tick=True):
        yield


@pytest.fixture
def door(installation: Installation) -> str:
    with installation.database.reading() as session:
        return session.scalars(select(Occasion.door_id).where(Occasion.code == "t2")).one()


def ask(client: FlaskClient, door: str, address: str) -> TestResponse:
    return send(client, client.get(f"/t/{door}"), f"/t/{door}", email=address)


def link(
    installation: Installation, client: FlaskClient, door: str, address: str = "hans@liten.example"
) -> str:
    """Ask for the link of a person; return what the mail will carry."""
    assert ask(client, door, address).status_code == 303
    with installation.database.reading() as session:
        page = session.scalars(
            select(PersonalPage).join(Participant).where(Participant.email == address)
        ).one()
        return f"/min/{installation.keys.link_token(page.public_id, page.generation)}"


def own(client: FlaskClient, link: str) -> TestResponse:
    answer = client.get(link)
    assert answer.status_code == 303
    return client.get(answer.location)


def was_there(installation: Installation, code: str = "p08") -> tuple[bool, str | None, str] | None:
    with installation.database.reading() as session:
        row = session.scalars(
            select(Attendance)
            .join(Occasion)
            .join(Enrolment, Enrolment.id == Attendance.enrolment_id)
            .join(Participant)
            .where(Occasion.code == "t2", Participant.code == code)
        ).one_or_none()
        return row and (row.present, row.theme.code if row.theme else None, row.source)


def mails(installation: Installation) -> int:
    with installation.database.reading() as session:
        return len(session.scalars(select(Message.id).where(Message.kind == "own_page")).all())


class TestDoor:
    def test_it_shows_the_occasion_and_nobody_s_name(self, client: FlaskClient, door: str) -> None:
        page = client.get(f"/t/{door}").text
        assert "Andra tillfället" in page
        assert not [name for name in NAMES if name in page]
        assert "@liten.example" not in page

    def test_the_answer_is_the_same_for_all_addresses(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        known, unknown = (ask(client, door, each) for each in ("hans@liten.example", "okand@liten.example"))
        assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
        page = client.get(known.location).text
        assert page == client.get(unknown.location).text
        assert "hans" not in page
        assert mails(installation) == 1

    @pytest.mark.parametrize("typed", ["", "hans", "a@b@c", "\0@liten.example", "x" * 400 + "@y.se", "😀"])
    def test_what_is_no_address_comes_back(self, client: FlaskClient, door: str, typed: str) -> None:
        answer = ask(client, door, typed)
        assert answer.status_code == 422
        assert "error-summary" in answer.text
        assert answer.text.startswith("<!doctype html>")

    def test_whoever_asks_too_often_is_told_so(self, client: FlaskClient, door: str) -> None:
        for _ in range(link_by_mail.ASKED_PER_ADDRESS):
            assert ask(client, door, "okand@liten.example").status_code == 303
        answer = ask(client, door, "okand@liten.example")
        assert answer.status_code == 429
        assert "Too many have asked" in answer.text

    def test_a_form_without_its_token_is_shown_again(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        answer = client.post(f"/t/{door}", data={"email": "hans@liten.example"})
        assert answer.status_code == 400
        assert 'value="hans@liten.example"' in answer.text
        assert mails(installation) == 0

    @pytest.mark.parametrize("code", ["okand", "%00", "å" * 50, "a/b"])
    def test_an_unknown_code(self, client: FlaskClient, code: str) -> None:
        assert client.get(f"/t/{code}").status_code == 404
        assert client.post(f"/t/{code}").status_code in {400, 404}

    def test_whoever_holds_a_link_goes_on_without_a_mail(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        own(client, link(installation, client, door))
        page = client.get(f"/t/{door}").text
        assert "Go on as Hans Hall" in page


class TestOwnPage:
    def test_the_link_becomes_a_cookie_and_a_clean_address(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        there = link(installation, client, door)
        answer = client.get(there)
        assert answer.status_code == 303
        assert answer.location.startswith("/min/sida/")
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert cookie.endswith("HttpOnly; Path=/; SameSite=Lax")
        assert "Hans Hall" in client.get(answer.location).text

    def test_opening_it_fifty_times_changes_nothing(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        there = link(installation, client, door)
        for _ in range(50):
            own(client, there)
        assert was_there(installation) is None
        assert mails(installation) == 1

    def test_saying_that_one_is_here(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        page = own(client, link(installation, client, door))
        answer = send(client, page, "/har")
        assert answer.status_code == 422
        assert "Choose your theme." in answer.text
        answer = send(client, page, "/har", theme="B")
        assert answer.status_code == 303
        assert "It is recorded that you are here." in client.get(answer.location).text
        assert was_there(installation) == (True, "B", "door")
        changed = send(client, client.get(answer.location), "/har", theme="C")
        assert changed.status_code == 303
        assert was_there(installation) == (True, "C", "door")

    def test_after_two_hours_it_is_too_late(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        page = own(client, link(installation, client, door))
        with time_machine.travel(datetime(2027, 3, 2, 17, 31, tzinfo=UTC)):
            answer = send(client, page, "/har", theme="B")
        assert answer.status_code == 409
        assert "Speak to the course leader." in answer.text
        assert was_there(installation) is None

    def test_without_the_page_s_own_token_nothing_is_recorded(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        page = own(client, link(installation, client, door))
        answer = send(client, page, "/har", theme="B", csrf_token="0" * 64)
        assert answer.status_code == 400
        assert was_there(installation) is None
        assert send(client, answer, "/har", theme="B").status_code == 303

    def test_absent_by_staff_stays_absent(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        page = own(client, link(installation, client, door, "anna@liten.example"))
        with installation.database.transaction() as session:
            session.execute(update(Attendance).values(present=False, theme_id=None))
        answer = send(client, page, "/har", theme="B")
        assert answer.status_code == 409
        assert "It is recorded that you are not here." in answer.text

    def test_what_is_open_is_listed_and_leads_there(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        with installation.database.transaction() as session:
            session.execute(update(Mailing).values(closes_at=datetime(2027, 6, 1, tzinfo=UTC)))
        page = own(client, link(installation, client, door))
        assert "After the occasion" in page.text
        tokens = [address for address in page.text.split('"') if address.startswith(("/s/", "/l/"))]
        assert tokens == []  # the links themselves do not stand on the page
        opening = [each for each in page.text.split('"') if "/oppna/" in each]
        assert len(opening) >= 3
        reached = {client.get(each).location.split("/")[1] for each in opening}
        assert reached == {"s", "l"}
        form = client.get(next(each for each in opening if client.get(each).location.startswith("/s/")))
        assert own(client, form.location).status_code == 200

    def test_another_s_item_leads_back(
        self, client: FlaskClient, installation: Installation, door: str
    ) -> None:
        there = client.get(link(installation, client, door)).location
        for item in ("okand", "%20", "å"):
            answer = client.get(f"{there}/oppna/{item}")
            assert (answer.status_code, answer.location) == (303, there)

    def test_without_the_link_there_is_no_page(
        self, client: FlaskClient, installation: Installation, door: str, sqlite_app: object
    ) -> None:
        there = client.get(link(installation, client, door)).location
        stranger = client.application.test_client()
        assert stranger.get(there).status_code == 403
        assert stranger.get(f"{there}/logotyp").status_code == 403
        assert stranger.post(f"{there}/har", data={"door": door}).status_code in {400, 403}
        assert stranger.get("/min/okand").status_code == 404
        assert client.get(f"{there}/logotyp").status_code == 404

    def test_the_page_is_light(self, client: FlaskClient, installation: Installation, door: str) -> None:
        page = own(client, link(installation, client, door))
        assert len(page.data) < 16_000
        assert "<script" not in page.text
        assert list(forms_of(page)) != []
