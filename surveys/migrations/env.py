"""Alembic environment: whole migration in one transaction, on SQLite too."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, event

from surveys import models  # noqa: F401  (registers the tables)
from surveys.database import Base, Database


class BrokenReferences(Exception):
    """After migrating, rows refer to rows that are not there; nothing has been changed."""

    code = "broken_references"


def run() -> None:
    database = Database(context.config.attributes["url"])
    if database.is_sqlite:
        # SQLite changes a table by copying it and dropping the first, which would take along all that refers
        # to it. The switch does nothing inside a transaction; the references are checked before the end.
        event.listen(database.engine, "connect", _without_references)
    try:
        with database.engine.connect().execution_options(folja_writes=True) as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=database.is_sqlite,
                transactional_ddl=True,
                transaction_per_migration=False,
                compare_type=True,
            )
            with context.begin_transaction():
                context.run_migrations()
                if database.is_sqlite:
                    _check_references(connection)
    finally:
        database.close()


def _without_references(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise BrokenReferences(f"{len(broken)} rows, the first in {broken[0][0]}")


run()
