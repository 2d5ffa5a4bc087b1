"""Settings of one installation: environment first, then ``instance/settings.toml``, then defaults."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class BadSetting(Exception):
    """A setting cannot be used; ``name``, ``value`` and ``reason`` (an English clause) say why."""

    code = "bad_setting"

    def __init__(self, name: str, value: object, reason: str) -> None:
        super().__init__(f"{name}={value!r}: {reason}")
        self.name, self.value, self.reason = name, value, reason


@dataclass(frozen=True)
class MailSettings:
    """How to reach the mail server. ``server`` empty: no SMTP, mails go to the mailbox folder."""

    server: str = ""
    port: int = 25
    username: str = ""
    password: str = field(default="", repr=False)
    use_tls: bool = False  # STARTTLS
    use_ssl: bool = False
    ca_file: str = ""
    timeout_seconds: int = 30
    dkim_selector: str = ""  # looked for by the doctor; signing is the mail server's
    sender: str = "folja@localhost.example"
    return_address: str = ""  # where bounces go, such as studs@x.se; the mail's own token is put into it
    oauth_token_file: str = ""  # holds an access token: signs in by XOAUTH2 instead of the password


@dataclass(frozen=True)
class ReturnSettings:
    """Where mail to the return address lies: a Maildir on this machine, or a mailbox reached by IMAP."""

    maildir: str = ""
    imap_server: str = ""
    imap_port: int = 993
    imap_username: str = ""
    imap_password: str = field(default="", repr=False)
    imap_ssl: bool = True
    imap_ca_file: str = ""
    imap_folder: str = "INBOX"
    timeout_seconds: int = 30


ACCESSIBILITY_STATUSES = ("full", "partial", "none")
ACCESSIBILITY_METHODS = ("self", "expert")


@dataclass(frozen=True)
class StatementSettings:
    """What the accessibility statement and the privacy page say of this installation, "" where nobody has.

    ``status`` is how far the law is complied with, ``method`` who assessed it. ``shortcomings``, ``burden``
    (what is left out since adapting it would be an unreasonable burden, and why) and ``outside`` (content
    that the law does not cover) are texts of the installation's own, in its own language.
    """

    owner: str = ""
    contact: str = ""
    service: str = "Följa"
    status: str = "partial"
    method: str = "self"
    assessed_on: date | None = None
    updated_on: date | None = None
    shortcomings: str = ""
    burden: str = ""
    outside: str = ""


@dataclass(frozen=True)
class Settings:
    """One installation. All paths are absolute."""

    instance: Path
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    mail: MailSettings = MailSettings()
    returns: ReturnSettings = ReturnSettings()
    claim_lease_seconds: int = 120
    catch_up_hours: int = 48
    export_days: int = 7  # how long an export that was made in the background is kept
    mail_per_minute: int = 0  # most mails a minute over all dispatchers; 0: no limit
    request_limit_bytes: int = 16 * 1024 * 1024
    proxies: int = 0  # reverse proxies in front whose X-Forwarded-* is believed
    alarm_to: tuple[str, ...] = ()  # who hears of a silent scheduler; empty: the administrators
    statement: StatementSettings = StatementSettings()

    @property
    def keys(self) -> Path:
        return self.instance / "keys"

    @property
    def mailbox(self) -> Path:
        """Maildir that takes the mails when no SMTP server is set."""
        return self.instance / "mailbox"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def shows_mailbox(self) -> bool:
        return self.demo and not self.mail.server


def load(environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Settings:
    """Return the settings; raises :class:`BadSetting`.

    Their names stand beside where they are read, below: ``FOLJA_…`` for the installation, ``MAIL_…`` for the
    way to the mail server, ``MAIL_RETURN_…`` for what comes back. In the file the same names in lower case.
    """
    instance = Path(environ.get("FOLJA_INSTANCE") or root / "instance").absolute()
    read = _Reader(environ, _file(instance / "settings.toml"))
    return Settings(
        instance=instance,
        database_url=read.text("FOLJA_DATABASE_URL", f"sqlite:///{instance / 'folja.sqlite'}"),
        base_url=read.text("FOLJA_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        demo=read.flag("FOLJA_DEMO"),
        mail=_mail(read),
        returns=_returns(read),
        claim_lease_seconds=read.number("FOLJA_CLAIM_LEASE_SECONDS", 120),
        catch_up_hours=read.number("FOLJA_CATCH_UP_HOURS", 48),
        export_days=max(1, read.number("FOLJA_EXPORT_DAYS", 7)),
        mail_per_minute=read.number("MAIL_PER_MINUTE", 0),
        proxies=read.number("FOLJA_PROXIES", 0),
        alarm_to=tuple(read.text("FOLJA_ALARM_TO", "").replace(",", " ").split()),
        statement=_statement(read),
    )


def _statement(read: "_Reader") -> StatementSettings:
    return StatementSettings(
        owner=read.text("FOLJA_OWNER", ""),
        contact=read.text("FOLJA_CONTACT", ""),
        service=read.text("FOLJA_SERVICE_NAME", "Följa"),
        status=read.one_of("FOLJA_ACCESSIBILITY_STATUS", ACCESSIBILITY_STATUSES, "partial"),
        method=read.one_of("FOLJA_ACCESSIBILITY_METHOD", ACCESSIBILITY_METHODS, "self"),
        assessed_on=read.day("FOLJA_ACCESSIBILITY_ASSESSED"),
        updated_on=read.day("FOLJA_ACCESSIBILITY_UPDATED"),
        shortcomings=read.text("FOLJA_ACCESSIBILITY_SHORTCOMINGS", ""),
        burden=read.text("FOLJA_ACCESSIBILITY_BURDEN", ""),
        outside=read.text("FOLJA_ACCESSIBILITY_OUTSIDE", ""),
    )


def _mail(read: "_Reader") -> MailSettings:
    return MailSettings(
        server=read.text("MAIL_SERVER", ""),
        port=read.number("MAIL_PORT", 25),
        username=read.text("MAIL_USERNAME", ""),
        password=read.text("MAIL_PASSWORD", ""),
        use_tls=read.flag("MAIL_USE_TLS"),
        use_ssl=read.flag("MAIL_USE_SSL"),
        ca_file=read.text("MAIL_CA_FILE", ""),
        timeout_seconds=read.number("MAIL_TIMEOUT", 30),
        dkim_selector=read.text("MAIL_DKIM_SELECTOR", ""),
        sender=read.text("MAIL_DEFAULT_SENDER", "folja@localhost.example"),
        return_address=read.text("MAIL_RETURN_ADDRESS", ""),
        oauth_token_file=read.text("MAIL_OAUTH_TOKEN_FILE", ""),
    )


def _returns(read: "_Reader") -> ReturnSettings:
    return ReturnSettings(
        maildir=read.text("MAIL_RETURN_MAILDIR", ""),
        imap_server=read.text("MAIL_RETURN_IMAP_SERVER", ""),
        imap_port=read.number("MAIL_RETURN_IMAP_PORT", 993),
        imap_username=read.text("MAIL_RETURN_IMAP_USERNAME", ""),
        imap_password=read.text("MAIL_RETURN_IMAP_PASSWORD", ""),
        imap_ssl=read.flag("MAIL_RETURN_IMAP_SSL", "1"),
        imap_ca_file=read.text("MAIL_RETURN_IMAP_CA_FILE", ""),
        imap_folder=read.text("MAIL_RETURN_IMAP_FOLDER", "INBOX"),
        timeout_seconds=read.number("MAIL_TIMEOUT", 30),
    )


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting("settings.toml", str(path), str(error)) from error


class _Reader:
    def __init__(self, environ: Mapping[str, str], file: Mapping[str, Any]) -> None:
        self._environ, self._file = environ, file

    def text(self, name: str, default: str) -> str:
        value = self._environ.get(name)
        return str(self._file.get(name.lower(), default)) if value is None else value

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        try:
            number = int(value)
        except ValueError:
            raise BadSetting(name, value, "must be a whole number") from None
        if number < 0:
            raise BadSetting(name, value, "must not be negative")
        return number

    def one_of(self, name: str, known: Sequence[str], default: str) -> str:
        value = self.text(name, default)
        if value not in known:
            raise BadSetting(name, value, "must be one of " + ", ".join(known))
        return value

    def day(self, name: str) -> date | None:
        value = self.text(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            raise BadSetting(name, value, "must be a date such as 2026-11-22") from None

    def flag(self, name: str, default: str = "0") -> bool:
        value = self.text(name, default).strip().lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off", ""}:
            return False
        raise BadSetting(name, value, "must be 1 or 0")
