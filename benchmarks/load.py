"""A client light enough not to be what is measured: prepared bytes over kept-alive sockets."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    status: int
    head: bytes
    body: bytes

    def cookies(self) -> list[bytes]:
        """Return the ``name=value`` part of every cookie that was set."""
        return re.findall(rb"set-cookie: ([^;\r]+)", self.head, re.IGNORECASE)


class Client:
    """One connection to ``127.0.0.1:port`` that is kept open and reopened when the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def get(self, path: str, cookies: Iterable[bytes] = ()) -> Reply:
        return self._exchange(f"GET {path} HTTP/1.1".encode(), cookies, b"")

    def post(self, path: str, body: bytes, cookies: Iterable[bytes] = ()) -> Reply:
        return self._exchange(f"POST {path} HTTP/1.1".encode(), cookies, body)

    def _exchange(self, line: bytes, cookies: Iterable[bytes], body: bytes) -> Reply:
        head = [line, f"Host: 127.0.0.1:{self._port}".encode()]
        if joined := b"; ".join(cookies):
            head.append(b"Cookie: " + joined)
        if body:
            head.append(b"Content-Type: application/x-www-form-urlencoded")
            head.append(b"Content-Length: %d" % len(body))
        wire = b"\r\n".join(head) + b"\r\n\r\n" + body
        for _ in range(2):
            try:
                return self._send(wire)
            except ConnectionError:
                self._socket = None
        raise ConnectionError("the server closed the connection twice")

    def _send(self, wire: bytes) -> Reply:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), 30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(wire)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        match = LENGTH.search(head)
        length = int(match[1]) if match else 0
        while len(body) < length:
            body += self._more()
        if b"connection: close" in head.lower():
            self._socket.close()
            self._socket = None
        return Reply(int(head[9:12]), head, body)

    def _more(self) -> bytes:
        assert self._socket is not None
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed")
        return chunk


def rate(port: int, work: Callable[[Client, str], None], items: list[str], at_a_time: int) -> float:
    """Do ``work`` once for every item, ``at_a_time`` in parallel; return how many a second."""
    queue = iter(items)
    lock = threading.Lock()
    failures: list[BaseException] = []

    def one() -> None:
        client = Client(port)
        while not failures:
            with lock:
                item = next(queue, None)
            if item is None:
                return
            try:
                work(client, item)
            except BaseException as failure:
                failures.append(failure)

    threads = [threading.Thread(target=one) for _ in range(at_a_time)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return len(items) / (time.perf_counter() - started)
