"""Writing many people at once: organisations, participants and enrolments, in few statements."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from surveys.keys import new_public_id
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation
from surveys.outbox import notices
from surveys.queries import organisations
from surveys.queries import register as queries
from surveys.register.enrolment import SAID
from surveys.register.people_import import AT_ONCE
from surveys.register.people_register import Register, Verdict, folded

CODE_DIGITS = 4


def carry_out(
    session: Session, register: Register, verdicts: Sequence[Verdict], now: datetime
) -> set[int] | None:
    """Write what the verdicts say; the faulty ones are left out. Few statements, however many people.

    Returns the enrolments that were made or changed, None where they are too many to be named one by one.
    """
    good = [each for each in verdicts if each.kind in {"new", "changed"}]
    made = _make_organisations(session, register, good)
    codes = _new_codes(register, [each for each in good if each.participant_id is None])
    _add_people(session, register, [(code, _settled(each, made)) for code, each in codes])
    ids = queries.ids_by_code(session, register.project.id) if codes else {}
    people = {id(each): ids[code] for code, each in codes}
    _change(session, Participant, [(e.participant_id, _settled(e, made)) for e in good if e.participant_id])
    new = {e.participant_id or people[id(e)]: e for e in good if e.enrolment_id is None}
    _add_enrolments(session, register, new, now)
    _change(session, Enrolment, [(e.enrolment_id, e.enrolment) for e in good if e.enrolment_id])
    session.expire_all()
    notices.tell_restored(session, register.series.id, _restored(good), now)
    known = {each.enrolment_id for each in good if each.enrolment_id}
    if len(known) + len(new) > AT_ONCE:
        return None
    return known | set(queries.enrolments_of_people(session, register.series.id, new.keys()))


def _restored(good: Sequence[Verdict]) -> set[int]:
    """The enrolments that had ended and go on."""
    return {
        each.enrolment_id
        for each in good
        for name, before, after in each.changes
        if each.enrolment_id and name == "state" and before in SAID and after not in SAID
    }


def _make_organisations(session: Session, register: Register, good: Sequence[Verdict]) -> dict[str, int]:
    wanted: dict[str, str] = {}
    for each in good:
        name = each.person.get("organisation_id")
        if isinstance(name, str):
            wanted.setdefault(folded(name), name)
    if not wanted:
        return {}
    taken = {each.code for each in organisations.everyone(session, register.project.id)}
    rows = {}
    for position, (key, name) in enumerate(wanted.items(), start=len(taken) + 1):
        code = free_code(name, taken)
        taken.add(code)
        rows[key] = Organisation(project_id=register.project.id, code=code, name=name, position=position)
    session.add_all(rows.values())
    session.flush()
    return {key: row.id for key, row in rows.items()}


def free_code(name: str, taken: set[str]) -> str:
    """A code made from a name, such as "forsakringskassan", with a number where that is taken."""
    letters = str.maketrans("åäöéèüø", "aaoeeuo")
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower().translate(letters))
    stem = "-".join(part for part in plain.split("-") if part)[:50].strip("-") or "organisation"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code


def _settled(verdict: Verdict, made: Mapping[str, int]) -> dict[str, Any]:
    values = dict(verdict.person)
    if isinstance(values.get("organisation_id"), str):
        values["organisation_id"] = made[folded(values["organisation_id"])]
    return values


def _new_codes(register: Register, new: Sequence[Verdict]) -> list[tuple[str, Verdict]]:
    taken = set(register.by_code) | {each.code for each in new if each.code}
    numbers = next_codes(taken)
    return [(each.code or next(numbers), each) for each in new]


def next_codes(taken: set[str]) -> Iterator[str]:
    """Codes that nobody has, p0001 and so on: they tell nothing of the person."""
    number = len(taken)
    while True:
        number += 1
        code = f"p{number:0{CODE_DIGITS}}"
        if code not in taken:
            yield code


def _add_people(session: Session, register: Register, people: Sequence[tuple[str, dict[str, Any]]]) -> None:
    usual = {
        "project_id": register.project.id,
        "gender": "not_stated",
        "language": register.project.languages[0],
        "organisation_id": None,
        "role": None,
        "attributes": {},
    }
    if people:
        session.execute(insert(Participant), [usual | {"code": code} | values for code, values in people])


def _add_enrolments(
    session: Session, register: Register, people: Mapping[int, Verdict], now: datetime
) -> None:
    rows = [
        {
            "public_id": new_public_id(),
            "series_id": register.series.id,
            "participant_id": person,
            "state": "registered",
            "work_group": None,
            "registered_at": now,
            "added_at": now,
            "starts_on": None,
            "ends_on": None,
        }
        | dict(verdict.enrolment)
        for person, verdict in people.items()
    ]
    if rows:
        session.execute(insert(Enrolment), rows)


def _change(
    session: Session,
    table: type[Participant | Enrolment],
    rows: Sequence[tuple[int | None, Mapping[str, Any]]],
) -> None:
    changed = [{"id": number} | dict(values) for number, values in rows if values]
    if changed:
        session.execute(update(table), changed)
