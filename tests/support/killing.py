"""Run a piece of work in a process of its own that kills itself, with -9, at its n-th statement."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Engine, event

# Forked from a server without threads: the tests' own process has some, and starting a fresh
# interpreter for every statement would take minutes.
_context = get_context("forkserver")
_context.set_forkserver_preload(["surveys.models", "surveys.responses", "surveys.database"])


def killed_at(step: int, work: Callable[..., object], *arguments: object) -> bool:
    """Do ``work(*arguments)`` elsewhere and kill it just before its ``step``-th statement or commit.

    Returns False when the work was over before that. ``work`` is a function of a module. Anything
    else than being killed or ending well is an AssertionError.
    """
    process = _context.Process(target=_run, args=(step, work, arguments))
    process.start()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def _run(step: int, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    left = step

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    work(*arguments)
