"""Signing in, being led back, signing out, and a session that ran out while someone was writing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, g, render_template_string, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveys.running import access
from surveys.web import guard
from tests.support.pages import forms_of, send
from tests.support.small import load_small

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
EMAIL = "anna.ek@folja.example"
PASSWORD = "tre små gröna ekar"


@pytest.fixture
def app_with_anna(sqlite_app: Flask) -> Flask:
    installation = sqlite_app.extensions["folja"]
    load_small(installation, NOW)
    for email in (EMAIL, "bo@folja.example"):
        access.add_user(installation.database, email, email.split("@")[0], PASSWORD)
        access.set_role(installation.database, email, "liten", "organiser")
    sqlite_app.add_url_rule("/projekt/<project>/prov", "note", _note, methods=["GET", "POST"])
    return sqlite_app


@pytest.fixture
def client(app_with_anna: Flask) -> FlaskClient:
    return app_with_anna.test_client()


@guard.staff("organiser")
def _note(project: str) -> str:
    """A page of staff with a form, as the settings are one."""
    return render_template_string(
        '<form action="/projekt/liten/prov"><input name="csrf_token" value="{{ csrf_token() }}">'
        '<input name="text"></form><p>{{ name }} {{ role }} {{ text }}</p>',
        name=g.user.name,
        role=g.role,
        text=request.form.get("text", ""),
    )


def sign_in(client: FlaskClient, address: str = "/logga-in", email: str = EMAIL) -> TestResponse:
    page = client.get(address)
    (action,) = [action for action in forms_of(page) if action.startswith("/logga-in")]
    return send(client, page, action, email=email, password=PASSWORD)


def test_staff_pages_lead_to_the_sign_in_and_back(client: FlaskClient) -> None:
    led = client.get("/projekt/liten/prov?s=2")
    assert led.status_code == 303
    answer = sign_in(client, led.location)
    assert (answer.status_code, answer.location) == (303, "/projekt/liten/prov?s=2")
    assert "anna.ek organiser" in client.get(answer.location).text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://ond.example/",
        "//ond.example/",
        "/\\ond.example",
        "\\\\ond.example",
        "/\t/ond.example",
        "javascript:alert(1)",
        "ond.example",
        "",
    ],
)
def test_nobody_is_led_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    page = client.get("/logga-in", query_string={"next": elsewhere})
    assert send(client, page, "/logga-in", email=EMAIL, password=PASSWORD).location == "/"
    token = forms_of(client.get("/logga-in"))
    direct = client.post("/logga-in", query_string={"next": elsewhere}, data=token.get("/logga-in", {}))
    assert "ond.example" not in direct.headers.get("Location", "")


def test_a_wrong_password_keeps_the_address_and_never_the_password(client: FlaskClient) -> None:
    page = client.get("/logga-in")
    answer = send(client, page, "/logga-in", email=EMAIL, password="fel-lösenord-här")
    assert answer.status_code == 422
    assert forms_of(answer)["/logga-in"]["email"] == EMAIL
    assert "fel-lösenord-här" not in answer.text
    assert 'href="#password"' in answer.text
    assert 'id="password-error"' in answer.text


def test_known_and_unknown_addresses_get_the_same_page(client: FlaskClient) -> None:
    pages = []
    for email in (EMAIL, "inge.ek@folja.example"):
        page = client.get("/logga-in")
        fields = forms_of(page)["/logga-in"]
        answer = send(client, page, "/logga-in", email=email, password="fel-lösenord-här")
        pages.append(answer.text.replace(email, "").replace(fields["csrf_token"], ""))
        pages[-1] = "".join(line for line in pages[-1].splitlines(True) if "csrf_token" not in line)
    assert pages[0] == pages[1]


def test_empty_fields_are_named(client: FlaskClient) -> None:
    answer = send(client, client.get("/logga-in"), "/logga-in", email="", password="")
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'href="#password"' in answer.text


def test_too_many_attempts_say_when_to_come_back(client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False):
        for _attempt in range(5):
            send(client, client.get("/logga-in"), "/logga-in", email=EMAIL, password="fel-lösenord-här")
        answer = sign_in(client)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "10.15" in answer.text  # a quarter past ten in Stockholm


def test_the_cookie_changes_at_sign_in_and_a_copy_is_dead_after_sign_out(client: FlaskClient) -> None:
    client.get("/logga-in")
    before = client.get_cookie("folja")
    sign_in(client)
    after = client.get_cookie("folja")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    page = client.get("/logga-in")
    assert page.location == "/"
    left = client.post("/logga-ut", data={"csrf_token": _csrf(client)})
    assert left.location == "/logga-in?ut=1"
    client.set_cookie("folja", after.value)
    assert client.get("/projekt/liten/prov").status_code == 303


def test_signing_out_needs_the_form_s_token(client: FlaskClient) -> None:
    sign_in(client)
    assert client.post("/logga-ut").status_code == 400
    assert client.get("/projekt/liten/prov").status_code == 200


def test_what_was_typed_in_a_session_that_ran_out_can_be_sent_again(client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client)
        page = client.get("/projekt/liten/prov")
        clock.shift(timedelta(hours=9))
        stopped = send(client, page, "/prov", text="Radbrytning\r\noch åäö")
        assert stopped.status_code == 401
        back = send(client, stopped, "next=/projekt/liten/prov", email=EMAIL, password=PASSWORD)
        assert forms_of(back)["/projekt/liten/prov"]["text"].split() == ["Radbrytning", "och", "åäö"]
        assert "anna.ek organiser Radbrytning" in send(client, back, "/prov").text


def test_what_was_typed_is_shown_to_nobody_else(client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client)
        page = client.get("/projekt/liten/prov")
        clock.shift(timedelta(hours=9))
        stopped = send(client, page, "/prov", text="Annas text")
        other = send(client, stopped, "next=/projekt/liten/prov", email="bo@folja.example", password=PASSWORD)
    assert other.status_code == 303
    assert "Annas text" not in other.text


def test_a_form_from_another_site_is_refused(client: FlaskClient) -> None:
    sign_in(client)
    assert client.post("/projekt/liten/prov", data={"text": "x"}).status_code == 400
    assert client.post("/projekt/liten/prov", data={"text": "x", "csrf_token": "x"}).status_code == 400


def test_a_post_without_any_session_leads_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.post("/projekt/liten/prov", data={"text": "x"})
    assert (answer.status_code, answer.location) == (303, "/logga-in?next=/projekt/liten/prov")


def _csrf(client: FlaskClient) -> str:
    return forms_of(client.get("/projekt/liten/prov"))["/projekt/liten/prov"]["csrf_token"]
