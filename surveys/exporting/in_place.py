"""A file that is laid in its place when it is whole, for its owner alone; until then what was there stays."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class FileThere(Exception):
    """There is a file of that name already; ``path`` says which."""

    code = "file_there"

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class CannotWrite(Exception):
    """The file cannot be written; ``path`` and ``reason`` (of the system) say why."""

    code = "cannot_write"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


@contextmanager
def put_in_place(path: Path, replace: bool = False) -> Iterator[Path]:
    """Yield a file to write, which takes the place of ``path`` at the end. Raises FileThere, CannotWrite."""
    if path.exists() and not replace:
        raise FileThere(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        # only for the one who exports: answers lie in it
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            draft.unlink()
