"""Reading a file that somebody made: what is too big or cannot be read is a fault, not a crash."""

from pathlib import Path
from typing import Any


class Refused(Exception):
    """Nothing of the file can be used; ``line`` (0: the file as a whole), ``code`` and ``params`` say why."""

    def __init__(self, line: int, code: str, **params: Any) -> None:
        super().__init__(code)
        self.line, self.code, self.params = line, code, params


def content(path: Path, largest: int) -> bytes:
    """Return what the file holds, at most ``largest`` bytes; raises :class:`Refused` where it cannot."""
    try:
        if path.stat().st_size > largest:
            raise Refused(0, "file_too_big", megabytes=largest // (1024 * 1024))
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused(0, "file_missing") from None
    except OSError as error:
        raise Refused(0, "file_unreadable", reason=error.strerror or str(error)) from None
