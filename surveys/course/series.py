"""Use-cases: making a series, and changing what it is."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import marks
from surveys.domain.series import BadFields, Description, code_from
from surveys.followups import difference, planning
from surveys.followups.difference import Difference
from surveys.models.programme import Series
from surveys.queries import occasions as queries
from surveys.queries.projects import hold_project


class SeriesGone(Exception):
    """The series is not there any more."""

    code = "series_gone"


class SeriesConflict(Exception):
    """Somebody else has changed the series meanwhile; ``stored`` is what it is now."""

    code = "series_conflict"

    def __init__(self, stored: Description) -> None:
        super().__init__()
        self.stored = stored


def description_of(series: Series) -> Description:
    return Description(
        title=series.title,
        audience=series.audience,
        subproject=series.subproject.code if series.subproject else None,
        starts_on=series.starts_on,
        ends_on=series.ends_on,
        attendance_kept=series.attendance_kept,
        completion_minimum=series.completion_minimum,
    )


def mark(description: Description) -> str:
    return marks.mark(asdict(description))


def create_series(db: Database, project_id: int, wanted: Description) -> str:
    """Make a series without occasions, last in its project; returns its code, made from the title.

    Raises :class:`BadFields` (title: title_taken; subproject: not_a_choice).
    """
    with db.transaction() as session:
        hold_project(session, project_id)
        refuse_taken(session, project_id, wanted.title)
        series = Series(
            project_id=project_id,
            code=code_from(wanted.title, queries.series_codes(session, project_id), "insats"),
            position=queries.last_position(session, project_id) + 1,
            **_values(session, project_id, wanted),
        )
        session.add(series)
        return series.code


def change_series(
    db: Database, series_id: int, wanted: Description, seen: str, now: datetime, *, rehearse: bool = False
) -> Difference:
    """Change a series and return what that does to its mailings; ``rehearse`` only looks.

    ``seen`` is the mark of what the form was made from. Raises :class:`BadFields`,
    :class:`SeriesConflict`, :class:`SeriesGone`.
    """
    with db.transaction(rehearse) as session:
        series = held(session, series_id)
        stored = description_of(series)
        if mark(stored) != seen and stored != wanted:
            raise SeriesConflict(stored)
        before = difference.photograph(session, series_id, now)
        for name, value in _values(session, series.project_id, wanted).items():
            setattr(series, name, value)
        return refreshed(session, series_id, before, now)


def held(session: Session, series_id: int) -> Series:
    """The series, for this transaction alone; raises :class:`SeriesGone`."""
    series = queries.hold_series(session, series_id)
    if series is None:
        raise SeriesGone
    return series


def refuse_taken(session: Session, project_id: int, title: str) -> None:
    """Raise :class:`BadFields` where the project has a series called ``title``, as when a button is pressed
    twice."""
    if queries.has_title(session, project_id, title):
        raise BadFields({"title": "title_taken"})


def refreshed(session: Session, series_id: int, before: difference.Photograph, now: datetime) -> Difference:
    """Bring the mailings in step with a change and return what it did to them since ``before``."""
    planning.refresh_mailings(session, series_id, now)
    return difference.difference(before, difference.photograph(session, series_id, now))


def _values(session: Session, project_id: int, wanted: Description) -> dict[str, object]:
    values = asdict(wanted)
    code = values.pop("subproject")
    parts = {each.code: each.id for each in queries.subprojects(session, project_id)}
    if code is not None and code not in parts:
        raise BadFields({"subproject": "not_a_choice"})
    return values | {"subproject_id": parts.get(code) if code else None}
