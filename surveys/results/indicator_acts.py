"""Indicators made, revised, ended and removed; their products and qualitative grounds.

A definition is never written over: each change is a version with its day, its reason and who approved it, and
the first stays beside the newest for ever. What has been read keeps the version it was read by.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.indicator_definition import Known, defined, restored, stored
from surveys.domain.indicators import Definition, Kind
from surveys.domain.series import BadFields, Fields, code_from
from surveys.domain.texts import has_bad_characters
from surveys.followups import gone
from surveys.models.deeds import Deed
from surveys.models.indicator import Indicator, IndicatorEntry, IndicatorNote, IndicatorVersion
from surveys.queries import indicators as queries
from surveys.queries import writing
from surveys.results.indicators import Ended, NoIndicator

LONGEST_REASON, LONGEST_APPROVER, LONGEST_ENTRY, LONGEST_NOTE = 1_000, 200, 300, 5_000
MOST_AT_ONCE = 100_000
RESERVED = frozenset({"ny"})

Raw = Mapping[str, str]
Many = Mapping[str, Sequence[str]]


class HasReadings(Exception):
    """What has been read of it stays, and so does the indicator; it can be ended."""

    code = "has_readings"


class NothingChanged(Exception):
    """The definition would be as it is."""

    code = "nothing_changed"


class NotAPart(Exception):
    """A part has no parts of its own, and is of the same kind as its whole."""

    code = "not_a_part"


class Revised(Exception):
    """Somebody else has made a version meanwhile."""

    code = "revised"


def add_indicator(
    db: Database,
    project_id: int,
    kind: Kind,
    raw: Raw,
    many: Many,
    known: Known,
    user_id: int | None,
    now: datetime,
    whole: str = "",
    generated_note: Mapping[str, str] | None = None,
) -> str:
    """Make an indicator, or a part of ``whole`` (its code); returns its code.

    ``decided_on`` is the day from which it holds. Raises BadFields, NoIndicator, NotAPart.
    """
    definition, decided_on = read_definition(kind, raw, many, known, revision=False)
    with db.transaction() as session:
        writing.hold_project(session, project_id)
        above = _whole(session, project_id, whole, kind) if whole else None
        rows = queries.of_project(session, project_id)
        code = code_from(definition.title, {each.code for each in rows} | RESERVED, "indikator")
        position = max((each.position for each in rows), default=0) + 1
        row = Indicator(
            project_id=project_id,
            whole_id=above.id if above else None,
            code=code,
            kind=kind.value,
            position=position,
            generated_note=dict(generated_note) if generated_note else None,
        )
        session.add(row)
        session.flush()
        first = new_version(row, 1, definition, decided_on, raw, user_id, now)
        session.add_all([first, _deed(row, user_id, now, "indicator_added")])
        return code


def revise(
    db: Database,
    project_id: int,
    code: str,
    seen: int,
    raw: Raw,
    many: Many,
    known: Known,
    user_id: int | None,
    now: datetime,
) -> None:
    """Give an indicator a new definition from a day on, made from version ``seen`` (its number).

    Raises BadFields (reason and approver are needed), NoIndicator, NothingChanged, Revised.
    """
    with db.transaction() as session:
        row = _held(session, project_id, code)
        definition, decided_on = read_definition(Kind(row.kind), raw, many, known, revision=True)
        newest = row.versions[-1]
        if newest.number != seen:
            raise Revised
        if stored(definition) == stored(restored(row.kind, newest.definition)):
            raise NothingChanged
        if decided_on < newest.decided_on:
            raise BadFields({"decided_on": "before_the_last"})
        session.add(new_version(row, newest.number + 1, definition, decided_on, raw, user_id, now))
        session.add(_deed(row, user_id, now, "indicator_revised", raw.get("reason", "").strip()))


def remove_indicator(db: Database, project_id: int, code: str, user_id: int | None, now: datetime) -> None:
    """Take an indicator away of which nothing has been read. Raises NoIndicator, HasReadings."""
    with db.transaction() as session:
        row = _held(session, project_id, code)
        if queries.has_readings(session, row.id) or queries.has_parts(session, row.id):
            raise HasReadings
        session.add(_deed(row, user_id, now, "indicator_removed"))
        session.flush()
        for table in (IndicatorNote, IndicatorEntry, IndicatorVersion):
            session.execute(delete(table).where(table.indicator_id == row.id))
        session.execute(delete(Indicator).where(Indicator.id == row.id))
        gone.let_go(session, "indicator")


def end_indicator(db: Database, project_id: int, code: str, user_id: int | None, now: datetime) -> None:
    """Follow an indicator and its parts no longer; all that was read stays. Raises NoIndicator."""
    with db.transaction() as session:
        row = _held(session, project_id, code)
        today = now.astimezone(ZoneInfo(row.project.timezone)).date()
        for each in queries.of_project(session, project_id):
            if row.id in (each.id, each.whole_id) and each.ended_on is None:
                each.ended_on = today
        session.add(_deed(row, user_id, now, "indicator_ended"))


def add_entry(db: Database, project_id: int, code: str, raw: Raw, user_id: int | None, now: datetime) -> None:
    """Note a product: ``on``, ``title``, ``quantity``. Raises NoIndicator, BadFields."""
    faults: dict[str, str] = {}
    fields = Fields(raw, faults)
    on = fields.day("on", needed=True)
    title = fields.line("title", LONGEST_ENTRY, needed=True)
    quantity = fields.whole("quantity", 1, MOST_AT_ONCE) or 1
    with db.transaction() as session:
        row = _held(session, project_id, code)
        if on is not None and on > now.astimezone(ZoneInfo(row.project.timezone)).date():
            faults["on"] = "in_the_future"
        if faults or on is None or row.kind != Kind.PRODUCTS:
            raise BadFields(faults)
        session.add(
            IndicatorEntry(indicator_id=row.id, on_date=on, title=title, quantity=quantity, user_id=user_id)
        )
        session.add(_deed(row, user_id, now, "indicator_entry_added", title))


def remove_entry(
    db: Database, project_id: int, code: str, entry_id: int, user_id: int | None, now: datetime
) -> None:
    """Take a product away again; without one this does nothing. Raises NoIndicator."""
    with db.transaction() as session:
        row = _held(session, project_id, code)
        entry = session.get(IndicatorEntry, entry_id)
        if entry is not None and entry.indicator_id == row.id:
            session.add(_deed(row, user_id, now, "indicator_entry_removed", entry.title))
            session.delete(entry)


def add_note(db: Database, project_id: int, code: str, text: str, user_id: int | None, now: datetime) -> None:
    """Write down qualitative grounds, beside the figures. Raises NoIndicator, BadFields."""
    written = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not written:
        raise BadFields({"text": "blank"})
    if len(written) > LONGEST_NOTE:
        raise BadFields({"text": "too_long"})
    if has_bad_characters(written.replace("\n", " ")):
        raise BadFields({"text": "bad_characters"})
    with db.transaction() as session:
        row = _held(session, project_id, code)
        session.add(IndicatorNote(indicator_id=row.id, written_at=now, text=written, user_id=user_id))
        session.add(_deed(row, user_id, now, "indicator_note_added"))


def remove_note(
    db: Database, project_id: int, code: str, note_id: int, user_id: int | None, now: datetime
) -> None:
    """Take grounds away again; without any this does nothing. Raises NoIndicator."""
    with db.transaction() as session:
        row = _held(session, project_id, code)
        note = session.get(IndicatorNote, note_id)
        if note is not None and note.indicator_id == row.id:
            session.add(_deed(row, user_id, now, "indicator_note_removed"))
            session.delete(note)


def read_definition(
    kind: Kind, raw: Raw, many: Many, known: Known, revision: bool
) -> tuple[Definition, date]:
    """A definition, and the day from which it holds; of a ``revision`` reason and approver are needed.

    Raises BadFields.
    """
    faults: dict[str, str] = {}
    fields = Fields(raw, faults)
    decided_on = fields.day("decided_on", needed=True)
    fields.line("reason", LONGEST_REASON, needed=revision)
    fields.line("approved_by", LONGEST_APPROVER, needed=revision)
    try:
        definition = defined(kind, raw, many, known)
    except BadFields as bad:
        raise BadFields({**faults, **bad.faults}) from None
    if faults or decided_on is None:
        raise BadFields(faults)
    return definition, decided_on


def new_version(
    row: Indicator,
    number: int,
    definition: Definition,
    decided_on: date,
    raw: Raw,
    user_id: int | None,
    now: datetime,
) -> IndicatorVersion:
    """A version to be stored: ``raw`` says reason and approver."""
    return IndicatorVersion(
        indicator_id=row.id,
        number=number,
        decided_on=decided_on,
        reason=" ".join(raw.get("reason", "").split()),
        approved_by=" ".join(raw.get("approved_by", "").split()),
        definition=stored(definition),
        user_id=user_id,
        made_at=now,
    )


def _whole(session: Session, project_id: int, code: str, kind: Kind) -> Indicator:
    row = _held(session, project_id, code)
    if row.whole_id is not None or row.kind != kind:
        raise NotAPart
    return row


def _held(session: Session, project_id: int, code: str) -> Indicator:
    """One that goes on, held until the transaction ends. Raises NoIndicator, and of an ended one Ended."""
    found = queries.by_code(session, project_id, code)
    row = queries.hold(session, found.id) if found is not None else None
    if row is None:
        raise NoIndicator(code)
    if row.ended_on is not None:
        raise Ended(code)
    return row


def _deed(row: Indicator, user_id: int | None, now: datetime, action: str, why: str = "") -> Deed:
    return Deed(
        project_id=row.project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"indicator:{row.id}",
        why=why,
        details={"indicator": row.code},
    )
