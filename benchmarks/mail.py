"""(d) a thousand mails through the dispatcher against a bare smtplib loop to the same server."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from multiprocessing import get_context
from pathlib import Path

from benchmarks import data
from benchmarks.server import ROOT, free_port
from surveys.clock import now
from surveys.config import MailSettings, Settings
from surveys.installation import Installation, open_installation
from surveys.mail.deliver import transport_for
from surveys.mail.office import Office
from surveys.outbox.dispatching import Dispatch

MAILS, MANY = 1000, 10_000
DISPATCHERS = (1, 4)


def measure(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, calibrator's seconds, ours)."""
    with _sink() as port:
        bare = _bare(port)
        ours = _ours(folder, port)
    return [(f"d  {MAILS} mails", bare, ours)]


def measure_many(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, calibrator's seconds, ours) for 10 000 mails with one and with four dispatchers."""
    with _sink() as port:
        bare = _bare(port, MANY)
    result = []
    for dispatchers in DISPATCHERS:
        with _sink() as port:
            seconds = _several(folder / f"many{dispatchers}", port, dispatchers)
        result.append((f"h  {MANY} mails, dispatchers: {dispatchers}", bare, seconds))
    return result


@contextmanager
def _sink() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.sink", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield port
    process.terminate()
    process.wait(10)


def _bare(port: int, mails: int = MAILS) -> float:
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(mails):
            server.send_message(_mail(number))
    return time.perf_counter() - started


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "bench@bench.example", f"p{number}@bench.example"
    mail["Subject"] = "Hur var tillfället?"
    mail.set_content("Hej\n\n" + "Berätta hur tillfället var. Följ länken.\n" * 12)
    mail.add_alternative("<p>Hej</p>" + "<p>Berätta hur tillfället var. Följ länken.</p>" * 12, "html")
    return mail


def _several(folder: Path, port: int, dispatchers: int) -> float:
    """Processes of their own, as several schedulers are; their start is not counted."""
    house = _due(folder, port, MANY)
    settings = house.settings
    house.close()
    with ProcessPoolExecutor(dispatchers, get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.5] * dispatchers))  # so that all of them have started
        started = time.perf_counter()
        list(pool.map(_dispatch_all, [settings] * dispatchers))
        seconds = time.perf_counter() - started
    with smtplib.SMTP("127.0.0.1", port) as server:
        assert int(server.noop()[1]) == MANY, "not every mail arrived once"
    return seconds


def _dispatch_all(settings: Settings) -> None:
    house = open_installation(settings)
    _dispatch(house)
    house.close()


def _due(folder: Path, port: int, mails: int) -> Installation:
    house = data.installation(folder, MailSettings(server="127.0.0.1", port=port))
    with house.database.transaction() as session:
        ids = data.plan(session)
        data.people(session, ids, mails, mails)
        data.invitations(house, session, ids, mails, now())
        data.messages(session, mails, now())
    return house


def _ours(folder: Path, port: int) -> float:
    house = _due(folder / "mail", port, MAILS)
    started = time.perf_counter()
    _dispatch(house)
    seconds = time.perf_counter() - started
    with smtplib.SMTP("127.0.0.1", port) as server:
        assert int(server.noop()[1]) == 2 * MAILS, "not every mail arrived"
    house.close()
    return seconds


def _dispatch(house: Installation) -> None:
    office = Office(house.settings)
    with Dispatch(house, office, transport_for(office), "bench", now, lambda: 0.5) as way:
        while way.one() is not None:
            pass
