"""PostgreSQL databases and connections lent to test after test.

A new database and a new connection to it cost a test as much as all it does there: the server reads its
catalogue anew for each. So what a test gives back is emptied, and is the next one's. One whose schema a test
has changed, or with many rows left behind, is dropped.
"""

import atexit
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from tests.support import postgres

# Rows that are deleted stay in the files until a VACUUM, and are read past.
MOST_DELETED = 20_000
KEPT_AT_MOST = 2
_SCHEMA = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}"
    for name in (
        "pg_attrdef",
        "pg_attribute",
        "pg_class",
        "pg_constraint",
        "pg_db_role_setting",
        "pg_event_trigger",
        "pg_extension",
        "pg_index",
        "pg_namespace",
        "pg_proc",
        "pg_trigger",
        "pg_type",
    )
)
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
_SEQUENCES = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"
_OTHERS = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> ALL(%s)"""

_databases: defaultdict[str, list["_Lent"]] = defaultdict(list)
_connections: dict[str, list["_Connection"]] = {}


class _Connection(psycopg.Connection[TupleRow]):
    """One to a lent database: kept when it is closed, unless it is in the midst of something."""

    kept = False

    def close(self) -> None:
        if self.kept or self.closed:
            return
        with suppress(psycopg.Error):
            self.rollback()
            if self.info.dbname in _connections and self.info.transaction_status == TransactionStatus.IDLE:
                self._keep()
                return
        self.part()

    def part(self) -> None:
        """Close it."""
        super().close()

    def _keep(self) -> None:
        self._prepared.clear()
        self._notice_handlers.clear()
        self.autocommit = True
        self.execute("DISCARD ALL")
        self.autocommit = False
        self.kept = True
        _connections[self.info.dbname].append(self)


class _Lent:
    """A database with the newest schema, and how much has been deleted from it."""

    def __init__(self, folder: Path, template: str) -> None:
        self.name = f"test_{uuid.uuid4().hex}"
        self._folder = folder
        self._deleted = 0
        with _control(folder) as control:
            # Copying files takes a quarter of the time of the default; before version 15 it is the only way.
            strategy = "STRATEGY FILE_COPY" if control.info.server_version >= 150000 else ""
            control.execute(f"CREATE DATABASE {self.name} TEMPLATE {template} {strategy}")
        _connections[self.name] = []
        self._own = psycopg.connect(
            host=str(folder),
            user=postgres.ROLE,
            dbname=self.name,
            autocommit=True,
            options="-c session_replication_role=replica",  # rows go without a look at who points at them
        )
        self._schema = self._own.execute(_SCHEMA).fetchall()
        tables = [name for (name,) in self._own.execute(_TABLES) if name != "alembic_version"]
        self._emptying = "; ".join(f"DELETE FROM {name}" for name in tables)

    def emptied(self) -> bool:
        """Make it as it was; whether that could be done: not where a test has ended every connection."""
        try:
            return self._emptied()
        except psycopg.OperationalError:
            return False

    def _emptied(self) -> bool:
        kept = [connection.info.backend_pid for connection in _connections[self.name]]
        while self._own.execute(_OTHERS, [[*kept, self._own.info.backend_pid]]).fetchone() != (0,):
            pass
        if self._own.execute(_SCHEMA).fetchall() != self._schema:
            return False
        cursor = self._own.execute(self._emptying)
        self._deleted += sum(result.rowcount for result in cursor.results())
        self._own.execute(_SEQUENCES)
        return self._deleted < MOST_DELETED

    def drop(self) -> None:
        for connection in _connections.pop(self.name):
            connection.part()
        self._own.close()
        with _control(self._folder) as control:
            # FORCE, because a process that a test killed may not have said goodbye yet.
            control.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


@contextmanager
def database(folder: Path, template: str) -> Iterator[str]:
    """Yield the name of an empty database, a copy of ``template``, that nobody else uses meanwhile."""
    idle = _databases[template]
    lent = idle.pop() if idle else _Lent(folder, template)
    try:
        yield lent.name
    finally:
        if len(idle) < KEPT_AT_MOST and lent.emptied():
            idle.append(lent)
        else:
            lent.drop()


def connect(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> Any:
    """SQLAlchemy's event ``do_connect``: one that was kept, else a new one that will be; none if not lent."""
    kept = _connections.get(options["dbname"])
    if kept is None:
        return None
    try:
        connection = kept.pop()
    except IndexError:
        return _Connection.connect(**options)
    connection.kept = False
    return connection


@atexit.register
def _part() -> None:
    # The server and its databases go with the run.
    for connection in [connection for kept in _connections.values() for connection in kept]:
        connection.part()


def _control(folder: Path) -> psycopg.Connection[TupleRow]:
    return psycopg.connect(host=str(folder), user=postgres.ROLE, dbname="postgres", autocommit=True)
