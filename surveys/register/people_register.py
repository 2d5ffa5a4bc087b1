"""Rows of a file beside the register: what each of them would do.

A row is matched by code, else by address and name together. A blank cell changes nothing. What attendance has
raised of a state, an older file does not lower.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from surveys.importing.people_rows import PersonRow, RowFault
from surveys.models.programme import Project, Series
from surveys.queries import organisations
from surveys.queries import register as queries
from surveys.queries.register import KnownEnrolment, KnownPerson
from surveys.register.enrolment import RISING

PERSON = ("name", "email", "gender", "language", "role")
ENROLMENT = {
    "work_group": "work_group",
    "registered": "registered_at",
    "starts": "starts_on",
    "ends": "ends_on",
}
_UNPARTED = str.maketrans({"ø": "o", "æ": "ae"})  # letters that Unicode does not take for accented
Changes = tuple[tuple[str, Any, Any], ...]  # field, before, after


@dataclass(frozen=True)
class Verdict:
    """What one row would do. ``kind``: new (to the series), changed, same or faulty.

    ``changes`` and ``notes`` (codes with params: what to look twice at) are for people to read.
    """

    row: PersonRow
    kind: str
    code: str | None = None  # of a person in the register, or as the file gives it
    is_known: bool = False  # the person is in the project already
    participant_id: int | None = None
    enrolment_id: int | None = None
    person: Mapping[str, Any] = field(default_factory=dict)
    enrolment: Mapping[str, Any] = field(default_factory=dict)
    changes: Changes = ()
    faults: tuple[RowFault, ...] = ()
    notes: tuple[RowFault, ...] = ()


@dataclass
class Register:
    """A project's people and a series' enrolments, as they are when a file is compared with them.

    ``answers`` says what to do with names of organisations that nobody knows: "new", "none" or the code of
    one that is known, by the name as it stands in the file (folded).
    """

    project: Project
    series: Series
    answers: Mapping[str, str]
    people: dict[int, KnownPerson] = field(default_factory=dict)
    by_code: dict[str, KnownPerson] = field(default_factory=dict)
    by_who: dict[tuple[str, str], list[KnownPerson]] = field(default_factory=dict)
    by_address: dict[str, list[KnownPerson]] = field(default_factory=dict)
    enrolled: dict[int, KnownEnrolment] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    organisation_names: dict[int, str] = field(default_factory=dict)
    new_organisations: dict[str, str] = field(default_factory=dict)  # plain name → as it is written first


def folded(text: str) -> str:
    """A text as it is compared: without regard to case and blanks."""
    return " ".join(text.casefold().split())


def plain(text: str) -> str:
    """A name as it is compared with others that may be the same: folded, and without accents."""
    parted = unicodedata.normalize("NFKD", folded(text).translate(_UNPARTED))
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


def read_register(session: Session, series: Series, answers: Mapping[str, str]) -> Register:
    """Read all that rows are compared with, in a few selects."""
    register = Register(series.project, series, answers)
    for person in queries.participants(session, series.project_id):
        register.people[person.id] = register.by_code[person.code] = person
        register.by_who.setdefault((person.email.casefold(), folded(person.name)), []).append(person)
        register.by_address.setdefault(person.email.casefold(), []).append(person)
    register.enrolled = {row.participant_id: row for row in queries.enrolments(session, series.id)}
    for each in queries.organisations(session, series.project_id):
        register.organisation_names[each.id] = each.name
        register.organisations.setdefault(folded(each.name), each.id)
        register.organisations.setdefault(folded(each.code), each.id)
    for spelling, number in organisations.spellings(session, series.project_id):
        register.organisations.setdefault(folded(spelling), number)
    return register


# What each row would do


def judge(register: Register, rows: Iterable[PersonRow]) -> Iterator[Verdict]:
    """Yield the verdict on every row; the second about one person is faulty."""
    seen: dict[object, int] = {}
    for row in rows:
        verdict = _verdict(register, row)
        who = _identity(verdict)
        if verdict.kind != "faulty" and who in seen:
            yield Verdict(row, "faulty", verdict.code, faults=(("duplicate_row", {"first": seen[who]}),))
            continue
        if verdict.kind != "faulty":
            seen[who] = row.line
        yield verdict


def _identity(verdict: Verdict) -> object:
    if verdict.participant_id is not None:
        return verdict.participant_id
    return verdict.code or (
        verdict.person.get("email", "").casefold(),
        folded(verdict.person.get("name", "")),
    )


def _verdict(register: Register, row: PersonRow) -> Verdict:
    known, faults = _known(register, row)
    organisation, more = _organisation(register, row)
    faults = (*row.faults, *faults, *more, *_language(register, row))
    if known is None:
        faults = (*faults, *_incomplete(row))
    code = known.code if known else row.given.get("code")
    if faults:
        return Verdict(row, "faulty", code, faults=faults)
    person = _person_values(row, known, organisation)
    enrolment = register.enrolled.get(known.id) if known else None
    values = _enrolment_values(row, enrolment)
    changes = (*_person_changes(register, known, person), *_enrolment_changes(enrolment, values))
    return Verdict(
        row,
        "new" if enrolment is None else "changed" if changes else "same",
        code,
        is_known=known is not None,
        participant_id=known.id if known else None,
        enrolment_id=enrolment.id if enrolment else None,
        person=person,
        enrolment=values,
        changes=changes,
        notes=tuple(_notes(register, row, known)),
    )


def _known(register: Register, row: PersonRow) -> tuple[KnownPerson | None, tuple[RowFault, ...]]:
    """The person of the register that a row is about, None for a new one; or what forbids to say."""
    code = row.given.get("code")
    if code in register.by_code:
        return register.by_code[code], ()
    who = (row.given.get("email", "").casefold(), folded(row.given.get("name", "")))
    same = register.by_who.get(who, []) if all(who) else []
    if code is not None and same:
        return None, (("has_other_code", {"code": same[0].code}),)
    if len(same) > 1:
        return None, (("several_such", {"codes": ", ".join(each.code for each in same[:5])}),)
    return (same[0] if same else None), ()


def _organisation(register: Register, row: PersonRow) -> tuple[int | str | None, tuple[RowFault, ...]]:
    """The id of the row's organisation, or the name of one to be made."""
    name = row.given.get("organisation")
    if name is None:
        return None, ()
    key = folded(name)
    answer = register.answers.get(key, "")
    if key in register.organisations:
        return register.organisations[key], ()
    if answer == "new":
        return register.new_organisations.setdefault(plain(name), name), ()
    if answer == "none":
        return None, ()
    if folded(answer) in register.organisations:
        return register.organisations[folded(answer)], ()
    return None, (("unknown_organisation", {"field": "organisation", "value": name}),)


