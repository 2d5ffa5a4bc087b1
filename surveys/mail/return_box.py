"""Where returned mail lies: a Maildir, or a mailbox reached by IMAP. A mail is given out until it is done."""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from surveys.config import ReturnSettings

AT_ONCE = 200


class BoxAway(Exception):
    """The mailbox cannot be read now; the text says what was said."""

    code = "return_box_away"


class ReturnBox(Protocol):
    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Yield (handle, mail) of those not done yet, at most ``AT_ONCE``; raises :class:`BoxAway`."""

    def done(self, handle: str) -> None:
        """Never hand this one out again."""


class MaildirBox:
    """A folder a mail server delivers into: what is in ``new`` is unread, what is done goes to ``cur``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unread(self) -> Iterator[tuple[str, bytes]]:
        new = self._folder / "new"
        try:
            names = sorted(each.name for each in new.iterdir() if not each.name.startswith("."))
        except OSError as error:
            raise BoxAway(str(error)) from error
        for name in names[:AT_ONCE]:
            with contextlib.suppress(FileNotFoundError):  # another process was quicker
                yield name, (new / name).read_bytes()

    def done(self, handle: str) -> None:
        (self._folder / "cur").mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            (self._folder / "new" / handle).rename(self._folder / "cur" / f"{handle}:2,S")


class ImapBox:
    """A mailbox on a server; what is done is marked as read."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box

    def unread(self) -> Iterator[tuple[str, bytes]]:
        try:
            uids = self._box.uids(AND(seen=False))[:AT_ONCE]
            for uid in uids:
                for mail in self._box.fetch(AND(uid=uid), mark_seen=False):
                    yield uid, mail.obj.as_bytes()
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
            raise BoxAway(str(error)) from error

    def done(self, handle: str) -> None:
        self._box.flag(handle, MailMessageFlags.SEEN, value=True)


@contextmanager
def return_box(settings: ReturnSettings) -> Iterator[ReturnBox | None]:
    """Yield the box the settings name, None where they name none; raises :class:`BoxAway`."""
    if settings.maildir:
        yield MaildirBox(Path(settings.maildir))
    elif settings.imap_server:
        with _signed_in(settings) as box:
            yield ImapBox(box)
    else:
        yield None


@contextmanager
def _signed_in(settings: ReturnSettings) -> Iterator[BaseMailBox]:
    try:
        box = _connected(settings)
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise BoxAway(str(error)) from error
    try:
        _sign_in(box, settings)
        yield box
    finally:
        with contextlib.suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
            box.client.logout()


def _sign_in(box: BaseMailBox, settings: ReturnSettings) -> None:
    try:
        box.login(settings.imap_username, settings.imap_password, initial_folder=settings.imap_folder)
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise BoxAway(str(error)) from error


def _connected(settings: ReturnSettings) -> BaseMailBox:
    if not settings.imap_ssl:
        return MailBoxUnencrypted(settings.imap_server, settings.imap_port, timeout=settings.timeout_seconds)
    context = ssl.create_default_context(cafile=settings.imap_ca_file or None)
    return MailBox(
        settings.imap_server, settings.imap_port, timeout=settings.timeout_seconds, ssl_context=context
    )
