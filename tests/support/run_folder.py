"""What all worker processes of one test run share: a folder, a lock in it, and whether this is CI."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "FOLJA_TEST_RUN"
CONTROLLER = "FOLJA_TEST_CONTROLLER"
# In memory where there is room: the product waits for the disk at every commit, and the tests commit a lot.
PLACES = (Path("/dev/shm"), Path("/tmp"))
ROOM_BYTES = 2 * 1024**3


def in_ci() -> bool:
    """Under CI a part that cannot run fails; elsewhere it is skipped and named."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def create() -> Path:
    """Make the folder; worker processes, started later, find it through the environment."""
    place = _place()
    _clear_dead(place)
    # Short, because the path of a Unix socket in it may have no more than about a hundred bytes.
    folder = Path(tempfile.mkdtemp(prefix=f"folja-{os.getpid()}-", dir=place))
    folder.chmod(0o711)
    os.environ[VARIABLE] = str(folder)
    os.environ[CONTROLLER] = str(os.getpid())
    return folder


def path() -> Path:
    return Path(os.environ[VARIABLE])


def controller() -> int:
    """Return the process whose end is the end of the run."""
    return int(os.environ[CONTROLLER])


@contextlib.contextmanager
def lock() -> Iterator[Path]:
    """Yield the folder while no other worker is in here; freed by the system if a worker dies."""
    with (path() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield path()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _place() -> Path:
    for place in PLACES:
        if place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free >= ROOM_BYTES:
            return place
    return PLACES[-1]


def _clear_dead(place: Path) -> None:
    """Remove what runs left behind that were killed."""
    for folder in place.glob("folja-*-*"):
        pid = folder.name.split("-")[1]
        if pid.isdigit() and not lives(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
