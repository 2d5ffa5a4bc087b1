"""(j) The results of a series of many answers, opened in a fresh process, against one GROUP BY over the same.

``python -m benchmarks.results FOLDER URL TOKEN PAGE`` is the fresh process: it prints the seconds of the
first look and the second. Another has run before it, so that the templates have been compiled once on the
machine.
"""

import atexit
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import text, update

from benchmarks import data
from benchmarks.server import ROOT
from surveys import clock
from surveys.app import create_app
from surveys.config import Settings
from surveys.database import Database, migrate
from surveys.installation import Installation, open_installation
from surveys.models.message import Message
from surveys.results import aggregates
from surveys.running import access
from tests.support import postgres, run_folder
from tests.support.databases import fresh_postgresql

RESPONSES = 100_000
QUESTIONS = data.QUESTIONS[:10]
ADDRESS, PASSWORD = "bench@bench.example", "Fjorton gula parasoller"
PAGE = "/projekt/bench/insatser/s/resultat"
GROUPED = "SELECT question, value, count(*) FROM flat GROUP BY question, value"


def measure(folder: Path, count: int = RESPONSES) -> Iterator[tuple[str, float, float, float]]:
    """Yield (name, seconds of the GROUP BY, of the page in a fresh process, and looked at again)."""
    for name, database in DATABASES:
        with filled(folder / name, database, count) as (house, home, url, token):
            started = time.perf_counter()
            count_all(house)
            counted = time.perf_counter() - started
            bare = _group_by(house.database, count)
            house.close()
            opened(home, url, token, PAGE)
            cold, warm = opened(home, url, token, PAGE)
        answers = f"{count * len(QUESTIONS):,}".replace(",", " ")
        yield f"j  results of {answers} answers, {name}, counted in {counted:.1f} s", bare, cold, warm


@contextmanager
def filled(
    home: Path, database: Callable[[Path], AbstractContextManager[str]], count: int
) -> Iterator[tuple[Installation, Path, str, str]]:
    """An installation of ``count`` responses in ``home``: itself, its folder, its database, an evaluator's
    token.
    """
    home.mkdir()
    with database(home) as url:
        house = open_installation(Settings(instance=home, database_url=url))
        _fill(house, count)
        yield house, home, url, _evaluator(house)


def count_all(house: Installation) -> None:
    """Count and keep what the scheduler would."""
    for task in aggregates.work(house.database, clock.now()):
        aggregates.count(house.database, task, clock.now())


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    url = f"sqlite:///{folder / 'folja.sqlite'}"
    migrate(url)
    yield url


@contextmanager
def postgresql(_folder: Path) -> Iterator[str]:
    _server()
    with fresh_postgresql() as url:
        yield url


@cache
def _server() -> None:
    """One for all that is measured in this process: what makes databases knows one server only."""
    run = run_folder.create()
    atexit.register(shutil.rmtree, run, ignore_errors=True)
    atexit.register(postgres.stop, run)  # this comes first


DATABASES = (("SQLite", sqlite), ("PostgreSQL", postgresql))


def _fill(house: Installation, count: int) -> None:
    with house.database.transaction() as session:
        ids = data.plan(session, clock.now() - timedelta(days=2), QUESTIONS)
        data.people(session, ids, count, count)
        data.invitations(house, session, ids, count, clock.now() - timedelta(days=1))
        data.messages(session, count, data.NOW)
        session.execute(update(Message).values(state="sent", attempts=1))
        data.responses(session, ids, count)
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What the database does by itself in the minutes after so much has come.
        connection.execute(text("ANALYZE" if house.database.is_sqlite else "VACUUM ANALYZE"))


def _evaluator(house: Installation) -> str:
    access.add_user(house.database, ADDRESS, "Bench", PASSWORD, roles={"bench": "evaluator"})
    return access.sign_in(house.database, ADDRESS, PASSWORD, "127.0.0.1", clock.now())


def _group_by(database: Database, count: int) -> float:
    """The same answers in one flat table, counted by the database itself."""
    rows = (
        {"response": number, "question": code, "value": value}
        for number in range(count)
        for code, value in data.answers(number).items()
        if code in QUESTIONS
    )
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE flat (response integer, question text, value text)"))
        connection.execute(text("INSERT INTO flat VALUES (:response, :question, :value)"), list(rows))
    with database.writing() as connection:
        started = time.perf_counter()
        found = connection.execute(text(GROUPED))
        assert len(found.all()) == len(QUESTIONS) * len(data.POINTS)
        seconds = time.perf_counter() - started
        connection.execute(text("DROP TABLE flat"))
    return seconds


def opened(folder: Path, url: str, token: str, page: str) -> tuple[float, float]:
    """Seconds of ``page`` in a process of its own, and looked at again."""
    command = [sys.executable, "-m", "benchmarks.results", str(folder), url, token, page]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    cold, warm = said.split()
    return float(cold), float(warm)


def _open(folder: Path, url: str, token: str, address: str) -> None:
    client = create_app(Settings(instance=folder, database_url=url)).test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    for _ in range(2):
        started = time.perf_counter()
        page = client.get(address)
        seconds = time.perf_counter() - started
        assert page.status_code == 200, page.status_code
        print(seconds)


if __name__ == "__main__":
    _open(Path(sys.argv[1]), *sys.argv[2:5])
