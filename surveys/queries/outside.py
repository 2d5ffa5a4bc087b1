"""Figures from elsewhere: the tables of a project, each with its versions."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.models.outside import OutsideTable, OutsideVersion
from surveys.models.programme import Series


def tables(session: Session, project_id: int, entered_by: int | None = None) -> Sequence[OutsideTable]:
    """Return the tables of a project in the order in which they came; only those that a user entered, where
    ``entered_by`` says whose.
    """
    return session.scalars(
        select(OutsideTable)
        .where(OutsideTable.project_id == project_id, *_entered(entered_by))
        .options(
            joinedload(OutsideTable.series),
            selectinload(OutsideTable.versions).joinedload(OutsideVersion.user),
        )
        .order_by(OutsideTable.id)
    ).all()


def table(
    session: Session, project_id: int, public_id: str, entered_by: int | None = None
) -> OutsideTable | None:
    """Return one table with its versions; None where there is none of that name, or another entered it."""
    return session.scalar(
        select(OutsideTable)
        .where(
            OutsideTable.project_id == project_id,
            OutsideTable.public_id == public_id,
            *_entered(entered_by),
        )
        .options(
            joinedload(OutsideTable.series),
            selectinload(OutsideTable.versions).joinedload(OutsideVersion.user),
        )
    )


def hold(
    session: Session, project_id: int, public_id: str, entered_by: int | None = None
) -> OutsideTable | None:
    """As :func:`table`; no other transaction writes it until this one ends."""
    held = session.scalar(
        select(OutsideTable.id)
        .where(OutsideTable.project_id == project_id, OutsideTable.public_id == public_id)
        .with_for_update()
    )
    return None if held is None else table(session, project_id, public_id, entered_by)


def _entered(by: int | None) -> list[ColumnElement[bool]]:
    """Whoever saved the first version entered the table, whoever changed it since."""
    if by is None:
        return []
    first = select(OutsideVersion.table_id).where(OutsideVersion.number == 1, OutsideVersion.saved_by == by)
    return [OutsideTable.id.in_(first)]


def series_id(session: Session, project_id: int, code: str) -> int | None:
    """Return the series of that code in the project; None where there is none."""
    return session.scalar(select(Series.id).where(Series.project_id == project_id, Series.code == code))
