"""Answering as a participant meets it, without JavaScript: from the link to the receipt."""

import logging
import re
from base64 import b64encode
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from surveys import clock
from surveys.domain.privacy import PrivacyMode
from surveys.installation import Installation
from surveys.models.programme import Project
from surveys.models.response import Response
from surveys.web.answer_privacy import PRIVACY_TEXTS
from surveys.web.answer_texts import LINK_PROBLEMS
from tests.support.forms import Asked, ask, reopen, replace, withdraw
from tests.support.pages import forms_of, send

SECRET = "Chefen lyssnade inte alls på oss."
BELL = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture
def client(sqlite_client: FlaskClient) -> FlaskClient:
    # The texts asserted here are the sources; that Swedish is complete is another test's matter.
    sqlite_client.set_cookie("folja-language", "en")
    return sqlite_client


@pytest.fixture
def anna(installation: Installation) -> Asked:
    return ask(installation, "Anna Ek", "Bo Al", now=clock.now())[0]


def follow(client: FlaskClient, who: Asked) -> TestResponse:
    """Follow the link in the mail; returns the page it ends at."""
    answer = client.get(f"/s/{who.token}")
    assert answer.status_code == 303
    return client.get(answer.location)


def fill_in(
    client: FlaskClient, page: TestResponse, who: Asked, button: str = "submit", **typed: str
) -> TestResponse:
    """Send the form of ``page``; an answer ``overall="3"`` goes to the question of that code."""
    answers = {f"q-{name.replace('__', '.')}": value for name, value in typed.items()}
    return send(client, page, who.public_id, **{button: "1"}, **answers)


def answer(client: FlaskClient, who: Asked, **typed: str) -> TestResponse:
    """Answer the whole way from the link; returns the receipt."""
    sent = fill_in(client, follow(client, who), who, **typed)
    assert sent.status_code == 303, sent.text
    return client.get(sent.location)


def kept(installation: Installation) -> list[Response]:
    with installation.database.reading() as session:
        found = list(session.scalars(select(Response).order_by(Response.started_at)))
        session.expunge_all()
        return found


def title(page: TestResponse) -> str:
    found = re.search("<title>(.*?)</title>", page.text)
    return unescape(found[1]) if found else ""


