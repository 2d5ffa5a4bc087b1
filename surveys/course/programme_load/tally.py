"""One load under way: what it works on, what it has counted, what it has found wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from surveys.database import Base
from surveys.importing.faults import Fault
from surveys.importing.programme_file import ProgrammeFile
from surveys.importing.yaml_document import PathKey

Row = TypeVar("Row", bound=Base)

NOUNS = (
    "projects",
    "organisations",
    "subprojects",
    "questionnaires",
    "series",
    "occasions",
    "rules",
    "participants",
    "enrolments",
    "attendance",
    "outcome_kinds",
    "indicators",
)


@dataclass
class Counts:
    created: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def changes(self) -> int:
        return self.created + self.changed + self.removed


@dataclass
class Loading:
    session: Session
    document: ProgrammeFile
    now: datetime
    counts: dict[str, Counts] = field(default_factory=lambda: {noun: Counts() for noun in NOUNS})
    faults: list[Fault] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def fault(self, path: PathKey, code: str, **params: Any) -> None:
        self.faults.append(self.document.fault(path, code, **params))

    def put(self, noun: str, row: Row | None, kind: type[Row], values: Mapping[str, Any]) -> Row:
        """Make the row, or bring it to ``values``; counted under ``noun``."""
        if row is None:
            row = kind(**values)
            self.session.add(row)
            self.counts[noun].created += 1
            return row
        self.count(noun, assign(row, values))
        return row

    def count(self, noun: str, changed: bool) -> None:
        counts = self.counts[noun]
        counts.changed += changed
        counts.unchanged += not changed


def assign(row: Base, values: Mapping[str, Any]) -> bool:
    """Bring ``row`` to ``values``; return whether that changed anything."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
