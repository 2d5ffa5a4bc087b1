"""``python -m scheduler`` as a process of its own, on the installation of a test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveys.config import Settings
from tests.support.installations import environment

ROOT = Path(__file__).parents[2]


@contextmanager
def scheduler(settings: Settings, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run it; what is still running at the end is killed. Its log is in ``instance/scheduler.log``."""
    with (settings.instance / "scheduler.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "scheduler", *options],
            cwd=ROOT,
            env=os.environ | environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def run_once(settings: Settings) -> int:
    """Plan and send what is due now; return the exit code."""
    with scheduler(settings, "--once") as process:
        return process.wait(300)


def log_of(settings: Settings) -> str:
    return (settings.instance / "scheduler.log").read_text(encoding="utf-8")
