"""What goes to the post and what comes back from it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from surveys.models.programme import JsonObject, LocalText

Kind = Literal[
    "invitation", "reminder", "log_prompt", "log_reminder", "moved", "cancelled", "reinstated", "own_page"
]
StaffKind = Literal["closing_summary", "sending_paused", "test"]
OutcomeKind = Literal["sent", "refused", "later", "unreachable", "uncertain"]


@dataclass(frozen=True, slots=True)
class About:
    """The occasion a mail is about, as it is now.

    ``starts`` and ``ends`` are wall times of ``timezone``, ``starts_at`` and ``ends_at`` the same in UTC.
    ``uid`` and ``sequence`` are those of its calendar file; without a uid there is none.
    """

    title: str
    place: str | None
    starts: datetime | None
    ends: datetime | None
    timezone: str
    uid: str = ""
    sequence: int = 0
    cancelled: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the receiver of a notice was told of the occasion before; wall times of ``timezone``."""

    starts: datetime | None
    ends: datetime | None
    timezone: str
    place: str | None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """A project's own text of a kind of mail in one language, with fields such as ``{name}``."""

    subject: str
    body: str


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
    """A mail to a participant that has been claimed and is still wanted; nothing of an answer is in it.

    ``path`` is the personal link without the host, "" in notices. ``attended`` says that the receiver is
    known to have been at the occasion. ``closes_at`` is a moment, shown in the zone of the project; null
    where nothing is asked. ``told`` stands in notices. ``stop`` is the path of the page that ends mails.
    ``wording`` is the project's own for this kind and language. ``return_token`` (``Keyring.return_token``)
    makes a bounce known by its address.
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
    closes_at: datetime | None
    told: Told | None = None
    stop: str | None = None
    wording: Wording | None = None
    emblem: str | None = None
    return_token: str = ""

    @property
    def is_log(self) -> bool:
        return self.kind in {"log_prompt", "log_reminder"}


@dataclass(frozen=True, slots=True)
class StaffMail:
    """A mail to a user that has been claimed; ``project`` is where it comes from.

    ``params`` by kind:
    closing_summary: title (LocalText), series, occasion (or null), invited, answered, path (of the results)
    sending_paused: code, text (what the server said), since (ISO moment with offset)
    test: none; ``original`` is the mail as its participant would get it, with a harmless path.
    """

    message_id: int
    public_id: str
    kind: StaffKind
    receiver: str
    address: str
    language: str
    project: Sender
    params: JsonObject = field(default_factory=dict)
    original: Outgoing | None = None
    return_token: str = ""


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
    ``of_receiver``: it said so when the address was named, before it had seen any of the text.
    """

    kind: OutcomeKind
    text: str = ""
    code: str = ""
    of_receiver: bool = False
