"""The kinds of outcomes of a project, what has been noted of persons, and the files it came with."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from surveys.models.indicator import Indicator, IndicatorVersion
from surveys.models.outcome import OutcomeImport, OutcomeKind
from surveys.models.people import Enrolment, Outcome, Participant
from surveys.models.programme import Series

_MOST_AT_ONCE = 400  # SQLite takes a limited number of values in one statement


class Enrolled(NamedTuple):
    """An enrolment, as rows of a file are compared with."""

    id: int
    code: str
    name: str
    email: str
    series: str  # its code
    series_title: str


def kinds(session: Session, project_id: int) -> Sequence[OutcomeKind]:
    """The declared kinds in their order."""
    return session.scalars(
        select(OutcomeKind)
        .where(OutcomeKind.project_id == project_id)
        .order_by(OutcomeKind.position, OutcomeKind.id)
    ).all()


def persons_noted(session: Session, project_id: int) -> dict[str, int]:
    """Of how many persons each kind has been noted, by its name; some time, whatever came later."""
    rows = session.execute(
        select(Outcome.kind, func.count(func.distinct(Enrolment.participant_id)))
        .join(Enrolment, Enrolment.id == Outcome.enrolment_id)
        .join(Series, Series.id == Enrolment.series_id)
        .where(Series.project_id == project_id)
        .group_by(Outcome.kind)
    )
    return {row[0]: row[1] for row in rows}


def indicators_naming(session: Session, project_id: int) -> list[tuple[str, str, list[str]]]:
    """(code, title, kinds named) of each version of the indicators that count outcomes."""
    rows = session.execute(
        select(Indicator.code, IndicatorVersion.definition)
        .join(Indicator, Indicator.id == IndicatorVersion.indicator_id)
        .where(Indicator.project_id == project_id, Indicator.kind == "outcomes")
        .order_by(Indicator.position, IndicatorVersion.number)
    )
    return [
        (code, str(definition.get("title", code)), list(definition.get("outcomes", ())))
        for code, definition in rows
    ]


def enrolments_of(project_id: int) -> Select[int]:
    """The ids of a project's enrolments, to stand in another statement."""
    return (
        select(Enrolment.id)
        .join(Series, Series.id == Enrolment.series_id)
        .where(Series.project_id == project_id)
    )


def everyone(session: Session, project_id: int) -> list[Enrolled]:
    """All enrolments of a project, by the participants' codes."""
    rows = session.execute(
        select(Enrolment.id, Participant.code, Participant.name, Participant.email, Series.code, Series.title)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .join(Series, Series.id == Enrolment.series_id)
        .where(Series.project_id == project_id)
        .order_by(Participant.code, Series.position)
    )
    return [Enrolled(*row) for row in rows]


def noted(session: Session, enrolment_ids: Collection[int]) -> set[tuple[int, date, str]]:
    """(enrolment, day, kind) of what has been noted of them."""
    wanted, found = sorted(enrolment_ids), set()
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        some = wanted[start : start + _MOST_AT_ONCE]
        rows = session.execute(
            select(Outcome.enrolment_id, Outcome.on_date, Outcome.kind).where(Outcome.enrolment_id.in_(some))
        )
        found |= {(enrolment, on, kind) for enrolment, on, kind in rows}
    return found


def files(session: Session, project_id: int, most: int = 20) -> list[tuple[OutcomeImport, int]]:
    """The latest files, newest first, and how much of each is still there as it came."""
    left = (
        select(func.count())
        .where(Outcome.import_id == OutcomeImport.id)
        .correlate(OutcomeImport)
        .scalar_subquery()
    )
    rows = session.execute(
        select(OutcomeImport, left)
        .where(OutcomeImport.project_id == project_id)
        .options(joinedload(OutcomeImport.user))
        .order_by(OutcomeImport.id.desc())
        .limit(most)
    )
    return [(row, many) for row, many in rows]


def held_file(session: Session, project_id: int, number: int) -> OutcomeImport | None:
    """A file that has been saved; nobody else changes it until the transaction ends."""
    return session.scalar(
        select(OutcomeImport)
        .where(OutcomeImport.id == number, OutcomeImport.project_id == project_id)
        .with_for_update()
    )


def came_with(session: Session, file_id: int) -> int:
    """How much of a file is still there as it came."""
    wanted = select(func.count()).select_from(Outcome).where(Outcome.import_id == file_id)
    return session.scalar(wanted) or 0
