"""Engine, transactions and column types. Knows no table of ours."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, NullPool, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 15_000
SCOUR_TIMEOUT_MS = 1_000
_NO_ROOM = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "53100"})
LARGEST_ID = 2**31 - 1  # what the databases call an integer

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


def insert_into(session: Session, table: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    """An INSERT that can say what becomes of a row whose key is taken."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def add_missing(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows whose keys are not taken yet, many at a time."""
    if rows:
        session.connection().execute(insert_into(session, table).on_conflict_do_nothing(), list(rows))


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC and given back aware on every database.

    SQLite drops the offset of ``DateTime(timezone=True)`` without a word, so a naive
    value is refused on the way in and UTC is put back on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without an offset cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """A database and the ways to use it: one writing transaction, reading, or a single look.

    ``url`` is an SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``. ``info`` is what use-cases
    must know beside the rows: every session carries it, as ``session.info``.
    """

    def __init__(self, url: str, info: Mapping[str, Any] | None = None) -> None:
        self.url = url
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info=dict(info or {}))
        self._writers = self.engine.execution_options(folja_writes=True)
        self._onlookers = _Onlookers(url) if self.is_sqlite else _lookout(url)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, rehearse: bool = False) -> Iterator[Session]:
        """Yield a session whose work is committed whole at the end, or not at all.

        ``rehearse`` throws it away at the end, for showing what a change would alter: the change itself is
        carried out, looked at and undone. On SQLite other writers wait meanwhile, so keep it short.
        """
        with self._sessions() as session:
            session.connection(execution_options={"folja_writes": True})
            yield session
            if rehearse:
                session.rollback()
            else:
                session.commit()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield the connection of a transaction like :meth:`transaction`, for work without objects."""
        with self._writers.begin() as connection:
            yield connection

    @contextmanager
    def reading(self, one_moment: bool = False) -> Iterator[Session]:
        """Yield a session for reading; whatever is changed in it is thrown away.

        ``one_moment``: all its selects see the same, also on PostgreSQL and for as long as it takes.
        """
        with self._sessions() as session:
            if one_moment and not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
            session.rollback()

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Yield a connection for single selects, each of which sees what is committed when it runs.

        ``reading`` sees one moment throughout and costs three times as much. Read every result to its end.
        """
        if isinstance(self._onlookers, Engine):
            with self._onlookers.connect() as connection:
                yield connection
            return
        connection = self._onlookers.take()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._onlookers.give_back(connection)

    def scour(self, tables: Sequence[str]) -> None:
        """Clear away what the database still holds of rows that were changed or deleted in ``tables``.

        On SQLite deleted content is overwritten anyway; this empties the write-ahead log. On PostgreSQL it
        takes old rows out of the tables. Neither reaches copies of the disk, nor an archive of PostgreSQL's
        log.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self.is_sqlite:
                # While somebody reads, the log stays; what is written next takes its place.
                connection.exec_driver_sql(f"PRAGMA busy_timeout={SCOUR_TIMEOUT_MS}").fetchall()
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}").fetchall()
            else:
                for table in tables:
                    connection.exec_driver_sql(f"VACUUM {table}")

    def close(self) -> None:
        if isinstance(self._onlookers, Engine):
            self._onlookers.dispose()
        else:
            self._onlookers.close()
        self.engine.dispose()


class _Onlookers:
    """Connections to SQLite without a transaction, kept open: one costs as much as several selects.

    Of their own, not of the engine's pool, which they would use up.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, hide_parameters=True, poolclass=NullPool)
        event.listen(self._engine, "connect", _prepare_sqlite)
        self._kept: deque[Connection] = deque()

    def take(self) -> Connection:
        try:
            return self._kept.pop()
        except IndexError:
            return self._engine.connect()

    def give_back(self, connection: Connection) -> None:
        self._kept.append(connection)

    def close(self) -> None:
        while self._kept:
            self._kept.pop().close()


def disk_full(error: DBAPIError) -> bool:
    """Whether the database could not write, as on a full disk: that does not pass by waiting."""
    said = error.orig
    return bool({getattr(said, name, None) for name in ("sqlite_errorname", "sqlstate")} & _NO_ROOM)


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the newest schema; running it again does nothing."""
    from alembic import command  # noqa: PLC0415 - heavy
    from alembic.config import Config  # noqa: PLC0415 - heavy

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, use_native_hstore=False)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _lookout(url: str) -> Engine:
    """PostgreSQL's connections for single selects: outside of transactions, and for nothing else.

    The driver lets the server keep the plan of a select that comes again, until it sees a ROLLBACK; planning
    the one behind every participant's page takes tens of times as long as running it.
    """
    return create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        use_native_hstore=False,
        isolation_level="AUTOCOMMIT",
    )


def _prepare_sqlite(connection: DBAPIConnection, _record: Any) -> None:
    # The driver would otherwise begin and commit by its own rules, DDL included.
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(connection)
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    # FULL, not NORMAL: "tack" on the screen means that the answer survives a power cut.
    connection.execute("PRAGMA synchronous=FULL")
    # What is taken back or closed is not left readable in the file's free space.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: Any) -> None:
    # A writer that begins as a reader cannot be made to wait: it fails when it upgrades.
    writes = connection.get_execution_options().get("folja_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
