"""``folja doctor``: is everything there that the installation needs?"""

import os
import platform
import smtplib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from surveys import clock
from surveys.commands import first_line, opened, settings
from surveys.commands.language import _
from surveys.config import BadSetting, Settings
from surveys.database import Database
from surveys.installation import open_installation
from surveys.keys import KeysUnreadable
from surveys.mail import dns_records
from surveys.running import alarm, health, heartbeat

OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is called, whether it is well, and what was seen."""

    what: str
    well: bool
    seen: str


@click.command()
@click.option(
    "--notify", is_flag=True, help="Mail those in charge when the scheduler is silent. For a timer."
)
@click.option("--resolver", metavar="ADDRESS[:PORT]", help="Ask this name server, not the machine's own.")
def doctor(notify: bool, resolver: str | None) -> None:
    """Say what is wrong with this installation; exit code 1 if anything is."""
    if notify:
        _notify(settings(), clock.now())
        return
    findings = list(examine(settings(), clock.now(), _nameserver(resolver)))
    for finding in findings:
        mark = _("ok") if finding.well else _("WRONG")
        click.echo(f"{mark:<6} {finding.what}: {finding.seen}")
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


def examine(chosen: Settings, now: datetime, nameserver: tuple[str, int] | None = None) -> Iterator[Finding]:
    yield _python()
    yield _folder(chosen)
    yield from _keys_and_database(chosen, now)
    yield _mail(chosen)
    if chosen.mail.server:
        domain = chosen.mail.sender.rpartition("@")[2]
        for record in dns_records.look_up(domain, chosen.mail.dkim_selector, nameserver):
            yield _record(record)


def _notify(chosen: Settings, now: datetime) -> None:
    """Say how the scheduler is, tell those in charge where it is time to; exit code 1 unless all is well."""
    with opened() as installation:
        told = alarm.notify(chosen, installation.database, now)
    click.echo(_state(told.state))
    if told.failed and told.outcome is not None:
        reason = _("nobody is in charge") if told.outcome.code == "nobody" else told.outcome.text
        click.echo(_("Nobody could be told: %(reason)s", reason=reason), err=True)
    elif told.receivers:
        click.echo(_("Told: %(receivers)s", receivers=", ".join(told.receivers)))
    if told.state.problem or told.failed:
        raise SystemExit(1)


def _state(state: alarm.State) -> str:
    said = {
        "": _("The scheduler goes round."),
        "database_away": _("The database does not answer."),
        "never_started": _("The scheduler has never gone round. Start: python -m scheduler"),
        "silent": _("The scheduler is silent: %(parts)s", parts=", ".join(state.parts)),
    }
    return said[state.problem]


def _nameserver(text: str | None) -> tuple[str, int] | None:
    if not text:
        return None
    address, _colon, port = text.partition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise click.BadParameter(_("not an address with a port: %(text)s", text=text))
    return address, int(port or 53)


def _record(record: dns_records.Record) -> Finding:
    """One that is missing is wrong: mail is taken for junk without it. One that nobody could ask is not."""
    said = {
        "there": record.text,
        "missing": _("%(name)s has none; mails may be taken for junk", name=record.name),
        "unasked": _("%(name)s: no name server answers, so nothing is known", name=record.name),
        "not_set": _("not looked for: set MAIL_DKIM_SELECTOR"),
    }
    return Finding(record.what, record.state != "missing", said[record.state])


def _python() -> Finding:
    return Finding("Python", sys.version_info >= OLDEST_PYTHON, platform.python_version())


def _folder(chosen: Settings) -> Finding:
    there = chosen.instance.is_dir()
    well = there and os.access(chosen.instance, os.W_OK | os.X_OK)
    seen = str(chosen.instance) if well else _("%(path)s cannot be written", path=chosen.instance)
    return Finding(_("Folder of the installation"), well, seen)


def _keys_and_database(chosen: Settings, now: datetime) -> Iterator[Finding]:
    try:
        installation = open_installation(chosen)
    except KeysUnreadable as error:
        yield Finding(_("Keys"), False, _("%(path)s cannot be read or written", path=error.path))
        return
    except BadSetting as bad:
        yield Finding(_("Database"), False, f"{bad.name}={bad.value} ({bad.reason})")
        return
    yield Finding(_("Keys"), True, str(chosen.keys))
    try:
        yield _tried(_("Database"), lambda: _database(installation.database))
        yield _tried(_("Scheduler"), lambda: _scheduler(installation.database, now))
    finally:
        installation.close()


def _tried(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (SQLAlchemyError, OSError) as error:
        return Finding(what, False, first_line(error))


def _database(db: Database) -> Finding:
    kind = "SQLite" if db.is_sqlite else db.engine.dialect.name
    health.ask(db)
    if health.is_at_head(db):
        return Finding(_("Database"), True, _("%(kind)s, newest schema", kind=kind))
    return Finding(_("Database"), False, _("the schema is old. Run: folja database migrate"))


def _scheduler(db: Database, now: datetime) -> Finding:
    beats = health.heartbeats(db)
    if not beats:
        return Finding(_("Scheduler"), False, _("has never gone round. Start: python -m scheduler"))
    silent = heartbeat.silent({name: at for name, (at, _note) in beats.items()}, now)
    notes = "; ".join(f"{name}: {note}" for name, (_at, note) in sorted(beats.items()) if note)
    if silent:
        return Finding(_("Scheduler"), False, _("silent: %(parts)s", parts=", ".join(silent)))
    return Finding(_("Scheduler"), True, notes or _("goes round"))


def _mail(chosen: Settings) -> Finding:
    if not chosen.mail.server:
        return Finding(_("Mail"), True, _("no server is set; mails go to %(path)s", path=chosen.mailbox))
    where = f"{chosen.mail.server}:{chosen.mail.port}"
    connect = smtplib.SMTP_SSL if chosen.mail.use_ssl else smtplib.SMTP
    try:
        with connect(chosen.mail.server, chosen.mail.port, timeout=chosen.mail.timeout_seconds) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(_("Mail"), False, f"{where}: {first_line(error)}")
    return Finding(_("Mail"), True, _("%(where)s answers", where=where))