def test_the_link_becomes_a_cookie_and_a_clean_address(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    followed = client.get(f"/s/{anna.token}")
    assert (followed.status_code, followed.location) == (303, f"/svar/{anna.public_id}")
    cookie = followed.headers["Set-Cookie"]
    assert cookie.startswith(f"folja-{anna.public_id}={anna.token};")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    page = client.get(followed.location)
    assert page.status_code == 200
    assert anna.token not in page.text
    for _ in range(3):
        client.get(f"/s/{anna.token}")
    assert kept(installation) == []


def test_the_first_page_says_who_asks_why_and_what_becomes_of_it(client: FlaskClient, anna: Asked) -> None:
    page = follow(client, anna).text
    for said in (
        "Lärande i praktiken",
        "Efter tillfället",
        "Ansvar och roller",
        "It takes about 2 minutes.",
        "The questionnaire closes",
        "Who is responsible",
        "Legal basis",
        "Who receives it",
        "How long it is kept",
        "Your rights",
        "The City of Gothenburg",
        "Anna Ek",
        str(PRIVACY_TEXTS[PrivacyMode.PSEUDONYMOUS].title),
    ):
        assert said in page
    assert "checked" not in page


def test_answering_gives_a_receipt_with_a_copy(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    receipt = answer(client, anna, overall="3", hours="1 000,5", more="=HYPERLINK(1)", words__1="Rolig")
    assert receipt.request.path == f"/svar/{anna.public_id}/tack"
    assert "Thank you" in title(receipt)
    for said in ("I hög grad (en)", "1000.5 timmar", "=HYPERLINK(1)", "Rolig", "You can change your answers"):
        assert said in receipt.text
    (response,) = kept(installation)
    assert response.answers == {
        "overall": "3",
        "hours": "1000.5",
        "more": "=HYPERLINK(1)",
        "words": ["Rolig"],
    }
    assert (response.language, response.enrolment_id) == ("en", None)


def test_the_language_kept_and_spoken_is_that_of_the_page_not_of_the_browser(
    sqlite_client: FlaskClient, installation: Installation
) -> None:
    (anna,) = ask(installation, "Anna Ek", now=clock.now())
    english = {"Accept-Language": "en"}
    sqlite_client.get(f"/s/{anna.token}", headers=english)
    page = sqlite_client.get(f"/svar/{anna.public_id}", headers=english)
    assert '<html lang="sv"' in page.text
    (fields,) = (fields for address, fields in forms_of(page).items() if address.endswith(anna.public_id))
    typed = fields | {"q-overall": "1", "q-hours": "många", "save": "1"}
    faulty = sqlite_client.post(f"/svar/{anna.public_id}", data=typed, headers=english)
    assert "Det som gick att spara är sparat." in faulty.text
    assert kept(installation)[0].language == "sv"
    stale = typed | {"csrf_token": "gammal"}
    expired = sqlite_client.post(f"/svar/{anna.public_id}", data=stale, headers=english)
    assert "Inget är borta." in expired.text


def test_answers_can_be_changed_until_closing(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    answer(client, anna, overall="3")
    page = follow(client, anna)
    assert "You sent in your answers" in page.text
    assert re.search('value="3" checked', page.text)
    assert fill_in(client, page, anna, overall="1").status_code == 303
    (response,) = kept(installation)
    assert (response.answers, response.revision) == ({"overall": "1"}, 2)


def test_a_saved_draft_waits_and_sends_nothing_in(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    saved = fill_in(client, follow(client, anna), anna, "save", more="Mer sedan")
    page = client.get(saved.location)
    assert "but they are not sent in" in page.text
    assert "Mer sedan" in page.text
    (response,) = kept(installation)
    assert (response.answers, response.draft) == (None, {"more": "Mer sedan"})
    assert client.get(f"/svar/{anna.public_id}/tack").location == f"/svar/{anna.public_id}"


def test_changes_saved_after_sending_in_do_not_count_until_sent(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    answer(client, anna, overall="3")
    fill_in(client, follow(client, anna), anna, "save", overall="1")
    assert "What you sent in before still counts" in follow(client, anna).text
    receipt = client.get(f"/svar/{anna.public_id}/tack").text
    assert "I hög grad (en)" in receipt
    assert "saved changes that are not sent in" in receipt
    (response,) = kept(installation)
    assert response.answers == {"overall": "3"}


def test_errors_stand_on_top_and_at_the_field_and_nothing_is_lost(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    page = fill_in(client, follow(client, anna), anna, hours="fem", more="Behåll mig", missed="a\0b")
    assert page.status_code == 422
    assert title(page).startswith("Error: Efter tillfället")
    for said in (
        "This question needs an answer.",
        "Write a number with digits",
        "characters that cannot be shown",
    ):
        assert page.text.count(said) == 2
    assert 'href="#q-hours"' in page.text
    assert 'aria-describedby="q-hours-unit q-hours-error"' in page.text
    fields = forms_of(page)[f"/svar/{anna.public_id}"]
    assert (fields["q-hours"], fields["q-more"], fields["q-missed"]) == ("fem", "Behåll mig", "ab")
    (draft,) = kept(installation)  # what can be kept is, should the page be closed now
    assert (draft.answers, draft.draft) == (None, {"more": "Behåll mig"})
    assert "they are not sent in" in page.text


def test_a_draft_with_a_fault_keeps_the_rest_and_says_so(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    page = fill_in(client, follow(client, anna), anna, "save", hours="fem", more="Behåll mig")
    assert page.status_code == 422
    assert "What could be saved is saved" in page.text
    assert kept(installation)[0].draft == {"more": "Behåll mig"}
    mended = fill_in(client, page, anna, hours="5", overall="2")
    assert mended.status_code == 303
    assert kept(installation)[0].answers == {"hours": "5", "more": "Behåll mig", "overall": "2"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"overall": "9"}, "Choose one of the answers that are listed."),
        ({"overall": "1", "hours": "1.000"}, "can be read in two ways"),
        ({"overall": "1", "hours": "1,55"}, "Write at most 1 decimal."),
        ({"overall": "1", "hours": "-1"}, "Write 0 or more."),
        ({"overall": "1", "hours": "2001"}, "Write 2000 or less."),
        ({"overall": "1", "missed": "😀 " * 200}, "The text is 399 characters long. At most 200 fit."),
        ({"overall": "1", "role": "a", "role__text": "Städ"}, "written another"),
        ({}, "This question needs an answer."),
    ],
)
def test_each_bad_answer_has_a_sentence(
    client: FlaskClient, anna: Asked, installation: Installation, typed: dict[str, str], said: str
) -> None:
    page = fill_in(client, follow(client, anna), anna, **typed)
    assert page.status_code == 422
    assert page.text.count(said) == 2
    assert [each.answers for each in kept(installation)] in ([], [None])


def test_five_megabytes_come_back_with_a_sentence(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    text = "Ord " * (5 * 1024 * 1024 // 4 - 1) + "slut"
    page = fill_in(client, follow(client, anna), anna, overall="1", more=text)
    assert page.status_code == 422
    assert "At most 5000 fit" in page.text
    assert forms_of(page)[f"/svar/{anna.public_id}"]["q-more"] == text
    assert [each.answers for each in kept(installation)] in ([], [None])


def test_two_hundred_words_of_emoji_are_an_answer(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    text = " ".join(["👩‍👩‍👧‍👦"] * 200)
    assert text in answer(client, anna, overall="1", more=text).text
    assert (kept(installation)[0].answers or {})["more"] == text


def test_what_is_written_is_never_markup(client: FlaskClient, anna: Asked) -> None:
    receipt = answer(client, anna, overall="1", more="<script>alert(1)</script></textarea>")
    page = follow(client, anna)
    assert "<script>" not in receipt.text + page.text
    assert forms_of(page)[f"/svar/{anna.public_id}"]["q-more"] == "<script>alert(1)</script></textarea>"


def test_a_double_click_is_one_response(client: FlaskClient, anna: Asked, installation: Installation) -> None:
    page = follow(client, anna)
    assert [fill_in(client, page, anna, overall="1").status_code for _ in range(2)] == [303, 303]
    assert [response.revision for response in kept(installation)] == [1]


def test_two_tabs_are_shown_both_and_the_person_chooses(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    first, second = follow(client, anna), follow(client, anna)
    fill_in(client, first, anna, overall="3", more="Första")
    conflict = fill_in(client, second, anna, overall="1", more="Andra\r\nraden")
    assert conflict.status_code == 409
    for said in (
        "Which answers are right?",
        "I hög grad (en)",
        "I mycket liten grad (en)",
        "Första",
        "Andra",
    ):
        assert said in conflict.text
    assert "Vad saknade du" not in conflict.text
    assert kept(installation)[0].answers == {"overall": "3", "more": "Första"}
    chosen = send(client, conflict, anna.public_id, submit="1")
    assert chosen.status_code == 303
    assert kept(installation)[0].answers == {"overall": "1", "more": "Andra\nraden"}


def test_two_people_on_one_computer_never_answer_as_each_other(
    client: FlaskClient, installation: Installation
) -> None:
    anna, bo = ask(installation, "Anna Ek", "Bo Al", now=clock.now())
    annas, bos = follow(client, anna), follow(client, bo)
    assert "Bo Al" in bos.text
    assert "Bo Al" not in annas.text
    fill_in(client, annas, anna, overall="1", more="Annas")
    fill_in(client, bos, bo, overall="4", more="Bos")
    assert "Annas" in client.get(f"/svar/{anna.public_id}/tack").text
    assert "Annas" not in client.get(f"/svar/{bo.public_id}/tack").text
    keys = {response.response_key: (response.answers or {})["more"] for response in kept(installation)}
    assert keys == {
        installation.keys.response_key(anna.public_id): "Annas",
        installation.keys.response_key(bo.public_id): "Bos",
    }


def test_another_persons_cookie_opens_nothing(client: FlaskClient, installation: Installation) -> None:
    anna, bo = ask(installation, "Anna Ek", "Bo Al", now=clock.now())
    answer(client, anna, overall="1", more=SECRET)
    client.set_cookie(f"folja-{anna.public_id}", bo.token)
    page = client.get(f"/svar/{anna.public_id}/tack")
    assert page.status_code == 404
    assert SECRET not in page.text


@pytest.mark.parametrize("token", ["", "0" * 64, "bo", "å"])
def test_a_form_that_does_not_come_from_our_page_comes_back_as_it_was_typed(
    client: FlaskClient, installation: Installation, token: str
) -> None:
    anna, bo = ask(installation, "Anna Ek", "Bo Al", now=clock.now())
    page = follow(client, anna)
    (fields,) = forms_of(follow(client, bo)).values()
    others = fields["csrf_token"]
    typed = {"csrf_token": others if token == "bo" else token, "q-overall": "1", "q-more": SECRET}
    again = send(client, page, anna.public_id, submit="1", **typed)
    assert again.status_code == 400
    assert "Nothing is lost. Press the button again." in again.text
    assert re.search('value="1" checked', again.text)
    assert forms_of(again)[f"/svar/{anna.public_id}"]["q-more"] == SECRET
    assert kept(installation) == []
    assert fill_in(client, again, anna, overall="1").status_code == 303
    assert kept(installation)[0].answers == {"overall": "1", "more": SECRET}


def test_answering_needs_no_session(client: FlaskClient, anna: Asked) -> None:
    answer(client, anna, overall="1")
    assert client.get_cookie("folja") is None


@pytest.mark.parametrize("session_too", [False, True])
def test_a_browser_that_forgot_the_link_keeps_what_was_typed(
    client: FlaskClient, anna: Asked, installation: Installation, session_too: bool
) -> None:
    page = follow(client, anna)
    client.delete_cookie(f"folja-{anna.public_id}")
    if session_too:
        client.delete_cookie("folja")
    lost = fill_in(client, page, anna, overall="1", more=SECRET)
    assert lost.status_code == 403
    assert "Open the link from the mail in the same browser" in lost.text
    client.get(f"/s/{anna.token}")
    (fields,) = forms_of(lost).values()
    assert client.post(f"/svar/{anna.public_id}", data=fields).status_code == 303
    assert kept(installation)[0].answers == {"overall": "1", "more": SECRET}


def test_changing_language_keeps_what_is_typed(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    page = follow(client, anna)
    (fields,) = (fields for address, fields in forms_of(page).items() if address.endswith(anna.public_id))
    data = fields | {"q-more": "Halvskrivet", "q-overall": "2"}
    changed = client.post(f"/svar/{anna.public_id}?sprak=sv", data=data)
    assert changed.status_code == 200
    assert '<html lang="sv"' in changed.text
    assert forms_of(changed)[f"/svar/{anna.public_id}"]["q-more"] == "Halvskrivet"
    assert re.search('value="2" checked', changed.text)
    assert kept(installation) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda installation, asked: asked.token[:-1] + "xy"[asked.token[-1] == "x"], "unknown_link"),
        (lambda installation, asked: (replace(installation, asked), asked.token)[1], "replaced_link"),
        (lambda installation, asked: (withdraw(installation, asked), asked.token)[1], "withdrawn_link"),
    ],
)
def test_a_link_that_no_longer_holds_says_what_to_do(
    client: FlaskClient, installation: Installation, anna: Asked, change: object, code: str
) -> None:
    page = client.get(f"/s/{change(installation, anna)}")  # type: ignore[operator]
    problem = LINK_PROBLEMS[code]
    assert page.status_code == problem.status
    assert str(problem.title) in unescape(page.text)
    assert str(problem.text) in unescape(page.text)
    assert "Set-Cookie" not in page.headers or "folja-" not in page.headers["Set-Cookie"]


def test_a_shared_browser_forgets_the_links_and_the_answers_stay(
    client: FlaskClient, installation: Installation
) -> None:
    anna, bo = ask(installation, "Anna Ek", "Bo Al", now=clock.now())
    follow(client, bo)
    receipt = answer(client, anna, overall="3")
    assert client.post(f"/svar/{anna.public_id}/glom").status_code != 200  # another site's form
    forgotten = send(client, receipt, "/glom")
    assert "Your links are forgotten here" in forgotten.text
    for who in (anna, bo):
        assert client.get(f"/svar/{who.public_id}").status_code == 403
    assert len(kept(installation)) == 1
    assert "Thank you" in client.get(f"{follow(client, anna).request.path}/tack").text


@pytest.mark.parametrize("path", ["", "/tack", "/oversikt"])
def test_without_the_link_the_page_asks_for_it(client: FlaskClient, anna: Asked, path: str) -> None:
    page = client.get(f"/svar/{anna.public_id}{path}")
    assert page.status_code == 403
    assert str(LINK_PROBLEMS["no_cookie"].title) in page.text


def test_a_form_that_is_not_open_says_when(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    now = clock.now()
    reopen(installation, now + timedelta(days=1), now + timedelta(days=9))
    page = follow(client, anna)
    assert page.status_code == 403
    assert "It opens" in page.text


def test_closed_without_an_answer(client: FlaskClient, anna: Asked, installation: Installation) -> None:
    fill_in(client, follow(client, anna), anna, "save", more="Aldrig inskickat")
    now = clock.now()
    reopen(installation, now - timedelta(days=9), now - timedelta(minutes=16))
    page = follow(client, anna)
    assert page.status_code == 410
    for said in ("The questionnaire has closed", "What you wrote but did not send in", "Aldrig inskickat"):
        assert said in page.text
    assert not [each for each in ('type="radio"', "<textarea") if each in page.text]


def test_closed_with_an_answer_shows_the_copy(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    answer(client, anna, overall="3")
    now = clock.now()
    reopen(installation, now - timedelta(days=9), now - timedelta(minutes=16))
    page = follow(client, anna)
    assert page.status_code == 200
    assert "I hög grad (en)" in page.text
    assert not [each for each in ('type="radio"', "<textarea") if each in page.text]
    assert "Change your answers" not in client.get(f"/svar/{anna.public_id}/tack").text


def test_closing_while_somebody_writes_has_a_grace(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    page, now = follow(client, anna), clock.now()
    reopen(installation, now - timedelta(days=9), now - timedelta(minutes=14))
    faulty = fill_in(client, page, anna, hours="fem", overall="1")
    assert "can be sent in until" in faulty.text
    saved = fill_in(client, faulty, anna, "save", hours="5", overall="1")
    still_open = client.get(saved.location)  # who has begun may finish
    assert "can be sent in until" in still_open.text
    step = client.get(f"/svar/{anna.public_id}/fraga/more")
    onward = send(client, step, "/more", next="1", **{"q-more": "Till sist"})
    overview = client.get(onward.location.replace("fraga/words", "oversikt"))
    reopen(installation, now - timedelta(days=9), now - timedelta(minutes=16))
    for path in ("", "/fraga/more", "/oversikt"):
        assert client.get(f"/svar/{anna.public_id}{path}").status_code == 410
    reopen(installation, now - timedelta(days=9), now - timedelta(minutes=14))
    assert send(client, overview, "/oversikt", submit="1").status_code == 303
    assert kept(installation)[0].answers == {"hours": "5", "overall": "1", "more": "Till sist"}


def test_too_late_shows_what_was_written(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    page, now = follow(client, anna), clock.now()
    reopen(installation, now - timedelta(days=9), now - timedelta(minutes=16))
    late = fill_in(client, page, anna, overall="1", more=SECRET)
    assert late.status_code == 410
    assert SECRET in late.text
    assert kept(installation) == []


def test_the_logotype_stands_inside_the_page(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    assert "/logotyp" not in follow(client, anna).text
    with installation.database.transaction() as session:
        session.execute(
            update(Project).values(logotype=BELL, logotype_type="image/png", logotype_text="Logga")
        )
    assert f'src="data:image/png;base64,{b64encode(BELL).decode()}" alt="Logga"' in follow(client, anna).text
    overview = client.get(f"/svar/{anna.public_id}/oversikt").text
    assert "data:image/png;base64," in overview
    with installation.database.transaction() as session:
        session.execute(update(Project).values(logotype=BELL * 2000))
    assert "logotype" not in follow(client, anna).text  # too heavy for a page of 30 KB


def test_a_changed_project_shows_at_once(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    follow(client, anna)
    with installation.database.transaction() as session:
        session.execute(update(Project).values(title="Ett nytt namn"))
    assert "Ett nytt namn" in follow(client, anna).text


def test_pages_stay_in_no_cache_and_tell_no_other_site(client: FlaskClient, anna: Asked) -> None:
    for page in (client.get(f"/s/{anna.token}"), follow(client, anna), client.get("/s/finns-inte")):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_neither_link_nor_answer_is_written_to_a_log(
    client: FlaskClient, anna: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer(client, anna, overall="1", more=SECRET)
    client.post(f"/svar/{anna.public_id}", data={"q-more": SECRET, "save": "1"})
    client.get(f"/s/{anna.token}x")
    assert anna.token not in caplog.text
    assert SECRET not in caplog.text


def test_an_answer_is_in_the_database_only_under_its_key(
    client: FlaskClient, anna: Asked, installation: Installation
) -> None:
    answer(client, anna, overall="1", more=SECRET)
    files = [path for path in Path(installation.settings.instance).parent.rglob("*") if path.is_file()]
    # JSON writes å ä ö in another way; the first words have none.
    holding = {path.name for path in files if b"Chefen lyssnade" in path.read_bytes()}
    assert holding
    assert all("sqlite" in name for name in holding), holding
    assert not [path for path in files if anna.token.encode() in path.read_bytes()]
