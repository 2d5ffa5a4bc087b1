"""Answers that others have collected: the files of a series, and whom their rows can be."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, undefer

from surveys.models.outside_answers import OutsideAnswers
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Organisation, Series, Theme
from surveys.models.tally import StoredTally


class Person(NamedTuple):
    """Somebody enrolled in a series: what a row can name, and the coarse classes of a response."""

    enrolment_id: int
    public_id: str
    code: str
    email: str
    gender: str
    organisation: str | None
    work_group: str | None


def of_series(session: Session, series_id: int, entered_by: int | None = None) -> Sequence[OutsideAnswers]:
    """The files of a series, newest first, with who sent them in; not the files themselves. Only those that
    a user handed in, where ``entered_by`` says who; so too of the others here.
    """
    return session.scalars(
        select(OutsideAnswers)
        .where(OutsideAnswers.series_id == series_id, *_handed_in(entered_by))
        .options(
            joinedload(OutsideAnswers.user),
            joinedload(OutsideAnswers.questionnaire),
            joinedload(OutsideAnswers.occasion),
            joinedload(OutsideAnswers.rule),
        )
        .order_by(OutsideAnswers.id.desc())
    ).all()


def saved_by_series(session: Session, project_id: int, entered_by: int | None = None) -> dict[int, int]:
    """How many files have been taken in, by the id of the series."""
    rows = session.execute(
        select(OutsideAnswers.series_id, func.count().label("many"))
        .join(Series, Series.id == OutsideAnswers.series_id)
        .where(Series.project_id == project_id, OutsideAnswers.saved_at.is_not(None), *_handed_in(entered_by))
        .group_by(OutsideAnswers.series_id)
    )
    return {row.series_id: row.many for row in rows}


def one(
    session: Session, series_id: int, public_id: str, entered_by: int | None = None
) -> OutsideAnswers | None:
    """One of them, with its series."""
    series = joinedload(OutsideAnswers.series).joinedload(Series.project)
    return session.scalar(_one(series_id, public_id, entered_by).options(series))


def hold(
    session: Session, series_id: int, public_id: str, entered_by: int | None = None
) -> OutsideAnswers | None:
    """The same with the file, and nobody else changes it until the transaction ends."""
    return session.scalar(
        _one(series_id, public_id, entered_by)
        .options(undefer(OutsideAnswers.content))
        .with_for_update(of=OutsideAnswers)
        .execution_options(populate_existing=True)
    )


def content(session: Session, row: OutsideAnswers) -> bytes | None:
    """The file; None once its answers are saved."""
    return session.scalar(select(OutsideAnswers.content).where(OutsideAnswers.id == row.id))


def taken_before(
    session: Session, row: OutsideAnswers, entered_by: int | None = None
) -> OutsideAnswers | None:
    """An earlier import of the very same file into the series, if there is one."""
    return session.scalar(
        select(OutsideAnswers)
        .where(
            OutsideAnswers.series_id == row.series_id,
            OutsideAnswers.digest == row.digest,
            OutsideAnswers.saved_at.is_not(None),
            OutsideAnswers.id != row.id,
            *_handed_in(entered_by),
        )
        .order_by(OutsideAnswers.id)
        .limit(1)
    )


def about_occasion(session: Session, occasion_id: int) -> bool:
    """Whether answers have been taken in that are about the occasion."""
    wanted = exists().where(OutsideAnswers.occasion_id == occasion_id, OutsideAnswers.saved_at.is_not(None))
    return bool(session.scalar(select(wanted)))


def people(session: Session, series_id: int) -> Sequence[Person]:
    """Everyone who is or was enrolled in a series."""
    rows = session.execute(
        select(
            Enrolment.id,
            Enrolment.public_id,
            Participant.code,
            Participant.email,
            Participant.gender,
            Organisation.code,
            Enrolment.work_group,
        )
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Enrolment.series_id == series_id)
    )
    return [Person(*row) for row in rows]


def themes_chosen(session: Session, occasion_id: int) -> dict[int, str]:
    """Enrolment → the code of the theme that the person chose at an occasion."""
    rows = session.execute(
        select(Attendance.enrolment_id, Theme.code)
        .join(Theme, Theme.id == Attendance.theme_id)
        .where(Attendance.occasion_id == occasion_id)
    )
    return {row.enrolment_id: row.code for row in rows}


def tallies_of(rule_id: int) -> Select[int]:
    """The ids of what has been counted of a rule's responses, to be looked in."""
    return select(StoredTally.id).where(StoredTally.rule_id == rule_id)


def _one(series_id: int, public_id: str, entered_by: int | None) -> Select[OutsideAnswers]:
    return (
        select(OutsideAnswers)
        .where(
            OutsideAnswers.series_id == series_id,
            OutsideAnswers.public_id == public_id,
            *_handed_in(entered_by),
        )
        .options(joinedload(OutsideAnswers.questionnaire), joinedload(OutsideAnswers.occasion))
    )


def _handed_in(by: int | None) -> list[ColumnElement[bool]]:
    return [] if by is None else [OutsideAnswers.created_by == by]
