"""Checking and saving a file of participants: by the web while the user waits, or by the scheduler."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.followups import planning
from surveys.importing import people_rows, sheets
from surveys.importing.files import Refused
from surveys.importing.people_rows import PersonRow
from surveys.models.deeds import Deed
from surveys.models.imports import PeopleImport
from surveys.models.programme import JsonObject
from surveys.queries import projects as project_queries
from surveys.queries import register as queries
from surveys.register import people_consequence
from surveys.register.people_import import AT_ONCE, LEASE, UnknownImport, mapping_of
from surveys.register.people_register import Register, Verdict, judge, read_register
from surveys.register.people_report import counts_of, line_of, mark_of, new_people, plain, report_of
from surveys.register.people_saving import carry_out

ROWS_AT_ONCE = 1_000
Progress = Callable[[int], None]  # told how many rows have been read; may raise Stopped


class Stopped(Exception):
    """Somebody has stopped the work, or another worker has taken it over."""

    code = "stopped"


class RegisterChanged(Exception):
    """The register is not what it was when the file was checked; nothing has been saved."""

    code = "register_changed"


@dataclass(frozen=True)
class Prepared:
    """A file read whole, without the register: what its rows say."""

    public_id: str
    import_id: int
    series_id: int
    user_id: int
    rows: Sequence[PersonRow]
    answers: dict[str, str]


@dataclass(frozen=True)
class Claimed:
    """An import that a worker of the scheduler has taken on; ``state`` says for what."""

    public_id: str
    import_id: int
    state: str


def check(db: Database, public_id: str, now: datetime, progress: Progress = lambda _done: None) -> None:
    """Compare a file with the register and keep what every row would do, and what that would lead to.

    The saving is rehearsed: carried out, looked at and undone. A file that cannot be read to its end
    becomes *failed*. Raises :class:`UnknownImport` and what ``progress`` raises.
    """
    try:
        prepared = prepare(db, public_id, progress)
    except Refused as refused:
        keep(db, public_id, "failed", {"refused": [refused.code, refused.line, plain(refused.params)]}, 0)
        return
    keep(db, public_id, "checked", rehearse(db, prepared, now), len(prepared.rows))


def save(db: Database, public_id: str, now: datetime, progress: Progress = lambda _done: None) -> None:
    """Save a file that is *saving*, all rows that can be, in one transaction.

    Raises :class:`RegisterChanged` where the rows would do something else than was shown (the file is
    then *checking* again), :class:`UnknownImport`, and what ``progress`` raises.
    """
    prepared = prepare(db, public_id, progress)
    try:
        saved = write(db, prepared, now)
    except IntegrityError:  # somebody without the project's lock, such as a programme file being loaded
        check_again(db, public_id)
        saved = False
    if not saved:
        raise RegisterChanged


def prepare(db: Database, public_id: str, progress: Progress) -> Prepared:
    """Read the file of an import whole. Raises :class:`UnknownImport`, ``Refused``."""
    with db.reading() as session:
        row = queries.people_import(session, public_id)
        content = queries.content(session, row.id) if row else None
        if row is None or content is None:
            raise UnknownImport
        mapping, zone = mapping_of(row), row.series.project.timezone
        ids = row.id, row.series_id, row.user_id
    columns, rows = sheets.read(content)
    read = people_rows.reader(columns, mapping.chosen, zone)
    found: list[PersonRow] = []
    while some := [read(each) for each in islice(rows, ROWS_AT_ONCE)]:
        found += some
        progress(len(found))
    return Prepared(public_id, *ids, found, dict(mapping.organisations))


def rehearse(db: Database, prepared: Prepared, now: datetime) -> JsonObject:
    """Return the report on a file: counts, every row's verdict, and what saving would lead to.

    A long file is only compared: rehearsing it would keep all others from writing for too long.
    """
    if len(prepared.rows) > AT_ONCE:
        return compare(db, prepared, now)
    with db.transaction(rehearse=True) as session:
        register, verdicts = _judged(session, prepared)
        known = [each.enrolment_id for each in verdicts if each.enrolment_id and each.kind == "changed"]
        before = people_consequence.photograph(session, prepared.series_id, now, known)
        touched = _carry_out(session, register, verdicts, now)
        before = replace(before, only=touched)
        report = report_of(verdicts)
        report["consequence"] = people_consequence.consequence(
            session, prepared.series_id, before, now, new_people(verdicts)
        )
        return report


def compare(db: Database, prepared: Prepared, now: datetime) -> JsonObject:
    """The report without rehearsing: of the mails only those that have gone already are told."""
    with db.reading() as session:
        series = queries.series(session, prepared.series_id)
        report = report_of(list(judge(read_register(session, series, prepared.answers), prepared.rows)))
        newcomers = report["counts"]["new"]
        late = people_consequence.opened(session, series.id, now) if newcomers else []
        report["consequence"] = {"open": late, "newcomers": newcomers}
        return report


def check_again(db: Database, public_id: str) -> None:
    """Let a file that was being saved be checked once more; nothing where it is in another state."""
    with db.transaction() as session:
        row = queries.held_import(session, public_id)
        if row is not None and row.state == "saving":
            row.state, row.done, row.worker, row.lease_ends_at = "checking", 0, None, None


def write(db: Database, prepared: Prepared, now: datetime) -> bool:
    """Save the rows; False where they would do something else than was shown, and nothing was saved.

    Raises :class:`UnknownImport` where it is not being saved any more.
    """
    with db.transaction() as session:
        row = queries.held_import(session, prepared.public_id)
        if row is None or row.state != "saving":
            raise UnknownImport
        register, verdicts = _judged(session, prepared)
        if mark_of(verdicts) != (row.report or {}).get("mark"):
            row.state, row.done, row.worker, row.lease_ends_at = "checking", 0, None, None
            return False
        _carry_out(session, register, verdicts, now)
        counts = counts_of(verdicts)
        faulty = [line_of(each) for each in verdicts if each.kind == "faulty"]
        row.state, row.content, row.finished_at = "saved", None, now
        row.report = {"counts": counts, "rows": faulty}
        session.add(_deed(register, row, counts, now))
        return True


def keep(db: Database, public_id: str, state: str, report: JsonObject, rows: int) -> None:
    """Keep the report on a file that is being checked; nothing where that was stopped meanwhile."""
    with db.transaction() as session:
        row = queries.held_import(session, public_id)
        if row is not None and row.state == "checking":
            row.state, row.report = state, report
            row.worker = row.lease_ends_at = None
            row.total = row.done = rows or row.total


def claim(db: Database, worker: str, now: datetime) -> Claimed | None:
    """Take on the oldest import that waits for the scheduler; one whose worker has died as well."""
    with db.transaction() as session:
        row = queries.next_import(session, now)
        if row is None:
            return None
        row.worker, row.lease_ends_at = worker, now + LEASE
        return Claimed(row.public_id, row.id, row.state)


def go_on(db: Database, claimed: Claimed, worker: str, done: int, now: datetime) -> None:
    """Say how far the work has come and keep it for a while more. Raises :class:`Stopped`."""
    mine = (PeopleImport.id == claimed.import_id) & (PeopleImport.worker == worker)
    same = mine & (PeopleImport.state == claimed.state)
    with db.writing() as connection:
        changed = connection.execute(
            update(PeopleImport).where(same).values(done=done, lease_ends_at=now + LEASE)
        )
        if not changed.rowcount:
            raise Stopped


def give_up(db: Database, claimed: Claimed, worker: str) -> None:
    """Let another worker take the import on at once; nothing where it is not this one's any more."""
    mine = (PeopleImport.id == claimed.import_id) & (PeopleImport.worker == worker)
    with db.writing() as connection:
        connection.execute(update(PeopleImport).where(mine).values(worker=None, lease_ends_at=None))


def _judged(session: Session, prepared: Prepared) -> tuple[Register, list[Verdict]]:
    series = queries.series(session, prepared.series_id)
    project_queries.hold_project(session, series.project_id)
    register = read_register(session, series, prepared.answers)
    return register, list(judge(register, prepared.rows))


def _carry_out(
    session: Session, register: Register, verdicts: Sequence[Verdict], now: datetime
) -> set[int] | None:
    touched = carry_out(session, register, verdicts, now)
    planning.refresh_mailings(session, register.series.id, now, touched)
    return touched


def _deed(register: Register, row: PeopleImport, counts: dict[str, int], now: datetime) -> Deed:
    return Deed(
        project_id=register.project.id,
        user_id=row.user_id,
        done_at=now,
        action="people_imported",
        subject=f"series:{row.series_id}",
        details={"file": row.file_name, "counts": counts},
    )
