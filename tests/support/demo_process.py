"""``folja demo run`` as a process of its own: started, read, and looked into."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from surveys.config import ROOT

COMMAND = [sys.executable, "-c", "from surveys.cli import main; main()", "--language", "en", "demo", "run"]


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(instance: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FOLJA_", "MAIL_"))}
    return {**clean, "FOLJA_INSTANCE": str(instance), "PYTHONUNBUFFERED": "1"}


@contextmanager
def started(instance: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "--port", str(port)],
        env=environment(instance),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    read = ""
    for line in process.stdout:
        read += line
        if words in line:
            return read
    pytest.fail(f"{words!r} never came: {read}")


def failed(instance: Path, port: int) -> str:
    """Return what it says before it ends with exit code 1: one line."""
    result = subprocess.run(
        [*COMMAND, "--port", str(port)],
        env=environment(instance),
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1, result
    said = (result.stdout + result.stderr).strip()
    assert len(said.splitlines()) == 1, said
    return said


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
