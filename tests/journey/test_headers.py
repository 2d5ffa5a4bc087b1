"""Every answer of the application, errors included, carries the headers of norms, Security 1."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from surveys.web import guard

pytestmark = pytest.mark.usefixtures("sqlite_client")


@pytest.fixture
def settings_changes() -> dict[str, Any]:
    return {"demo": True}


def policy(answer: TestResponse) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def assert_protected(answer: TestResponse) -> None:
    assert policy(answer)["default-src"] == "'none'"
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert policy(answer)["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 302),
        ("GET", "/halsa", 200),
        ("GET", "/health", 503),
        ("GET", "/logga-in", 200),
        ("GET", "/interface", 200),
        ("GET", "/s/okand-lank", 404),
        ("GET", "/svar/okand", 403),
        ("GET", "/finns/inte", 404),
        ("GET", "/projekt/%00/insatser/%ff", 404),
        ("POST", "/logga-in", 400),
        ("GET", "/logga-ut", 405),
        ("GET", "/static/finns-inte.css", 404),
    ],
)
def test_every_answer_is_protected_and_not_kept(
    sqlite_client: FlaskClient, method: str, address: str, status: int
) -> None:
    answer = sqlite_client.open(address, method=method)
    assert answer.status_code == status
    assert_protected(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_with_their_hash_are_kept_for_a_year(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        address = sqlite_app.url_for("static", filename="css/folja.css", _external=False)
    assert "?v=" in address
    with sqlite_app.test_client().get(address) as answer:
        assert_protected(answer)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_static_files_come_compressed_to_those_who_can_read_it(sqlite_client: FlaskClient) -> None:
    with sqlite_client.get("/static/css/folja.css") as plain:
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["Vary"]
        with sqlite_client.get("/static/css/folja.css", headers={"Accept-Encoding": "br, gzip"}) as packed:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert int(packed.headers["Content-Length"]) == len(packed.data) < 8_000
            assert gzip.decompress(packed.data) == plain.data
        unwanted = {"Accept-Encoding": "gzip;q=0", "If-None-Match": plain.headers["ETag"]}
    with sqlite_client.get("/static/css/folja.css", headers=unwanted) as known:
        assert known.status_code == 304
        assert known.data == b""


def test_a_fault_and_a_silent_database_are_protected_pages_too(sqlite_app: Flask) -> None:
    @guard.public
    def fault() -> str:
        raise RuntimeError("hemlig text")

    @guard.public
    def silent() -> str:
        raise OperationalError("SELECT 1", {}, Exception("hemlig text"))

    @guard.public
    def closed() -> str:
        abort(403)

    for name, view in (("fault", fault), ("silent", silent), ("closed", closed)):
        sqlite_app.add_url_rule(f"/prov-{name}", name, view, methods=["GET", "POST"])
    sqlite_app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    client = sqlite_app.test_client()
    for name, status in (("fault", 500), ("silent", 503), ("closed", 403)):
        answer = client.get(f"/prov-{name}")
        assert answer.status_code == status
        assert_protected(answer)
        assert "hemlig text" not in answer.text
    kept = client.post("/prov-silent", data={"fritext": "Det <här> skrev jag", "password": "nyckel"})
    assert kept.status_code == 503
    assert kept.headers["Retry-After"] == "60"
    assert "Det &lt;här&gt; skrev jag" in kept.text
    assert "nyckel" not in kept.text


def test_what_is_too_large_is_refused(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.post("/logga-in", data={"email": "x" * 3_000_000})
    assert answer.status_code == 413
    assert_protected(answer)


@pytest.mark.parametrize(
    ("asked", "language"), [("sv", "sv"), ("en-GB,en;q=0.9", "en"), ("de", "sv"), ("", "sv")]
)
def test_an_error_page_is_in_the_reader_s_language(
    sqlite_client: FlaskClient, asked: str, language: str
) -> None:
    answer = sqlite_client.get("/finns/inte", headers={"Accept-Language": asked})
    assert f'<html lang="{language}"' in answer.text


def test_the_language_switch_is_remembered(sqlite_client: FlaskClient) -> None:
    assert '<html lang="en"' in sqlite_client.get("/logga-in?sprak=en").text
    assert '<html lang="en"' in sqlite_client.get("/logga-in", headers={"Accept-Language": "sv"}).text
    assert '<html lang="en"' in sqlite_client.get("/logga-in?sprak=xx").text
    assert '<html lang="sv"' in sqlite_client.get("/logga-in?sprak=sv").text


class TestBehindHttps:
    @pytest.fixture
    def settings_changes(self) -> dict[str, Any]:
        return {"base_url": "https://folja.example"}

    def test_transport_is_pinned_and_cookies_are_secure(self, sqlite_client: FlaskClient) -> None:
        answer = sqlite_client.get("/logga-in", base_url="https://folja.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-folja=")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie


def test_no_template_needs_what_the_policy_forbids() -> None:
    for path in (Path(__file__).parents[2] / "templates").rglob("*.html"):
        if "mail" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path
        assert "javascript:" not in text, path
