"""Installations for tests: a folder, keys, a fresh database, and servers in front of them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from surveys.config import MailSettings, Settings
from surveys.installation import Installation


def settings_for(
    folder: Path, database_url: str, listener: socket.socket, changes: dict[str, Any]
) -> Settings:
    """Return settings with a base address that belongs to this test alone."""
    instance = folder / "instance"
    instance.mkdir()
    port = listener.getsockname()[1]
    settings = Settings(instance=instance, database_url=database_url, base_url=f"http://127.0.0.1:{port}")
    return replace(settings, **changes)


def sending_to(installation: Installation, mail: MailSettings) -> Installation:
    """Return the same installation with another mail server, as in ``sink.settings()``."""
    return replace(installation, settings=replace(installation.settings, mail=mail))


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables with which a process of its own opens the same installation."""
    mail = settings.mail
    return {
        "FOLJA_INSTANCE": str(settings.instance),
        "FOLJA_DATABASE_URL": settings.database_url,
        "FOLJA_BASE_URL": settings.base_url,
        "FOLJA_DEMO": str(int(settings.demo)),
        "FOLJA_CLAIM_LEASE_SECONDS": str(settings.claim_lease_seconds),
        "FOLJA_CATCH_UP_HOURS": str(settings.catch_up_hours),
        "MAIL_SERVER": mail.server,
        "MAIL_PORT": str(mail.port),
        "MAIL_USERNAME": mail.username,
        "MAIL_PASSWORD": mail.password,
        "MAIL_USE_TLS": str(int(mail.use_tls)),
        "MAIL_USE_SSL": str(int(mail.use_ssl)),
        "MAIL_CA_FILE": mail.ca_file,
        "MAIL_TIMEOUT": str(mail.timeout_seconds),
        "MAIL_DEFAULT_SENDER": mail.sender,
    }


@contextmanager
def reserved_address() -> Iterator[socket.socket]:
    """Yield a socket bound to a free loopback port; it listens only once a server takes it."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@contextmanager
def serving(app: Flask, listener: socket.socket) -> Iterator[str]:
    """Serve ``app`` with threads behind ``listener``; yields its address without a slash at the end."""
    listener.listen(128)
    host, port = listener.getsockname()
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=listener.fileno())
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="live-server")
    thread.start()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass
