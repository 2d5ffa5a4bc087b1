"""The project behind a participant's page, of a questionnaire and of a learning log alike."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.domain.texts import LocalText


@dataclass(frozen=True, slots=True)
class AskingProject:
    """Who asks, and what the law wants said about it."""

    title: str
    languages: tuple[str, ...]
    sender_name: str
    reply_to: str
    privacy: Mapping[str, LocalText]
    logotype_type: str | None
    logotype_text: str | None
    timezone: str
    emblem: str | None = None  # of the European Union: eu_cofunded, eu_funded


@dataclass(frozen=True, slots=True)
class Logotype:
    content: bytes
    media_type: str
