"""A PostgreSQL database dumped and restored by PostgreSQL's own programs.

They are looked for in the folder ``FOLJA_POSTGRESQL_BIN``, on the path, and where Debian lays them.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, make_url, text

from surveys.backup import sums
from surveys.backup.archive import Manifest, Sum
from surveys.backup.faults import RestoreRefused, ToolFailed
from surveys.database import Database, migrate
from surveys.outbox import sending_state

DEBIAN = Path("/usr/lib/postgresql")
MUTED = """
INSERT INTO sending_state (id, pauses, window_count, muted_at, muted_reason)
VALUES (1, 0, 0, '{now}', 'restored')
ON CONFLICT (id) DO UPDATE SET muted_at = excluded.muted_at, muted_reason = excluded.muted_reason;
"""


class PostgresqlCopy:
    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url

    def save(self, content: Path) -> tuple[Mapping[str, Sum], str]:
        """Dump the database and sum it up, both as of one moment; (sums, revision)."""
        database = Database(self._url)
        try:
            with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
                snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
                without = [f"--exclude-table-data=public.{name}" for name in sums.NOT_KEPT]
                self._run(
                    "pg_dump", "--format=custom", *without, f"--snapshot={snapshot}", f"--file={content}"
                )
                return sums.sums(connection), sums.revision(connection)
        finally:
            database.close()

    def load(self, content: Path, manifest: Manifest, now: datetime, replace: bool) -> None:
        """Restore in one transaction in which sending is muted too: no scheduler sees it otherwise."""
        database = Database(self._url)
        try:
            if not replace and _holds_something(database):
                raise RestoreRefused("not_empty")
            script = content.with_name("script.sql")
            self._program(
                "pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(content)
            )
            with script.open("a", encoding="utf-8") as file:
                file.write(_mute(script, now))
            self._run("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}")
            with database.engine.connect() as connection:
                sums.compare(manifest.sums, sums.sums(connection))
            migrate(self._url)
            sending_state.mute(database, "restored", now)
        finally:
            database.close()

    def _run(self, tool: str, *arguments: str) -> None:
        url = make_url(self._url)
        # A URL that libpq reads, without the password, which would be seen in the list of processes.
        where = url.set(drivername="postgresql", password=None).render_as_string()
        self._program(tool, f"--dbname={where}", *arguments)

    def _program(self, tool: str, *arguments: str) -> None:
        password = make_url(self._url).password
        done = subprocess.run(  # noqa: S603 (PostgreSQL's programs, with arguments of ours)
            [_found(tool), *arguments],
            env=dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ToolFailed("tool_failed", tool, done.stderr.strip()[-500:])


def _found(tool: str) -> str:
    named = os.environ.get("FOLJA_POSTGRESQL_BIN")
    if named:
        return str(Path(named) / tool)
    if found := shutil.which(tool):
        return found
    newest = sorted(DEBIAN.glob(f"*/bin/{tool}"), key=lambda path: float(path.parts[-3]), reverse=True)
    if not newest:
        raise ToolFailed("tool_missing", tool)
    return str(newest[0])


def _holds_something(database: Database) -> bool:
    """Whether there is a project or a user in it."""
    with database.engine.connect() as connection:
        if "project" not in inspect(connection).get_table_names():
            return False
        statement = text("SELECT 1 FROM project UNION SELECT 1 FROM app_user LIMIT 1")
        return connection.scalar(statement) is not None


def _mute(script: Path, now: datetime) -> str:
    """What mutes sending, in a schema that knows of muting; an older one cannot send with this program."""
    with script.open(encoding="utf-8") as file:
        knows = any(line.startswith("CREATE TABLE public.sending_state ") for line in file)
    # pg_dump empties the search path for the rest of the session
    return MUTED.format(now=now.isoformat()).replace("INTO sending", "INTO public.sending") if knows else ""
