"""Outcomes of persons at a date (in work, in studies …): the kinds a project counts, and what is noted.

Only kinds that are declared can be noted, so that one and the same is not counted under two spellings.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.series import BadFields, Fields
from surveys.importing import people_rows
from surveys.importing.people_rows import RowFault
from surveys.models.deeds import Deed
from surveys.models.outcome import OutcomeKind
from surveys.models.people import Enrolment, Outcome
from surveys.queries import outcomes as queries
from surveys.queries import projects as project_queries
from surveys.queries import register
from surveys.register.people import BadPerson, PersonGone, noted
from surveys.register.people_register import folded

LONGEST_KIND, LONGEST_NOTE = 120, 2_000
MOST_KINDS = 100


class NoKind(LookupError):
    """The project has no such kind (any more)."""

    code = "no_outcome_kind"


class KindInUse(Exception):
    """It has been noted, or an indicator counts it: ``code`` says which, ``indicators`` names those."""

    def __init__(self, code: str, indicators: Collection[str] = ()) -> None:
        super().__init__(code)
        self.code, self.indicators = code, tuple(indicators)


def add_kind(db: Database, project_id: int, raw: Mapping[str, str], user_id: int, now: datetime) -> None:
    """Declare a kind: ``name``. Raises BadFields (also name_taken, too_many)."""
    with db.transaction() as session:
        project_queries.hold_project(session, project_id)
        rows = queries.kinds(session, project_id)
        name = _name(raw, rows)
        if len(rows) >= MOST_KINDS:
            raise BadFields({"name": "too_many"})
        session.add(declared(project_id, name, max((each.position for each in rows), default=0) + 1))
        session.add(_deed(project_id, user_id, now, "outcome_kind_added", name))


def rename_kind(
    db: Database, project_id: int, number: int, raw: Mapping[str, str], user_id: int, now: datetime
) -> None:
    """Call a kind something else, also where it has been noted. Raises NoKind, BadFields, KindInUse.

    What an indicator counts keeps its name: a definition that has been decided is never written over.
    """
    with db.transaction() as session:
        project_queries.hold_project(session, project_id)
        rows = queries.kinds(session, project_id)
        row = _found(rows, number)
        name = _name(raw, [each for each in rows if each.id != number])
        if name == row.name:
            return
        if named := _indicators(session, row):
            raise KindInUse("counted", named)
        mine = Outcome.enrolment_id.in_(queries.enrolments_of(project_id))
        renamed = update(Outcome).where(Outcome.kind == row.name, mine).values(kind=name)
        session.execute(renamed.execution_options(synchronize_session=False))
        session.add(_deed(project_id, user_id, now, "outcome_kind_renamed", f"{row.name} → {name}"))
        row.name, row.key = name, folded(name)


def remove_kind(db: Database, project_id: int, number: int, user_id: int, now: datetime) -> None:
    """Take a kind away that nobody has noted and no indicator counts. Raises NoKind, KindInUse."""
    with db.transaction() as session:
        project_queries.hold_project(session, project_id)
        row = _found(queries.kinds(session, project_id), number)
        if named := _indicators(session, row):
            raise KindInUse("counted", named)
        if queries.persons_noted(session, project_id).get(row.name):
            raise KindInUse("noted")
        session.add(_deed(project_id, user_id, now, "outcome_kind_removed", row.name))
        session.delete(row)


def declared(project_id: int, name: str, position: int) -> OutcomeKind:
    """A kind to be stored."""
    return OutcomeKind(project_id=project_id, name=name, key=folded(name), position=position)


def add_outcome(db: Database, enrolment_id: int, raw: Mapping[str, str], user_id: int, now: datetime) -> None:
    """Note what came of it for a person: ``on`` (a date), ``kind``, ``note``; again corrects the note.

    What came with a file and is corrected by hand is no part of that file any more. Raises
    :class:`BadPerson`, :class:`PersonGone`.
    """
    with db.transaction() as session:
        enrolment = _held_enrolment(session, enrolment_id)
        project = enrolment.series.project
        kinds = {each.key: each.name for each in queries.kinds(session, project.id)}
        read, faults = read_outcome(raw, kinds, now.astimezone(ZoneInfo(project.timezone)).date())
        if faults or read is None:
            raise BadPerson(faults)
        on, kind, note = read
        same = (each for each in register.outcomes(session, [enrolment.id]) if each.on_date == on)
        row = next((each for each in same if each.kind == kind), None)
        if row is None:
            row = Outcome(enrolment_id=enrolment.id, on_date=on, kind=kind)
        row.note, row.import_id = note, None
        session.add(row)
        noted(session, enrolment.participant, user_id, now, "outcome_noted", f"enrolment:{enrolment.id}")


def remove_outcome(db: Database, enrolment_id: int, outcome_id: int, user_id: int, now: datetime) -> None:
    """Take a noted outcome away; without one this does nothing. Raises :class:`PersonGone`."""
    with db.transaction() as session:
        enrolment = _held_enrolment(session, enrolment_id)
        row = session.get(Outcome, outcome_id)
        if row is not None and row.enrolment_id == enrolment.id:
            session.execute(delete(Outcome).where(Outcome.id == outcome_id))
            subject = f"enrolment:{enrolment.id}"
            noted(session, enrolment.participant, user_id, now, "outcome_removed", subject)


def read_outcome(
    raw: Mapping[str, str], kinds: Mapping[str, str], today: date
) -> tuple[tuple[date, str, str] | None, dict[str, RowFault]]:
    """What ``on``, ``kind`` and ``note`` say, or what is wrong with each; ``kinds``: folded name → name."""
    dates, bad = people_rows.read_fields({"starts": raw.get("on", "")}, "UTC")
    faults: dict[str, RowFault] = {}
    for code, params in bad.values():
        faults["on"] = (code, {**params, "field": "on"})
    on, written = dates["starts"], " ".join(raw.get("kind", "").split())
    if on is None:
        faults.setdefault("on", ("blank", {"field": "on"}))
    elif on > today:
        faults["on"] = ("in_the_future", {"field": "on", "value": on.isoformat()})
    kind = kinds.get(folded(written))
    if not written:
        faults["kind"] = ("blank", {"field": "kind"})
    elif kind is None:
        faults["kind"] = ("unknown_outcome", {"field": "kind", "value": _shown(written)})
    note = "".join(x for x in raw.get("note", "") if x.isprintable() or x == "\n").strip()
    if len(note) > LONGEST_NOTE:
        faults["note"] = ("too_long", {"field": "note", "most": LONGEST_NOTE})
    if faults or on is None or kind is None:
        return None, faults
    return (on, kind, note), faults


def _name(raw: Mapping[str, str], others: Collection[OutcomeKind]) -> str:
    faults: dict[str, str] = {}
    name = Fields(raw, faults).line("name", LONGEST_KIND, needed=True)
    if name and folded(name) in {each.key for each in others}:
        faults["name"] = "name_taken"
    if faults:
        raise BadFields(faults)
    return name


def _found(rows: Collection[OutcomeKind], number: int) -> OutcomeKind:
    row = next((each for each in rows if each.id == number), None)
    if row is None:
        raise NoKind
    return row


def _indicators(session: Session, row: OutcomeKind) -> list[str]:
    """The titles of those that count it, in any version."""
    found = {
        code: title
        for code, title, kinds in queries.indicators_naming(session, row.project_id)
        if row.key in {folded(each) for each in kinds}
    }
    return list(found.values())


def _held_enrolment(session: Session, enrolment_id: int) -> Enrolment:
    enrolment = session.get(Enrolment, enrolment_id, with_for_update={"key_share": True})
    if enrolment is None:
        raise PersonGone
    return enrolment


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:80])


def _deed(project_id: int, user_id: int, now: datetime, action: str, name: str) -> Deed:
    subject, details = f"project:{project_id}", {"title": name}
    return Deed(
        project_id=project_id, user_id=user_id, done_at=now, action=action, subject=subject, details=details
    )
