"""What the journeys share."""

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def client(sqlite_client: FlaskClient) -> FlaskClient:
    """Somebody who reads English: asserted are the sources; that Swedish is whole is for other tests."""
    sqlite_client.set_cookie("folja-language", "en")
    return sqlite_client
