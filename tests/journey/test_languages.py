"""The same questionnaire in easy Swedish, in Arabic, and in a language that the interface is not in."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from surveys import clock
from surveys.installation import Installation
from surveys.models.programme import Project
from surveys.models.response import Response
from tests.support.forms import EVERY_KIND, Asked, ask
from tests.support.pages import send

NOT_REVIEWED = "Översättningen till arabiska är inte granskad ännu."


def in_languages(value: object) -> object:
    """EVERY_KIND with each text also in Somali and Persian; none of them in Arabic."""
    if isinstance(value, dict):
        if "sv" in value:
            return value | {"so": f"{value['sv']} (so)", "fa": f"{value['sv']} (fa)"}
        return {name: in_languages(each) for name, each in value.items()}
    return [in_languages(each) for each in value] if isinstance(value, list) else value


def asked_in(installation: Installation, language: str) -> Asked:
    (who,) = ask(
        installation, "Anna Ek", content=in_languages(EVERY_KIND), now=clock.now(), language=language
    )  # type: ignore[arg-type]
    with installation.database.transaction() as session:
        session.execute(update(Project).values(languages=["sv", "sv-simple", "ar", "so", "fa"]))
    return who


def page_of(client: FlaskClient, who: Asked) -> str:
    return str(client.get(client.get(f"/s/{who.token}").location).text)


def test_arabic_from_the_link_to_the_receipt(
    sqlite_client: FlaskClient, sqlite_installation: Installation
) -> None:
    """The page says that it was not reviewed, and each text in another language says which."""
    who = asked_in(sqlite_installation, "ar")
    page = page_of(sqlite_client, who)
    assert '<html lang="ar" dir="rtl">' in page
    assert NOT_REVIEWED in page
    assert '<bdi lang="sv" dir="ltr">Hur nyttigt var det?</bdi>' in page
    assert "لا أعرف" in page  # the option that the program adds
    assert "Lättläst svenska" in page
    assert "فارسی" in page
    sent = send(
        sqlite_client,
        sqlite_client.get(f"/svar/{who.public_id}"),
        who.public_id,
        submit="1",
        **{"q-overall": "dk", "q-hours": "1,5"},
    )
    receipt = sqlite_client.get(sent.location).text
    assert "شكرًا. أُرسلت إجاباتك." in receipt
    with sqlite_installation.database.reading() as session:
        assert session.scalars(select(Response.language)).one() == "ar"


def test_easy_swedish_falls_back_to_swedish_texts(
    sqlite_client: FlaskClient, sqlite_installation: Installation
) -> None:
    page = page_of(sqlite_client, asked_in(sqlite_installation, "sv-simple"))
    assert '<html lang="sv-simple" dir="ltr">' in page
    assert NOT_REVIEWED not in page
    assert "Länken är bara för <bdi>Anna Ek</bdi>." in unescape(page)
    assert re.search(r'<bdi lang="sv" dir="ltr">Hur nyttigt', page)


@pytest.mark.parametrize(("language", "direction"), [("so", "ltr"), ("fa", "rtl")])
def test_a_questionnaire_in_a_language_without_a_catalogue(
    sqlite_client: FlaskClient, sqlite_installation: Installation, language: str, direction: str
) -> None:
    """Its questions in that language, the words around them in Swedish; the answer says which was read."""
    who = asked_in(sqlite_installation, language)
    page = page_of(sqlite_client, who)
    assert '<html lang="sv" dir="ltr">' in page
    assert f'<bdi lang="{language}" dir="{direction}">Hur nyttigt var det? ({language})</bdi>' in page
    assert "Skicka in" in page
    answer = sqlite_client.get(f"/svar/{who.public_id}")
    send(sqlite_client, answer, who.public_id, submit="1", **{"q-overall": "3"})
    with sqlite_installation.database.reading() as session:
        assert session.scalars(select(Response.language)).one() == language


def test_what_a_reader_chose_and_staff_do_not_have_is_not_chosen_there(sqlite_client: FlaskClient) -> None:
    sqlite_client.set_cookie("folja-language", "ar")
    assert '<html lang="sv" dir="ltr">' in sqlite_client.get("/logga-in").text
    assert '<html lang="ar" dir="rtl">' in sqlite_client.get("/finns-inte").text
    sqlite_client.set_cookie("folja-language", "xx")
    assert '<html lang="sv"' in sqlite_client.get("/finns-inte").text
