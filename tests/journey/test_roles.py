"""Every staff route × every role × own and another project. A route without an entry here fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from surveys import access, planning, programme
from surveys.app import create_app
from surveys.installation import Installation
from surveys.models.access import ROLES
from surveys.models.followup import Invitation, Mailing
from surveys.models.people import Enrolment, Participant
from surveys.web import guard
from tests.support.pages import forms_of
from tests.support.small import load_small, small_programme

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
AFTER_THE_FIRST = datetime(2027, 2, 2, 20, 0, tzinfo=UTC)
PASSWORD = "tre små gröna ekar"
P = "/projekt/<project>"
S = f"{P}/insatser/<series>"
LINK = f"{P}/deltagare/<code>/lank/<int:invitation>"

# a administrator, o organiser, e evaluator, r reader
EXPECTED = {
    "GET /projekt": "aoer",
    f"GET {P}": "aoer",
    f"GET {P}/logotyp": "aoer",
    f"GET {P}/insatser": "aoer",
    f"GET {S}": "aoer",
    f"GET {S}/deltagare": "ao",
    f"GET {S}/regler": "ao",
    f"GET {S}/utskick": "ao",
    f"GET {P}/resultat": "aoer",
    f"GET {S}/resultat": "aoer",
    f"GET {S}/resultat/matning/<rule>": "aoer",
    f"GET {S}/resultat/matning/<rule>/<place>": "aoer",
    f"GET {S}/resultat/fore-och-efter": "aoer",
    f"GET {S}/export.csv": "aoe",
    f"GET {S}/loggar": "aoe",
    f"GET {P}/lardeloggar": "aoe",
    f"GET {P}/deltagare": "ao",
    f"GET {P}/deltagare/<code>": "ao",
    f"GET {LINK}/ny": "ao",
    f"POST {LINK}/ny": "ao",
    f"GET {LINK}/dra-tillbaka": "ao",
    f"POST {LINK}/dra-tillbaka": "ao",
    f"GET {P}/enkater": "aoer",
    f"GET {P}/enkater/<questionnaire>": "aoer",
    f"GET {P}/utskick": "ao",
    f"GET {P}/utskick/<int:mailing>": "ao",
    f"GET {P}/installningar": "ao",
    f"POST {P}/installningar": "ao",
    f"POST {P}/installningar/logotyp": "ao",
    f"POST {P}/installningar/logotyp/ta-bort": "ao",
}
PUBLIC = {
    "/",
    "/brevlada",  # guarded by itself: this machine alone, demo alone
    "/brevlada/<name>",
    "/favicon.ico",
    "/halsa",
    "/interface",
    "/logga-in",
    "/logga-ut",
    "/static/<path:filename>",
}
# Pages that are empty in this programme are a 404 to everyone; the role is still checked first.
NOTHING_THERE = {f"GET {P}/logotyp"}


@pytest.fixture
def settings_changes() -> dict[str, Any]:
    return {"demo": True}


@pytest.fixture
def values(sqlite_installation: Installation) -> dict[str, object]:
    """What stands for each variable of an address: things of the project *liten*."""
    installation = sqlite_installation
    load_small(installation, NOW)
    programme.load(installation.database, another_programme(), NOW)
    while planning.expand_next(installation.database, installation.keys, AFTER_THE_FIRST, timedelta(days=60)):
        pass
    with installation.database.reading() as session:
        of_p01 = select(Invitation.id).join(Invitation.enrolment).join(Enrolment.participant)
        return {
            "series": "kurs",
            "code": "p01",
            "questionnaire": "fore",
            "rule": "efter",
            "place": "t1",
            "invitation": session.scalars(of_p01.where(Participant.code == "p01")).first(),
            "mailing": session.scalars(select(Mailing.id)).first(),
        }


@pytest.fixture
def app(sqlite_installation: Installation, values: dict[str, object]) -> Flask:
    application = create_app(sqlite_installation.settings)
    application.config.update(TESTING=True)
    return application


def another_programme() -> Any:
    """A second project that has nothing of the first one's."""
    whole = small_programme()
    project = whole.programme.project.model_copy(update={"code": "annan", "title": "Ett annat projekt"})
    bare = whole.programme.model_copy(update={"project": project, "series": []})
    return replace(whole, programme=bare, people={}, enrolments={}, attendance={})


