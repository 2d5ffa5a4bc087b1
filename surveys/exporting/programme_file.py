"""Writes a programme file: YAML and, beside it, the tables of people and attendance."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from surveys.importing.people import (
    ATTENDANCE_COLUMNS,
    ATTRIBUTE,
    ENROLMENT_COLUMNS,
    PERSON_COLUMNS,
    AttendanceRow,
    EnrolmentRow,
    Person,
)
from surveys.importing.programme_file import ProgrammeFile
from surveys.importing.schema import Programme


class FolderTaken(Exception):
    """The folder holds files already."""

    code = "folder_taken"


class _Dumper(yaml.SafeDumper):
    """Writes texts that would be read as something else in quotation marks, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def write(document: ProgrammeFile, folder: Path, force: bool = False) -> list[Path]:
    """Write ``document`` into ``folder`` and return the files, the programme first.

    Raises :class:`FolderTaken` where the folder holds files and ``force`` is not set, and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not force and any(folder.iterdir()):
        raise FolderTaken
    written = [folder / f"{document.programme.project.code}.yaml"]
    for series in document.programme.series:
        if series.enrolments:
            rows = document.enrolments.get(series.code, ())
            written.append(_write_enrolments(folder / series.enrolments, rows, document))
        if series.attendance_list:
            present = document.attendance.get(series.code, ())
            written.append(_write_attendance(folder / series.attendance_list, present))
    if document.logotype and document.programme.project.logotype:
        written.append(folder / document.programme.project.logotype)
        written[-1].write_bytes(document.logotype)
    written[0].write_text(as_yaml(document.programme), encoding="utf-8")
    return written


def as_yaml(programme: Programme) -> str:
    """Return the YAML of a programme: what stands at its default is left out."""
    data = {"folja": programme.folja, **_plain(programme)}
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def _plain(programme: Programme) -> dict[str, Any]:
    data = programme.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for name in ("quiet_from", "quiet_to"):
        if name in data["project"].get("sending", {}):
            data["project"]["sending"][name] = data["project"]["sending"][name][:5]
    for series in data.get("series", ()):
        for occasion in series.get("occasions", ()):
            for name in ("starts", "ends"):
                if name in occasion:
                    occasion[name] = occasion[name].removesuffix(":00")
        for rule in series.get("rules", ()):
            if "at" in rule.get("offset", {}):
                rule["offset"]["at"] = rule["offset"]["at"][:5]
    return data


def _write_enrolments(path: Path, rows: Sequence[EnrolmentRow], document: ProgrammeFile) -> Path:
    people = [document.people[row.participant] for row in rows]
    attributes = sorted({name for person in people for name in person.attributes})
    columns = (*ENROLMENT_COLUMNS, *(f"{ATTRIBUTE}{name}" for name in attributes))
    lines = (_enrolment(row, person, attributes) for row, person in zip(rows, people, strict=True))
    return _write(path, columns, lines)


def _enrolment(row: EnrolmentRow, person: Person, attributes: Sequence[str]) -> Sequence[str]:
    registered = row.registered
    if isinstance(registered, datetime):
        moment = registered.astimezone(UTC).isoformat()
    else:
        moment = registered.isoformat() if registered else ""
    return (
        row.participant,
        *(person.given.get(column, "") for column in PERSON_COLUMNS),
        row.work_group or "",
        row.state or "",
        moment,
        *(day.isoformat() if day else "" for day in (row.starts, row.ends)),
        *(person.attributes.get(name, "") for name in attributes),
    )


def _write_attendance(path: Path, rows: Sequence[AttendanceRow]) -> Path:
    lines = ((row.participant, row.occasion, "yes" if row.present else "no", row.theme or "") for row in rows)
    return _write(path, ATTENDANCE_COLUMNS, lines)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path
