"""Attendance from a file: every row is judged before anything is saved.

Needed is a column that says who (code or e-mail address). Without a column that says whether they were
there, everybody in the file was.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session

from surveys.importing import sheets, values
from surveys.importing.files import Refused
from surveys.importing.sheets import SheetRow
from surveys.models.programme import Occasion
from surveys.queries import attendance as queries
from surveys.queries.attendance import ListedPerson
from surveys.register.attendance import LONGEST_MINUTES, NOTHING, Change, Mark

MOST_ROWS = 2_000
COLUMNS: Mapping[str, frozenset[str]] = {
    "code": frozenset({"code", "kod", "deltagarkod", "participant", "deltagare", "id"}),
    "email": frozenset({"email", "e-mail", "e-post", "epost", "mejl", "e-postadress", "e-mail address"}),
    "present": frozenset({"present", "närvarande", "närvaro", "attendance", "attended", "deltog"}),
    "theme": frozenset({"theme", "tema", "pass", "parallellt pass"}),
    "minutes": frozenset({"minutes", "minuter"}),
    "occasion": frozenset({"occasion", "tillfälle"}),
}
_WHOLE = re.compile(r"\d{1,6}", re.ASCII)

Verdict = Literal["new", "changed", "same", "faulty"]


@dataclass(frozen=True)
class JudgedRow:
    """A row of the file: its line, who it is about as the register (else the file) has it, its verdict.

    ``fault`` is a stable code where the row is faulty, and ``value`` what it is about.
    """

    line: int
    who: str
    verdict: Verdict
    enrolment_id: int | None = None
    change: Change | None = None
    fault: str = ""
    value: str = ""


@dataclass(frozen=True)
class Judged:
    """A whole file, row by row."""

    rows: Sequence[JudgedRow]

    def of(self, verdict: Verdict) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def changes(self) -> dict[int, Change]:
        """What would be recorded, by enrolment."""
        return {
            row.enrolment_id: row.change
            for row in self.rows
            if row.enrolment_id is not None and row.change and row.verdict in {"new", "changed"}
        }


class _Faulty(Exception):
    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(code)
        self.code, self.value = code, value


def judge(session: Session, occasion: Occasion, raw: bytes) -> Judged:
    """Read a CSV or XLSX file about who was at an occasion; changes nothing.

    Raises ``Refused`` where the file as a whole cannot be used.
    """
    names, rows = sheets.read(raw)
    columns = _columns(names)
    register = _Register(queries.people(session, occasion).rows)
    themes = {word.casefold(): each.code for each in occasion.themes for word in (each.title, each.code)}
    judged: list[JudgedRow] = []
    lines: dict[int, int] = {}
    for row in rows:
        if len(judged) >= MOST_ROWS:
            raise Refused(row.line, "too_many_rows", most=MOST_ROWS)
        judged.append(_judged(row, columns, register, themes, occasion.code, lines))
    return Judged(judged)


def _columns(names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        for field, known in COLUMNS.items():
            if name.strip().casefold() in known and field not in found:
                found[field] = place
    if not {"code", "email"} & found.keys():
        raise Refused(0, "nobody_named")
    return found


class _Register:
    """The participants of the series, by code and by address."""

    def __init__(self, people: Sequence[ListedPerson]) -> None:
        self._by_code = {each.code.casefold(): each for each in people}
        self._by_address = {each.email.lower(): each for each in people}
        self._shared = Counter(each.email.lower() for each in people)

    def find(self, code: str, address: str) -> ListedPerson:
        if code:
            if found := self._by_code.get(code.casefold()):
                return found
            raise _Faulty("unknown_person", code)
        if self._shared[address.lower()] > 1:
            raise _Faulty("shared_address", address)
        if found := self._by_address.get(address.lower()):
            return found
        raise _Faulty("unknown_person", address)


def _judged(
    row: SheetRow,
    columns: Mapping[str, int],
    register: _Register,
    themes: Mapping[str, str],
    occasion: str,
    lines: dict[int, int],
) -> JudgedRow:
    cells = {field: row.cells[place].strip() for field, place in columns.items() if place < len(row.cells)}
    who = cells.get("code") or cells.get("email", "")
    try:
        if row.ragged:
            raise _Faulty("ragged_row")
        if not who:
            raise _Faulty("nobody")
        if cells.get("occasion", occasion) not in {occasion, ""}:
            raise _Faulty("other_occasion", cells["occasion"])
        person = register.find(cells.get("code", ""), cells.get("email", ""))
        who = person.name
        if person.enrolment_id in lines:
            raise _Faulty("twice", str(lines[person.enrolment_id]))
        lines[person.enrolment_id] = row.line
        change = Change(_stored(person), _wanted(cells, themes, "present" in columns))
    except _Faulty as fault:
        return JudgedRow(row.line, who[:80], "faulty", fault=fault.code, value=fault.value[:80])
    return JudgedRow(row.line, who, _verdict(change), person.enrolment_id, change)


def _verdict(change: Change) -> Verdict:
    if change.seen == change.wanted:
        return "same"
    return "new" if change.seen == NOTHING else "changed"


def _stored(person: ListedPerson) -> Mark:
    return Mark(person.present, person.theme, person.minutes)


def _wanted(cells: Mapping[str, str], themes: Mapping[str, str], says_present: bool) -> Mark:
    said = cells.get("present", "")
    if says_present and not said:
        return NOTHING
    if says_present and not _is_yes(said):
        return Mark(False)
    return Mark(True, _theme(cells.get("theme", ""), themes), _minutes(cells.get("minutes", "")))


def _is_yes(cell: str) -> bool:
    try:
        return cell.casefold() == "x" or values.yes_or_no(cell)
    except PydanticCustomError:
        raise _Faulty("not_yes_or_no", cell) from None


def _theme(cell: str, themes: Mapping[str, str]) -> str | None:
    if cell and cell.casefold() not in themes:
        raise _Faulty("unknown_theme", cell)
    return themes[cell.casefold()] if cell else None


def _minutes(cell: str) -> int | None:
    if not cell:
        return None
    if not _WHOLE.fullmatch(cell) or not 1 <= int(cell) <= LONGEST_MINUTES:
        raise _Faulty("bad_minutes", cell)
    return int(cell)
