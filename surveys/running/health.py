"""Whether the parts of an installation answer."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from surveys.database import MIGRATIONS, Database
from surveys.models.message import Heartbeat

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


def ask(db: Database) -> None:
    """Ask the database the smallest question; raises SQLAlchemyError where it does not answer."""
    with db.reading() as session:
        session.execute(text("SELECT 1"))


def is_at_head(db: Database) -> bool:
    """Whether the database has the newest schema."""
    from alembic.migration import MigrationContext  # noqa: PLC0415 - heavy

    with db.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    return found == set(_scripts().get_heads())


def known_revisions() -> set[str]:
    """Every state of the schema that this program knows the way from."""
    return {each.revision for each in _scripts().walk_revisions()}


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - heavy

    return ScriptDirectory(str(MIGRATIONS))


def heartbeats(db: Database) -> dict[str, tuple[datetime, str | None]]:
    """When each part of the scheduler last went round, and what it noted."""
    with db.reading() as session:
        return {beat.name: (beat.beat_at, beat.note) for beat in session.scalars(select(Heartbeat))}
