"""Sends what is due, one mail after the other over one connection."""

import os
import random
import socket
import threading
from collections import Counter
from datetime import datetime

from scheduler.rounds import Round, log
from surveys import clock
from surveys.dispatching import Dispatch
from surveys.domain.timing import backoff
from surveys.installation import Installation
from surveys.mail.deliver import transport_for
from surveys.mail.office import Office
from surveys.mail.outgoing import Outcome, Skipped

# So many mails in a row that did not go are not about the mails.
MOST_FAULTS = 5


class Dispatcher(Round):
    """Pauses, for longer each time, while the mail server is away or turns everything down."""

    name = "dispatcher"

    def __init__(self, installation: Installation, stopping: threading.Event) -> None:
        super().__init__(installation, stopping)
        self._office = Office(installation.settings)
        self._pauses = 0
        self._paused_until: datetime | None = None

    def go_round(self) -> None:
        now = clock.now()
        # A clock that was set back must not leave it paused for a day.
        if self._paused_until and now < self._paused_until <= now + backoff(self._pauses, 0.999):
            return
        way = transport_for(self._office)
        with Dispatch(self.installation, self._office, way, _worker(), clock.now, _chance) as dispatch:
            self._send_all(dispatch)

    def _send_all(self, dispatch: Dispatch) -> None:
        tally: Counter[str] = Counter()
        faults = 0
        while not self.stopping.is_set():
            result = dispatch.one()
            if result is None:
                break
            tally[result.state if isinstance(result, Skipped) else result.kind] += 1
            faults = faults + 1 if _is_fault(result) else 0
            if isinstance(result, Outcome) and (result.kind == "unreachable" or faults >= MOST_FAULTS):
                self._pause(result)
                break
            if tally["sent"]:
                self._resume()
            self.beat()
        if tally:
            counts = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.items()))
            log.info("%s: %s", self.name, counts)

    def _pause(self, outcome: Outcome) -> None:
        self._pauses += 1
        self._paused_until = clock.now() + backoff(self._pauses, _chance())
        self.note = f"{outcome.code or 'repeated_errors'}: {outcome.text}"
        log.warning("%s: paused until %s, %s", self.name, self._paused_until.isoformat(), self.note)

    def _resume(self) -> None:
        self._pauses, self._paused_until, self.note = 0, None, None


def _is_fault(result: Outcome | Skipped) -> bool:
    """Whether the server, rather than this one mail, may be the reason; one "later" for a receiver is not."""
    if isinstance(result, Skipped):
        return False
    return result.kind == "uncertain" or (result.kind == "later" and bool(result.code))


def _worker() -> str:
    return f"{socket.gethostname()[:48]}:{os.getpid()}"


def _chance() -> float:
    return random.random()  # noqa: S311 (spreads retries; nobody gains by guessing it)
