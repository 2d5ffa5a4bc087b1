"""Selects for follow-up rules: what a rule may ask, about what, and whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.domain.choices import OneChoice, SeveralChoices
from surveys.domain.condition_tree import AskedForm, Known
from surveys.domain.point_questions import PointQuestion
from surveys.domain.questionnaire import parse
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Organisation, Series, Theme
from surveys.models.questionnaire import Questionnaire
from surveys.queries.difference import named


@dataclass(frozen=True)
class RuleCount:
    """How the first mails of a rule stand: those ahead, and the persons asked."""

    ahead: int
    asked: int


def hold_series(session: Session, series_id: int) -> Series:
    """Return the series; no other transaction changes its rules until this one ends."""
    return session.scalars(
        select(Series).where(Series.id == series_id).with_for_update(key_share=True, of=Series)
    ).one()


def rule(session: Session, series_id: int, code: str) -> FollowUpRule | None:
    return session.scalar(
        select(FollowUpRule)
        .where(FollowUpRule.series_id == series_id, FollowUpRule.code == code)
        .options(joinedload(FollowUpRule.questionnaire))
        .execution_options(populate_existing=True)
    )


def codes_and_last_position(session: Session, series_id: int) -> tuple[set[str], int]:
    rows = session.execute(
        select(FollowUpRule.code, FollowUpRule.position).where(FollowUpRule.series_id == series_id)
    ).all()
    return {row.code for row in rows}, max((row.position for row in rows), default=-1)


def occasions(session: Session, series_id: int) -> Sequence[Occasion]:
    return session.scalars(
        select(Occasion).where(Occasion.series_id == series_id).order_by(Occasion.position, Occasion.id)
    ).all()


def has_sent(session: Session, rule_id: int) -> bool:
    """Whether anybody has been asked by the rule."""
    return bool(session.scalar(select(exists().where(Invitation.rule_id == rule_id))))


def counts(session: Session, series_id: int) -> dict[int, RuleCount]:
    """How each rule of a series stands, by its id."""
    ahead = _by_rule(
        session,
        select(Mailing.rule_id, func.count())
        .join(Mailing.rule)
        .where(
            FollowUpRule.series_id == series_id,
            Mailing.step == 0,
            Mailing.state.in_(("planned", "waiting", "expanding")),
        )
        .group_by(Mailing.rule_id),
    )
    asked = _by_rule(
        session,
        select(Invitation.rule_id, func.count())
        .join(Invitation.rule)
        .where(FollowUpRule.series_id == series_id)
        .group_by(Invitation.rule_id),
    )
    return {each: RuleCount(ahead.get(each, 0), asked.get(each, 0)) for each in ahead.keys() | asked.keys()}


def _by_rule(session: Session, wanted: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(wanted)}


def mailing_ids(rule_id: int) -> Select[int]:
    """The mailings of a rule, to be used in another select."""
    return select(Mailing.id).where(Mailing.rule_id == rule_id)


def first_mailings(session: Session, rule_id: int, most: int) -> Sequence[Mailing]:
    """The first mails of a rule that still count, by the moment they go; at most so many."""
    return session.scalars(
        select(Mailing)
        .where(Mailing.rule_id == rule_id, Mailing.step == 0, Mailing.state != "cancelled")
        .options(joinedload(Mailing.occasion), joinedload(Mailing.rule))
        .order_by(Mailing.due_at, Mailing.id)
        .limit(most)
    ).all()


def mailings_of(session: Session, rule_id: int) -> Sequence[Mailing]:
    return session.scalars(select(Mailing).where(Mailing.rule_id == rule_id)).all()


def enrolled_names(session: Session, enrolment_ids: Collection[int]) -> dict[int, str]:
    """Enrolment → the name of the person."""
    found = session.execute(
        select(Enrolment.id, Participant.name)
        .join(Enrolment.participant)
        .where(Enrolment.id.in_(enrolment_ids))
    )
    return {row.id: row.name for row in found}


def occasion_titles(session: Session, occasion_ids: Collection[int]) -> dict[int, str]:
    found = session.execute(
        select(Occasion.id, Occasion.number, Occasion.title).where(Occasion.id.in_(occasion_ids))
    )
    return {row.id: named(row.number, row.title) for row in found}


def enrolled_count(session: Session, series_id: int) -> int:
    counted = select(func.count()).select_from(Enrolment).where(Enrolment.series_id == series_id)
    return session.scalar(counted) or 0


# What conditions can choose among


def known_conditions(session: Session, series: Series) -> Known:
    """All that a condition may name in ``series``."""
    found = session.scalars(
        select(Questionnaire)
        .where(Questionnaire.project_id == series.project_id)
        .options(selectinload(Questionnaire.versions))
    )
    return Known(
        themes=set(themes(session, series.id)),
        organisations={each.code for each in organisations(session, series.project_id)},
        questionnaires={each.code: AskedForm(each.privacy_mode, _options(each)) for each in found},
    )


def _options(questionnaire: Questionnaire) -> dict[str, set[str]]:
    """The questions of a questionnaire that have ready answers, in any of its versions, and those."""
    options: dict[str, set[str]] = {}
    for version in questionnaire.versions:
        for question in parse(version.content).questions:
            if isinstance(question, PointQuestion | OneChoice | SeveralChoices):
                codes = {point.code for point in question.choices}
                options[question.code] = options.get(question.code, set()) | codes
    return options


def organisations(session: Session, project_id: int) -> Sequence[Organisation]:
    return session.scalars(
        select(Organisation)
        .where(Organisation.project_id == project_id, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.position)
    ).all()


def work_groups(session: Session, series_id: int) -> Sequence[str]:
    found = session.scalars(
        select(Enrolment.work_group)
        .where(Enrolment.series_id == series_id, Enrolment.work_group.is_not(None))
        .distinct()
    )
    return sorted(each for each in found if each)


def roles(session: Session, series_id: int) -> Sequence[str]:
    found = session.scalars(
        select(Participant.role)
        .join(Enrolment, Enrolment.participant_id == Participant.id)
        .where(Enrolment.series_id == series_id, Participant.role.is_not(None))
        .distinct()
    )
    return sorted(each for each in found if each)


def themes(session: Session, series_id: int) -> dict[str, list[str]]:
    """The parallel themes of a series: code → what they are called at its occasions."""
    rows = session.execute(
        select(Theme.code, Theme.title)
        .join(Theme.occasion)
        .where(Occasion.series_id == series_id)
        .order_by(Theme.code, Occasion.position)
    )
    found: dict[str, list[str]] = {}
    for code, title in rows:
        found.setdefault(code, []).append(title)
    return found


def active_modes(session: Session, project_id: int) -> set[str]:
    """The privacy modes of the questionnaires that rules of the project which are switched on send."""
    return set(
        session.scalars(
            select(Questionnaire.privacy_mode)
            .join(FollowUpRule, FollowUpRule.questionnaire_id == Questionnaire.id)
            .where(Questionnaire.project_id == project_id, FollowUpRule.active)
        )
    )
