"""What the pages of a project show of itself, its series and its questionnaires."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.models.access import Membership
from surveys.models.followup import FollowUpRule
from surveys.models.people import Enrolment
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion


@dataclass(frozen=True)
class SeriesCount:
    """Head counts of a series: enrolments that stand, and all there have been."""

    enrolled: int
    ended: int


def project_by_code(session: Session, code: str) -> Project | None:
    return session.scalar(select(Project).where(Project.code == code))


def hold_project(session: Session, project_id: int) -> Project:
    """Return the project; no other transaction changes it until this one ends."""
    return session.scalars(select(Project).where(Project.id == project_id).with_for_update()).one()


def logotype(session: Session, project_id: int) -> tuple[bytes, str] | None:
    """The project's logotype and its media type."""
    row = session.execute(
        select(Project.logotype, Project.logotype_type).where(Project.id == project_id)
    ).one()
    if row.logotype is None or row.logotype_type is None:
        return None
    return row.logotype, row.logotype_type


def series_of(session: Session, project_id: int) -> Sequence[Series]:
    """The series of a project in order, with their subprojects and occasions."""
    return session.scalars(
        select(Series)
        .where(Series.project_id == project_id)
        .options(joinedload(Series.subproject), selectinload(Series.occasions))
        .order_by(Series.position, Series.id)
    ).all()


def head_counts(session: Session, project_id: int) -> dict[int, SeriesCount]:
    """Enrolments by series; series without any are not there."""
    ended = Enrolment.state.in_(("cancelled", "dropped_out"))
    rows = session.execute(
        select(
            Enrolment.series_id,
            func.count().filter(~ended).label("enrolled"),
            func.count().filter(ended).label("ended"),
        )
        .join(Series, Series.id == Enrolment.series_id)
        .where(Series.project_id == project_id)
        .group_by(Enrolment.series_id)
    )
    return {row.series_id: SeriesCount(row.enrolled, row.ended) for row in rows}


def occasions_of(session: Session, series_id: int) -> Sequence[Occasion]:
    """The occasions of a series in order, with themes and what they continue."""
    return session.scalars(
        select(Occasion)
        .where(Occasion.series_id == series_id)
        .options(selectinload(Occasion.themes), joinedload(Occasion.continues))
        .order_by(Occasion.position, Occasion.id)
    ).all()


def rules_of(session: Session, series_id: int) -> Sequence[FollowUpRule]:
    """The follow-up rules of a series in order, with their questionnaires and versions."""
    questionnaire = joinedload(FollowUpRule.questionnaire)
    return session.scalars(
        select(FollowUpRule)
        .where(FollowUpRule.series_id == series_id, ~FollowUpRule.outside)
        .options(questionnaire.selectinload(Questionnaire.versions))
        .order_by(FollowUpRule.position, FollowUpRule.id)
    ).all()


def questionnaires_of(session: Session, project_id: int) -> Sequence[Questionnaire]:
    return session.scalars(
        select(Questionnaire)
        .where(Questionnaire.project_id == project_id)
        .options(selectinload(Questionnaire.versions))
        .order_by(Questionnaire.position, Questionnaire.id)
    ).all()


def asked_questionnaires(
    session: Session, project_id: int
) -> list[tuple[Questionnaire, QuestionnaireVersion]]:
    """What rules can send: the questionnaires of a project that have a version in use, with that version."""
    found = questionnaires_of(session, project_id)
    return [(each, version) for each in found if (version := each.in_use) is not None]


def questionnaire(session: Session, project_id: int, code: str) -> Questionnaire | None:
    return session.scalar(
        select(Questionnaire)
        .where(Questionnaire.project_id == project_id, Questionnaire.code == code)
        .options(selectinload(Questionnaire.versions))
    )


def newest_titles(session: Session, questionnaire_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The title of the version in use of each questionnaire, or of its draft where none is yet."""
    rows = session.execute(
        select(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.content["title"].label("title"))
        .where(QuestionnaireVersion.questionnaire_id.in_(questionnaire_ids))
        .order_by(QuestionnaireVersion.draft.desc(), QuestionnaireVersion.number)
    )
    return {row.questionnaire_id: row.title for row in rows}


def used_in(session: Session, questionnaire_id: int) -> Sequence[FollowUpRule]:
    """The rules that send a questionnaire, with their series."""
    return session.scalars(
        select(FollowUpRule)
        .join(FollowUpRule.series)
        .where(FollowUpRule.questionnaire_id == questionnaire_id, ~FollowUpRule.outside)
        .options(joinedload(FollowUpRule.series))
        .order_by(Series.position, FollowUpRule.position)
    ).all()


def members(session: Session, project_id: int) -> Sequence[Membership]:
    """The users of a project with their roles, by name."""
    return sorted(
        session.scalars(
            select(Membership)
            .where(Membership.project_id == project_id)
            .options(joinedload(Membership.user, innerjoin=True))
        ),
        key=lambda member: (member.user.name, member.user.email),
    )
