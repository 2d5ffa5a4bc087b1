"""The project behind a participant's page, of a questionnaire and of a learning log alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.domain.texts import LocalText
from surveys.models.programme import Project


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
    code: str = ""


def asking(project: Project) -> AskingProject:
    """The project as participants' pages show it."""
    return asking_row(project, project.title, project.timezone, project.code)


def asking_row(row: Any, title: str, timezone: str, code: str) -> AskingProject:
    """The same of a row with the project's columns, in which these three go by other names."""
    return AskingProject(
        title=title,
        timezone=timezone,
        languages=tuple(row.languages),
        sender_name=row.sender_name,
        reply_to=row.reply_to,
        privacy=row.privacy,
        logotype_type=row.logotype_type,
        logotype_text=row.logotype_text,
        emblem=row.emblem,
        code=code,
    )


@dataclass(frozen=True, slots=True)
class Logotype:
    content: bytes
    media_type: str
