"""Flask-Mail's connection with four faults mended.

It did not check the server's certificate at STARTTLS, had no timeout, failed on every mail after a
dropped connection, and let a line break in an extra header make headers of its own.
"""

import contextlib
import smtplib
import ssl
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from flask_mail import Connection, Message

from surveys.mail.outgoing import Outcome

# Said at any stage, these concern us and not the receiver.
_SIGN_IN_CODES = frozenset({454, 530, 534, 535, 538})
_LINE_BREAKS = ("\r", "\n", "\0")


class Undelivered(Exception):
    """A mail did not go; ``outcome`` says how sure that is and what follows."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.text)
        self.outcome = outcome


class SafeConnection(Connection):
    """One connection for many mails; opened at the first, opened anew when it has been dropped.

    ``timeout`` in seconds holds for every single answer of the server. ``context`` decides whom to trust.
    ``token_file`` holds an OAuth access token, read anew at every sign-in since it lives for an hour.
    """

    def __init__(self, mail: Any, timeout: float, context: ssl.SSLContext, token_file: str = "") -> None:
        super().__init__(mail)
        self._timeout, self._context, self._token_file = timeout, context, token_file

    def configure_host(self) -> smtplib.SMTP:
        """Open, encrypt and sign in; raises Undelivered where that fails."""
        host: smtplib.SMTP | None = None
        try:
            host = self._connect()
            if self.mail.use_tls:
                host.starttls(context=self._context)
            if self.mail.username and self._token_file:
                _sign_in_by_token(host, self.mail.username, _token(self._token_file))
            elif self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except (smtplib.SMTPAuthenticationError, UnicodeError) as error:
            # The library takes no password outside ASCII.
            _close(host)
            raise Undelivered(Outcome("unreachable", _said(error), "sign_in_refused")) from error
        except ssl.SSLError as error:
            _close(host)
            raise Undelivered(Outcome("unreachable", _said(error), "not_trusted")) from error
        except (OSError, smtplib.SMTPException) as error:
            _close(host)
            raise Undelivered(Outcome("unreachable", _said(error), "unreachable")) from error
        return host

    def _connect(self) -> smtplib.SMTP:
        if self.mail.use_ssl:
            return smtplib.SMTP_SSL(
                self.mail.server, self.mail.port, timeout=self._timeout, context=self._context
            )
        return smtplib.SMTP(self.mail.server, self.mail.port, timeout=self._timeout)

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Hand one mail over; raises Undelivered where the server did not say that it took it."""
        refuse_line_breaks(message)
        sender, receivers = envelope(message, envelope_from)
        content = message.as_bytes()
        self._announce(sender, receivers)
        self._hand_over(content)
        self.num_emails += 1

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self.host is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.host.quit()
            self._drop()

    def _announce(self, sender: str, receivers: list[str]) -> None:
        reused = self.host is not None
        try:
            self._say_envelope(sender, receivers)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._drop()
            if not reused:
                raise Undelivered(Outcome("later", _said(error), "dropped")) from error
            # The server hung up since the last mail. Nothing of this one has been said: begin anew.
            self._announce(sender, receivers)

    def _say_envelope(self, sender: str, receivers: list[str]) -> None:
        if self.host is None:
            self.host = self.configure_host()
        self.host.ehlo_or_helo_if_needed()
        self._expect(*self.host.mail(sender), ours=True)
        for receiver in receivers:
            self._expect(*self.host.rcpt(receiver), of_receiver=True)

    def _hand_over(self, content: bytes) -> None:
        assert self.host is not None  # noqa: S101
        try:
            answer = self.host.data(content)
        except smtplib.SMTPDataError as error:
            # The server did not want the text, which has not left.
            answer = (error.smtp_code, _bytes(error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Undelivered(Outcome("uncertain", _said(error))) from error
        self._expect(*answer)

    def _expect(self, code: int, said: bytes, *, ours: bool = False, of_receiver: bool = False) -> None:
        """Go on where ``code`` is a yes. ``ours``: a no for good is about the sender, so about every mail;
        ``of_receiver``: it is the answer to the address.
        """
        if 200 <= code < 300:
            return
        self._forget_envelope(code)
        text = f"{code} {_text(said)}"
        if code in _SIGN_IN_CODES:
            raise Undelivered(Outcome("unreachable", text, "sign_in_refused"))
        if code < 500:
            raise Undelivered(Outcome("later", text, "busy" if ours or code == 421 else ""))
        if ours:
            raise Undelivered(Outcome("unreachable", text, "sender_refused"))
        raise Undelivered(Outcome("refused", text, of_receiver=of_receiver))

    def _forget_envelope(self, code: int) -> None:
        if code == 421 or self.host is None:
            self._drop()
            return
        try:
            self.host.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        _close(self.host)
        self.host = None


def refuse_line_breaks(message: Message) -> None:
    """Raise Undelivered where a header holds a line break: it would begin a header of its own."""
    flat = [message.subject, message.sender, message.reply_to, message.msgId]
    for address in [*message.recipients, *message.cc, *message.bcc]:
        flat += list(address) if isinstance(address, tuple) else [address]
    for name, value in (message.extra_headers or {}).items():
        flat += [name, value]
    if any(mark in str(part) for part in flat if part for mark in _LINE_BREAKS):
        raise Undelivered(Outcome("refused", "a line break in a header"))


def envelope(message: Message, envelope_from: str | tuple[str, str] | None = None) -> tuple[str, list[str]]:
    """Sender and receivers as a server takes them; raises Undelivered where there is none it would take."""
    sender = _bare(envelope_from or message.sender)
    receivers = [_bare(address) for address in message.send_to]
    if not receivers:
        raise Undelivered(Outcome("refused", "no address"))
    return sender, receivers


def _bare(address: str | tuple[str, str]) -> str:
    """The address alone, its domain in ASCII."""
    bare = address[1] if isinstance(address, tuple) else parseaddr(address)[1]
    local, at, domain = bare.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if not at or not local.isascii() or not ascii_domain:
        raise Undelivered(Outcome("refused", "no address that the server can take"))
    return f"{local}@{ascii_domain}"


def _token(path: str) -> str:
    """The access token in a file. Raises OSError, so that sending waits until there is one."""
    return Path(path).read_text(encoding="ascii").strip()


def _sign_in_by_token(host: smtplib.SMTP, username: str, token: str) -> None:
    """XOAUTH2. After a no the server says why in a challenge, which is answered by nothing."""
    host.ehlo_or_helo_if_needed()
    given = f"user={username}\x01auth=Bearer {token}\x01\x01"
    host.auth("XOAUTH2", lambda challenge=None: given if challenge is None else "")


def _close(host: smtplib.SMTP | None) -> None:
    if host is not None:
        host.close()


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(_bytes(error.smtp_error))}"
    return _printable(f"{type(error).__name__}: {error}")


def _text(said: bytes) -> str:
    return _printable(said.decode("utf-8", "replace"))


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
