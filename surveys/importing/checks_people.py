"""Checks of the tables beside a programme file against the programme."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from surveys.importing.checking import Raw
from surveys.importing.faults import Fault
from surveys.importing.people import AttendanceRow, EnrolmentRow
from surveys.importing.schema import Programme, Series


def check_people(
    programme: Programme,
    raw: Raw,
    enrolments: Mapping[str, Sequence[EnrolmentRow]],
    attendance: Mapping[str, Sequence[AttendanceRow]],
) -> list[Fault]:
    """Return what is wrong with the rows: people without a name or address, references to nothing."""
    faults = list(_incomplete(programme, enrolments))
    organisations = raw.codes("organisations")
    for series in programme.series:
        for row in enrolments[series.code]:
            faults += _enrolment(programme, series, row, organisations)
        enrolled = {row.participant for row in enrolments[series.code]}
        themes = _themes(raw, series.code)
        for present in attendance[series.code]:
            faults += _attendance(series, present, enrolled, themes)
    return faults


def _incomplete(programme: Programme, enrolments: Mapping[str, Sequence[EnrolmentRow]]) -> Iterator[Fault]:
    """A person needs a name and an address in one of the files; told where the person is named first."""
    given: dict[str, set[str]] = {}
    for series in programme.series:
        for row in enrolments[series.code]:
            given.setdefault(row.participant, set()).update(row.person.given)
    told: set[str] = set()
    for series in programme.series:
        for row in enrolments[series.code]:
            if row.participant in told:
                continue
            told.add(row.participant)
            for column, code in (("name", "missing_name"), ("email", "missing_address")):
                if column not in given[row.participant]:
                    yield _at(series.enrolments, row.line, code, participant=row.participant)


def _enrolment(
    programme: Programme, series: Series, row: EnrolmentRow, organisations: set[str]
) -> Iterator[Fault]:
    organisation = row.person.given.get("organisation")
    if organisation and organisation not in organisations:
        yield _at(series.enrolments, row.line, "unknown_organisation", value=organisation)
    language = row.person.given.get("language")
    if language and language not in programme.project.languages:
        params = {"value": language, "known": ", ".join(programme.project.languages)}
        yield _at(series.enrolments, row.line, "language_not_in_project", **params)


def _attendance(
    series: Series, row: AttendanceRow, enrolled: set[str], themes: Mapping[str, set[str]]
) -> Iterator[Fault]:
    if row.participant not in enrolled:
        yield _at(series.attendance_list, row.line, "not_enrolled", value=row.participant)
    if row.occasion not in themes:
        yield _at(series.attendance_list, row.line, "unknown_occasion", value=row.occasion)
    elif row.theme and row.theme not in themes[row.occasion]:
        params = {"value": row.theme, "occasion": row.occasion}
        yield _at(series.attendance_list, row.line, "unknown_theme", **params)


def _themes(raw: Raw, series: str) -> dict[str, set[str]]:
    """Return the codes of the themes by the code of their occasion, as written."""
    parts = [s for s in raw.data["series"] if isinstance(s, dict) and s.get("code") == series]
    occasions = [o for s in parts for o in s.get("occasions", ()) if isinstance(o, dict)]
    return {str(o["code"]): Raw(o).codes("themes") for o in occasions if "code" in o}


def _at(file: str | None, line: int, code: str, **params: Any) -> Fault:
    return Fault(file or "", line, code, params)
