"""A real IMAP server on a loopback port, with one user and that user's inbox."""

import imaplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from surveys.config import ReturnSettings
from tests.support.waiting import until

USER, PASSWORD = "demouser", "demopass"


@dataclass(frozen=True)
class ImapServer:
    port: int

    def settings(self) -> ReturnSettings:
        return ReturnSettings(
            imap_server="127.0.0.1",
            imap_port=self.port,
            imap_username=USER,
            imap_password=PASSWORD,
            imap_ssl=False,
        )

    def deliver(self, content: bytes) -> None:
        """Lay a mail in the inbox, unread."""
        with imaplib.IMAP4("127.0.0.1", self.port) as box:
            box.login(USER, PASSWORD)
            status, said = box.append("INBOX", "", "", content)
            assert status == "OK", said

    def unread(self) -> int:
        with imaplib.IMAP4("127.0.0.1", self.port) as box:
            box.login(USER, PASSWORD)
            box.select("INBOX", readonly=True)
            _status, found = box.search(None, "UNSEEN")
            return len(found[0].split())


@contextmanager
def serving() -> Iterator[ImapServer]:
    """Run the server in a process of its own."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("pymap")
    command = [program, "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _answers(port), 30)
        yield ImapServer(port)
    finally:
        server.terminate()
        server.wait(10)


def _answers(port: int) -> bool:
    try:
        with imaplib.IMAP4("127.0.0.1", port) as box:
            return box.login(USER, PASSWORD)[0] == "OK"
    except OSError:
        return False
