"""What the pages say of being traced, in each mode and state; answers taken back."""

import re
from datetime import timedelta
from random import Random

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys import clock
from surveys.answers import closing
from surveys.domain.privacy import MODES, PrivacyMode
from surveys.domain.privacy_wording import promises_too_much
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import Invitation
from surveys.models.response import Response
from surveys.running import access
from surveys.web.answer_privacy import DESTROYED_TEXTS, PRIVACY_TEXTS
from tests.support.forms import Asked, ask
from tests.support.pages import send

KEYS, TOLD = "/projekt/kurser/installningar/nycklar", "/projekt/kurser/installningar/personuppgifter"
PASSWORD = "tre små gröna ekar"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture
def client(sqlite_client: FlaskClient) -> FlaskClient:
    sqlite_client.set_cookie("folja-language", "en")
    return sqlite_client


def answer(client: FlaskClient, who: Asked, **typed: str) -> TestResponse:
    """Answer the whole way from the link; returns the receipt."""
    page = client.get(f"/s/{who.token}", follow_redirects=True)
    answers = {f"q-{name}": value for name, value in typed.items()}
    return client.get(send(client, page, who.public_id, submit="1", **answers).location)


def kept(installation: Installation) -> list[Response]:
    with installation.database.reading() as session:
        return list(session.scalars(select(Response)))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("language", ["sv", "en", "sv-simple", "ar"])
def test_the_privacy_text_promises_no_more_than_the_mode_keeps(
    sqlite_app: Flask, mode: PrivacyMode, language: str
) -> None:
    with sqlite_app.test_request_context(headers={"Cookie": f"folja-language={language}"}):
        open_, gone = (
            f"{found.title}. {found.text}" if found else ""
            for found in (PRIVACY_TEXTS[mode], DESTROYED_TEXTS.get(mode))
        )
    assert promises_too_much(open_, mode) is None
    assert bool(gone) is not mode.traceable
    if language == "en":
        assert ("with your name" in open_) is mode.keeps_link
        assert ("under a code" in open_) is (mode in {PrivacyMode.PSEUDONYMOUS, PrivacyMode.SEALED})
        assert ("is destroyed" in open_) is not mode.traceable
        assert not re.search(r"\b(never|nobody|no one|secret|guarantee)\b", f"{open_} {gone}".lower())
        assert ("are anonymous" in gone) is (mode is PrivacyMode.ANONYMOUS)


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        ("Enkäten är anonym.", "anonymous", "anonymous_while_linked"),
        ("Dina svar blir anonyma när enkäten stänger.", "anonymous", None),
        ("Dina svar blir anonyma när enkäten stänger.", "sealed", "anonymous_while_linked"),
        ("Svaren är inte anonyma.", "pseudonymous", None),
        ("Svaren är pseudonyma.", "pseudonymous", None),
        ("You answer anonymously.", "named", "anonymous_while_linked"),
        ("Ingen kan någonsin läsa dem.", "anonymous", "absolute"),
        ("Ingen kan se vad du har svarat.", "sealed", "absolute"),
        ("Svaren är anonyma och kan inte kopplas till dig.", "sealed", "anonymous_while_linked"),
        ("Enkäten är anonym, även efter att den har stängt.", "anonymous", "anonymous_while_linked"),
        ("Svaren är an\u00adonyma.", "named", "anonymous_while_linked"),
        ("Your answers are not wholly anonymous.", "pseudonymous", None),
        ("إجاباتك مجهولة المصدر.", "anonymous", "anonymous_while_linked"),
        ("تصبح إجاباتك مجهولة المصدر عندما يُغلق الاستبيان.", "anonymous", None),
        ("إجاباتك محمية، لكنها ليست مجهولة المصدر.", "pseudonymous", None),
    ],
)
def test_a_projects_own_wording_is_held_against_the_mode(text: str, mode: str, why: str | None) -> None:
    assert promises_too_much(text, PrivacyMode(mode)) == why


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_is_taken_back_as_long_as_it_can_be_found(
    client: FlaskClient, installation: Installation, mode: PrivacyMode
) -> None:
    first, other = ask(installation, "Anna Ek", "Bo By", privacy_mode=mode.value, now=clock.now())
    for who in (first, other):
        receipt = answer(client, who, overall="3")
        assert "/ta-tillbaka" in receipt.text
        assert bool(re.search(r"Sent in .*\d\d[:.]\d\d", receipt.text)) is mode.keeps_time
    address = f"/svar/{first.public_id}/ta-tillbaka"
    assert len(kept(installation)) == 2
    done = send(client, client.get(address), address)
    assert "Your answer is taken back" in done.text
    assert len(kept(installation)) == 1
    with installation.database.reading() as session:
        invitation = session.scalars(select(Invitation).where(Invitation.public_id == first.public_id)).one()
        assert invitation.declined
        assert not session.scalars(select(Deed)).all()
    assert "There is no answer to take back" in client.get(address).text
    answer(client, first, overall="2")
    with installation.database.reading() as session:
        assert not session.scalars(select(Invitation.declined).where(Invitation.declined)).all()
    # once it has closed
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        for name in closing.due(installation.database, installation.keys, clock.now()):
            closing.close(installation.database, installation.keys, name, clock.now(), Random(1))
        asked = client.get(address)
        assert ("can no longer be found" in asked.text) is not mode.traceable
        form = client.get(f"/svar/{first.public_id}")
        assert ("/ta-tillbaka" in form.text) is mode.traceable
        if mode.traceable:
            assert "is taken back" in send(client, asked, address).text
        else:
            assert str(DESTROYED_TEXTS[mode].title) in form.text
            token = installation.keys.form_token(first.token)
            assert client.post(address, data={"csrf_token": token}).status_code == 410
    assert len(kept(installation)) == (1 if mode.traceable else 2)


