"""Outcomes of persons from a file: every row is judged before anything is saved, and a file can be undone.

Needed are columns for who (code or e-mail address), what and when; which series, where somebody takes part in
several. What has been noted already is left as it is: so undoing a file takes away what came with it and
nothing else.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import marks
from surveys.importing import sheets
from surveys.importing.files import Refused
from surveys.importing.people_rows import RowFault
from surveys.importing.sheets import SheetRow
from surveys.models.deeds import Deed
from surveys.models.outcome import OutcomeImport
from surveys.models.people import Outcome
from surveys.models.programme import Project
from surveys.queries import outcomes as queries
from surveys.queries import projects as project_queries
from surveys.queries.outcomes import Enrolled
from surveys.register.attendance_file import COLUMNS as ATTENDANCE_COLUMNS
from surveys.register.outcomes import read_outcome
from surveys.register.people_register import folded

MOST_ROWS = 2_000
FIELDS = ("code", "email", "series", "kind", "on", "note")
COLUMNS: Mapping[str, frozenset[str]] = {
    "code": ATTENDANCE_COLUMNS["code"],
    "email": ATTENDANCE_COLUMNS["email"],
    "series": frozenset({"series", "insats", "omgång", "round"}),
    "kind": frozenset({"outcome", "utfall", "kind", "what", "vad", "status"}),
    "on": frozenset({"date", "datum", "day", "dag", "on", "den"}),
    "note": frozenset({"note", "anteckning", "kommentar", "comment"}),
}

Verdict = Literal["new", "same", "faulty"]
Cells = tuple[str, ...]  # of FIELDS, in their order


class ChangedMeanwhile(Exception):
    """The rows would do something else now than when they were looked at."""

    code = "changed_meanwhile"


class NoFile(LookupError):
    """The project has no such file."""

    code = "no_outcome_file"


class UndoneAlready(Exception):
    """Somebody has taken the file back already."""

    code = "undone_already"


@dataclass(frozen=True)
class JudgedRow:
    """A row of the file: its line, who it is about as the register (else the file) has it, its verdict.

    ``fault`` says what is wrong of a faulty one.
    """

    line: int
    who: str
    verdict: Verdict
    series: str = ""
    on: date | None = None
    kind: str = ""
    note: str = ""
    enrolment_id: int | None = None
    fault: RowFault | None = None


@dataclass(frozen=True)
class Judged:
    """A whole file, row by row; ``cells`` are the rows as they stand in it."""

    rows: Sequence[JudgedRow]
    cells: Sequence[tuple[int, Cells]]

    def of(self, verdict: Verdict) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def mark(self) -> str:
        """What saving would do, as a short digest."""
        return marks.mark_of_text(repr([(row.line, row.verdict, row.enrolment_id, row.on, row.kind)
                                        for row in self.rows]))  # fmt: skip


def read(raw: bytes) -> list[tuple[int, Cells]]:
    """The rows of a CSV or XLSX file: line and cells. Raises ``Refused`` where it cannot be used at all."""
    names, rows = sheets.read(raw)
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        for field, known in COLUMNS.items():
            if name.strip().casefold() in known:
                places.setdefault(field, place)
    if not {"code", "email"} & places.keys():
        raise Refused(0, "nobody_named")
    for needed in ("kind", "on"):
        if needed not in places:
            raise Refused(0, f"no_{needed}_column")
    found: list[tuple[int, Cells]] = []
    for row in rows:
        if len(found) >= MOST_ROWS:
            raise Refused(row.line, "too_many_rows", most=MOST_ROWS)
        cells = _cells(row, places)
        if cells[FIELDS.index("kind")] or cells[FIELDS.index("on")]:  # else it has not been filled in
            found.append((row.line, cells))
    if not found:
        raise Refused(0, "no_rows")
    return found


def judge(session: Session, project: Project, cells: Sequence[tuple[int, Cells]], now: datetime) -> Judged:
    """What each row would do; changes nothing."""
    today = now.astimezone(ZoneInfo(project.timezone)).date()
    kinds = {each.key: each.name for each in queries.kinds(session, project.id)}
    known = _Register(queries.everyone(session, project.id))
    rows = [_judged(line, dict(zip(FIELDS, each, strict=True)), known, kinds, today) for line, each in cells]
    there = queries.noted(session, {row.enrolment_id for row in rows if row.enrolment_id is not None})
    return Judged(list(_compared(rows, there)), cells)


def save(
    db: Database,
    project_id: int,
    cells: Sequence[tuple[int, Cells]],
    seen: str,
    file_name: str,
    user_id: int,
    now: datetime,
) -> int:
    """Note all that is new in rows that were looked at (``seen``: their mark); returns how many.

    Raises :class:`ChangedMeanwhile`; then nothing is saved.
    """
    with db.transaction() as session:
        project = project_queries.hold_project(session, project_id)
        judged = judge(session, project, cells, now)
        new = [row for row in judged.rows if row.verdict == "new"]
        if judged.mark != seen or not new:
            raise ChangedMeanwhile
        file = OutcomeImport(
            project_id=project_id, user_id=user_id, made_at=now, file_name=file_name[:200], added=len(new)
        )
        session.add(file)
        session.flush()
        session.add_all(
            Outcome(enrolment_id=row.enrolment_id, on_date=row.on, kind=row.kind, note=row.note,
                    import_id=file.id) for row in new
        )  # fmt: skip
        session.add(_deed(project_id, user_id, now, "outcomes_imported", file.file_name))
        return len(new)


def undo(db: Database, project_id: int, number: int, user_id: int, now: datetime) -> int:
    """Take away what came with a file and has not been written anew by hand; returns how many.

    Raises :class:`NoFile`, :class:`UndoneAlready`.
    """
    with db.transaction() as session:
        file = queries.held_file(session, project_id, number)
        if file is None:
            raise NoFile
        if file.undone_at is not None:
            raise UndoneAlready
        mine = queries.came_with(session, file.id)
        session.execute(delete(Outcome).where(Outcome.import_id == file.id))
        file.undone_at = now
        session.add(_deed(project_id, user_id, now, "outcomes_undone", file.file_name))
        return mine


class _Faulty(Exception):
    def __init__(self, code: str, value: str = "", **params: str) -> None:
        super().__init__(code)
        self.fault: RowFault = (code, {"value": value[:80], **params})


class _Register:
    """The enrolments of a project, by code and by address of whom they are."""

    def __init__(self, everyone: Sequence[Enrolled]) -> None:
        self._by_code: dict[str, list[Enrolled]] = defaultdict(list)
        self._by_address: dict[str, list[Enrolled]] = defaultdict(list)
        self._series: dict[str, set[str]] = defaultdict(set)
        for each in everyone:
            self._by_code[each.code.casefold()].append(each)
            self._by_address[each.email.lower()].append(each)
            for name in (each.series, each.series_title):
                self._series[folded(name)].add(each.series)

    def find(self, code: str, address: str, series: str) -> Enrolled:
        """Whose row it is. Raises ``_Faulty``."""
        if not code and not address:
            raise _Faulty("nobody")
        mine = self._by_code.get(code.casefold()) if code else self._by_address.get(address.lower())
        if not mine:
            raise _Faulty("unknown_person", code or address)
        if len({each.code for each in mine}) > 1:
            raise _Faulty("shared_address", address)
        return self._in_series(mine, series)

    def _in_series(self, mine: Sequence[Enrolled], series: str) -> Enrolled:
        if series:
            wanted = self._series.get(folded(series), set())
            mine = [each for each in mine if each.series in wanted]
            if not mine:
                raise _Faulty("not_in_series", series)
        if len(mine) > 1:
            raise _Faulty("several_series", ", ".join(each.series_title for each in mine))
        return mine[0]


def _cells(row: SheetRow, places: Mapping[str, int]) -> Cells:
    return tuple(row.cells[places[name]].strip() if name in places else "" for name in FIELDS)


def _judged(
    line: int, cells: Mapping[str, str], known: _Register, kinds: Mapping[str, str], today: date
) -> JudgedRow:
    who = cells["code"] or cells["email"]
    try:
        person = known.find(cells["code"], cells["email"], cells["series"])
    except _Faulty as faulty:
        return JudgedRow(line, who[:80], "faulty", fault=faulty.fault)
    read_as, faults = read_outcome(cells, kinds, today)
    if read_as is None:
        return JudgedRow(line, person.name, "faulty", person.series_title, fault=next(iter(faults.values())))
    on, kind, note = read_as
    return JudgedRow(line, person.name, "new", person.series_title, on, kind, note, person.id)


def _compared(rows: Sequence[JudgedRow], there: set[tuple[int, date, str]]) -> Iterator[JudgedRow]:
    """Rows that say what has been noted already, or what a row above says."""
    first: dict[tuple[int | None, date | None, str], int] = {}
    for row in rows:
        what = (row.enrolment_id, row.on, row.kind)
        if row.verdict == "faulty":
            yield row
        elif what in there:
            yield replace(row, verdict="same")
        elif what in first:
            fault: RowFault = ("twice", {"value": str(first[what])})
            yield replace(row, verdict="faulty", fault=fault)
        else:
            first[what] = row.line
            yield row


def _deed(project_id: int, user_id: int, now: datetime, action: str, name: str) -> Deed:
    subject, details = f"project:{project_id}", {"title": name}
    return Deed(
        project_id=project_id, user_id=user_id, done_at=now, action=action, subject=subject, details=details
    )
