"""One mail from the outbox to its outcome. The loop around it is the scheduler's or a command's."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.installation import Installation
from surveys.mail.compose import compose
from surveys.mail.deliver import Transport
from surveys.mail.office import Office
from surveys.mail.outgoing import Outcome, Outgoing, Skipped, StaffMail
from surveys.outbox import sending
from surveys.outbox.sending import Delivered, Desk

log = logging.getLogger("folja.sending")


@dataclass
class Dispatch:
    """A pass over the outbox: who does it, by which way, and the sources of time and chance.

    ``with Dispatch(…) as dispatch:`` settles what is open and closes the way out at the end.
    """

    installation: Installation
    office: Office
    transport: Transport
    worker: str
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    _delivered: Delivered | None = None

    def __post_init__(self) -> None:
        settings = self.installation.settings
        self._desk = Desk(
            self.worker,
            timedelta(seconds=settings.claim_lease_seconds),
            settings.mail_per_minute,
        )

    def __enter__(self) -> "Dispatch":
        return self

    def __exit__(self, *_: object) -> None:
        self.transport.close()
        self.finish()

    def one(self) -> Outcome | Skipped | None:
        """Claim, compose and deliver one mail; None when nothing is due, or nothing may go now.

        The outcome is settled as the next one is claimed, or by ``finish``. A kill at any moment loses
        nothing: what was claimed and not settled is tried again with the same Message-ID. After
        ``unreachable`` the caller should end its pass.
        """
        claimed = sending.settle_and_claim(
            self.installation.database, self.installation.keys, self._delivered, self.clock(), self._desk
        )
        # Not sooner: while the database is away, what is known to have left must not be forgotten.
        self._delivered = None
        if claimed is None or isinstance(claimed, Skipped):
            return claimed
        outcome = self._hand_over(claimed)
        about = claimed.about if isinstance(claimed, Outgoing) else None
        self._delivered = Delivered(
            claimed.message_id,
            outcome,
            self.clock(),
            self.jitter(),
            claimed.address,
            about.sequence if about is not None else None,
        )
        return outcome

    def _hand_over(self, claimed: Outgoing | StaffMail) -> Outcome:
        with self.office.app.app_context():
            try:
                letter = compose(claimed, self.office, self.clock())
            except Exception as error:  # noqa: BLE001 (one mail that cannot be written must not stop the others)
                # The kind of error alone: its text may hold what no log should.
                log.error("mail %d cannot be written (%s)", claimed.message_id, type(error).__name__)
                return Outcome("later", f"cannot be written: {type(error).__name__}")
            return self.transport.deliver(letter)

    def finish(self) -> None:
        """Settle the last mail."""
        delivered = self._delivered
        if delivered is not None:
            sending.settle(
                self.installation.database,
                delivered.message_id,
                delivered.outcome,
                delivered.at,
                delivered.jitter,
                delivered.address,
                delivered.told,
            )
            self._delivered = None