class User:
    """A signed-in browser whose POSTs carry the token of its forms, so that they reach the guard."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._token = forms_of(client.get("/projekt"))["/logga-ut"]["csrf_token"]

    def open(self, method: str, address: str) -> TestResponse:
        return self._client.open(address, method=method, data={"csrf_token": self._token}, buffered=True)


def signed_in(app: Flask, project: str, role: str) -> User:
    db = app.extensions["folja"].database
    email = f"{role}@{project}.example"
    access.add_user(db, email, role, PASSWORD)
    access.set_role(db, email, project, role)
    client = app.test_client()
    fields = forms_of(client.get("/logga-in"))["/logga-in"]
    answer = client.post("/logga-in", data=fields | {"email": email, "password": PASSWORD})
    assert answer.status_code == 303
    return User(client)


def staff_routes(app: Flask) -> list[tuple[str, Rule, frozenset[str]]]:
    """(method and address, rule, roles) of every staff route."""
    return [
        (f"{method} {rule.rule}", rule, audience.roles)
        for rule, audience in guard.routes(app)
        if audience is not None and audience.kind == "staff"
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    ]


def address(app: Flask, rule: Rule, project: str, values: dict[str, object]) -> str:
    missing = rule.arguments - values.keys() - {"project"}
    assert not missing, f"{rule.rule}: tell this test what stands for {missing}"
    chosen = {name: values[name] for name in rule.arguments if name != "project"}
    if "project" in rule.arguments:
        chosen["project"] = project
    with app.test_request_context():
        return app.url_for(rule.endpoint, _external=False, **chosen)


def test_every_staff_route_has_an_entry_with_its_roles(app: Flask) -> None:
    initials = {role[0]: role for role in ROLES}
    found = {name: roles for name, _, roles in staff_routes(app)}
    assert found == {name: {initials[letter] for letter in letters} for name, letters in EXPECTED.items()}


def test_everything_else_is_public_or_a_participant_s(app: Flask) -> None:
    for rule, audience in guard.routes(app):
        assert audience is not None
        if audience.kind == "public":
            assert rule.rule in PUBLIC
        elif audience.kind == "participant":
            assert rule.rule.startswith(("/s/", "/svar/", "/l/", "/logg/")), rule.rule


def test_a_view_without_an_audience_stops_the_application(app: Flask) -> None:
    app.add_url_rule("/oppet", "forgotten", lambda: "")
    with pytest.raises(guard.UnguardedRoute, match="/oppet"):
        guard.check_every_route(app)


@pytest.mark.parametrize("role", ROLES)
def test_the_matrix_in_one_s_own_project(app: Flask, values: dict[str, object], role: str) -> None:
    client = signed_in(app, "liten", role)
    wrong = {}
    for name, rule, _ in staff_routes(app):
        answer = client.open(name.partition(" ")[0], address(app, rule, "liten", values))
        admitted = answer.status_code != 404
        if name not in NOTHING_THERE and admitted != (role[0] in EXPECTED.get(name, "")):
            wrong[name] = answer.status_code
        assert answer.status_code < 500, name
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_the_matrix_in_another_project(app: Flask, values: dict[str, object], role: str) -> None:
    client = signed_in(app, "annan", role)
    for name, rule, _ in staff_routes(app):
        if "project" not in rule.arguments:
            continue
        method = name.partition(" ")[0]
        answer = client.open(method, address(app, rule, "liten", values))
        assert answer.status_code == 404, name
        if rule.arguments - {"project"} - {"questionnaire"}:
            # Under one's own project, but with a thing that is another's.
            answer = client.open(method, address(app, rule, "annan", values))
            assert answer.status_code == 404, f"{name} with another project's object"


def test_nobody_who_is_not_signed_in_sees_anything(app: Flask, values: dict[str, object]) -> None:
    client = app.test_client()
    for name, rule, _ in staff_routes(app):
        for project in ("liten", "finns-inte"):
            answer = client.open(address(app, rule, project, values), method=name.partition(" ")[0])
            assert answer.status_code == 303, name
            assert answer.location.startswith("/logga-in"), name


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_shows_what_can_be_opened_and_no_more(app: Flask, role: str) -> None:
    client = signed_in(app, "liten", role)
    page = client.open("GET", "/projekt/liten").text
    for section in (
        "insatser",
        "deltagare",
        "enkater",
        "utskick",
        "resultat",
        "lardeloggar",
        "installningar",
    ):
        there = client.open("GET", f"/projekt/liten/{section}").status_code == 200
        assert (f'<a href="/projekt/liten/{section}"' in page) == there, section
