"""``folja backup`` and ``folja restore``."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from surveys import clock
from surveys.backup import keeping
from surveys.backup.archive import Manifest
from surveys.backup.faults import BadBackup, RestoreRefused, ToolFailed
from surveys.commands import Failed, first_line, opened, settings
from surveys.commands.language import _

A_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", required=False, type=A_FILE)
def backup(file: Path | None) -> None:
    """Save the whole database in FILE, while everything goes on.

    Without FILE it is laid in the folder "backups" of the installation, with the day and time in its name.
    The keys are not in it: keep a copy of the folder "keys" somewhere else.
    """
    now = clock.now()
    with opened() as installation:
        target = file or installation.settings.instance / "backups" / _name(now)
        try:
            manifest = keeping.back_up(installation, target, now)
        except FileExistsError as error:
            raise Failed(_("%(path)s is there already; it is not overwritten.", path=target)) from error
        except OSError as error:
            reason = error.strerror or first_line(error)
            raise Failed(_("Nothing was saved: %(reason)s", reason=reason)) from error
        except BadBackup as error:
            raise Failed(_("Nothing was saved: the database is damaged.")) from error
        except ToolFailed as failed:
            raise Failed(_tool(failed)) from failed
    click.echo(_saved(target, manifest))
    click.echo(_("The keys are not in it. Keep a copy of %(path)s somewhere else.", path=settings().keys))


@click.command()
@click.argument("file", type=A_FILE)
@click.option("--replace", is_flag=True, help="Also where there is a database already; it is laid aside.")
def restore(file: Path, replace: bool) -> None:
    """Go back to what the backup FILE holds. Nothing is sent until somebody says so."""
    chosen = settings()
    try:
        restored = keeping.restore(chosen, file, clock.now(), replace)
    except BadBackup as bad:
        raise Failed(_bad(bad, file)) from bad
    except RestoreRefused as refused:
        raise Failed(_refused(refused.code, chosen.keys)) from refused
    except ToolFailed as failed:
        raise Failed(_tool(failed)) from failed
    except FileNotFoundError as error:
        raise Failed(_("There is no file %(path)s.", path=file)) from error
    except (OSError, SQLAlchemyError) as error:
        raise Failed(_("Nothing was restored: %(reason)s", reason=first_line(error))) from error
    manifest = restored.manifest
    taken = f"{manifest.taken_at:%Y-%m-%d %H:%M} UTC"
    click.echo(
        _("Restored: %(rows)s rows as of %(taken)s, counted and compared.", rows=manifest.rows, taken=taken)
    )
    if restored.aside:
        click.echo(_("The former database lies in %(path)s.", path=restored.aside))
    click.echo(_("Sending is muted. See what fell due meanwhile: folja sending status"))


def _name(now: datetime) -> str:
    return f"folja-{now:%Y-%m-%dT%H%M%S}Z.backup"


def _saved(target: Path, manifest: Manifest) -> str:
    megabytes = f"{target.stat().st_size / 1_000_000:.1f}"
    return _("Saved: %(path)s, %(rows)s rows, %(size)s MB.", path=target, rows=manifest.rows, size=megabytes)


def _bad(bad: BadBackup, file: Path) -> str:
    said = {
        "not_a_backup": _("%(path)s is no backup of Följa. Nothing was restored.", path=file),
        "damaged": _("%(path)s is cut off or damaged. Nothing was restored.", path=file),
        "other_format": _("%(path)s was written by a newer Följa. Nothing was restored.", path=file),
        "differs": _(
            "What was restored is not what was saved: the table %(table)s differs. Do not use this database.",
            table=bad.detail,
        ),
    }
    return said[bad.code]


def _refused(code: str, keys: Path) -> str:
    said = {
        "keys_missing": _(
            "The keys of the installation are not in %(path)s. Lay them there first: without them no link in "
            "a mail opens and nobody's answers are found again.",
            path=keys,
        ),
        "other_keys": _(
            "The keys in %(path)s are not those of the backup. Lay the right ones there: with these no link "
            "in a mail opens and nobody's answers are found again.",
            path=keys,
        ),
        "other_database": _(
            "The backup is of another kind of database. Set FOLJA_DATABASE_URL to one like it."
        ),
        "newer_schema": _("The backup was taken by a newer Följa. Bring this one up to date first."),
        "not_empty": _("There is a database already. With --replace it is replaced."),
        "in_use": _("The database is in use. Stop the web and the scheduler first."),
    }
    return said[code] + " " + _("Nothing was changed.")


def _tool(failed: ToolFailed) -> str:
    if failed.code == "tool_missing":
        return _("%(tool)s is not found. Install PostgreSQL's client programs.", tool=failed.tool)
    return _("%(tool)s failed: %(reason)s", tool=failed.tool, reason=failed.text)
