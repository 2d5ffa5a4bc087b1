"""What goes to the post and what comes back from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from surveys.models.programme import LocalText

Kind = Literal["invitation", "reminder", "log_prompt", "log_reminder"]
OutcomeKind = Literal["sent", "refused", "later", "unreachable", "uncertain"]


@dataclass(frozen=True, slots=True)
class About:
    """The occasion a mail is about; moments are wall times of ``timezone``."""

    title: str
    place: str | None
    starts: datetime | None
    ends: datetime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The project that asks."""

    code: str
    title: str
    name: str
    reply_to: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail that has been claimed and is still wanted; nothing of an answer or a log is in it.

    ``path`` is the personal link without the host. ``attended`` says that the receiver is known to have
    been at the occasion. ``closes_at`` is a moment, shown in the zone of the occasion or the project.
    """

    message_id: int
    public_id: str
    kind: Kind
    step: int
    receiver: str
    address: str
    language: str
    sender: Sender
    series: str
    about: About | None
    attended: bool
    asks: LocalText  # title of the questionnaire, or the prompt for the log
    minutes: int | None
    path: str
    closes_at: datetime

    @property
    def is_log(self) -> bool:
        return self.kind in {"log_prompt", "log_reminder"}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A mail that is no longer wanted; ``state`` is what it became, ``reason`` a stable code."""

    message_id: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of handing a mail over.

    ``sent`` the server took it · ``refused`` for good, this receiver · ``later`` not now, ask again ·
    ``unreachable`` the server as a whole, nobody's mail goes · ``uncertain`` the line broke after the
    text had begun to go. ``text`` is what the server said; ``code`` names a fault of the whole server.
    """

    kind: OutcomeKind
    text: str = ""
    code: str = ""