def _language(register: Register, row: PersonRow) -> Iterator[RowFault]:
    language = row.given.get("language")
    if language and language not in register.project.languages:
        yield "language_not_in_project", {"field": "language", "value": language}


def _incomplete(row: PersonRow) -> Iterator[RowFault]:
    told = {params.get("field") for _, params in row.faults}
    if "name" not in row.given and not told & {"name", "first_name", "last_name"}:
        yield "missing_name", {"field": "name"}
    if "email" not in row.given and "email" not in told:
        yield "missing_address", {"field": "email"}


def _person_values(
    row: PersonRow, known: KnownPerson | None, organisation: int | str | None
) -> dict[str, Any]:
    values = {name: row.given[name] for name in PERSON if name in row.given}
    if organisation is not None:
        values["organisation_id"] = organisation
    before = dict(known.attributes) if known else {}
    if row.attributes:
        values["attributes"] = before | dict(row.attributes)
    return values


def _enrolment_values(row: PersonRow, enrolment: KnownEnrolment | None) -> dict[str, Any]:
    values = {column: row.given[name] for name, column in ENROLMENT.items() if name in row.given}
    if "state" in row.given:
        values["state"] = _state(row.given["state"], enrolment.state if enrolment else "registered")
    return values


def _state(said: str, known: str) -> str:
    if said in RISING and known in RISING:
        return max(said, known, key=RISING.index)
    return said


def _person_changes(
    register: Register, known: KnownPerson | None, values: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    if known is None:
        return
    for name, value in values.items():
        before = getattr(known, name)
        if before == value:
            continue
        if name == "attributes":
            yield from (
                (key, before.get(key), text) for key, text in value.items() if before.get(key) != text
            )
        elif name == "organisation_id":
            names = register.organisation_names
            yield "organisation", names.get(before), names.get(value, value)
        else:
            yield name, before, value


def _enrolment_changes(
    enrolment: KnownEnrolment | None, values: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    if enrolment is None:
        return
    for name, value in values.items():
        if getattr(enrolment, name) != value:
            yield name, _plain(getattr(enrolment, name)), _plain(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _notes(register: Register, row: PersonRow, known: KnownPerson | None) -> Iterator[RowFault]:
    """What an organiser should look twice at: somebody else with the same address."""
    address = row.given.get("email", "").casefold()
    others = [each for each in register.by_address.get(address, []) if known is None or each.id != known.id]
    if others and (known is None or known.email.casefold() != address):
        yield "shares_address", {"name": others[0].name, "code": others[0].code}
