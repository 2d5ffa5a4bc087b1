"""Tests talk to this machine only: loopback addresses and Unix sockets."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class NetworkForbidden(Exception):
    """A test wanted to reach another machine."""


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail a test that opens a connection to, or looks up, anything but this machine.

    The value is the list of what was tried; only the test of this fixture empties it.
    """
    tried: list[str] = []

    def check(host: object) -> None:
        if not _is_here(host):
            tried.append(str(host))
            raise NetworkForbidden(f"tests must not reach {host!r}")

    def guarded(method: Any) -> Any:
        def call(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1]
            if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
                check(address[0])
            return method(self, *arguments)

        return call

    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        check(host)
        return look_up(host, *arguments, **options)

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield tried
    # Said again here, for code that takes any error of a connection in its stride.
    assert not tried, f"tests must not reach other machines, this one tried: {', '.join(tried)}"


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host is None or host in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
