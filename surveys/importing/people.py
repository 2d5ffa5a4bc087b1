"""The two tables beside a programme file: who is enrolled in a series, and who was at which occasion."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from pydantic_core import PydanticCustomError

from surveys.importing import values
from surveys.importing.faults import Fault
from surveys.importing.tables import Row, Table

PERSON_COLUMNS = ("name", "email", "gender", "language", "organisation", "role")
ENROLMENT_COLUMNS = ("code", *PERSON_COLUMNS, "work_group", "state", "registered", "starts", "ends")
ATTENDANCE_COLUMNS = ("participant", "occasion", "present", "theme")
ATTRIBUTE = "attribute:"  # a column "attribute:shoe size" is an attribute of the person

GENDERS = {
    "woman": "woman", "kvinna": "woman", "man": "man",
    "other": "other", "annan": "other", "annat": "other",
    "not_stated": "not_stated", "not stated": "not_stated", "ej angivet": "not_stated",
}  # fmt: skip
STATES = {
    "registered": "registered", "anmäld": "registered", "started": "started", "påbörjat": "started",
    "completed": "completed", "genomfört": "completed", "cancelled": "cancelled", "återbud": "cancelled",
    "dropped_out": "dropped_out", "avhopp": "dropped_out",
}  # fmt: skip
_SHORT = {"name": 200, "role": 120, "work_group": 120}


@dataclass(frozen=True)
class Person:
    """What the files say of a participant; a field that no file gives is not in ``given``."""

    code: str
    given: Mapping[str, str]
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EnrolmentRow:
    """One person in one series. What the file leaves open is None; ``starts`` and ``ends`` are their own."""

    line: int
    participant: str
    person: Person
    work_group: str | None = None
    state: str | None = None
    registered: date | datetime | None = None
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class AttendanceRow:
    line: int
    participant: str
    occasion: str
    present: bool
    theme: str | None = None


class _Cells:
    """One row, read cell by cell; what cannot be read becomes a fault and counts as not given."""

    def __init__(self, table: Table, row: Row, faults: list[Fault]) -> None:
        self._table, self._row, self._faults = table, row, faults

    def fault(self, code: str, **params: Any) -> None:
        self._faults.append(Fault(self._table.file, self._row.line, code, params))

    def read(self, column: str, how: Callable[[str], Any]) -> Any:
        cell = self._row.get(column)
        if not cell:
            return None
        try:
            return how(cell)
        except PydanticCustomError as error:
            self.fault(error.type, column=column, **(error.context or {}))
            return None


def read_enrolments(table: Table) -> tuple[list[EnrolmentRow], list[Fault]]:
    faults = list(_column_faults(table, ENROLMENT_COLUMNS, ("code",)))
    rows: dict[str, EnrolmentRow] = {}
    for row in table.rows:
        cells = _Cells(table, row, faults)
        enrolment = _enrolment(cells, row)
        if enrolment is None:
            continue
        if enrolment.participant in rows:
            first = rows[enrolment.participant].line
            cells.fault("duplicate_participant", participant=enrolment.participant, first=first)
            continue
        rows[enrolment.participant] = enrolment
    return list(rows.values()), faults


def read_attendance(table: Table) -> tuple[list[AttendanceRow], list[Fault]]:
    faults = list(_column_faults(table, ATTENDANCE_COLUMNS, ("participant", "occasion")))
    rows: dict[tuple[str, str], AttendanceRow] = {}
    for row in table.rows:
        cells = _Cells(table, row, faults)
        attendance = _attendance(cells, row, "present" in table.columns)
        if attendance is None:
            continue
        key = (attendance.participant, attendance.occasion)
        if key in rows:
            cells.fault("duplicate_attendance", participant=key[0], occasion=key[1], first=rows[key].line)
            continue
        rows[key] = attendance
    return list(rows.values()), faults


def _column_faults(table: Table, known: tuple[str, ...], needed: tuple[str, ...]) -> Iterator[Fault]:
    for column in table.columns:
        if column and column not in known and not column.startswith(ATTRIBUTE):
            yield Fault(table.file, 1, "unknown_column", {"column": column, "known": ", ".join(known)})
    for column in needed:
        if column not in table.columns:
            yield Fault(table.file, 1, "missing_column", {"column": column})


def _enrolment(cells: _Cells, row: Row) -> EnrolmentRow | None:
    code = cells.read("code", participant_code)
    if code is None:
        if not row.get("code"):
            cells.fault("missing_cell", column="code")
        return None
    return EnrolmentRow(
        row.line,
        code,
        _person(cells, row, code),
        work_group=cells.read("work_group", _short("work_group")),
        state=cells.read("state", _word(STATES, "unknown_state")),
        registered=cells.read("registered", _day_or_moment),
        **_own_dates(cells),
    )


def _own_dates(cells: _Cells) -> dict[str, date | None]:
    """The person's own start and end, the end not before the start."""
    starts, ends = (cells.read(column, values.calendar_date) for column in ("starts", "ends"))
    if starts and ends and starts > ends:
        cells.fault("ends_before_start", starts=starts, ends=ends)
    return {"starts": starts, "ends": ends}


def _person(cells: _Cells, row: Row, code: str) -> Person:
    readers: dict[str, Callable[[str], Any]] = {
        "name": _short("name"),
        "email": values.address,
        "gender": _word(GENDERS, "unknown_gender"),
        "language": values.language,
        "organisation": values.text,
        "role": _short("role"),
    }
    given = {column: cells.read(column, how) for column, how in readers.items()}
    # a malformed cell was told already and must not be told again as a missing one
    given |= {c: row.get(c) for c in ("name", "email") if given[c] is None and row.get(c)}
    attributes = {
        column.removeprefix(ATTRIBUTE).strip(): cell
        for column, cell in row.cells.items()
        if column.startswith(ATTRIBUTE) and cell
    }
    return Person(code, {column: value for column, value in given.items() if value is not None}, attributes)


def _attendance(cells: _Cells, row: Row, says_present: bool) -> AttendanceRow | None:
    for column in ("participant", "occasion", *(("present",) if says_present else ())):
        if not row.get(column):
            cells.fault("missing_cell", column=column)
            return None
    present = cells.read("present", values.yes_or_no) if says_present else True
    if present is None:
        return None
    theme = row.get("theme") or None
    if theme and not present:
        cells.fault("theme_without_presence", participant=row.get("participant"))
    return AttendanceRow(row.line, row.get("participant"), row.get("occasion"), present, theme)


def participant_code(cell: str) -> str:
    if len(cell) > 64 or not cell.isascii() or not all(c.isalnum() or c in "._-" for c in cell):
        raise values.refuse("bad_participant_code", value=cell[:80])
    return cell


def _short(column: str) -> Callable[[str], str]:
    return lambda cell: values.line_of_text(cell, _SHORT[column])


def _word(words: Mapping[str, str], code: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if cell.lower() not in words:
            raise values.refuse(code, value=cell[:80], allowed=", ".join(dict.fromkeys(words.values())))
        return words[cell.lower()]

    return read


def _day_or_moment(cell: str) -> date | datetime:
    if len(cell) == len("2011-03-29"):
        return values.calendar_date(cell)
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        raise values.refuse("not_moment", value=cell[:80]) from None
    if moment.tzinfo is None:
        raise values.refuse("moment_without_offset", value=cell[:80])
    return moment.astimezone(UTC)
