"""Run a piece of work in a process of its own that kills itself, with -9, at its n-th statement."""

import os
import resource
import signal
import smtplib
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

FULL, LIMIT = 3, 64 * 1024  # exit code, bytes
# Forked from a server without threads: the tests' own process has some, and starting a fresh
# interpreter for every statement would take minutes.
_context = get_context("forkserver")
_context.set_forkserver_preload(
    ["alembic.command", "surveys.answers.responses", "surveys.models", "surveys.outbox.dispatching"]
)


def killed_at(step: int, work: Callable[..., object], *arguments: object) -> bool:
    """Do ``work(*arguments)`` elsewhere and kill it just before its ``step``-th step.

    Steps are statements and commits, what is written to the disk for good (fsync), and of a mail every line
    said to the server and every answer of it.
    Returns False when the work was over before that. ``work`` is a function of a module. Anything
    else than being killed or ending well is an AssertionError.
    """
    process = _context.Process(target=_run, args=(step, work, arguments))
    process.start()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def full_disk(work: Callable[..., object], *arguments: object) -> bool:
    """Do ``work(*arguments)`` elsewhere, where no file may grow beyond 64 kB; whether that was felt."""
    process = _context.Process(target=_run_limited, args=(work, arguments))
    process.start()
    process.join(120)
    assert process.exitcode in (0, FULL), process.exitcode
    return process.exitcode == FULL


def _run_limited(work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    # Python ignores the signal that goes with it, so that a write fails as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
    try:
        work(*arguments)
    except OperationalError:
        os._exit(FULL)


def _run(step: int, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    left = step

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    for name in ("send", "getreply"):
        setattr(smtplib.SMTP, name, _counted(getattr(smtplib.SMTP, name), count))
    os.fsync = _counted(os.fsync, count)
    work(*arguments)


def _counted(said: Callable[..., Any], count: Callable[..., None]) -> Callable[..., Any]:
    def step(*arguments: Any, **options: Any) -> Any:
        count()
        return said(*arguments, **options)

    return step
