"""One question at a time, and questions that depend on answers, without JavaScript."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys import clock
from surveys.installation import Installation
from surveys.models.response import Response
from tests.support.forms import EVERY_KIND, Asked, ask, local
from tests.support.pages import forms_of, send

STEPWISE: dict[str, Any] = {**EVERY_KIND, "layout": "one_at_a_time"}
BRANCHING: dict[str, Any] = {
    "title": local("Uppföljning"),
    "groups": [
        {"code": "work", "title": local("Ditt arbete"), "text": local("Tänk på de senaste två veckorna.")}
    ],
    "questions": [
        {
            "code": "used",
            "kind": "one_choice",
            "text": local("Har du använt något?"),
            "options": [{"code": "yes", "label": local("Ja")}, {"code": "no", "label": local("Nej")}],
        },
        {
            "code": "what",
            "kind": "short_text",
            "group": "work",
            "required": True,
            "relevant": "${used} = 'yes'",
            "text": local("Vad har du använt?"),
        },
        {
            "code": "hours",
            "kind": "number",
            "group": "work",
            "relevant": "${used} = 'yes'",
            "check": ". <= 40",
            "check_message": local("Skriv högst 40 timmar."),
            "text": local("Hur många timmar?"),
        },
        {"code": "more", "kind": "long_text", "text": local("Något mer?")},
    ],
}


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture
def client(sqlite_client: FlaskClient) -> FlaskClient:
    sqlite_client.set_cookie("folja-language", "en")
    return sqlite_client


def asked(installation: Installation, content: dict[str, Any]) -> Asked:
    return ask(installation, "Anna Ek", now=clock.now(), content=content)[0]


def follow(client: FlaskClient, who: Asked) -> TestResponse:
    return client.get(client.get(f"/s/{who.token}").location)


def press(client: FlaskClient, page: TestResponse, button: str, **typed: str) -> TestResponse:
    """Fill in the question on ``page``, press a button and follow it."""
    action = page.request.path.rsplit("/", 1)[1]
    answers = {f"q-{name.replace('__', '.')}": value for name, value in typed.items()}
    sent = send(client, page, action, **{button: "1"}, **answers)
    return client.get(sent.location) if sent.status_code == 303 else sent


def step(client: FlaskClient, who: Asked, code: str) -> TestResponse:
    return client.get(f"/svar/{who.public_id}/fraga/{code}")


def kept(installation: Installation) -> Response | None:
    with installation.database.reading() as session:
        found = session.scalars(select(Response)).one_or_none()
        session.expunge_all()
        return found


def heading(page: TestResponse) -> str:
    found = re.search("<h1>(.*?)</h1>", page.text, re.DOTALL)
    return re.sub("<[^>]*>", "", found[1]).strip() if found else ""


def test_the_whole_way_one_question_at_a_time(client: FlaskClient, installation: Installation) -> None:
    anna = asked(installation, STEPWISE)
    start = follow(client, anna)
    assert "There are 13 questions, one at a time." in start.text
    assert "Hur nyttigt var det?" not in start.text
    page = step(client, anna, "theme")
    assert "<title>Question 1 of 13 – Efter tillfället (en)" in page.text
    assert "Svara för tillfället du nyss var på." in page.text  # what is to be read stands with what follows
    page = press(client, page, "next", theme="B")
    page = press(client, page, "next")  # skipped
    page = press(client, page, "next", **{"new-B": "2"})
    assert heading(page) == "Hur nyttigt var det? (en) (must be answered)"
    stopped = press(client, page, "next")
    assert stopped.status_code == 422
    assert "<title>Error: Question 4 of 13" in stopped.text
    page = press(client, stopped, "next", overall="3")
    page = press(client, page, "back", role="a")
    assert 'value="3" checked' in page.text
    page = press(client, page, "overview", overall="4")
    assert heading(page) == "Look through your answers"
    assert page.text.count("Not answered") == 9
    change = client.get(f"/svar/{anna.public_id}/fraga/hours?till=oversikt")
    page = press(client, change, "overview", hours="1,5")
    assert "1.5 timmar" in page.text
    receipt = press(client, page, "submit")
    assert "Thank you" in heading(receipt)
    response = kept(installation)
    assert response is not None
    assert response.answers == {
        "theme": "B",
        "new-B": "2",
        "overall": "4",
        "role": {"code": "a"},
        "hours": "1.5",
    }
    assert "Look through and change your answers" in client.get(f"/svar/{anna.public_id}").text


def test_a_faulty_answer_stays_on_its_page_and_back_can_go_without_it(
    client: FlaskClient, installation: Installation
) -> None:
    anna = asked(installation, STEPWISE)
    follow(client, anna)
    faulty = press(client, step(client, anna, "hours"), "back", hours="fem")
    assert faulty.status_code == 422
    assert 'value="fem"' in faulty.text
    assert f'href="/svar/{anna.public_id}/fraga/use"' in faulty.text
    assert faulty.text.count("Write a number with digits") == 2
    assert kept(installation) is None


def test_what_is_missing_is_said_before_sending_in(client: FlaskClient, installation: Installation) -> None:
    anna = asked(installation, STEPWISE)
    follow(client, anna)
    page = press(client, step(client, anna, "missed"), "overview", missed="Kaffe")
    stopped = press(client, page, "submit")
    assert stopped.status_code == 422
    assert "Error: Look through your answers" in stopped.text
    assert 'href="#change-overall"' in stopped.text
    saved = press(client, step(client, anna, "more"), "save", more="Mer")
    assert "they are not sent in" in saved.text
    assert f'href="/svar/{anna.public_id}/fraga/words"' in saved.text  # goes on after the last answer


def test_two_devices_on_one_question_are_shown_both(client: FlaskClient, installation: Installation) -> None:
    anna = asked(installation, STEPWISE)
    follow(client, anna)
    first, second, other = (step(client, anna, code) for code in ("overall", "overall", "missed"))
    press(client, first, "next", overall="1")
    press(client, other, "next", missed="Kaffe")
    overview = client.get(f"/svar/{anna.public_id}/oversikt")
    conflict = press(client, second, "next", overall="4")
    assert conflict.status_code == 409
    assert "Which answers are right?" in conflict.text
    chosen = send(client, conflict, "/overall", next="1")
    assert chosen.location.endswith("/fraga/role")
    stale = press(client, overview, "submit")
    assert stale.status_code == 409
    assert "Look through them again" in stale.text
    assert "Thank you" in press(client, stale, "submit").text
    response = kept(installation)
    assert response is not None
    assert response.answers == {"overall": "4", "missed": "Kaffe"}


def test_the_person_chooses_the_layout_and_what_is_typed_comes_along(
    client: FlaskClient, installation: Installation
) -> None:
    anna = asked(installation, EVERY_KIND)
    page = send(client, follow(client, anna), anna.public_id, layout="one_at_a_time", **{"q-missed": "Kaffe"})
    assert "Path=/svar/" in page.headers["Set-Cookie"]
    start = client.get(page.location)
    assert "one at a time" in start.text
    back = send(client, start, "/vy", layout="one_page")
    one = client.get(back.location)
    assert forms_of(one)[f"/svar/{anna.public_id}"]["q-missed"] == "Kaffe"
    send(client, one, anna.public_id, layout="one_at_a_time")
    page = send(client, step(client, anna, "more"), "/more", layout="one_page", **{"q-more": "Mer"})
    assert forms_of(client.get(page.location))[f"/svar/{anna.public_id}"]["q-more"] == "Mer"


def test_one_at_a_time_goes_past_what_is_not_asked(client: FlaskClient, installation: Installation) -> None:
    anna = asked(installation, {**BRANCHING, "layout": "one_at_a_time"})
    assert "Which ones come depends on what you answer." in follow(client, anna).text
    page = step(client, anna, "used")
    assert "<title>Question 1, at most 3 more" in page.text
    assert heading(press(client, page, "next", used="no")) == "Något mer? (en)"
    assert step(client, anna, "what").location == f"/svar/{anna.public_id}"
    page = press(client, step(client, anna, "used"), "next", used="yes")
    assert "<title>Question 2 of 4" in page.text
    assert "Tänk på de senaste två veckorna." in page.text
    page = press(client, page, "next", what="Metoden")
    misfit = press(client, page, "next", hours="41")
    assert misfit.status_code == 422
    assert misfit.text.count("Skriv högst 40 timmar. (en)") == 2
    page = press(client, misfit, "next", hours="4")
    assert "Thank you" in press(client, press(client, page, "next"), "submit").text


def test_one_page_brings_what_answers_lead_to(client: FlaskClient, installation: Installation) -> None:
    anna = asked(installation, BRANCHING)
    page = follow(client, anna)
    assert len(re.findall('data-asked="[a-z]+" hidden', page.text)) == 2
    assert 'data-group="work" hidden' in page.text
    more = send(client, page, anna.public_id, submit="1", **{"q-used": "yes"})
    assert more.status_code == 422
    assert "Your answers lead to 2 more questions." in more.text
    assert "error-summary" not in more.text
    assert 'data-group="work">' in more.text
    faulty = send(client, more, anna.public_id, submit="1", **{"q-used": "yes", "q-hours": "2"})
    assert "This question needs an answer." in faulty.text
    done = send(client, faulty, anna.public_id, submit="1", **{"q-used": "yes", "q-what": "Metoden"})
    assert done.status_code == 303
    response = kept(installation)
    assert response is not None
    assert response.answers == {"used": {"code": "yes"}, "what": "Metoden", "hours": "2"}
    page = follow(client, anna)
    changed = send(client, page, anna.public_id, submit="1", **{"q-used": "no", "q-what": "Metoden"})
    assert changed.status_code == 303
    response = kept(installation)
    assert response is not None
    assert response.answers == {"used": {"code": "no"}}


@pytest.mark.parametrize("address", ["fraga/okand", "fraga/about", "fraga/" + "x" * 3000])
def test_an_unknown_question_leads_to_the_beginning(
    client: FlaskClient, installation: Installation, address: str
) -> None:
    anna = asked(installation, STEPWISE)
    follow(client, anna)
    assert client.get(f"/svar/{anna.public_id}/{address}").location == f"/svar/{anna.public_id}"


def test_a_step_that_is_too_old_comes_back_as_typed(client: FlaskClient, installation: Installation) -> None:
    anna = asked(installation, STEPWISE)
    follow(client, anna)
    page = step(client, anna, "more")
    again = send(client, page, "/more", next="1", csrf_token="gammal", **{"q-more": "Behåll mig"})
    assert again.status_code == 400
    assert "Behåll mig" in again.text
    client.delete_cookie(f"folja-{anna.public_id}")
    lost = send(client, page, "/more", next="1", **{"q-more": "Behåll mig"})
    assert lost.status_code == 403
    assert "Behåll mig" in lost.text


def test_the_script_is_answered_in_json(client: FlaskClient, installation: Installation) -> None:
    anna = asked(installation, EVERY_KIND)
    page = follow(client, anna)
    fields = forms_of(page)[f"/svar/{anna.public_id}"] | {"save": "1"}
    script = {"Accept": "application/json"}

    def post(path: str = "", **typed: str) -> TestResponse:
        return client.post(f"/svar/{anna.public_id}{path}", data=fields | typed, headers=script)

    saved = post(**{"q-more": "Mer"})
    assert (saved.status_code, saved.json["state"], saved.json["edition"][:2]) == (200, "saved", "1-")
    assert saved.json["said"].startswith("Saved at ")
    assert post(**{"q-more": "Mer"}).json["edition"] == saved.json["edition"]
    assert post(**{"q-more": "Annat"}).json["state"] == "conflict"
    left_out = post(**{"q-more": "Annat", "q-hours": "fem", "edition": saved.json["edition"]})
    assert "One answer cannot be saved as it stands." in left_out.json["said"]
    step_saved = post("/fraga/missed", **{"q-missed": "Kaffe", "was": ""})
    assert (step_saved.json["state"], len(step_saved.json["was"])) == ("saved", 16)
    assert post("/fraga/hours", **{"q-hours": "fem", "was": ""}).status_code == 422
    client.delete_cookie(f"folja-{anna.public_id}")
    assert post(**{"q-more": "Annat"}).json["state"] == "no_cookie"
