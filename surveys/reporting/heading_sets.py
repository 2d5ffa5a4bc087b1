"""Sets of headings that a project keeps, as its funder asks for them."""

from collections.abc import Sequence
from datetime import datetime

from surveys.catalogues import for_staff
from surveys.database import Database
from surveys.domain.marks import mark_of_text
from surveys.domain.texts import has_bad_characters
from surveys.models.deeds import Deed
from surveys.models.report import ReportHeadings
from surveys.queries import reports as queries
from surveys.reporting import headings
from surveys.reporting.headings import LONGEST_NAME, BadHeadings, Heading


class UnknownHeadings(LookupError):
    code = "unknown_headings"


class HeadingsChanged(Exception):
    """Somebody else has saved the set since the form was opened; nothing is overwritten."""

    code = "headings_changed"


def mark_of(row: ReportHeadings | None) -> str:
    """Tells whether a set is still as it was; "" of a new one."""
    return mark_of_text(repr((row.name, row.language, row.sections))) if row else ""


def keep(
    db: Database,
    project_id: int,
    public_id: str,
    name: str,
    language: str,
    sections: Sequence[Heading],
    user_id: int,
    now: datetime,
    seen: str | None = None,
) -> str:
    """Keep a set, a new one where ``public_id`` is ""; returns its public id. ``seen``: the :func:`mark_of`
    what was changed.

    Raises :class:`surveys.reporting.headings.BadHeadings`, :class:`UnknownHeadings`,
    :class:`HeadingsChanged`.
    """
    tidied = " ".join(name.split())
    found = _checked(tidied, language, sections)
    with db.transaction() as session:
        row = queries.heading_set(session, project_id, public_id) if public_id else None
        if public_id and row is None:
            raise UnknownHeadings(public_id)
        if seen not in (None, mark_of(row)):
            raise HeadingsChanged
        if row is None:
            row = ReportHeadings(project_id=project_id, name=tidied, language=language, sections=[])
            session.add(row)
        row.name, row.language, row.sections = tidied, language, headings.plain(found)
        session.flush()
        session.add(_deed(row, user_id, "report_headings", now))
        return row.public_id


def remove(db: Database, project_id: int, public_id: str, user_id: int, now: datetime) -> None:
    """Throw a set away; reports made with it keep theirs. Raises :class:`UnknownHeadings`."""
    with db.transaction() as session:
        row = queries.heading_set(session, project_id, public_id)
        if row is None:
            raise UnknownHeadings(public_id)
        session.add(_deed(row, user_id, "report_headings_removed", now))
        session.delete(row)


def _checked(name: str, language: str, sections: Sequence[Heading]) -> tuple[Heading, ...]:
    faults: list[tuple[int | None, str, str]] = []
    if not name:
        faults.append((None, "name", "blank"))
    elif has_bad_characters(name):
        faults.append((None, "name", "bad_characters"))
    elif len(name) > LONGEST_NAME:
        faults.append((None, "name", "too_long"))
    if language not in for_staff():
        faults.append((None, "language", "unknown"))
    try:
        found = headings.checked(sections)
    except BadHeadings as bad:
        raise BadHeadings([*faults, *bad.faults]) from bad
    if faults:
        raise BadHeadings(faults)
    return found


def _deed(row: ReportHeadings, user_id: int, action: str, now: datetime) -> Deed:
    return Deed(
        project_id=row.project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"project:{row.project_id}",
        details={"title": row.name},
    )
