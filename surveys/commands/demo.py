"""``folja demo``: everything at once, with a project to look at."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.progress import Progress

from surveys import clock
from surveys.commands import Failed, settings
from surveys.commands.language import _
from surveys.config import Settings
from surveys.database import Database, migrate
from surveys.demo import loading, running
from surveys.demo.users import PROJECT, DemoUser, demo_users
from surveys.keys import KeysUnreadable
from surveys.running import access

LOCK = "demo.lock"


@click.group()
def demo() -> None:
    """The demo: a whole installation on this machine."""


@demo.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def run(port: int) -> None:
    """Load the demo project where there is nothing yet, and start web and scheduler until Ctrl-C."""
    chosen = _settings(port)
    with _own_instance(chosen.instance):
        if not running.port_is_free(port):
            hint = _("Choose another: make run PORT=%(other)s", other=port + 1 if port < 65535 else port - 1)
            raise Failed(_("Port %(port)s is in use already.", port=port) + " " + hint)
        try:
            with running.stopping_by_signal():
                users = _prepare(chosen)
                _serve(chosen, port, users)
        except running.Stopped:
            click.echo(_("Stopped."))


def _settings(port: int) -> Settings:
    chosen = settings()
    base_url = os.environ.get("FOLJA_BASE_URL") or f"http://{running.HOST}:{port}"
    return replace(chosen, demo=True, base_url=base_url.rstrip("/"))


@contextmanager
def _own_instance(instance: Path) -> Iterator[None]:
    """Hold the instance folder for this process alone; it must be writable."""
    try:
        instance.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=instance):
            pass
        lock = (instance / LOCK).open("w", encoding="utf-8")
    except OSError as error:
        raise Failed(
            _("%(path)s cannot be written to: %(reason)s", path=instance, reason=error.strerror)
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise Failed(_("Följa is running already, from %(path)s.", path=instance)) from held
        yield


def _prepare(chosen: Settings) -> tuple[DemoUser, ...]:
    """Bring the database up to date and load the demo where it is empty; return whom to sign in as."""
    try:
        loading.clear_draft(chosen)
        target = loading.database_file(chosen)
        if target is None or target.exists():
            migrate(chosen.database_url)
        if target is not None and (not target.exists() or _is_empty(chosen)):
            _load(chosen)
        return _users(chosen)
    except KeysUnreadable as closed:
        raise Failed(_("The keys cannot be read or written: %(path)s", path=closed.path)) from closed
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failed(
            _("%(path)s cannot be written to: %(reason)s", path=chosen.instance, reason=reason)
        ) from error


def _is_empty(chosen: Settings) -> bool:
    database = Database(chosen.database_url)
    try:
        return loading.needs_demo(database)
    finally:
        database.close()


def _load(chosen: Settings) -> None:
    click.echo(_("Loading the demo project; this is done once."))
    with Progress(transient=True) as bar:
        task = bar.add_task(_("Playing two years of mails and answers"), total=None)
        loading.load_beside(
            chosen,
            demo_users(chosen.instance),
            clock.now(),
            lambda done, number: bar.update(task, completed=done, total=number),
        )


def _users(chosen: Settings) -> tuple[DemoUser, ...]:
    """Return the demo's users if they are this database's; it may hold another project."""
    database = Database(chosen.database_url)
    try:
        known = {user.email for user in access.list_users(database)}
    finally:
        database.close()
    made = demo_users(chosen.instance)
    return made if known >= {user.email for user in made} else ()


def _serve(chosen: Settings, port: int, users: tuple[DemoUser, ...]) -> None:
    environment = {**os.environ, "FOLJA_DEMO": "1", "FOLJA_BASE_URL": chosen.base_url}
    try:
        with running.running(port, environment) as children:
            running.wait_until_it_answers(children, port)
            _welcome(chosen, users)
            running.watch(children)
    except running.ChildDied as died:
        raise Failed(
            _(
                "%(name)s ended by itself (%(status)s); everything is stopped.",
                name=died.name,
                status=died.status,
            )
        ) from died
    except running.NeverAnswered as silent:
        raise Failed(_("The web server does not answer; everything is stopped.")) from silent


def _welcome(chosen: Settings, users: tuple[DemoUser, ...]) -> None:
    click.echo()
    click.secho(_("Följa is running: %(address)s", address=chosen.base_url), bold=True)
    if users:
        click.echo()
        for line in accounts(users):
            click.echo(line)
        click.echo()
        _first_steps(chosen)
    elif loading.database_file(chosen) is None:
        click.echo(_("The demo project is loaded into SQLite only; this database keeps what it holds."))
    else:
        click.echo(_("The database holds a project of yours; the demo project is not loaded."))
    click.echo(_("Ctrl-C stops it. What you do is kept in %(path)s.", path=chosen.instance))


def accounts(users: tuple[DemoUser, ...]) -> list[str]:
    """Address, password and role of each, under each other: whole, however narrow the window is."""
    rows = [(_("Sign in as"), _("Password"), _("Role"))]
    rows += [(each.email, each.password, _role(each.role)) for each in users]
    wide = [max(len(row[at]) for row in rows) for at in range(2)]
    return [f"{email:<{wide[0]}}  {password:<{wide[1]}}  {role}" for email, password, role in rows]


def _first_steps(chosen: Settings) -> None:
    base, project = chosen.base_url, f"{chosen.base_url}/projekt/{PROJECT}"
    click.echo(_("Try this first:"))
    if chosen.shows_mailbox:
        mailbox = f"{base}/brevlada"
        click.echo(
            _("1. Open the mails that have just gone out, and answer one: %(address)s", address=mailbox)
        )
    else:
        click.echo(_("1. Mails go to your mail server; there is no mailbox page."))
    click.echo(_("2. A mail about the third trip leads to a learning log: write in it and share an entry."))
    england, offensivt = f"{project}/insatser/england", f"{project}/insatser/offensivt/resultat"
    click.echo(_("3. Sign in and see who has answered: %(address)s", address=england))
    click.echo(_("4. See results of a finished course: %(address)s", address=offensivt))


def _role(role: str) -> str:
    names = {
        "administrator": _("administrator"),
        "organiser": _("organiser"),
        "evaluator": _("evaluator"),
        "reader": _("reader"),
        "supplier": _("supplier"),
    }
    return names[role]
