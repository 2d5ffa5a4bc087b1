"""Selects for loading and dumping a programme."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, selectinload

from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response
from surveys.queries import outside_answers


def project_by_code(session: Session, code: str) -> Project | None:
    return session.scalar(select(Project).where(Project.code == code))


def questionnaires(session: Session, project: Project) -> list[Questionnaire]:
    return list(
        session.scalars(
            select(Questionnaire)
            .where(Questionnaire.project_id == project.id)
            .options(selectinload(Questionnaire.versions))
            .order_by(Questionnaire.position, Questionnaire.id)
        )
    )


def has_been_asked(session: Session, questionnaire: Questionnaire) -> bool:
    """Whether somebody has been asked it, or has answered it."""
    mine = select(QuestionnaireVersion.id).where(QuestionnaireVersion.questionnaire_id == questionnaire.id)
    rules = select(FollowUpRule.id).where(FollowUpRule.questionnaire_id == questionnaire.id)
    asked = exists().where(Response.version_id.in_(mine)) | exists().where(Invitation.rule_id.in_(rules))
    return bool(session.scalar(select(asked)))


def occasions(session: Session, series: Series) -> list[Occasion]:
    return list(
        session.scalars(
            select(Occasion)
            .where(Occasion.series_id == series.id)
            .options(selectinload(Occasion.themes))
            .order_by(Occasion.position, Occasion.id)
        )
    )


def rules(session: Session, series: Series) -> list[FollowUpRule]:
    return list(
        session.scalars(
            select(FollowUpRule)
            .where(FollowUpRule.series_id == series.id, ~FollowUpRule.outside)
            .options(selectinload(FollowUpRule.questionnaire))
            .order_by(FollowUpRule.position, FollowUpRule.id)
        )
    )


def rule_has_sent(session: Session, rule: FollowUpRule) -> bool:
    """Whether anybody has been asked by the rule."""
    return bool(session.scalar(select(exists().where(Invitation.rule_id == rule.id))))


def occasion_has_sent(session: Session, occasion: Occasion) -> bool:
    """Whether anybody has been asked about the occasion."""
    asked = exists().where(Mailing.occasion_id == occasion.id, Mailing.id == Invitation.mailing_id)
    return bool(session.scalar(select(asked)))


def occasion_has_answers(session: Session, occasion: Occasion) -> bool:
    """Whether answers that others have collected are about the occasion."""
    return outside_answers.about_occasion(session, occasion.id)


def occasion_has_attendance(session: Session, occasion: Occasion) -> bool:
    return bool(session.scalar(select(exists().where(Attendance.occasion_id == occasion.id))))


def mailings_of(session: Session, rule: FollowUpRule | None, occasion: Occasion | None) -> list[Mailing]:
    """Return the mailings of a rule, or about an occasion."""
    wanted = []
    if rule is not None:
        wanted.append(Mailing.rule_id == rule.id)
    if occasion is not None:
        wanted.append(Mailing.occasion_id == occasion.id)
    return list(session.scalars(select(Mailing).where(or_(*wanted)))) if wanted else []


def participants(session: Session, project: Project) -> list[Participant]:
    return list(
        session.scalars(
            select(Participant)
            .where(Participant.project_id == project.id)
            .options(selectinload(Participant.organisation))
            .order_by(Participant.code)
        )
    )


def enrolments(session: Session, series: Series) -> list[Enrolment]:
    """Return the enrolments of a series with their participants, in the order they were made."""
    return list(
        session.scalars(
            select(Enrolment)
            .where(Enrolment.series_id == series.id)
            .options(selectinload(Enrolment.participant).selectinload(Participant.organisation))
            .order_by(Enrolment.id)
        )
    )


def attendance(session: Session, series: Series) -> list[Attendance]:
    """Return the attendance of a series, occasion by occasion."""
    return list(
        session.scalars(
            select(Attendance)
            .join(Occasion, Occasion.id == Attendance.occasion_id)
            .where(Occasion.series_id == series.id)
            .options(selectinload(Attendance.theme))
            .order_by(Occasion.position, Attendance.id)
        )
    )
