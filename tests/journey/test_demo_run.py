"""``folja demo run``: started, stopped, started again, and everything that can stand in its way."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from surveys.config import ROOT
from tests.support.demo import demo_copy

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


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    """A folder that holds the demo already."""
    with demo_copy(tmp_path) as installation:
        yield installation.settings.instance


def test_it_starts_in_seconds_keeps_the_data_and_stops_cleanly(instance: Path) -> None:
    port, begun = free_port(), time.monotonic()
    with started(instance, port) as process:
        said = read_until(process, "Ctrl-C")
        assert time.monotonic() - begun < 20
        assert f"http://127.0.0.1:{port}" in said
        assert "organisator@demo.example" in said
        assert "Loading" not in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/halsa") as answer:
            assert answer.status == 200
        children = children_of(process.pid)
        assert len(children) == 2
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert rest.strip().endswith("Stopped.")
        assert "Traceback" not in rest
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_child_that_dies_brings_the_whole_down(instance: Path) -> None:
    with started(instance, free_port()) as process:
        read_until(process, "Ctrl-C")
        web, scheduler = children_of(process.pid)
        os.kill(scheduler, signal.SIGKILL)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "scheduler ended by itself (-9); everything is stopped." in rest
    assert not Path(f"/proc/{web}").exists()


def test_a_busy_port(tmp_path: Path) -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = int(listener.getsockname()[1])
        assert failed(tmp_path, port).startswith(f"Port {port} is in use already.")
    assert not (tmp_path / "folja.sqlite").exists()


def test_an_instance_that_cannot_be_written() -> None:
    said = failed(Path("/proc/folja"), free_port())  # where not even root may write
    assert "cannot be written to" in said


def test_a_second_one_from_the_same_folder(tmp_path: Path) -> None:
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert failed(tmp_path, free_port()).startswith("Följa is running already")
