"""Runs web and scheduler as children, and stops both when one of them, or the user, stops."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from surveys.config import ROOT

HOST = "127.0.0.1"
STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 15
LOOKS_EVERY_SECONDS = 0.2

_FOLJA = "from surveys.cli import main; main()"
_STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChildDied(Exception):
    """A child ended by itself; ``name`` says which, ``status`` with what exit code."""

    code = "child_died"

    def __init__(self, name: str, status: int) -> None:
        super().__init__(f"{name}: {status}")
        self.name, self.status = name, status


class NeverAnswered(Exception):
    """The web server is there but does not answer."""

    code = "never_answered"


class Stopped(Exception):
    """The user, or whoever started the process, wants it to end."""


Children = Mapping[str, subprocess.Popen[bytes]]


def port_is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
        return True


@contextmanager
def stopping_by_signal() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into :class:`Stopped`, once: a second one does not disturb the end."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in _STOPPED_BY:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in _STOPPED_BY}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running(port: int, environment: Mapping[str, str]) -> Iterator[Children]:
    """Yield web and scheduler, started; both have ended when the block has."""
    commands = {
        "web": [sys.executable, "-c", _FOLJA, "web", "--port", str(port)],
        "scheduler": [sys.executable, "-m", "scheduler"],
    }
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # A session of their own: Ctrl-C comes to us alone, and they are told to end in good order.
            children[name] = subprocess.Popen(  # noqa: S603
                command, cwd=ROOT, env=dict(environment), start_new_session=True, stdin=subprocess.DEVNULL
            )
        yield children
    finally:
        _stop(children)


def wait_until_it_answers(children: Children, port: int) -> None:
    """Return once the web server takes connections; raises :class:`ChildDied`, :class:`NeverAnswered`."""
    ends = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < ends:
        _look_after(children)
        with socket.socket() as caller:
            caller.settimeout(1)
            if caller.connect_ex((HOST, port)) == 0:
                return
        time.sleep(LOOKS_EVERY_SECONDS)
    raise NeverAnswered


def watch(children: Children) -> None:
    """Wait for as long as all children live; raises :class:`ChildDied` when one has ended."""
    while True:
        _look_after(children)
        time.sleep(LOOKS_EVERY_SECONDS)


def _look_after(children: Children) -> None:
    for name, child in children.items():
        status = child.poll()
        if status is not None:
            raise ChildDied(name, status)


def _stop(children: Children) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    ends = time.monotonic() + STOPS_WITHIN_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
