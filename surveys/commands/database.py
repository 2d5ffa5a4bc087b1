"""``folja database``: the schema."""

import click
from sqlalchemy.exc import SQLAlchemyError

from surveys.commands import Failed, first_line, settings
from surveys.commands.language import _
from surveys.database import migrate as migrate_database


@click.group()
def database() -> None:
    """The database: bring its schema up to date."""


@database.command()
def migrate() -> None:
    """Bring the database to the newest schema; doing it again changes nothing."""
    chosen = settings()
    try:
        if chosen.database_url.startswith("sqlite"):
            chosen.instance.mkdir(parents=True, exist_ok=True)
        migrate_database(chosen.database_url)
    except (OSError, ImportError, SQLAlchemyError) as error:
        text = _("The database cannot be brought up to date: %(reason)s", reason=first_line(error))
        raise Failed(text) from error
    click.echo(_("The database is up to date."))
