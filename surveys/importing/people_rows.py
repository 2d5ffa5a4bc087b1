"""A row of a file with people, read by what its columns are said to hold: values, or what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from pydantic_core import PydanticCustomError

from surveys.catalogues import is_known, languages
from surveys.domain import timing
from surveys.domain.texts import language_tag
from surveys.importing import values
from surveys.importing.columns import KEPT, attribute_name
from surveys.importing.people import GENDERS, STATES, participant_code
from surveys.importing.sheets import SheetRow

LONGEST = {
    "name": 200,
    "first_name": 100,
    "last_name": 100,
    "organisation": 200,
    "role": 120,
    "work_group": 120,
}
LONGEST_ATTRIBUTE = 200
MORE_GENDERS = {"kvinnor": "woman", "k": "woman", "f": "woman", "female": "woman", "män": "man", "m": "man",
                "male": "man", "vill ej uppge": "not_stated", "okänt": "not_stated", "unknown": "not_stated",
                "icke-binär": "other", "non-binary": "other", "annan könsidentitet": "other",
                "other gender identity": "other"}  # fmt: skip
MORE_STATES = {"anmälda": "registered", "påbörjad": "started", "genomförd": "completed",
               "avhoppad": "dropped_out", "avbokad": "cancelled", "cancelled before": "cancelled",
               "dropped out": "dropped_out"}  # fmt: skip

RowFault = tuple[str, dict[str, Any]]  # code and params


@dataclass(frozen=True)
class PersonRow:
    """What a row gives of a person and an enrolment; a blank cell gives nothing, and changes nothing.

    ``given``: field → text, but ``registered`` a moment in UTC, ``starts`` and ``ends`` dates; ``cells``: the
    row as it stands in the file.
    """

    line: int
    shown: str  # who it is about, as it stands in the file
    given: Mapping[str, Any]
    attributes: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[RowFault, ...] = ()
    cells: tuple[str, ...] = ()


def reader(columns: Sequence[str], chosen: Sequence[str], zone: str) -> Callable[[SheetRow], PersonRow]:
    """Return what reads a row; ``chosen`` holds a field for each column, wall times are of ``zone``."""
    places = [(number, name) for number, name in enumerate(chosen) if name and name != KEPT]
    kept = [(n, attribute_name(columns[n])) for n, name in enumerate(chosen) if name == KEPT]
    readers = _readers(zone)

    def read(row: SheetRow) -> PersonRow:
        faults: list[RowFault] = [("ragged_row", {})] if row.ragged else []
        given = {name: _read(name, row.cells[n], readers[name], faults) for n, name in places}
        found = {name: value for name, value in given.items() if value is not None}
        _whole_name(found)
        _ordered(found, faults)
        attributes = {name: _read(name, row.cells[n], _attribute, faults) for n, name in kept}
        whole = {name: value for name, value in attributes.items() if value is not None}
        return PersonRow(row.line, _who(row, places), found, whole, tuple(faults), row.cells)

    return read


def read_fields(cells: Mapping[str, str], zone: str) -> tuple[dict[str, Any], dict[str, RowFault]]:
    """Read fields that somebody typed: (values, None for a blank one; faults by field)."""
    readers = _readers(zone)
    faults: dict[str, RowFault] = {}
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        found: list[RowFault] = []
        values[name] = _read(name, cell.strip(), readers[name], found)
        if found:
            faults[name] = found[0]
    return values, faults


def _readers(zone: str) -> dict[str, Callable[[str], Any]]:
    short = {name: _short(most) for name, most in LONGEST.items()}
    return short | {
        "code": participant_code,
        "email": values.address,
        "gender": _word(GENDERS | MORE_GENDERS, "unknown_gender"),
        "language": _language,
        "state": _word(STATES | MORE_STATES, "unknown_state"),
        "registered": lambda cell: moment(cell, zone),
        "starts": _day,
        "ends": _day,
    }


def _read(name: str, cell: str, how: Callable[[str], Any], faults: list[RowFault]) -> Any:
    if not cell:
        return None
    try:
        return how(cell)
    except PydanticCustomError as error:
        faults.append((error.type, {"field": name, "value": _clean(cell), **(error.context or {})}))
        return None


def _whole_name(found: dict[str, Any]) -> None:
    parts = [found.pop(name) for name in ("first_name", "last_name") if name in found]
    if parts and "name" not in found:
        found["name"] = " ".join(parts)


def _ordered(found: Mapping[str, Any], faults: list[RowFault]) -> None:
    if "starts" in found and "ends" in found and found["ends"] < found["starts"]:
        faults.append(("ends_before_start", {}))


def _who(row: SheetRow, places: Sequence[tuple[int, str]]) -> str:
    """The name as it stands in the row, else the address or code."""
    by_field = {name: _clean(row.cells[n]) for n, name in places}
    whole = by_field.get("name") or " ".join(
        filter(None, (by_field.get("first_name"), by_field.get("last_name")))
    )
    return whole or by_field.get("email") or by_field.get("code") or ""


def _clean(cell: str) -> str:
    short = cell[:80]
    if short.isprintable():
        return short
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in short)


def _short(most: int) -> Callable[[str], str]:
    return lambda cell: values.line_of_text(cell, most)


def _attribute(cell: str) -> str:
    return values.line_of_text(cell, LONGEST_ATTRIBUTE)


def _word(words: Mapping[str, str], code: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        found = words.get(" ".join(cell.lower().split()))
        if found is None:
            raise values.refuse(code)
        return found

    return read


def _language(cell: str) -> str:
    """The tag of a language called by its own name, another that its catalogue knows, or its tag."""
    called = " ".join(cell.lower().split())
    for code, each in languages().items():
        if called in (code, each.name.lower(), each.in_swedish, *each.also_called):
            return code
    tag = language_tag(called)
    if tag is None or not is_known(tag):
        raise values.refuse("unknown_language")
    return tag


def _day(cell: str) -> date:
    found = _day_or_wall(cell)
    return found.date() if isinstance(found, datetime) else found


def moment(cell: str, zone: str) -> datetime:
    """A day, a wall time of ``zone`` or a moment with its offset, as a moment in UTC."""
    found = _day_or_wall(cell)
    if isinstance(found, datetime) and found.tzinfo is not None:
        return found.astimezone(UTC)
    wall = found if isinstance(found, datetime) else datetime.combine(found, time())
    return timing.to_utc(wall, zone).astimezone(UTC)


def _day_or_wall(cell: str) -> date | datetime:
    values.text(cell)
    if len(cell) <= len("2011-03-29"):
        found: date | datetime = values.calendar_date(cell)
    else:
        try:
            found = datetime.fromisoformat(cell)
        except ValueError:
            raise values.refuse("not_date") from None
    if not 2000 <= found.year <= 2100:
        raise values.refuse("year_out_of_range")
    return found
