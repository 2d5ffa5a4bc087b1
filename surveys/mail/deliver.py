"""Ways out of the house: over SMTP, or into the mailbox folder."""

import ssl
from datetime import UTC, datetime
from typing import Protocol

from flask_mail import Message

from surveys.config import Settings
from surveys.mail.connection import SafeConnection, Undelivered, envelope, refuse_line_breaks
from surveys.mail.mailbox import Mailbox
from surveys.mail.office import Office
from surveys.mail.outgoing import Outcome

SHORTEST_TIMEOUT = 3.0  # seconds


class Transport(Protocol):
    """Hands mails over, one at a time, and keeps what it needs open until ``close``."""

    def deliver(self, message: Message) -> Outcome: ...

    def close(self) -> None: ...


class SmtpTransport:
    """A real mail server; one connection for all mails until ``close``."""

    def __init__(self, office: Office) -> None:
        mail = office.settings.mail
        # A mail that is being handed over must not pass for lost: four answers fit in the lease.
        timeout = min(mail.timeout_seconds, max(SHORTEST_TIMEOUT, office.settings.claim_lease_seconds / 4))
        context = ssl.create_default_context(cafile=mail.ca_file or None)
        self._connection = SafeConnection(
            office.app.extensions["mail"], timeout, context, mail.oauth_token_file
        )

    def deliver(self, message: Message) -> Outcome:
        try:
            # What bounces comes back to the mail's own return address, where there is one.
            self._connection.send(message, getattr(message, "return_path", "") or None)
        except Undelivered as error:
            return error.outcome
        return Outcome("sent")

    def close(self) -> None:
        self._connection.close()


class MailboxTransport:
    """The mailbox folder, which takes everything."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def deliver(self, message: Message) -> Outcome:
        try:
            refuse_line_breaks(message)
            envelope(message)
        except Undelivered as error:
            return error.outcome
        at = datetime.fromtimestamp(message.date or 0, UTC)
        try:
            self._mailbox.put(message.as_bytes(), message.msgId.strip("<>").partition("@")[0], at)
        except OSError as error:
            return Outcome("unreachable", str(error), "mailbox_unwritable")
        return Outcome("sent")

    def close(self) -> None:
        pass


def transport_for(office: Office, as_if: bool = False) -> Transport:
    """The way out that the settings name; ``as_if`` it were another time, never a real mail server."""
    settings: Settings = office.settings
    if as_if or not settings.mail.server:
        return MailboxTransport(Mailbox(settings.mailbox))
    return SmtpTransport(office)