def sign_in(installation: Installation, client: FlaskClient) -> None:
    olle = "olle@kurser.example"
    access.add_user(installation.database, olle, "Olle", PASSWORD, "en", roles={"kurser": "organiser"})
    send(client, client.get("/logga-in"), "/logga-in", email=olle, password=PASSWORD)


def test_a_key_is_destroyed_by_hand_with_a_decision(installation: Installation, client: FlaskClient) -> None:
    anna, bo = ask(installation, "Anna Ek", "Bo By", privacy_mode="sealed", now=clock.now())
    answer(client, anna, overall="3")
    sign_in(installation, client)
    listed = client.get(KEYS)
    assert "Destroy it now" in listed.text
    found = re.search(rf'href="({KEYS}/[^"]+/forstor)"', listed.text)
    assert found
    asked = client.get(found[1])
    refused = send(client, asked, "/forstor", **{"decision.reference": "Dnr 7/2027"})
    assert refused.status_code == 422
    assert 'value="Dnr 7/2027"' in refused.text
    assert "Tick the box first" in refused.text
    decided = {"decision.reference": "Dnr 7/2027", "decision.on": "2027-03-01", "decision.by": "Nämnden"}
    done = send(client, refused, "/forstor", **decided, sure="y")
    assert done.status_code == 303
    assert "Dnr 7/2027, 2027-03-01, Nämnden" in client.get(KEYS).text
    with installation.database.reading() as session:
        (deed,) = session.scalars(select(Deed)).all()
        assert (deed.action, deed.why) == ("key_destroyed", "Dnr 7/2027, 2027-03-01, Nämnden")
        assert deed.user_id is not None
    assert "Key destroyed" in client.get("/projekt/kurser/installningar/gjort").text
    # before its time: what was asked is closed for all, and says why
    form = client.get(f"/s/{bo.token}", follow_redirects=True)
    assert str(DESTROYED_TEXTS[PrivacyMode.SEALED].title) in form.text
    assert client.get(found[1]).status_code == 404


def test_what_participants_are_told_is_worded_by_the_project(
    installation: Installation, client: FlaskClient
) -> None:
    (anna,) = ask(installation, "Anna Ek", privacy_mode="anonymous", now=clock.now())
    sign_in(installation, client)
    page = client.get(TOLD)
    wrong = {
        "purpose.sv": "",
        "purpose.en": "",
        "recipients.en": "You answer anonymously.",
        "anonymous.title.en": "This is anonymous",
        "anonymous.text.en": "Nothing more.",
        "sealed.title.en": "Half",
        "decision.on": "2027-02-30",
    }
    refused = send(client, page, TOLD, **wrong)
    assert refused.status_code == 422
    for said in (
        "must be filled in",
        "led back to a person now",
        "Write both heading and text",
        "Write the date as",
        'value="This is anonymous"',
    ):
        assert said in refused.text
    right = {
        "purpose.sv": "Vi vill bli bättre.",
        "purpose.en": "We want to get better.",
        "recipients.en": "Those who evaluate.",
        "anonymous.title.en": "They become anonymous when the questionnaire closes",
        "sealed.title.en": "",
        "decision.reference": "Dnr 7/2027",
        "decision.on": "2027-03-01",
        "decision.by": "Nämnden",
    }
    assert send(client, refused, TOLD, **right).status_code == 303
    form = client.get(f"/s/{anna.token}", follow_redirects=True).text
    assert "They become anonymous when the questionnaire closes" in form
    assert "Nothing more." in form
    # somebody else, from the page as it was
    assert send(client, page, TOLD, **right, **{"rights.en": "Other"}).status_code == 409
