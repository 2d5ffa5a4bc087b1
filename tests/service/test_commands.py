"""``folja user``, ``database``, ``doctor`` and ``web`` as an operator runs them."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveys import clock
from surveys.cli import folja
from surveys.commands import language
from surveys.database import Database
from surveys.installation import Installation
from surveys.models.message import Heartbeat
from tests.support.installations import environment
from tests.support.small import load_small
from tests.support.smtp import SmtpSink
from tests.support.waiting import until

Run = Callable[..., Result]
ADD = ("user", "add", "anna@folja.example", "--name", "Anna Ek", "--password-stdin")


@pytest.fixture
def run(sqlite_installation: Installation) -> Run:
    """Run a command against the installation, in English."""

    def run(*arguments: str, typed: str = "", **changes: str) -> Result:
        variables = environment(sqlite_installation.settings) | changes
        return CliRunner().invoke(folja, ["--language", "en", *arguments], input=typed, env=variables)

    return run


def beat(db: Database) -> None:
    with db.transaction() as session:
        session.add(Heartbeat(name="planner", beat_at=clock.now(), note=None))


def test_a_user_is_added_with_a_role_and_listed(run: Run, sqlite_installation: Installation) -> None:
    load_small(sqlite_installation, clock.now())
    added = run(*ADD, "--role", "organiser", "--project", "liten", typed="tre små gröna ekar\n")
    assert added.exit_code == 0, added.output
    again = run(*ADD, "--role", "reader", "--project", "liten")
    assert again.exit_code == 0, again.output
    listed = run("user", "list").output
    assert "anna@folja.example" in listed
    assert "liten: reader" in listed


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (ADD, "kort\n", "The password is too short: at least 12 characters."),
        (ADD, "", "The password is too short: at least 12 characters."),
        ((*ADD, "--role", "reader"), "tre små gröna ekar\n", "--role and --project belong together."),
        (
            (*ADD, "--role", "reader", "--project", "borta"),
            "tre små gröna ekar\n",
            "There is no project with that code.",
        ),
        (("user", "add", "anna", *ADD[3:]), "x\n", "That is not an e-mail address."),
    ],
)
def test_what_cannot_be_added_gives_one_line(
    run: Run, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    refused = run(*arguments, typed=typed)
    assert refused.exit_code == 1
    assert refused.output.splitlines()[-1] == said


def test_nothing_is_left_of_a_user_whose_role_could_not_be_given(run: Run) -> None:
    run(*ADD, "--role", "reader", "--project", "borta", typed="tre små gröna ekar\n")
    assert "anna@folja.example" not in run("user", "list").output


def test_the_doctor_finds_an_installation_well(run: Run, sqlite_installation: Installation) -> None:
    beat(sqlite_installation.database)
    examined = run("doctor")
    assert examined.exit_code == 0, examined.output
    assert examined.output.count("ok") == 6


def test_the_doctor_hears_the_mail_server(
    run: Run, sqlite_installation: Installation, smtp_sink: SmtpSink
) -> None:
    beat(sqlite_installation.database)
    mail = environment(replace(sqlite_installation.settings, mail=smtp_sink.settings()))
    mailed = {name: value for name, value in mail.items() if name.startswith("MAIL_")}
    assert run("doctor", **mailed).exit_code == 0
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))
        silent = run("doctor", **mailed | {"MAIL_PORT": str(closed.getsockname()[1])})
    assert silent.exit_code == 1
    assert "WRONG  Mail" in silent.output


def test_the_doctor_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    assert "WRONG  Scheduler: has never gone round" in run("doctor").output
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    assert "the schema is old" in run("doctor", FOLJA_DATABASE_URL=new).output
    gone = run("doctor", FOLJA_DATABASE_URL=f"sqlite:///{tmp_path / 'no' / 'such.sqlite'}")
    assert "WRONG  Database: unable to open database file" in gone.output
    assert gone.exit_code == 1


def test_the_doctor_notices_a_scheduler_that_fell_silent(run: Run, sqlite_installation: Installation) -> None:
    with sqlite_installation.database.transaction() as session:
        session.add(Heartbeat(name="planner", beat_at=clock.now().replace(year=2020), note=None))
    assert "WRONG  Scheduler: silent: planner" in run("doctor").output


def test_a_bad_setting_is_one_line(run: Run) -> None:
    refused = run("doctor", MAIL_PORT="tjugofem")
    assert refused.exit_code == 1
    assert refused.output == "The setting MAIL_PORT cannot be used: tjugofem (must be a whole number)\n"


@pytest.mark.parametrize("url", ["nonsense", "mysql://anna:hemligt@x/y"])
@pytest.mark.parametrize(
    "arguments", [("user", "list"), ("export", "kurs", "-o", "x.csv"), ("doctor",), ("web",)]
)
def test_an_address_of_no_database_is_one_line(run: Run, url: str, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments, FOLJA_DATABASE_URL=url)
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit)
    assert "must begin with sqlite:/// or postgresql+psycopg://" in refused.output
    assert "hemligt" not in refused.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "list"),
        (*ADD, "--role", "reader", "--project", "prov"),
        ("export", "kurs", "-o", "x.csv"),
        ("programme", "dump", "prov", "x"),
    ],
)
def test_a_database_without_our_tables_is_one_line(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    refused = run(*arguments, FOLJA_DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert refused.exit_code == 1
    (line,) = refused.output.splitlines()
    assert line.startswith(
        "The database cannot be used. Has “folja database migrate” been run? (no such table"
    )


def test_keys_that_cannot_be_read_are_one_line(run: Run, sqlite_installation: Installation) -> None:
    (sqlite_installation.settings.keys / "link.key").write_bytes(b"short")
    assert "WRONG  Keys" in run("doctor").output
    refused = run("user", "list")
    assert refused.exit_code == 1
    assert refused.output.startswith("The keys cannot be read or written: ")


def test_a_new_database_is_brought_up_to_date_and_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    new = {"FOLJA_DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite'}"}
    for _time in range(2):
        assert run("database", "migrate", **new).output == "The database is up to date.\n"
    assert "newest schema" in run("doctor", **new).output


def test_the_answers_are_in_swedish_where_nothing_else_is_asked() -> None:
    language.choose(None)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LC_ALL", raising=False)
        for name, value, wanted in (
            ("LANG", "en_GB.UTF-8", "en"),
            ("LANG", "sv_SE.UTF-8", "sv"),
            ("LANG", "C", "sv"),
            ("LC_ALL", "en_US", "en"),
        ):
            patch.setenv(name, value)
            assert language.current() == wanted


def test_the_web_server_answers_and_stops_cleanly(sqlite_installation: Installation, tmp_path: Path) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    variables = os.environ | environment(sqlite_installation.settings)
    program = str(Path(sys.executable).with_name("folja"))
    with subprocess.Popen([program, "web", "--port", port], env=variables, cwd=tmp_path) as server:
        try:
            until(lambda: _status(f"http://127.0.0.1:{port}/halsa") == 200, 60)
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return 0
