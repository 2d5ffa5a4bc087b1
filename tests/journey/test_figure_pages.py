"""The check of figures and the figures from elsewhere, as an evaluator meets them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveys.installation import Installation
from tests.support.pages import forms_of, send
from tests.support.staffed import signed_in

pytestmark = pytest.mark.usefixtures("evening")
CHECK = "/projekt/liten/resultat/sifferkontroll"
OUTSIDE = "/projekt/liten/resultat/utifran"
TABLE = """Tillfälle\tNärvarande\tSvar\tSvarsfrekvens\tHelhet
1\t34\t28\t85 %\t86,5
<b>2</b>\t80\t24\t30 %\t66,7 / 16,7"""


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def evaluator(sqlite_app: Flask) -> FlaskClient:
    return signed_in(sqlite_app, "evaluator")


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def test_a_pasted_table_comes_back_with_its_faults_and_can_be_kept(evaluator: FlaskClient) -> None:
    page = send(evaluator, evaluator.get(CHECK), "sifferkontroll#content", table=TABLE)

    assert page.status_code == 200
    told = text_of(page.text)
    assert "28 of 34 is 82%, not 85%." in told
    assert "28 of 33 is 85%; 29 of 34 is 85%" in told
    assert "16 of 24 is 66.7%; 4 of 24 is 16.7%. Together: 20 of 24 is 83.3%." in told
    assert "Figures tried: 4." in told
    assert "<b>2</b>" not in page.text
    # a column said to be something else is not checked; the guess is taken where nothing is said
    fields = {"role-0": "label", "role-1": "asked", "role-2": "base", "role-3": "ignored", "role-4": "share"}
    again = send(evaluator, page, "sifferkontroll#content", **fields)
    assert "28 of 34 is 82%" not in text_of(again.text)
    assert evaluator.get(OUTSIDE).text.count("<tr>") == 0  # nothing is stored

    form = evaluator.post(OUTSIDE + "/ny", data=_fields(again) | {"do": "begin"})
    assert (form.status_code, 'class="error-text"' in form.text) == (200, False)
    refused = evaluator.post(OUTSIDE + "/ny", data=_fields(form) | {"do": "save", "title": "Rapporten"})
    assert refused.status_code == 422
    assert 'value="Rapporten"' in refused.text
    assert "<title>Error: " in refused.text
    said = {
        "do": "save",
        "title": "Rapporten",
        "kind": "occasion",
        "who": "Konsulten AB",
        "published": "2013",
    }
    saved = evaluator.post(OUTSIDE + "/ny", data=_fields(form) | said)
    assert saved.status_code == 303
    shown = text_of(evaluator.get(saved.location).text)
    assert "Konsulten AB" in shown
    assert "16 of 24 is 66.7%" in shown


def _fields(page: TestResponse) -> dict[str, str]:
    """The fields of the form that holds the table, as they stand."""
    return next(fields for fields in forms_of(page).values() if "table" in fields)


def test_what_is_no_table_is_said_to_be_none_and_nothing_typed_is_lost(evaluator: FlaskClient) -> None:
    typed = "Vi var 34 och 28 svarade & sen <gick> vi"
    page = send(evaluator, evaluator.get(CHECK), "sifferkontroll#content", table=typed, base="många")

    assert page.status_code == 422
    assert "No columns were found." in page.text
    assert "Write a whole number." in page.text
    assert _fields(page)["table"].strip() == typed
    for table in ("", "\0", "a;b\n" * 500, "1;" * 90, 'a;"b\nc;d', "x" * 200_000, "a\tb\nc\td"):
        assert evaluator.post(CHECK, data=_fields(page) | {"table": table}).status_code in (200, 422)


def test_one_figure_is_checked_by_its_address(evaluator: FlaskClient) -> None:
    told = text_of(evaluator.get(f"{CHECK}?figure=66,3&of=24").text)
    assert "66.3% cannot come from 24 answers. Nearest: 16 of 24 is 66.7%." in told
    assert "No 19 answers in whole numbers" in text_of(
        evaluator.get(f"{CHECK}?figure=3,45&of=19&kind=mean").text
    )
    assert "Write a whole number." in evaluator.get(f"{CHECK}?figure=66,3&of=-1").text
    assert evaluator.get(f"{CHECK}?figure=%F0%9F%98%80&of=99999999999&count=x&kind=y").status_code == 200


def test_a_kept_table_is_changed_with_its_history_and_removed_after_a_question(
    evaluator: FlaskClient, sqlite_app: Flask
) -> None:
    start = {"do": "save", "title": "Rapporten", "kind": "other", "who": "Konsulten", "table": TABLE}
    token = _fields(evaluator.get(OUTSIDE + "/ny"))["csrf_token"]
    address = evaluator.post(OUTSIDE + "/ny", data=start | {"csrf_token": token}).location
    form = _fields(evaluator.get(f"{address}/andra"))
    one, other = ({"do": "save", "kind": "other", "title": title} for title in ("Först", "Sedan"))

    assert evaluator.post(f"{address}/andra", data=form | one).status_code == 303
    late = evaluator.post(f"{address}/andra", data=form | other)
    assert late.status_code == 409
    assert 'value="Sedan"' in late.text
    assert evaluator.post(f"{address}/andra", data=_fields(late) | other).status_code == 303
    assert "<h1>Rapporten</h1>" in evaluator.get(f"{address}?version=1").text
    assert evaluator.get(f"{address}?version=9").status_code == 404

    reader = signed_in(sqlite_app, "reader")
    assert reader.get(address).status_code == 200
    assert f"{address}/andra" not in reader.get(address).text
    asked = evaluator.get(f"{address}/ta-bort")
    assert send(evaluator, asked, "/ta-bort").status_code == 303
    assert evaluator.get(address).status_code == 404
    assert "No outside figures yet" in evaluator.get(OUTSIDE).text


def test_a_supplier_brings_figures_and_sees_no_others(evaluator: FlaskClient, sqlite_app: Flask) -> None:
    supplier = signed_in(sqlite_app, "supplier")
    said = {"do": "save", "title": "Kursenkäten", "kind": "post", "who": "Skolan AB", "table": TABLE}
    brought, others = (_saved(client, said) for client in (supplier, evaluator))

    assert supplier.get("/projekt/liten").location == OUTSIDE
    listed = supplier.get(OUTSIDE).text
    assert (brought in listed, others in listed) == (True, False)
    for way in ("", "/andra", "/ta-bort"):
        assert supplier.get(others + way).status_code == 404
    for way in ("/andra", "/ta-bort"):
        refused = supplier.post(others + way, data=_fields(supplier.get(f"{brought}/andra")) | said)
        assert refused.status_code == 404

    # staff lay it beside a series; the supplier changes a figure, sees no results, and it lies there still
    form = _fields(evaluator.get(f"{brought}/andra")) | {"do": "save", "kind": "post", "series": "kurs"}
    assert evaluator.post(f"{brought}/andra", data=form).status_code == 303
    assert "Laid beside" in evaluator.get(brought).text
    page = supplier.get(f"{brought}/andra")
    assert "Beside the project" not in page.text
    changed = _fields(page) | {"do": "save", "kind": "post", "title": "Kursenkäten, rättad"}
    assert supplier.post(f"{brought}/andra", data=changed).status_code == 303
    assert "Laid beside" not in supplier.get(brought).text
    shown = evaluator.get(brought).text
    assert ("Kursenkäten, rättad" in shown, "Laid beside" in shown) == (True, True)
    assert send(supplier, supplier.get(f"{brought}/ta-bort"), "/ta-bort").status_code == 303
    assert "No outside figures yet" in supplier.get(OUTSIDE).text


def _saved(client: FlaskClient, said: dict[str, str]) -> str:
    """Enter a table; its address."""
    return client.post(OUTSIDE + "/ny", data=_fields(client.get(OUTSIDE + "/ny")) | said).location
