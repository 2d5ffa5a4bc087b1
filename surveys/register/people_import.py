"""A file of participants: uploaded, its columns matched, checked row by row, then saved whole or not at all.

A file of at most :data:`AT_ONCE` rows is checked and saved while the user waits, a longer one by the
scheduler (:mod:`surveys.register.people_import_work` does both). Saving compares the file with the register
once more: where something has changed since it was shown, nothing is saved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.importing import columns as column_rules
from surveys.importing import sheets
from surveys.importing.files import Refused
from surveys.keys import new_public_id
from surveys.models.imports import PeopleImport
from surveys.models.programme import JsonObject
from surveys.queries import register as queries
from surveys.register.people_register import folded

AT_ONCE = 2_000
UNFINISHED = ("uploaded", "checking", "checked", "saving", "failed", "stopped")
KEPT_UNFINISHED = timedelta(days=7)
KEPT_FINISHED = timedelta(days=30)
LEASE = timedelta(minutes=10)
WEB = "web"  # the worker of what is done while the user waits; the scheduler takes over after the lease
_NAME_LENGTH = 200
_MOST_ANSWERS = 500
_LONGEST_ANSWER = 64


class UnknownImport(Exception):
    """There is no such import, or it is in a state that does not allow this."""

    code = "unknown_import"


class FaultyRows(Exception):
    """Some rows cannot be saved, and nobody has said that the others are to be."""

    code = "faulty_rows"


class NothingToSave(Exception):
    code = "nothing_to_save"


class BadFile(Exception):
    """A file that cannot be read; ``code`` and ``params`` say why, as of a fault of a file."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.code, self.line, self.params = refused.code, refused.line, refused.params


