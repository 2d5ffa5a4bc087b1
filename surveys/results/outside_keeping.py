"""Figures from elsewhere are kept: entered, changed with what they said before, removed."""

from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.outside_table import Content, document_of
from surveys.followups import gone
from surveys.models.deeds import Deed
from surveys.models.outside import OutsideTable, OutsideVersion
from surveys.queries import outside as queries
from surveys.results.outside import NoTable


class ChangedMeanwhile(Exception):
    """Somebody else has saved the table since it was opened; ``number`` is its newest version."""

    code = "changed_meanwhile"

    def __init__(self, number: int) -> None:
        super().__init__(f"version {number}")
        self.number = number


def add_table(
    db: Database, project_id: int, content: Content, series: str | None, user_id: int | None, now: datetime
) -> str:
    """Keep a new table; returns its public id. ``series``: the code of the one it is laid beside."""
    with db.transaction() as session:
        row = OutsideTable(project_id=project_id, series_id=_series(session, project_id, series))
        row.versions.append(_version(1, content, user_id, now))
        session.add(row)
        session.flush()
        _note(session, row, "outside_added", content.title, user_id, now)
        return row.public_id


def change_table(
    db: Database,
    project_id: int,
    public_id: str,
    content: Content,
    series: str | None,
    seen: int,
    user_id: int | None,
    now: datetime,
    entered_by: int | None = None,
) -> None:
    """Let a table say something else; what it said is kept. ``seen``: the version that was changed;
    ``entered_by``: the one who may change only tables that they entered.

    Saving what it says already makes no version. Raises :class:`NoTable`, :class:`ChangedMeanwhile`.
    """
    with db.transaction() as session:
        row = _held(session, project_id, public_id, entered_by)
        if row.newest.number != seen:
            raise ChangedMeanwhile(row.newest.number)
        series_id = _series(session, project_id, series)
        if row.newest.content == document_of(content) and row.series_id == series_id:
            return
        row.series_id = series_id
        row.versions.append(_version(seen + 1, content, user_id, now))
        _note(session, row, "outside_changed", content.title, user_id, now)


def remove_table(
    db: Database,
    project_id: int,
    public_id: str,
    user_id: int | None,
    now: datetime,
    entered_by: int | None = None,
) -> None:
    """Remove a table with all it has said. ``entered_by`` as for a change. Raises :class:`NoTable`."""
    with db.transaction() as session:
        row = _held(session, project_id, public_id, entered_by)
        _note(session, row, "outside_removed", str(row.newest.content["title"]), user_id, now)
        session.delete(row)
        gone.let_go(session, "outside")


def _series(session: Session, project_id: int, code: str | None) -> int | None:
    return queries.series_id(session, project_id, code) if code else None


def _held(session: Session, project_id: int, public_id: str, entered_by: int | None) -> OutsideTable:
    row = queries.hold(session, project_id, public_id, entered_by)
    if row is None:
        raise NoTable(public_id)
    return row


def _version(number: int, content: Content, user_id: int | None, now: datetime) -> OutsideVersion:
    return OutsideVersion(number=number, content=document_of(content), saved_at=now, saved_by=user_id)


def _note(
    session: Session, row: OutsideTable, action: str, title: str, user_id: int | None, now: datetime
) -> None:
    session.add(
        Deed(
            project_id=row.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=f"outside:{row.id}",
            details={"title": title},
        )
    )
    session.flush()
