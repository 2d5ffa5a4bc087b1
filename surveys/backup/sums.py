"""Counting and summing up every table, to know that what was restored is what was saved."""

from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import Connection, MetaData, Table, text

from surveys.backup.archive import Sum
from surveys.backup.faults import BadBackup

# Files made of answers, which are not to outlive an answer in them: no backup holds them.
NOT_KEPT = ("export_part", "export_job")
# Restoring mutes sending, so this row is not what it was.
LEFT_OUT = frozenset({"sending_state", *NOT_KEPT})
AT_ONCE = 5_000


def sums(connection: Connection) -> dict[str, Sum]:
    """The number of rows of every table and a digest over them, read in one transaction."""
    tables = MetaData()
    tables.reflect(connection)
    return {name: _sum(connection, table) for name, table in tables.tables.items() if name not in LEFT_OUT}


def revision(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def compare(saved: Mapping[str, Sum], found: Mapping[str, Sum]) -> None:
    """Raise :class:`BadBackup` (differs) where a table is not what the backup says it is."""
    for name, expected in saved.items():
        if found.get(name) != expected:
            raise BadBackup("differs", name)


def _sum(connection: Connection, table: Table) -> Sum:
    # As the driver gives them: the same on both sides, and nothing is lost on the way through our types.
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns or table.columns)
    statement = f'SELECT {columns} FROM "{table.name}" ORDER BY {order}'  # noqa: S608 (names of our own tables)
    found = connection.execution_options(yield_per=AT_ONCE).exec_driver_sql(statement)
    digest, rows = sha256(), 0
    for rows, row in enumerate(found, start=1):  # noqa: B007
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return Sum(rows, digest.hexdigest())
