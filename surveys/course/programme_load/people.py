"""Loads who takes part: participants, enrolments, attendance. Nobody is removed by being left out."""

from datetime import UTC, date, datetime, time
from typing import Any

from surveys.course.programme_load.plan import SeriesEntry
from surveys.course.programme_load.tally import Loading
from surveys.domain import timing
from surveys.importing.people import EnrolmentRow, Person
from surveys.keys import new_public_id
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Project
from surveys.outbox import notices
from surveys.queries import organisations as organisation_queries
from surveys.queries import programme as queries
from surveys.register.enrolment import RISING, SAID, set_presence


def load_participants(loading: Loading, project: Project) -> dict[str, Participant]:
    """Return the participants of the file by code; those it does not mention are kept and listed."""
    rows = {row.code: row for row in queries.participants(loading.session, project)}
    levels = organisation_queries.levels(loading.session, project.id)
    organisations = {row.code: levels.standing_for(row.id) for row in project.organisations}
    people = loading.document.people
    loading.absent += [code for code in rows if code not in people]
    for person in people.values():
        values = _participant_values(project, person, organisations)
        rows[person.code] = loading.put("participants", rows.get(person.code), Participant, values)
    loading.session.flush()
    return rows


def _participant_values(project: Project, person: Person, organisations: dict[str, int]) -> dict[str, Any]:
    given = person.given
    return {
        "project_id": project.id,
        "code": person.code,
        "name": given["name"],
        "email": given["email"],
        "gender": given.get("gender", "not_stated"),
        "language": given.get("language", project.languages[0]),
        "organisation_id": organisations[given["organisation"]] if "organisation" in given else None,
        "role": given.get("role"),
        "attributes": dict(person.attributes),
    }


def load_enrolments(
    loading: Loading, project: Project, series: SeriesEntry, participants: dict[str, Participant]
) -> dict[str, Enrolment]:
    """Return the enrolments of the series by participant code."""
    rows = {row.participant.code: row for row in queries.enrolments(loading.session, series.row)}
    ended = [row for row in rows.values() if row.state in SAID]
    for entry in loading.document.enrolments.get(series.entry.code, ()):
        row = rows.get(entry.participant)
        values: dict[str, Any] = {"work_group": entry.work_group, "state": _state(entry, row)}
        if row is None:
            values |= {
                "public_id": new_public_id(),
                "series_id": series.row.id,
                "participant_id": participants[entry.participant].id,
                "added_at": loading.now,
            }
        if row is None or entry.registered is not None:
            values["registered_at"] = _moment(entry.registered, project.timezone) or loading.now
        # What the file leaves open stays: a person's own dates are also set by hand.
        own = {"starts_on": entry.starts, "ends_on": entry.ends}
        values |= {name: day for name, day in own.items() if row is None or day is not None}
        rows[entry.participant] = loading.put("enrolments", row, Enrolment, values)
    loading.session.flush()
    restored = {row.id for row in ended if row.state not in SAID}
    notices.tell_restored(loading.session, series.row.id, restored, loading.now)
    return rows


def _state(entry: EnrolmentRow, row: Enrolment | None) -> str:
    """The file's state; but what attendance has raised since is not lowered by an older file."""
    known = row.state if row else "registered"
    if entry.state is None:
        return known
    if entry.state in RISING and known in RISING:
        return max(entry.state, known, key=RISING.index)
    return entry.state


def _moment(registered: date | datetime | None, zone: str) -> datetime | None:
    if registered is None or isinstance(registered, datetime):
        return registered
    return timing.to_utc(datetime.combine(registered, time()), zone).astimezone(UTC)


def load_attendance(loading: Loading, series: SeriesEntry, enrolments: dict[str, Enrolment]) -> None:
    occasions = {row.code: row for row in queries.occasions(loading.session, series.row)}
    known = {(a.occasion_id, a.enrolment_id): a for a in queries.attendance(loading.session, series.row)}
    for entry in loading.document.attendance.get(series.entry.code, ()):
        occasion, enrolment = occasions[entry.occasion], enrolments[entry.participant]
        row = known.get((occasion.id, enrolment.id))
        theme = next((theme for theme in occasion.themes if theme.code == entry.theme), None)
        changed = set_presence(loading.session, occasion, enrolment.id, row, entry.present, theme)
        if row is None:
            loading.counts["attendance"].created += 1
        else:
            loading.count("attendance", changed)
    loading.session.flush()
