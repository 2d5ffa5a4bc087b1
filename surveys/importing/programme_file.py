"""A programme file and the tables beside it, read and checked as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surveys.domain.pictures import LARGEST_LOGOTYPE_BYTES, picture_type
from surveys.importing.checking import Raw
from surveys.importing.checks import check_programme
from surveys.importing.checks_people import check_people
from surveys.importing.faults import Fault, ProgrammeFaults
from surveys.importing.people import AttendanceRow, EnrolmentRow, Person, read_attendance, read_enrolments
from surveys.importing.schema import Programme
from surveys.importing.tables import Table, read_table
from surveys.importing.validation import validate
from surveys.importing.yaml_document import PathKey, YamlDocument, read_yaml

__all__ = ["AttendanceRow", "EnrolmentRow", "Person", "ProgrammeFaults", "ProgrammeFile", "read_programme"]


@dataclass(frozen=True)
class ProgrammeFile:
    """A programme in memory: the YAML, and per series code the rows of its tables.

    ``origin`` tells on which line of the file something stands; None for a programme not read from a file.
    """

    programme: Programme
    people: Mapping[str, Person] = field(default_factory=dict)
    enrolments: Mapping[str, tuple[EnrolmentRow, ...]] = field(default_factory=dict)
    attendance: Mapping[str, tuple[AttendanceRow, ...]] = field(default_factory=dict)
    logotype: bytes | None = None
    origin: YamlDocument | None = None

    def fault(self, path: PathKey, code: str, **params: Any) -> Fault:
        """Return a fault at ``path`` of the YAML."""
        if self.origin is None:
            return Fault("", 0, code, params)
        return Fault(self.origin.file, self.origin.line(path), code, params)


@dataclass
class _Reading:
    """What has been read so far; every part adds its faults."""

    folder: Path
    document: YamlDocument
    faults: list[Fault] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)  # file name → series

    def beside(self, name: str, path: PathKey) -> Path | None:
        """Return the path of a file beside the programme file; nothing outside its folder is read."""
        plain = Path(name)
        if plain.is_absolute() or ".." in plain.parts or "\\" in name:
            self.fault(path, "file_outside", name=name)
            return None
        return self.folder / plain

    def fault(self, path: PathKey, code: str, **params: Any) -> None:
        self.faults.append(Fault(self.document.file, self.document.line(path), code, params))

    def table(self, name: str | None, path: PathKey) -> Table | None:
        place = self.beside(name, path) if name else None
        if place is None or name is None:
            return None
        if not place.exists():
            self.fault(path, "file_named_missing", name=name)
            return None
        table, faults = read_table(place, name)
        self.faults += faults
        return table


def read_programme(path: Path) -> ProgrammeFile:
    """Read ``path`` and the files it names. Raises :class:`ProgrammeFaults` with everything that is wrong."""
    whole, faults = read_yaml(path, path.name)
    if whole is None:
        raise ProgrammeFaults(faults)
    validated = validate(whole)
    faults += validated.faults
    if validated.programme is None:
        raise ProgrammeFaults(faults)
    reading = _Reading(path.parent, validated.document, faults)
    document = _read_beside(reading, validated.programme)
    raw = Raw(whole.data)
    reading.faults += check_programme(validated.programme, validated.document, raw)
    reading.faults += check_people(validated.programme, raw, document.enrolments, document.attendance)
    if reading.faults:
        raise ProgrammeFaults(_once(reading.faults))
    return document


def _read_beside(reading: _Reading, programme: Programme) -> ProgrammeFile:
    enrolments: dict[str, tuple[EnrolmentRow, ...]] = {}
    attendance: dict[str, tuple[AttendanceRow, ...]] = {}
    for number, series in enumerate(programme.series):
        here = ("series", number)
        enrolments[series.code] = _rows(reading, series.enrolments, (*here, "enrolments"), read_enrolments)
        attendance[series.code] = _rows(
            reading, series.attendance_list, (*here, "attendance_list"), read_attendance
        )
    people = _people(reading, programme, enrolments)
    return ProgrammeFile(
        programme, people, enrolments, attendance, _logotype(reading, programme), reading.document
    )


def _rows(
    reading: _Reading,
    name: str | None,
    path: PathKey,
    read: Callable[[Table], tuple[list[Any], list[Fault]]],
) -> tuple[Any, ...]:
    table = reading.table(name, path)
    if table is None:
        return ()
    rows, faults = read(table)
    reading.faults += faults
    return tuple(rows)


def _people(
    reading: _Reading, programme: Programme, enrolments: Mapping[str, tuple[EnrolmentRow, ...]]
) -> dict[str, Person]:
    """Return every person once, put together from the files; two files must not contradict each other."""
    people: dict[str, Person] = {}
    for series in programme.series:
        for row in enrolments[series.code]:
            known = people.get(row.participant)
            if known is None:
                people[row.participant] = row.person
                continue
            reading.faults += _contradictions(series.enrolments or "", row, known)
            people[row.participant] = Person(
                known.code,
                {**row.person.given, **known.given},
                {**row.person.attributes, **known.attributes},
            )
    return people


def _contradictions(file: str, row: EnrolmentRow, known: Person) -> Iterator[Fault]:
    for column, value in row.person.given.items():
        earlier = known.given.get(column, value)
        if earlier != value:
            params = {"participant": row.participant, "column": column, "value": value, "earlier": earlier}
            yield Fault(file, row.line, "person_contradicts", params)


def _logotype(reading: _Reading, programme: Programme) -> bytes | None:
    path: PathKey = ("project", "logotype")
    name = programme.project.logotype
    place = reading.beside(name, path) if name else None
    if place is None:
        return None
    try:
        content = place.read_bytes()
    except OSError:
        reading.fault(path, "file_named_missing", name=name)
        return None
    if len(content) > LARGEST_LOGOTYPE_BYTES:
        reading.fault(path, "logotype_too_big", kilobytes=LARGEST_LOGOTYPE_BYTES // 1000)
    elif picture_type(content) is None:
        reading.fault(path, "logotype_not_picture", name=name)
    return content


def _once(faults: list[Fault]) -> list[Fault]:
    seen: dict[str, Fault] = {repr(fault): fault for fault in faults}
    return list(seen.values())
