"""One person at a time: added to a series, corrected, removed.

What changes who is mailed takes ``rehearse``: it is then carried out, looked at and undone, and what it would
lead to is returned all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import marks
from surveys.followups import gone, planning
from surveys.importing import people_rows
from surveys.importing.people_rows import PersonRow, RowFault
from surveys.models.deeds import Deed
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import JsonObject, Project
from surveys.queries import projects as project_queries
from surveys.queries import register as queries
from surveys.register import people_consequence
from surveys.register.people_register import Verdict, judge, read_register
from surveys.register.people_saving import carry_out

PERSON_FIELDS = ("name", "email", "gender", "language", "organisation", "role")


class BadPerson(ValueError):
    """Fields that cannot be; ``faults``: field → (code, params), as of a row of a file."""

    code = "bad_person"

    def __init__(self, faults: Mapping[str, RowFault]) -> None:
        super().__init__(", ".join(f"{name}: {fault[0]}" for name, fault in faults.items()))
        self.faults = dict(faults)


class PersonConflict(Exception):
    """Somebody else has changed the same meanwhile."""

    code = "person_conflict"


class PersonGone(Exception):
    """There is no such person or enrolment any more."""

    code = "person_gone"


class CannotRemove(Exception):
    """What has left traces stays; ``code`` says which: asked, log, mailed, attendance."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Added:
    """Who was enrolled: the code, whether the person was in the project, and what it leads to."""

    code: str
    name: str
    is_known: bool
    was_enrolled: bool
    notes: tuple[RowFault, ...]
    consequence: JsonObject


def mark_of(person: Participant) -> str:
    """A short digest of a person: that of what a form was made from tells whether it is still so."""
    names = ("name", "email", "gender", "language", "organisation_id", "role")
    return marks.mark({name: getattr(person, name) for name in names})


def add(
    db: Database,
    series_id: int,
    fields: Mapping[str, str],
    now: datetime,
    user_id: int,
    rehearse: bool = False,
) -> Added:
    """Enrol somebody in a series: a new person, or one whom code, or address and name, tell to be known.

    A blank field changes nothing of a known person. Raises :class:`BadPerson`.
    """
    with db.transaction(rehearse) as session:
        series = queries.series(session, series_id)
        project_queries.hold_project(session, series.project_id)
        row = _row(fields, series.project.timezone)
        register = read_register(session, series, {})
        verdict = next(iter(judge(register, [row])))
        if verdict.kind == "faulty":
            raise BadPerson(_by_field(verdict))
        known = [verdict.enrolment_id] if verdict.enrolment_id is not None else []
        before = people_consequence.photograph(session, series_id, now, known)
        carry_out(session, register, [verdict], now)
        person = _added(session, series_id, verdict)
        enrolled = queries.enrolled_in(session, series_id, person.id)
        only = [enrolled.id] if enrolled is not None else []
        planning.refresh_mailings(session, series_id, now, only)
        newcomers = int(verdict.kind == "new")
        told = people_consequence.consequence(session, series_id, replace(before, only=only), now, newcomers)
        noted(session, person, user_id, now, "person_enrolled", f"series:{series_id}")
        was_enrolled = verdict.enrolment_id is not None
        return Added(person.code, person.name, verdict.is_known, was_enrolled, verdict.notes, told)


def change(
    db: Database, participant_id: int, fields: Mapping[str, str], seen: str, now: datetime, user_id: int
) -> None:
    """Correct a person; a blank field is emptied where it may be.

    Raises :class:`BadPerson`, :class:`PersonGone`, :class:`PersonConflict`.
    """
    with db.transaction() as session:
        person = _held_person(session, participant_id)
        project = session.get_one(Project, person.project_id)
        values = _checked(session, project, fields)
        if mark_of(person) != seen and any(getattr(person, name) != to for name, to in values.items()):
            raise PersonConflict
        if person.email != values["email"]:
            noted(session, person, user_id, now, "address_corrected", f"participant:{person.id}")
        for name, value in values.items():
            setattr(person, name, value)


def remove_person(db: Database, participant_id: int, now: datetime, user_id: int) -> None:
    """Take a person away with all enrolments. Raises :class:`CannotRemove`, :class:`PersonGone`."""
    with db.transaction() as session:
        person = _held_person(session, participant_id)
        noted(session, person, user_id, now, "person_removed", f"participant:{person.id}")
        for enrolment in list(person.enrolments):
            remove_untouched(session, enrolment, now)
        for kept in queries.kept_beside(session, person.id):
            session.delete(kept)
        session.flush()
        session.expire(person)
        session.delete(person)
        gone.let_go(session, "participant")


def _row(fields: Mapping[str, str], zone: str) -> PersonRow:
    values, faults = people_rows.read_fields(fields, zone)
    given = {name: value for name, value in values.items() if value is not None}
    if "starts" in given and "ends" in given and given["ends"] < given["starts"]:
        faults["ends"] = ("ends_before_start", {"field": "ends"})
    return PersonRow(1, fields.get("name", ""), given, {}, tuple(faults.values()))


def _by_field(verdict: Verdict) -> dict[str, RowFault]:
    return {params.get("field") or "code": (code, params) for code, params in verdict.faults}


def _added(session: Session, series_id: int, verdict: Verdict) -> Participant:
    newest = queries.newest_enrolment(session, series_id)
    number = verdict.participant_id or newest.participant_id
    return session.get_one(Participant, number)


def _checked(session: Session, project: Project, fields: Mapping[str, str]) -> dict[str, object]:
    values, faults = people_rows.read_fields(
        {name: fields.get(name, "") for name in PERSON_FIELDS}, project.timezone
    )
    for name, code in (("name", "missing_name"), ("email", "missing_address")):
        if values[name] is None and name not in faults:
            faults[name] = (code, {"field": name})
    if values["language"] and values["language"] not in project.languages:
        faults["language"] = ("language_not_in_project", {"field": "language", "value": values["language"]})
    organisations = {each.code: each.id for each in queries.organisations(session, project.id)}
    organisation = values.pop("organisation")
    if organisation and organisation not in organisations:
        faults["organisation"] = ("unknown_organisation", {"field": "organisation", "value": organisation})
    if faults:
        raise BadPerson(faults)
    values["organisation_id"] = organisations[organisation] if organisation else None
    values["gender"] = values["gender"] or "not_stated"
    values["language"] = values["language"] or project.languages[0]
    return values


def remove_untouched(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """Take away an enrolment that has left no traces. Raises :class:`CannotRemove`."""
    if why := queries.why_kept(session, enrolment.id):
        raise CannotRemove(why)
    series_id = enrolment.series_id
    planning.forget_mailings(session, queries.mailings_for(session, enrolment.id))
    for outcome in queries.outcomes(session, [enrolment.id]):
        session.delete(outcome)
    session.flush()
    session.delete(enrolment)
    gone.let_go(session, "enrolment", "mailing")
    planning.refresh_mailings(session, series_id, now, only=())


def _held_person(session: Session, participant_id: int) -> Participant:
    person = session.get(Participant, participant_id, with_for_update=True)
    if person is None:
        raise PersonGone
    return person


def noted(
    session: Session, person: Participant, user_id: int, now: datetime, action: str, subject: str
) -> None:
    """Write down what a user did with a person."""
    session.add(
        Deed(
            project_id=person.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=subject,
            details={"participant": person.code},
        )
    )