class BadColumns(ValueError):
    """A choice of columns that cannot be; ``faults``: (number of the column, None: as a whole; code)."""

    code = "bad_columns"

    def __init__(self, faults: Sequence[tuple[int | None, str]]) -> None:
        super().__init__(str(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Matching:
    """What the columns of a file are called, how its rows begin, and which field each column is taken for."""

    columns: tuple[str, ...]
    examples: tuple[sheets.SheetRow, ...]
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class FileMapping:
    """How a file is read: a field for each column, and what becomes of unknown organisations.

    ``columns``: their names, known from when they have been matched.
    """

    chosen: tuple[str, ...]
    organisations: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


def upload(db: Database, series_id: int, user_id: int, file_name: str, content: bytes, now: datetime) -> str:
    """Keep a file for importing into a series; returns the import's public id. Raises :class:`BadFile`."""
    found = _peeked(content)
    chosen = column_rules.suggest(found.columns)
    with db.transaction() as session:
        row = PeopleImport(
            public_id=new_public_id(),
            series_id=series_id,
            user_id=user_id,
            created_at=now,
            file_name=_shown_name(file_name),
            content=content,
            mapping=_kept(FileMapping(tuple(chosen))),
            state="uploaded",
            total=found.rows,
        )
        session.add(row)
        return row.public_id


def matching(db: Database, public_id: str) -> Matching:
    """What can be chosen for the columns of a file. Raises :class:`UnknownImport`, :class:`BadFile`."""
    with db.reading() as session:
        row = queries.people_import(session, public_id)
        content = queries.content(session, row.id) if row else None
        if row is None or content is None:
            raise UnknownImport
        found = _peeked(content)
        chosen = mapping_of(row).chosen
    return Matching(found.columns, found.examples, chosen)


def choose_columns(db: Database, public_id: str, chosen: Sequence[str], now: datetime) -> int:
    """Say what the columns hold, so that the file can be checked; returns how many rows there are.

    More than :data:`AT_ONCE` means "more than that". Raises :class:`BadColumns`, :class:`UnknownImport`.
    """
    with db.transaction() as session:
        row = _held(session, public_id, ("uploaded", "checked"))
        found = _peeked(queries.content(session, row.id) or b"")
        if len(chosen) != len(found.columns):
            raise UnknownImport
        if faults := column_rules.faults(chosen, found.columns):
            raise BadColumns(faults)
        kept = mapping_of(row)
        row.mapping = _kept(replace(kept, chosen=tuple(chosen), columns=found.columns))
        row.total = found.rows if found.is_whole else AT_ONCE + 1
        _begin(row, "checking", now)
        return row.total


def answer_organisations(db: Database, public_id: str, answers: Mapping[str, str], now: datetime) -> int:
    """Say what becomes of unknown organisations: "new", "none" or a code, by name; then check again.

    Returns how many rows there are, as :func:`choose_columns`. Raises :class:`UnknownImport`.
    """
    with db.transaction() as session:
        row = _held(session, public_id, ("checked",))
        kept = mapping_of(row)
        folded_answers = {folded(name): answer for name, answer in answers.items() if _is_code(answer)}
        known = dict([*kept.organisations.items(), *folded_answers.items()][-_MOST_ANSWERS:])
        row.mapping = _kept(replace(kept, organisations=known))
        _begin(row, "checking", now)
        return row.total


def begin_saving(db: Database, public_id: str, leave_faulty: bool, now: datetime) -> int:
    """Say that a checked file is to be saved; ``leave_faulty``: without the rows that cannot be.

    Returns how many rows there are. Raises :class:`FaultyRows`, :class:`NothingToSave` or
    :class:`UnknownImport`.
    """
    with db.transaction() as session:
        row = _held(session, public_id, ("checked",))
        counts = (row.report or {}).get("counts", {})
        if counts.get("faulty") and not leave_faulty:
            raise FaultyRows
        if not counts.get("new") and not counts.get("changed"):
            raise NothingToSave
        _begin(row, "saving", now)
        return row.total


def stop(db: Database, public_id: str) -> str:
    """Stop what the scheduler does with a file, or give it up; returns the state it had.

    What is being written just now is written whole. The file is thrown away. Raises
    :class:`UnknownImport`, also where it has been saved meanwhile.
    """
    with db.transaction() as session:
        row = _held(session, public_id, UNFINISHED)
        before = row.state
        row.state, row.worker, row.lease_ends_at = "stopped", None, None
        row.content = row.report = None
        return before


def forget_old(db: Database, now: datetime) -> None:
    """Throw away files that nobody went on with for a week, and what was said of saved ones after a month."""
    with db.transaction() as session:
        old = PeopleImport.created_at < now - KEPT_UNFINISHED
        session.execute(delete(PeopleImport).where(PeopleImport.state.in_(UNFINISHED), old))
        done = PeopleImport.finished_at < now - KEPT_FINISHED
        session.execute(update(PeopleImport).where(done, PeopleImport.state == "saved").values(report=None))


def mapping_of(row: PeopleImport) -> FileMapping:
    """How the file of an import is read."""
    kept = row.mapping or {}
    return FileMapping(
        tuple(kept.get("chosen", ())), dict(kept.get("organisations", {})), tuple(kept.get("columns", ()))
    )


def _kept(mapping: FileMapping) -> JsonObject:
    return {
        "chosen": list(mapping.chosen),
        "organisations": dict(mapping.organisations),
        "columns": list(mapping.columns),
    }


def _held(session: Session, public_id: str, states: Sequence[str]) -> PeopleImport:
    row = queries.held_import(session, public_id)
    if row is None or row.state not in states:
        raise UnknownImport
    return row


def _is_code(answer: str) -> bool:
    return answer.isascii() and answer.isprintable() and len(answer) <= _LONGEST_ANSWER


def _begin(row: PeopleImport, state: str, now: datetime) -> None:
    row.state, row.done = state, 0
    while_waiting = row.total <= AT_ONCE
    row.worker, row.lease_ends_at = (WEB, now + LEASE) if while_waiting else (None, None)


def _peeked(content: bytes) -> sheets.Peek:
    try:
        return sheets.peek(content, AT_ONCE)
    except Refused as refused:
        raise BadFile(refused) from refused


def _shown_name(file_name: str) -> str:
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[-_NAME_LENGTH:] or "?"
