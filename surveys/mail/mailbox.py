"""The mailbox folder (Maildir) that takes the mails where no SMTP server is set, and reading in it.

Names begin with the moment, so that a sorted list of names is a list by time.
"""

import email
import email.policy
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

_NAME = re.compile(r"\d{10,12}\.\d{6}_[A-Za-z0-9_-]{1,64}\.folja", re.ASCII)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list of mails shows."""

    name: str
    at: datetime
    receiver: str
    sender: str
    subject: str
    language: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail; ``kind`` is such as text/calendar."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    heading: Heading
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]


class Mailbox:
    """A Maildir; whole mails appear in ``new`` at once, half ones never."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes, public_id: str, at: datetime) -> None:
        """Keep one mail; ``public_id`` (letters, digits, ``-``, ``_``) tells mails of one moment apart."""
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{int(at.timestamp()):010d}.{at.microsecond:06d}_{public_id}.folja"
        draft = self._folder / "tmp" / f"{name}.{os.getpid()}"
        draft.write_bytes(content)
        draft.rename(self._folder / "new" / name)

    def names(self) -> list[str]:
        """All mails, newest first."""
        try:
            found = [each.name for each in (self._folder / "new").iterdir()]
        except FileNotFoundError:
            return []
        return sorted((name for name in found if _NAME.fullmatch(name)), reverse=True)

    def addressed_to(self, wanted: str) -> list[str]:
        """The mails, newest first, with ``wanted`` in the name or address of the receiver, in any case.

        Of each mail no more is read than the lines up to its receiver.
        """
        sought = wanted.casefold()
        return [name for name in self.names() if sought in self._receiver(name).casefold()]

    def _receiver(self, name: str) -> str:
        try:
            with (self._folder / "new" / name).open("rb") as file:
                return _receiver(file)
        except FileNotFoundError:
            return ""  # emptied meanwhile

    def headings(self, names: list[str]) -> Iterator[Heading]:
        for name in names:
            try:
                with (self._folder / "new" / name).open("rb") as file:
                    yield _heading(name, BytesHeaderParser(policy=email.policy.default).parse(file))
            except FileNotFoundError:
                continue  # emptied meanwhile

    def letter(self, name: str) -> Letter | None:
        if not _NAME.fullmatch(name):
            return None
        try:
            content = (self._folder / "new" / name).read_bytes()
        except FileNotFoundError:
            return None
        message = email.message_from_bytes(content, policy=email.policy.default)
        headers = tuple((key, str(value)) for key, value in message.items())
        heading, attached = _heading(name, message), tuple(_attachments(message))
        return Letter(heading, _part(message, "plain"), _part(message, "html"), headers, attached)


def _receiver(lines: Iterable[bytes]) -> str:
    """What stands in To of a mail, put in words; "" where there is none."""
    found: list[bytes] = []
    for line in lines:
        if found and line[:1] not in b" \t":
            break
        if found or line[:3].lower() == b"to:":
            found.append(line.strip())
        elif not line.strip():
            break
    text = b" ".join(found)[3:].decode("utf-8", "replace")
    return str(make_header(decode_header(text.strip())))


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    if message.get_content_type() != "multipart/mixed":
        return
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            kind = part.get_content_type()
            yield Attachment(part.get_filename() or kind.replace("/", "."), kind, content)


def _heading(name: str, message: EmailMessage) -> Heading:
    at = message["Date"].datetime if message["Date"] else None
    if at is None:
        at = datetime.fromtimestamp(int(name.partition(".")[0])).astimezone()
    shown = ("To", "From", "Subject", "Content-Language")
    return Heading(name, at.astimezone(), *(str(message[key] or "") for key in shown))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
