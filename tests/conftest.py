"""Fixtures for all tests: databases, installations, the application, servers.

``db`` and ``installation`` run a test twice, on SQLite and on PostgreSQL. A test that needs but
one of them says ``@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)``.
"""

import gc
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from surveys.config import Settings
from surveys.database import Database
from surveys.installation import Installation
from surveys.keys import Keyring
from tests.support import compiled, postgres, run_folder
from tests.support.databases import fresh_postgresql, fresh_sqlite
from tests.support.installations import reserved_address, serving, settings_for
from tests.support.smtp import SmtpSink, running

pytest_plugins = [
    "tests.support.browser",
    "tests.support.closing_lines",
    "tests.support.evening",
    "tests.support.network",
    "tests.support.sharing",
]

# How long an example takes tells how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile("folja", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("folja")


def pytest_configure(config: pytest.Config) -> None:
    compiled.keep()
    if hasattr(config, "workerinput"):
        return
    run = run_folder.create()
    config.option.basetemp = config.option.basetemp or str(run / "tmp")
    config.add_cleanup(lambda: _clear(run))


def pytest_collection_finish() -> None:
    # Thousands of tests and their modules live as long as the process: nothing to look through again.
    gc.collect()
    gc.freeze()


def _clear(run: Path) -> None:
    postgres.stop(run)
    shutil.rmtree(run, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database, on SQLite and on PostgreSQL."""
    with _fresh(request, database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database, on SQLite and on PostgreSQL."""
    with closing(Database(database_url)) as database:
        yield database


@pytest.fixture
def settings_changes() -> dict[str, Any]:
    """Settings that differ from the defaults; a test module may override this, ``{"demo": True}``."""
    return {}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """The loopback port that the test's installation names in its links."""
    with reserved_address() as reserved:
        yield reserved


@pytest.fixture
def settings(
    tmp_path: Path, database_url: str, listener: socket.socket, settings_changes: dict[str, Any]
) -> Settings:
    return settings_for(tmp_path, database_url, listener, settings_changes)


@pytest.fixture
def installation(settings: Settings, db: Database) -> Installation:
    """An installation with a folder, keys and ``db``, on SQLite and on PostgreSQL."""
    return Installation(settings, Keyring(settings.keys), db)


@pytest.fixture
def sqlite_installation(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    listener: socket.socket,
    settings_changes: dict[str, Any],
) -> Iterator[Installation]:
    """An installation on SQLite only, for what does not depend on the database. Not beside ``db``."""
    with ExitStack() as stack:
        url = stack.enter_context(_fresh(request, "sqlite", tmp_path))
        settings = settings_for(tmp_path, url, listener, settings_changes)
        database = stack.enter_context(closing(Database(url)))
        yield Installation(settings, Keyring(settings.keys), database)


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """The web application of ``installation``, on SQLite and on PostgreSQL."""
    with compiled.application(installation.settings) as application:
        yield application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sqlite_app(sqlite_installation: Installation) -> Iterator[Flask]:
    """The web application of ``sqlite_installation``."""
    with compiled.application(sqlite_installation.settings) as application:
        yield application


@pytest.fixture
def sqlite_client(sqlite_app: Flask) -> FlaskClient:
    return sqlite_app.test_client()


@pytest.fixture
def live_server(sqlite_app: Flask, listener: socket.socket) -> Iterator[str]:
    """The address of the application of ``sqlite_installation`` behind a real server."""
    with serving(sqlite_app, listener) as address:
        yield address


@pytest.fixture
def make_smtp_sink() -> Iterator[Callable[..., SmtpSink]]:
    """Return a maker of mail servers; takes what ``SmtpSink`` takes (``tls``, ``credentials``)."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(running(SmtpSink(**options)))


@pytest.fixture
def smtp_sink(make_smtp_sink: Callable[..., SmtpSink]) -> SmtpSink:
    """A plain mail server that takes everything until it is told to ``fail``."""
    return make_smtp_sink()


@contextmanager
def _fresh(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(fresh_sqlite(folder) if kind == "sqlite" else fresh_postgresql())
        except postgres.PostgresMissing as missing:
            pytest.fail(str(missing)) if run_folder.in_ci() else pytest.skip(str(missing))
        request.node.user_properties.append(("database", kind))
        if kind == "postgresql":
            request.node.user_properties.append(("engine", f"postgresql {postgres.version()}"))
        yield url
