"""Sends what is due, one mail after the other over one connection."""

import os
import random
import socket
import threading
from collections import Counter

from scheduler.rounds import Round, log
from surveys import clock
from surveys.installation import Installation
from surveys.mail.deliver import transport_for
from surveys.mail.office import Office
from surveys.mail.outgoing import Outcome, Skipped
from surveys.outbox import sending_state
from surveys.outbox.dispatching import Dispatch

# So many mails in a row that did not go are not about the mails.
MOST_FAULTS = 5


class Dispatcher(Round):
    """Pauses, for longer each time, while the mail server is away or turns everything down.

    The pause is in the database: all dispatchers of an installation keep it, and anybody can end it.
    """

    name = "dispatcher"

    def __init__(self, installation: Installation, stopping: threading.Event) -> None:
        super().__init__(installation, stopping)
        self._office = Office(installation.settings)
        self._was_paused = False

    def go_round(self) -> None:
        state = sending_state.state(self.installation.database)
        self._was_paused = state.is_paused
        self.note = _note(state)
        if state.is_muted or sending_state.pauses_at(state.paused_until, clock.now()):
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
            if isinstance(result, Outcome) and result.kind == "sent":
                self._recovered()
            self.beat()
        if tally:
            counts = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.items()))
            log.info("%s: %s", self.name, counts)

    def _pause(self, outcome: Outcome) -> None:
        code = outcome.code or "repeated_errors"
        database = self.installation.database
        until = sending_state.pause(database, code, outcome.text, clock.now(), _chance())
        self.note = _note(sending_state.state(database))
        log.warning("%s: paused until %s, %s", self.name, until.isoformat(), self.note)

    def _recovered(self) -> None:
        if self._was_paused:
            sending_state.recovered(self.installation.database)
            self._was_paused, self.note = False, None


def _note(state: sending_state.Sending) -> str | None:
    return f"{state.pause_code}: {state.pause_text}" if state.is_paused else None


def _is_fault(result: Outcome | Skipped) -> bool:
    """Whether the server, rather than this one mail, may be the reason; one "later" for a receiver is not."""
    if isinstance(result, Skipped):
        return False
    return result.kind == "uncertain" or (result.kind == "later" and bool(result.code))


def _worker() -> str:
    return f"{socket.gethostname()[:48]}:{os.getpid()}"


def _chance() -> float:
    return random.random()  # noqa: S311 (spreads retries; nobody gains by guessing it)
