"""``folja web``: the web server in the foreground."""

import os
import sys

import click

from surveys.commands import opened
from surveys.config import ROOT

THREADS = 8


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def web(host: str, port: int, workers: int) -> None:
    """Serve the pages with gunicorn until stopped."""
    with opened():
        pass  # what is wrong with it is said here, in one line
    # Gunicorn takes the place of this process: its signals and its exit code are then ours.
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", *_options(workers), "wsgi:app"]
    os.execv(sys.executable, command)  # noqa: S606


def _options(workers: int) -> list[str]:
    return [
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(THREADS)),
        # Addresses hold people's links, so no access log; X-Forwarded-* is nobody's here.
        *("--log-level", "warning", "--no-control-socket", "--forwarded-allow-ips", ""),
        *("--graceful-timeout", "10", "--chdir", str(ROOT)),
    ]
