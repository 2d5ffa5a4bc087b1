"""Settings of one installation: environment first, then ``instance/settings.toml``, then defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    sender: str = "folja@localhost.example"


@dataclass(frozen=True)
class Settings:
    """One installation. All paths are absolute."""

    instance: Path
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    mail: MailSettings = MailSettings()
    claim_lease_seconds: int = 120
    catch_up_hours: int = 48
    request_limit_bytes: int = 16 * 1024 * 1024
    proxies: int = 0  # reverse proxies in front whose X-Forwarded-* is believed

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

    Names: ``FOLJA_INSTANCE``, ``FOLJA_DATABASE_URL``, ``FOLJA_BASE_URL``, ``FOLJA_DEMO``,
    ``FOLJA_CLAIM_LEASE_SECONDS``, ``FOLJA_CATCH_UP_HOURS``, ``FOLJA_PROXIES`` and ``MAIL_SERVER``,
    ``MAIL_PORT``, ``MAIL_USERNAME``, ``MAIL_PASSWORD``, ``MAIL_USE_TLS``, ``MAIL_USE_SSL``, ``MAIL_CA_FILE``,
    ``MAIL_TIMEOUT``, ``MAIL_DEFAULT_SENDER``; in the file the same names in lower case.
    """
    instance = Path(environ.get("FOLJA_INSTANCE") or root / "instance").absolute()
    read = _Reader(environ, _file(instance / "settings.toml"))
    return Settings(
        instance=instance,
        database_url=read.text("FOLJA_DATABASE_URL", f"sqlite:///{instance / 'folja.sqlite'}"),
        base_url=read.text("FOLJA_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        demo=read.flag("FOLJA_DEMO"),
        mail=_mail(read),
        claim_lease_seconds=read.number("FOLJA_CLAIM_LEASE_SECONDS", 120),
        catch_up_hours=read.number("FOLJA_CATCH_UP_HOURS", 48),
        proxies=read.number("FOLJA_PROXIES", 0),
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
        sender=read.text("MAIL_DEFAULT_SENDER", "folja@localhost.example"),
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

    def flag(self, name: str) -> bool:
        value = self.text(name, "0").strip().lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off", ""}:
            return False
        raise BadSetting(name, value, "must be 1 or 0")
