"""A real SMTP server on a loopback port that records what it takes and fails as it is told to."""

import asyncio
import base64
import binascii
import contextlib
import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

from surveys.config import MailSettings

# Key and certificate in one file, made for these tests, signed by itself, for 127.0.0.1 and localhost.
CERTIFICATE = Path(__file__).with_name("self-signed.pem")
IDLE_SECONDS = 20
Step = Literal["mail", "rcpt", "data", "accepted"]


@dataclass(frozen=True)
class Received:
    """One mail the server took: it answered 250, or kept it and then dropped the line."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=email.policy.default)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """The plain text part, decoded."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part else ""


@dataclass
class Fault:
    """What goes wrong at a step: ``reply`` is said, or with ``None`` the connection is dropped.

    Steps: ``mail`` (before anything), ``rcpt``, ``data`` (the mail is not kept), ``accepted`` (the
    mail is kept, and then no 250 comes). ``recipient`` limits it to one address, ``times`` to so
    many occurrences.
    """

    step: Step
    reply: str | None
    recipient: str | None = None
    times: int | None = None

    def strikes(self, step: Step, recipients: list[str]) -> bool:
        if self.step != step or self.times == 0 or (self.recipient and self.recipient not in recipients):
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class SmtpSink:
    """The server. ``messages`` grows; ``fail`` and ``heal`` may be called while it runs.

    ``credentials`` are a user and a password, ``tokens`` a user and the access token that is good now.
    """

    tls: bool = False
    credentials: tuple[str, str] | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    messages: list[Received] = field(default_factory=list)
    connections: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    _faults: list[Fault] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def fail(
        self, step: Step, reply: str | None, *, recipient: str | None = None, times: int | None = None
    ) -> None:
        self._faults.append(Fault(step, reply, recipient, times))

    def heal(self) -> None:
        self._faults.clear()

    def settings(self, **changes: Any) -> MailSettings:
        """Return settings that send here, signing in where the server wants it."""
        username, password = self.credentials or ("", "")
        known = {"server": self.host, "port": self.port, "username": username, "password": password}
        known |= {"use_tls": self.tls, "ca_file": str(CERTIFICATE) if self.tls else ""}
        return MailSettings(**(known | {"timeout_seconds": 5} | changes))

    def to(self, address: str) -> list[Received]:
        return [received for received in self.messages if address in received.recipients]

    def wait_for(self, count: int, seconds: float = 10) -> list[Received]:
        """Return the messages once there are ``count`` or more; fails after ``seconds``."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.messages) >= count, seconds)
        assert enough, f"{len(self.messages)} of {count} mails came within {seconds} s"
        return self.messages

    # From here on: what aiosmtpd calls.

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer("mail", server, []) or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._answer("rcpt", server, [address])
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        refusal = self._answer("data", server, envelope.rcpt_tos)
        if refusal is None:
            self._keep(session, envelope)
            refusal = self._answer("accepted", server, envelope.rcpt_tos)
        return refusal or "250 2.0.0 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        known = self.credentials and tuple(part.encode() for part in self.credentials)
        fits = isinstance(given, LoginPassword) and (given.login, given.password) == known
        return AuthResult(success=fits, handled=fits, auth_data=given.login.decode() if fits else None)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """As Microsoft and Google do: the reason of a no comes as a challenge, then the no itself."""
        user, token = _bearer(args[1] if len(args) > 1 else "")
        if user and self.tokens.get(user) == token:
            return AuthResult(success=True, auth_data=user)
        said = await server.challenge_auth('{"status":"400","schemes":"Bearer","scope":"mail"}')
        return AuthResult(success=False, handled=said is MISSING)

    def _answer(self, step: Step, server: SMTP, recipients: list[str]) -> str | None:
        for fault in self._faults:
            if fault.strikes(step, recipients):
                if fault.reply is None:
                    server.transport.abort()
                return fault.reply or "421 gone"
        return None

    def _keep(self, session: Session, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        received = Received(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            content=content,
            encrypted=session.ssl is not None,
            user=session.auth_data if isinstance(session.auth_data, str) else None,
        )
        with self._changed:
            self.messages.append(received)
            self._changed.notify_all()

    def _protocol(self) -> SMTP:
        self.connections += 1
        context = None
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
        return SMTP(
            self,
            hostname="sink.example",
            tls_context=context,
            require_starttls=self.tls,
            authenticator=self.authenticate,
            auth_required=self.credentials is not None or bool(self.tokens),
            auth_require_tls=self.tls,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
        )


@contextlib.contextmanager
def running(sink: SmtpSink) -> Iterator[SmtpSink]:
    """Serve ``sink`` on a free port in a thread of its own."""
    listener = socket.create_server((sink.host, 0), backlog=256)
    sink.port = listener.getsockname()[1]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_serve, args=(loop, sink, listener), name="smtp-sink")
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _serve(loop: asyncio.AbstractEventLoop, sink: SmtpSink, listener: socket.socket) -> None:
    # The listener was opened by the caller, so connections wait in it until the loop is up.
    server = loop.run_until_complete(loop.create_server(sink._protocol, sock=listener))
    loop.run_forever()
    loop.run_until_complete(_wind_up(server))
    loop.close()


async def _wind_up(server: asyncio.Server) -> None:
    server.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    # One more round lets the transports of dropped connections close.
    await asyncio.sleep(0)


def _bearer(given: str) -> tuple[str, str]:
    """(user, token) of what XOAUTH2 begins with; ("", "") of anything else."""
    try:
        fields = base64.b64decode(given, validate=True).decode("ascii").split("\x01")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    if len(fields) != 4 or fields[2:] != ["", ""] or not fields[1].startswith("auth=Bearer "):
        return "", ""
    return fields[0].removeprefix("user="), fields[1].removeprefix("auth=Bearer ")


def closed_port() -> int:
    """Return a loopback port on which nobody listens."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
