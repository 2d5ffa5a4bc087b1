"""The page of breakdowns: what is chosen, what is shown of each group, and what is said where nothing is."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.installation import Installation
from surveys.running import access
from tests.support.answered import Answering
from tests.support.pages import forms_of

PASSWORD = "tre små gröna ekar"
PAGE = "/projekt/prov/insatser/kurs/resultat/uppdelning"


def people(gender: str, theme: str, *counts: int) -> list[tuple[dict[str, str], dict[str, str]]]:
    known = {"gender": gender, "theme": theme}
    return [({"overall": str(point)}, known) for point, many in enumerate(counts, 1) for _ in range(many)]


@pytest.fixture
def reader(sqlite_installation: Installation, sqlite_app: Flask) -> FlaskClient:
    """A series whose first occasion has been answered by many, and whose second by none told apart."""
    answered = [
        *people("woman", "A", 2, 3, 6, 14),
        *people("woman", "B", 1, 4, 3, 5),
        *people("man", "A", 3, 1, 2, 4),
        *people("man", "B", 1, 0, 1, 0),
    ]
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        first = it.mailing(it.rule(it.questionnaire()), it.occasion("t1", "Språk", "Hälsa"))
        it.ask(first, len(answered))
        it.answer(first, [given for given, _ in answered], background=[known for _, known in answered])
        it.measured([{"overall": "3"}, {"overall": "4"}] * 6)
    db = sqlite_installation.database
    access.add_user(db, "reader@prov.example", "reader", PASSWORD, "en")
    access.set_role(db, "reader@prov.example", "prov", "reader")
    client = sqlite_app.test_client()
    fields = forms_of(client.get("/logga-in"))["/logga-in"]
    client.post("/logga-in", data=fields | {"email": "reader@prov.example", "password": PASSWORD})
    return client


def words(client: FlaskClient, asked: str) -> str:
    answer = client.get(PAGE + asked)
    assert answer.status_code == 200, asked
    page = answer.text[answer.text.index("<main") :]
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


def test_groups_are_shown_and_hidden_alike_however_one_asks(reader: FlaskClient) -> None:
    by_gender = words(reader, "")
    assert "All 50 14.0% 7 of 50" in by_gender
    assert "man 12 4 of 12 33.3%" in by_gender
    assert "woman 38 7.9% 3 of 38" in by_gender
    assert "A group shows its answers when at least 5 have answered" in by_gender

    crossed = words(reader, "?efter=gender&och=theme")
    within = words(reader, "?efter=gender&inom=theme:B")
    both_ways = words(reader, "?efter=theme&inom=gender:man")
    for page in (crossed, within, both_ways):
        assert "2 .. not shown: too few answers" in page
    assert "man, Hälsa 2 .. not shown" in crossed
    assert "woman 13 .. not shown" in within
    assert "Språk 10 .. not shown" in both_ways
    assert "No group can be shown in this table" in both_ways
    assert "8.0% 2 of 25" not in crossed  # the women of A, all others known


def test_what_cannot_be_had_is_said_and_the_nearest_shown(reader: FlaskClient) -> None:
    three = words(reader, "?efter=gender&och=theme&inom=gender:man")
    assert "Two variables at a time" in three
    assert "man, Hälsa" in three
    assert "cannot be shown together here" in words(reader, "?efter=shoe-size")
    assert "Nobody is told apart" in words(reader, "?matning=efter2/t2")
    assert reader.get(f"{PAGE}?matning=efter/t9").status_code == 404
