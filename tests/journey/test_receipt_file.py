"""The receipt as a file: for whoever holds the link, and only of what has been sent in."""

import pytest
from flask.testing import FlaskClient

from surveys import clock
from surveys.installation import Installation
from tests.journey.test_answering import fill_in, follow
from tests.support.forms import ask


@pytest.mark.parametrize("language", ["sv", "ar"])
def test_the_receipt_can_be_saved_as_a_pdf(
    sqlite_client: FlaskClient, sqlite_installation: Installation, language: str
) -> None:
    anna, bo = ask(sqlite_installation, "Anna", "Bo", now=clock.now(), language=language)
    page = follow(sqlite_client, anna)
    address = f"/svar/{anna.public_id}/tack.pdf"
    assert sqlite_client.get(address).location == f"/svar/{anna.public_id}"
    fill_in(sqlite_client, page, anna, overall="3", more="#panic() $ مرحبا 😀")
    assert f'href="{address}"' in sqlite_client.get(f"/svar/{anna.public_id}/tack").text
    saved = sqlite_client.get(address)
    assert (saved.status_code, saved.mimetype, saved.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert saved.headers["Cache-Control"] == "no-store"
    assert sqlite_client.get(f"/svar/{bo.public_id}/tack.pdf").status_code == 403
    assert sqlite_client.get("/svar/okand/tack.pdf").status_code == 403
