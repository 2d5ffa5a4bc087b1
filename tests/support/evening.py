"""The evening of :mod:`tests.support.staffed` as fixtures, built once a run and copied for each test.

A module that wants them says so::

    pytestmark = pytest.mark.usefixtures("evening")

    @pytest.fixture
    def sqlite_installation(staffed: Installation) -> Installation:
        return staffed

``organiser`` is then a client that is signed in as one.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from surveys.installation import Installation
from tests.support import run_folder
from tests.support.staffed import NOW, build, copy_of, signed_in


@pytest.fixture(scope="session")
def built() -> Path:
    """The instance folder that all copies are made from; nobody changes it."""
    with run_folder.lock() as run:
        folder = run / "staffed"
        if not (folder / "instance").exists():
            draft = run / "staffed.draft"
            draft.mkdir()
            build(draft)
            draft.rename(folder)
    return folder / "instance"


@pytest.fixture
def staffed(built: Path, tmp_path: Path, listener: socket.socket) -> Iterator[Installation]:
    """An installation of the test's own, on the port that its links name."""
    with copy_of(built, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}") as installation:
        yield installation


@pytest.fixture
def organiser(sqlite_app: Flask) -> FlaskClient:
    return signed_in(sqlite_app, "organiser")


@pytest.fixture(scope="module")
def evening() -> Iterator[None]:
    """It is NOW, and time goes on: it must not go back under a client that is signed in."""
    with time_machine.travel(NOW, tick=True):
        yield
