"""What reading a questionnaire of another program gave, and what was lost of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.importing.files import Refused

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where something stands in a file: its sheet or table, and the row or line there, from 1 (0: no row)."""

    sheet: str
    row: int


@dataclass(frozen=True)
class Loss:
    """What was not carried over as it stood. ``code`` says why and what was done instead, and is stable.

    ``subject`` is the name of the question or list it belongs to, ``was`` what stood there, shortened.
    """

    place: Place
    subject: str
    code: str
    was: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadQuestionnaire:
    """What a file gave: the document, what the questionnaire is to be called, and what was lost.

    ``code``, ``wave`` and ``privacy_mode`` are "" where the file does not say. ``more_losses``: how many are
    not listed.
    """

    document: JsonObject
    code: str
    wave: str
    privacy_mode: str
    losses: tuple[Loss, ...]
    more_losses: int = 0

    @property
    def carried(self) -> int:
        """How many questions came in."""
        return len(self.document["questions"])


class NothingLeft(Refused):
    """Nothing that a participant could answer has come in; ``losses`` say why."""

    def __init__(self, losses: Iterable[Loss]) -> None:
        super().__init__(0, "asks_nothing")
        self.losses = tuple(losses)
