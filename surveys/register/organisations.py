"""The register of organisations: levels, other spellings, and two that were found to be one.

What is merged stays as a row that names the other, since answers given before carry its code; its people, its
spellings and what stood below it move over. That can be undone: what moved is written down.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.series import BadFields, Fields
from surveys.followups import planning
from surveys.models.deeds import Deed
from surveys.models.people import Participant
from surveys.models.programme import Organisation, OrganisationName
from surveys.queries import organisations as queries
from surveys.register.people_register import plain

LONGEST_NAME = 200
AT_ONCE = 500


class NoOrganisation(LookupError):
    """The project has no such organisation, or it has been merged into another."""

    code = "no_organisation"


class Circle(Exception):
    """An organisation would stand above itself."""

    code = "circle"


class NamedByRules(Exception):
    """Follow-up rules choose by the organisation; ``series`` are the titles of theirs."""

    code = "named_by_rules"

    def __init__(self, series: tuple[str, ...]) -> None:
        super().__init__(", ".join(series))
        self.series = series


@dataclass(frozen=True)
class Merger:
    """What a merger moves: how many people, and the names of what stands below."""

    people: int
    spellings: tuple[str, ...]
    below: tuple[str, ...]


def set_parent(
    db: Database, project_id: int, code: str, parent: str, user_id: int | None, now: datetime
) -> None:
    """Put an organisation below another, or ("") at the top. Raises NoOrganisation, Circle."""
    with db.transaction() as session:
        row = _found(session, project_id, code)
        above = _found(session, project_id, parent) if parent else None
        if above and not queries.levels(session, project_id).may_stand_below(row.id, above.id):
            raise Circle
        row.parent_id = above.id if above else None
        _note(session, row, user_id, now, "organisation_placed", {})


def add_name(db: Database, project_id: int, code: str, name: str, user_id: int | None, now: datetime) -> None:
    """Let another spelling mean this organisation. Raises NoOrganisation, BadFields (``name_taken``)."""
    faults: dict[str, str] = {}
    written = Fields({"name": name}, faults).line("name", LONGEST_NAME, needed=True)
    if faults:
        raise BadFields(faults)
    with db.transaction() as session:
        row = _found(session, project_id, code)
        if plain(written) in set(taken_names(session, project_id)):
            raise BadFields({"name": "name_taken"})
        session.add(other_name(row, written))
        _note(session, row, user_id, now, "organisation_name_added", {})


def remove_name(
    db: Database, project_id: int, code: str, name_id: int, user_id: int | None, now: datetime
) -> None:
    """Take a spelling away; without one this does nothing. Raises NoOrganisation."""
    with db.transaction() as session:
        row = _found(session, project_id, code)
        name = session.get(OrganisationName, name_id)
        if name is not None and name.organisation_id == row.id:
            session.delete(name)
            _note(session, row, user_id, now, "organisation_name_removed", {})


def merge(
    db: Database,
    project_id: int,
    code: str,
    into: str,
    user_id: int | None,
    now: datetime,
    rehearse: bool = False,
) -> Merger:
    """Let one organisation be another's second spelling; returns what moves.

    Raises NoOrganisation, Circle (it is the same, or ``into`` stands below it), NamedByRules.
    """
    with db.transaction(rehearse) as session:
        row, other = _found(session, project_id, code), _found(session, project_id, into)
        if row.id in queries.levels(session, project_id).way_up(other.id):
            raise Circle
        _refuse_named(session, project_id, row.code)
        people = list(queries.people_of(session, row.id))
        moved = [each for each in queries.names(session, project_id) if each.organisation_id == row.id]
        below = [each for each in queries.standing(session, project_id) if each.parent_id == row.id]
        taken = {each.key for each in queries.names(session, project_id)}
        for name in moved:
            name.organisation_id = other.id
        for each in below:
            each.parent_id = other.id
        if plain(row.name) not in taken:
            session.add(other_name(other, row.name))
        details = {
            "into": other.code,
            "people": people,
            "names": [each.id for each in moved],
            "below": [each.id for each in below],
            "parent": row.parent_id,
        }
        row.merged_into_id, row.parent_id = other.id, None
        _move(session, people, other.id, now)
        _note(session, row, user_id, now, queries.MERGED, details)
        return Merger(len(people), tuple(each.name for each in moved), tuple(each.name for each in below))


def part(db: Database, project_id: int, code: str, user_id: int | None, now: datetime) -> int:
    """Undo a merger: whoever moved then and has not moved since comes back; returns how many.

    Raises NoOrganisation where it is not merged.
    """
    with db.transaction() as session:
        row = next((each for each in queries.everyone(session, project_id) if each.code == code), None)
        deed = queries.merger(session, row.id) if row is not None and row.merged_into_id else None
        if row is None or deed is None:
            raise NoOrganisation(code)
        known: dict[str, Any] = deed.details or {}
        there = set(queries.people_of(session, row.merged_into_id or 0))
        back = [number for number in known.get("people", ()) if number in there]
        _give_back(session, project_id, row, known)
        row.parent_id, row.merged_into_id = known.get("parent"), None
        _move(session, back, row.id, now)
        _note(session, row, user_id, now, "organisation_parted", {})
        return len(back)


def _give_back(session: Session, project_id: int, row: Organisation, known: dict[str, Any]) -> None:
    """The spellings and what stood below, where they are still with the other."""
    for name in queries.names(session, project_id):
        if name.organisation_id == row.merged_into_id and name.id in known.get("names", ()):
            name.organisation_id = row.id
        elif name.organisation_id == row.merged_into_id and name.key == plain(row.name):
            session.delete(name)
    for each in queries.standing(session, project_id):
        if each.parent_id == row.merged_into_id and each.id in known.get("below", ()):
            each.parent_id = row.id


def _move(session: Session, people: list[int], organisation_id: int, now: datetime) -> None:
    """Let people work elsewhere; whom rules reach may change with it."""
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        session.query(Participant).filter(Participant.id.in_(some)).update(
            {"organisation_id": organisation_id}, synchronize_session="fetch"
        )
        for series in queries.series_of(session, some):
            planning.refresh_mailings(session, series, now)


def _refuse_named(session: Session, project_id: int, code: str) -> None:
    series = tuple(
        title
        for rule, title in queries.filtered_rules(session, project_id)
        if code in set(_texts(rule.audience_filter))
    )
    if series:
        raise NamedByRules(tuple(dict.fromkeys(series)))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a tree of conditions."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part_of in value.values():
            yield from _texts(part_of)
    elif isinstance(value, list):
        for part_of in value:
            yield from _texts(part_of)


def taken_names(session: Session, project_id: int) -> Iterator[str]:
    """What every organisation is called already, as names are compared."""
    yield from (plain(each.name) for each in queries.everyone(session, project_id))
    yield from (each.key for each in queries.names(session, project_id))


def other_name(row: Organisation, name: str) -> OrganisationName:
    """Another spelling, to be stored. ``row`` has been."""
    return OrganisationName(
        project_id=row.project_id, organisation_id=row.id, name=name, key=plain(name)[:LONGEST_NAME]
    )


def _found(session: Session, project_id: int, code: str) -> Organisation:
    row = next((each for each in queries.standing(session, project_id) if each.code == code), None)
    if row is None:
        raise NoOrganisation(code)
    return row


def _note(
    session: Session,
    row: Organisation,
    user_id: int | None,
    now: datetime,
    action: str,
    details: dict[str, Any],
) -> None:
    session.add(
        Deed(
            project_id=row.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=f"organisation:{row.id}",
            details={"organisation": row.name, **details},
        )
    )
