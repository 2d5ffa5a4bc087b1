"""Flask-Mail's message, flattened in a third of the time; with a picture and a calendar file where wanted."""

from email.encoders import encode_base64
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.policy import Compat32
from functools import cache
from typing import Any

from flask_mail import Message

from surveys.config import ROOT
from surveys.mail.calendar import CalendarFile

LONGEST_HEADER = 900  # characters; RFC 5322 allows lines of 998
EMBLEM = ROOT / "surveys" / "static" / "img" / "eu.png"
EMBLEM_ID = "eu-emblem@folja"


class _Quick(Compat32):
    """The older e-mail policy, where a header in ASCII is written as Flask-Mail has encoded and folded it.

    Flask-Mail sets the newer one, which takes every header apart again each time it looks at one.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if isinstance(value, str) and value.isascii() and len(value) < LONGEST_HEADER:
            lines = f"{name}: {value}".replace("\r\n", "\n").split("\n")
            return "\r\n".join([*lines, ""]).encode()
        return super().fold_binary(name, value)


_POLICY = _Quick(linesep="\r\n")


class Letter(Message):
    """A mail with a text and an HTML part.

    ``return_path`` is the address that the envelope names, "" the sender's own. ``shows_emblem`` puts the
    EU emblem beside the HTML (``cid:`` and EMBLEM_ID). ``calendar`` is attached, under ``calendar_name``.
    """

    return_path: str = ""
    shows_emblem: bool = False
    calendar: CalendarFile | None = None
    calendar_name: str = "occasion.ics"

    def as_bytes(self) -> bytes:
        whole = self._message()
        parts = whole.get_payload(0)
        assert isinstance(parts, Part)  # noqa: S101
        # One of our own, or a random one is looked for in the text by a pattern made for it alone. No line
        # of a mail can be equal to it: the identifier is nobody's to write.
        mark = f"=={self.msgId.strip('<>').replace('@', '=')}=="
        parts.set_boundary(mark)
        if self.shows_emblem:
            _beside(parts, _emblem(), f"r{mark}")
        if self.calendar is not None:
            parts = _with_calendar(parts, self.calendar, self.calendar_name, f"m{mark}")
        for name, value in whole.raw_items():
            if name not in {"Content-Type", "MIME-Version"}:
                parts[name] = value
        parts.policy = _POLICY
        return parts.as_bytes(policy=_POLICY)


def _beside(alternatives: Part, picture: Part, boundary: str) -> None:
    """Put the picture together with the HTML, which is the last of the alternatives."""
    payload = alternatives.get_payload()
    assert isinstance(payload, list)  # noqa: S101
    related = MIMEMultipart("related", boundary)
    related.attach(payload[-1])
    related.attach(picture)
    payload[-1] = related


def _with_calendar(parts: Part, calendar: CalendarFile, name: str, boundary: str) -> MIMEMultipart:
    mixed = MIMEMultipart("mixed", boundary)
    mixed.attach(parts)
    file = MIMEBase("text", "calendar", charset="utf-8", method=calendar.method, name=name)
    file.set_payload(calendar.content)
    encode_base64(file)
    file.add_header("Content-Disposition", "attachment", filename=name)
    mixed.attach(file)
    return mixed


@cache
def _emblem() -> MIMEImage:
    picture = MIMEImage(EMBLEM.read_bytes(), "png")
    picture.add_header("Content-ID", f"<{EMBLEM_ID}>")
    picture.add_header("Content-Disposition", "inline", filename="eu.png")
    return picture
