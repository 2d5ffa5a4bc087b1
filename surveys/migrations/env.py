"""Alembic environment: whole migration in one transaction, on SQLite too."""

from alembic import context

from surveys import models  # noqa: F401  (registers the tables)
from surveys.database import Base, Database


def run() -> None:
    database = Database(context.config.attributes["url"])
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
    finally:
        database.close()


run()
