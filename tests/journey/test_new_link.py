"""A new link where the old one leads nowhere: one answer for all addresses, the mail to the right one."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys import clock
from surveys.installation import Installation
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant, PersonalPage
from surveys.register import link_by_mail
from tests.support.forms import Asked, ask, replace
from tests.support.pages import send


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture
def client(sqlite_client: FlaskClient) -> FlaskClient:
    sqlite_client.set_cookie("folja-language", "en")
    return sqlite_client


@pytest.fixture
def anna(installation: Installation) -> Asked:
    return ask(installation, "Anna Ek", "Bo Al", now=clock.now())[0]


def ask_for_link(client: FlaskClient, address: str) -> TestResponse:
    return send(client, client.get("/ny-lank"), "/ny-lank", email=address)


def mailed_to(installation: Installation) -> list[str]:
    with installation.database.reading() as session:
        due = select(Participant.email).join(Enrolment).join(Message, Message.enrolment_id == Enrolment.id)
        return list(session.scalars(due.where(Message.kind == "own_page").order_by(Message.id)))


def own_link(installation: Installation) -> str:
    with installation.database.reading() as session:
        page = session.scalars(select(PersonalPage)).one()
        return f"/min/{installation.keys.link_token(page.public_id, page.generation)}"


def test_from_a_link_that_ended_to_the_questionnaire(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    replace(installation, anna)
    for address in (f"/s/{anna.token}", f"/s/{anna.token}x", f"/svar/{anna.public_id}", "/min/x"):
        assert 'href="/ny-lank"' in client.get(address).text
    answers = [ask_for_link(client, each) for each in ("P1@Kurser.example ", "okand@kurser.example")]
    assert {(each.status_code, each.location) for each in answers} == {(303, "/ny-lank/skickat")}
    assert "If the address is known here" in client.get("/ny-lank/skickat").text
    assert mailed_to(installation) == ["p1@kurser.example"]
    page = client.get(client.get(own_link(installation)).location)
    opened = client.get(f"{page.request.path}/oppna/{anna.public_id}")
    form = client.get(client.get(opened.location).location)
    assert "Hur nyttigt var det?" in form.text


def test_what_is_no_address_and_too_many_askings_are_said(client: FlaskClient, anna: Asked) -> None:
    for typed in ("", "p1", "\0@kurser.example", "x" * 300 + "@y.se"):
        refused = ask_for_link(client, typed)
        assert refused.status_code == 422
        assert "error-summary" in refused.text
    for _ in range(link_by_mail.ASKED_PER_ADDRESS):
        assert ask_for_link(client, "okand@kurser.example").status_code == 303
    stopped = ask_for_link(client, "okand@kurser.example")
    assert stopped.status_code == 429
    assert "Too many have asked" in stopped.text
    stale = client.post("/ny-lank", data={"email": "p1@kurser.example"})
    assert stale.status_code == 400
    assert 'value="p1@kurser.example"' in stale.text


def test_nobody_is_buried_in_mails_that_others_ask_for(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    at = clock.now()
    for _quarter in range(4):
        with time_machine.travel(at, tick=False):
            for _ in range(link_by_mail.ASKED_PER_ADDRESS):
                assert ask_for_link(client, "p1@kurser.example").location == "/ny-lank/skickat"
        at += timedelta(minutes=16)
    assert len(mailed_to(installation)) == link_by_mail.MAILS_A_DAY
    with time_machine.travel(at + timedelta(days=1), tick=False):
        ask_for_link(client, "p1@kurser.example")
    assert len(mailed_to(installation)) == link_by_mail.MAILS_A_DAY + 1


def test_the_owner_ends_links_that_have_come_to_others(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    ask_for_link(client, "p1@kurser.example")
    old = own_link(installation)
    page = client.get(client.get(old).location)
    renewed = send(client, page, "/byt")
    assert "Your old links have ended." in client.get(renewed.location).text
    assert own_link(installation) != old
    assert [client.get(each).status_code for each in (old, f"/s/{anna.token}")] == [410, 410]
    assert mailed_to(installation) == ["p1@kurser.example"] * 2
    opened = client.get(f"{page.request.path}/oppna/{anna.public_id}")
    assert client.get(client.get(opened.location).location).status_code == 200
    for _ in range(link_by_mail.ASKED_PER_ADDRESS):
        stopped = send(client, client.get(page.request.path), "/byt")
    assert stopped.status_code == 409


def test_nothing_is_mailed_to_who_takes_part_no_more(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    with installation.database.transaction() as session:
        session.get_one(Enrolment, anna.enrolment_id).state = "dropped_out"
    assert ask_for_link(client, "p1@kurser.example").status_code == 303
    assert mailed_to(installation) == []
