"""Selects for writing questionnaires: what is written, what is used, and by what."""

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.domain.condition_tree import conditions, parse
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Project, Series, Theme
from surveys.models.questionnaire import LibraryScale, Questionnaire, QuestionnaireVersion
from surveys.models.response import Response


def hold(session: Session, project_id: int, code: str) -> Questionnaire | None:
    """Return a questionnaire with its versions; no other transaction writes it until this one ends."""
    return session.scalar(
        select(Questionnaire)
        .where(Questionnaire.project_id == project_id, Questionnaire.code == code)
        .options(selectinload(Questionnaire.versions))
        .with_for_update(of=Questionnaire)
        .execution_options(populate_existing=True)
    )


def hold_unanswered(session: Session, questionnaire_id: int) -> QuestionnaireVersion | None:
    """Return the version in use if nobody has begun to answer it; none can until this transaction ends."""
    version = session.scalar(
        select(QuestionnaireVersion)
        .where(
            QuestionnaireVersion.questionnaire_id == questionnaire_id, QuestionnaireVersion.draft.is_(False)
        )
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if version is None or version.locked_at is not None:
        return None
    begun = session.scalar(select(exists().where(Response.version_id == version.id)))
    return None if begun else version


def hold_project(session: Session, project_id: int) -> Project:
    """Return the project; no other transaction gives it questionnaires or scales until this one ends."""
    return session.scalars(select(Project).where(Project.id == project_id).with_for_update()).one()


def codes_and_last_position(session: Session, project_id: int) -> tuple[set[str], int]:
    rows = session.execute(
        select(Questionnaire.code, Questionnaire.position).where(Questionnaire.project_id == project_id)
    ).all()
    return {row.code for row in rows}, max((row.position for row in rows), default=-1)


def response_count(session: Session, questionnaire_id: int) -> int:
    """How many have begun to answer any version of a questionnaire."""
    mine = select(QuestionnaireVersion.id).where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
    return session.scalar(select(func.count()).where(Response.version_id.in_(mine))) or 0


def rules_with_conditions_on(session: Session, project_id: int, code: str) -> list[FollowUpRule]:
    """The rules of a project whose conditions speak of the questionnaire with this code."""
    found = session.scalars(
        select(FollowUpRule)
        .join(FollowUpRule.series)
        .where(Series.project_id == project_id, FollowUpRule.audience_filter.is_not(None))
        .options(joinedload(FollowUpRule.series))
        .order_by(Series.position, FollowUpRule.position)
    )
    return [
        each
        for each in found
        if each.audience_filter
        and any(one.questionnaire == code for one in conditions(parse(each.audience_filter)))
    ]


def answered_versions(session: Session, questionnaire_id: int) -> dict[int, int]:
    """How many have begun to answer each version, by its number; versions without any are not there."""
    rows = session.execute(
        select(QuestionnaireVersion.number, func.count().label("begun"))
        .join(Response, Response.version_id == QuestionnaireVersion.id)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
        .group_by(QuestionnaireVersion.number)
    )
    return {row.number: row.begun for row in rows}


def people_to_try(session: Session, series_id: int) -> Sequence[Enrolment]:
    """The enrolments of a series with their participants, by name."""
    return session.scalars(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(Enrolment.series_id == series_id)
        .options(joinedload(Enrolment.participant))
        .order_by(Participant.name, Participant.id)
    ).all()


def theme_at(session: Session, occasion_id: int, enrolment_id: int) -> str | None:
    """The code of the theme that the register says somebody took part in at an occasion."""
    return session.scalar(
        select(Theme.code)
        .join(Attendance, Attendance.theme_id == Theme.id)
        .where(Attendance.occasion_id == occasion_id, Attendance.enrolment_id == enrolment_id)
    )


def last_deed(session: Session, project_id: int, subject: str) -> Deed | None:
    """The newest thing done by hand to ``subject``."""
    return session.scalar(
        select(Deed)
        .where(Deed.project_id == project_id, Deed.subject == subject)
        .order_by(Deed.done_at.desc(), Deed.id.desc())
        .limit(1)
    )


def held_with_drafts(session: Session, project_id: int) -> list[Questionnaire]:
    """The questionnaires of a project that have a draft, held until the transaction ends."""
    found = session.scalars(
        select(Questionnaire)
        .where(Questionnaire.project_id == project_id)
        .options(selectinload(Questionnaire.versions))
        .order_by(Questionnaire.id)
        .with_for_update(of=Questionnaire)
    )
    return [each for each in found if each.draft is not None]


def scales(session: Session, project_id: int) -> Sequence[LibraryScale]:
    """The scales of a project's library, in their order."""
    return session.scalars(
        select(LibraryScale)
        .where(LibraryScale.project_id == project_id)
        .order_by(LibraryScale.position, LibraryScale.id)
    ).all()
