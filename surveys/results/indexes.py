"""Use-cases: several questions declared to be one index, and the declaration taken back.

What an index holds is said before anybody sees what comes of it, by whom and when; so it is never changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.texts import has_bad_characters
from surveys.models.deeds import Deed
from surveys.models.programme import Series
from surveys.models.question_index import QuestionIndex
from surveys.queries import indexes as queries
from surveys.results.change_model import Change, QuestionChange
from surveys.results.pairs import ruler_of
from surveys.results.table import same_answers

LONGEST_NAME = 120


@dataclass(frozen=True)
class Wanted:
    """An index to be declared: ``questions`` by their codes."""

    name: str
    questions: tuple[str, ...]
    minimum: int


class BadIndex(ValueError):
    """What cannot be declared; ``faults`` maps a field to a stable code."""

    code = "bad_index"

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in faults.items()))
        self.faults = faults


class NoIndex(LookupError):
    """The series has no such index (any more)."""

    code = "no_index"


def offered(change: Change) -> list[QuestionChange]:
    """The questions that an index can hold: asked alike both times, on scales with numbers."""
    found = []
    for each in change.questions:
        measure = ruler_of(each.after) if each.alike and each.after.kind == "scale" else None
        if measure is not None and measure[0].numbers:
            found.append(each)
    return found


def declare_index(
    db: Database, series_id: int, wanted: Wanted, change: Change, user_id: int | None, now: datetime
) -> int:
    """Keep an index of questions that ``change`` shows to be alike; returns its id. Raises BadIndex."""
    name = " ".join(wanted.name.split())
    with db.transaction() as session:
        faults = _faults(session, series_id, name, wanted, change)
        if faults:
            raise BadIndex(faults)
        row = QuestionIndex(
            series_id=series_id,
            name=name,
            questions=list(wanted.questions),
            minimum=wanted.minimum,
            declared_by=user_id,
            declared_at=now,
        )
        session.add(row)
        session.flush()
        _note(session, row, "index_declared", user_id, now)
        return row.id


def remove_index(db: Database, series_id: int, index_id: int, user_id: int | None, now: datetime) -> str:
    """Take the declaration back; returns its name. What it held stands in the deed. Raises NoIndex."""
    with db.transaction() as session:
        row = queries.one(session, series_id, index_id)
        if row is None:
            raise NoIndex(str(index_id))
        _note(session, row, "index_removed", user_id, now)
        session.delete(row)
        return row.name


def _faults(session: Session, series_id: int, name: str, wanted: Wanted, change: Change) -> dict[str, str]:
    known = {each.code: each for each in offered(change)}
    chosen = [known[code].after for code in wanted.questions if code in known]
    faults: dict[str, str] = {}
    if not name:
        faults["name"] = "blank"
    elif len(name) > LONGEST_NAME:
        faults["name"] = "too_long"
    elif has_bad_characters(name):
        faults["name"] = "bad_characters"
    elif any(each.name.casefold() == name.casefold() for each in queries.of_series(session, series_id)):
        faults["name"] = "taken"
    if len(chosen) < len(wanted.questions) or len(set(wanted.questions)) < 2:
        faults["questions"] = "too_few"
    elif any(not same_answers(each, chosen[0]) for each in chosen):
        faults["questions"] = "other_scales"
    if not 1 <= wanted.minimum <= max(1, len(wanted.questions)):
        faults["minimum"] = "out_of_range"
    return faults


def _note(session: Session, row: QuestionIndex, action: str, user_id: int | None, now: datetime) -> None:
    series = session.get_one(Series, row.series_id)
    session.add(
        Deed(
            project_id=series.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=f"series:{row.series_id}",
            details={"index": row.name, "questions": row.questions, "minimum": row.minimum},
        )
    )
