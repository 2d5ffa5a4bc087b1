"""The list of responses that were taken back, beside the keys: no backup brings them again."""

import os
from pathlib import Path

from surveys.keys import KeysUnreadable

LIST = "taken-back.list"


def note(folder: Path, response: str) -> None:
    """Write down the id of a response (hexadecimal) for good. Raises :class:`KeysUnreadable`."""
    path = folder / LIST
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(f"{response}\n".encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise KeysUnreadable(path) from error


def noted(folder: Path) -> list[str]:
    """What has been written down. Raises :class:`KeysUnreadable`."""
    path = folder / LIST
    try:
        return path.read_text("ascii", "replace").split() if path.exists() else []
    except OSError as error:
        raise KeysUnreadable(path) from error
