"""What another project has: answers and figures from elsewhere, reports, recommendations, series.

The matrix of roles asks for every address once; here true ids are put where they are not at home.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.database import Base
from surveys.installation import Installation
from surveys.models.outside import OutsideTable
from surveys.models.programme import Project, Series
from surveys.running import access
from tests.journey.test_outside_answers_pages import PAGES, after, sent_in
from tests.journey.test_outside_hostile import FIGURES, HEAD
from tests.journey.test_results_pages import PASSWORD, PROJECT, RESULTS, signed_in
from tests.support.books import PRIVACY, ZONE
from tests.support.pages import forms_of

__all__ = ["after"]
REPORTS = f"{PROJECT}/resultat/rapporter"
OTHER = "/projekt/annat"
FIGURE = {
    "do": "save",
    "title": "Tryckt",
    "kind": "other",
    "who": "Konsulten",
    "table": "Grupp;Ja;Svar\nAlla;1;2",
}


@pytest.fixture
def client(after: Installation, sqlite_app: Flask) -> FlaskClient:
    return signed_in(sqlite_app, "evaluator")


def test_what_another_project_has_is_not_there_and_stays_as_it_is(
    after: Installation, client: FlaskClient, sqlite_app: Flask
) -> None:
    """Ids and codes of another project, at its addresses and at one's own, looked at and sent to.

    Beside each stands the same address with what is the project's own, which answers: so it is the object
    that is refused, and not the address.
    """
    begun = sent_in(client, f"{HEAD}P1;1;x\r\nP2;2;y\r\n".encode(), "fil.csv").location
    imported = begun.removesuffix("/kolumner")
    form = forms_of(client.get(f"{FIGURES}/ny"))[f"{FIGURES}/ny"]
    table = client.post(f"{FIGURES}/ny", data=form | FIGURE).location
    report_form = forms_of(client.get(f"{REPORTS}/ny"))[f"{REPORTS}/ny"]
    chosen = {"title": "Slutrapport", "kind": "final", "series": "kurs", "language": "sv"}
    report = client.post(f"{REPORTS}/ny", data=report_form | chosen).location
    advice = forms_of(client.get(f"{report}/rekommendationer"))[f"{report}/rekommendationer"]
    said = client.post(f"{report}/rekommendationer", data=advice | {"text-0": "Mer tid", "antal": "1"})
    assert said.status_code == 303
    own = (
        RESULTS,
        f"{RESULTS}/matning/eftermatning",
        f"{RESULTS}/vagen",
        f"{RESULTS}/fore-och-efter/index",
        f"{RESULTS}/export",
        PAGES,
        *(f"{imported}/{step}" for step in ("granska", "kolumner", "varden")),
        *(f"{table}{way}" for way in ("", "/andra", "/ta-bort")),
        *(f"{report}{way}" for way in ("", "/signera", "/ta-bort", "/rekommendationer", "/siffror.xlsx")),
    )
    acts = (
        f"{RESULTS}/fore-och-efter/index",
        f"{RESULTS}/export",
        f"{PAGES}/ny",
        *(f"{imported}/{step}" for step in ("kolumner", "varden", "spara", "avbryt")),
        *(f"{table}{way}" for way in ("/andra", "/ta-bort")),
        *(f"{report}{way}" for way in ("/igen", "/signera", "/ta-bort", "/rekommendationer", "/uppfoljning")),
    )
    assert all(client.get(each, buffered=True).status_code == 200 for each in own)

    stranger = of_another_project(sqlite_app)
    token = forms_of(stranger.get(f"{OTHER}/resultat/utifran/ny"))[f"{OTHER}/resultat/utifran/ny"][
        "csrf_token"
    ]
    before = everything(after)
    for each in own:
        for address in elsewhere(each):
            assert_not_there(stranger.get(address), address)
    sent = FIGURE | {"csrf_token": token, "text-0": "Främmande", "name": "Främmande", "columns": "1"}
    for each in acts:
        for address in elsewhere(each):
            assert_not_there(stranger.post(address, data=sent), address)
    # What is named inside a form at an address of one's own: a series, and a report that is followed up.
    token_of = {"csrf_token": token}
    ours = f"{OTHER}/resultat/rapporter/ny"
    for named in ({"series": "kurs"}, {"series": "annan", "follows": report.rpartition("/")[2]}):
        asked = report_form | chosen | named | token_of
        assert stranger.post(ours, data=asked).status_code == 422, named
    assert everything(after) == before
    laid = stranger.post(f"{OTHER}/resultat/utifran/ny", data=FIGURE | token_of | {"series": "kurs"})
    assert laid.status_code == 303
    with after.database.reading() as session:
        made = session.scalars(select(OutsideTable).order_by(OutsideTable.id.desc())).first()
        assert made is not None
        assert made.series_id is None


def assert_not_there(answer: TestResponse, address: str) -> None:
    """404; of a file begun, at a series of one's own, what is said of one that is gone: back to the list."""
    gone = f"{OTHER}/insatser/annan/resultat/svar-utifran"
    if address.startswith(f"{gone}/fil/"):
        assert (answer.status_code, answer.location) == (303, gone), address
    else:
        assert answer.status_code == 404, address


def elsewhere(address: str) -> set[str]:
    """The address as it is; at the other project; and, where an id is in it, at its series too."""
    there = address.replace(PROJECT, OTHER)
    ids = re.search(r"/(fil|rapporter|utifran)/(?!ny)", address)
    return {address, there, *([there.replace("/kurs/", "/annan/")] if ids else [])}


def of_another_project(app: Flask) -> FlaskClient:
    """An evaluator of a project beside, with a series of its own, and of nothing else."""
    house = app.extensions["folja"]
    with house.database.transaction() as session:
        project = Project(
            code="annat", title="Annat", timezone=ZONE, languages=["sv", "en"], sender_name="Annat",
            reply_to="fragor@annat.example", decimals=1, minimum_group=5, privacy=PRIVACY,
        )  # fmt: skip
        series = Series(
            project=project, code="annan", title="En", audience="alla", position=1, attendance_kept=True
        )
        session.add_all([project, series])
    access.add_user(house.database, "annan@annat.example", "Annan", PASSWORD, "en")
    access.set_role(house.database, "annan@annat.example", "annat", "evaluator")
    client = app.test_client()
    fields = forms_of(client.get("/logga-in"))["/logga-in"]
    client.post("/logga-in", data=fields | {"email": "annan@annat.example", "password": PASSWORD})
    return client


def everything(house: Installation) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those of signing in."""
    with house.database.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in {"staff_session", "sign_in_attempt"}
        }
