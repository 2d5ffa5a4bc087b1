"""The mailings, as the pages show them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, not_, or_, select, true
from sqlalchemy.orm import Session, joinedload

from surveys.database import LARGEST_ID
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation, Series
from surveys.queries import people
from surveys.queries.planning import ACTIVE_STATES

Scope = ColumnElement[bool]  # which mailings: made by the functions below, put together with &
AHEAD = ("planned", "waiting", "expanding")


def in_project(project_id: int) -> Scope:
    return Series.project_id == project_id


def in_series(series_id: int) -> Scope:
    return Series.id == series_id


def of_rule(rule_id: int) -> Scope:
    return Mailing.rule_id == rule_id


def coming(since: datetime, until: datetime) -> Scope:
    """What is due from ``since`` until ``until``, and what is overdue and has not been seen to."""
    return _coming(since) & (Mailing.due_at < until)


def earlier(since: datetime) -> Scope:
    """What was due before ``since`` and has been seen to."""
    return not_(_coming(since))


def between(since: datetime, until: datetime) -> Scope:
    return (Mailing.due_at >= since) & (Mailing.due_at < until)


def ahead() -> Scope:
    """What has not gone yet."""
    return Mailing.state.in_(AHEAD)


def not_cancelled() -> Scope:
    return Mailing.state != "cancelled"


def only(what: str) -> Scope:
    """Those that are put off (``deferred``), wait, were missed or cancelled; any other word: all."""
    if what == "deferred":
        return Mailing.deferral.is_not(None)
    return Mailing.state == what if what in ("waiting", "missed", "cancelled") else true()


def first_after(session: Session, where: Scope, until: datetime) -> datetime | None:
    """When the first unsent mailing from ``until`` on is due; None where there is none."""
    later = _mailings().where(where, Mailing.due_at >= until, Mailing.state.in_(AHEAD))
    return session.scalar(later.with_only_columns(func.min(Mailing.due_at)))


def rules(session: Session, where: Scope) -> Sequence[FollowUpRule]:
    """The rules whose mailings can be looked at, in the order of their series."""
    return session.scalars(
        select(FollowUpRule)
        .join(FollowUpRule.series)
        .where(where, ~FollowUpRule.outside)
        .options(joinedload(FollowUpRule.series), joinedload(FollowUpRule.questionnaire))
        .order_by(Series.position, Series.id, FollowUpRule.position)
    ).all()


def next_ones(session: Session, where: Scope, most: int) -> Sequence[Mailing]:
    """The mailings that come next, soonest first."""
    wanted = with_what(_mailings().where(where, Mailing.state.in_(AHEAD)))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id).limit(most)).all()


def unsent_of(
    session: Session, when: Scope, series: Collection[int], enrolments: Collection[int]
) -> Sequence[Mailing]:
    """Unsent mailings of the series, those about somebody else than the ``enrolments`` left out."""
    mine = or_(Mailing.enrolment_id.is_(None), Mailing.enrolment_id.in_(enrolments))
    wanted = with_what(_mailings().where(when, Mailing.state.in_(AHEAD), Series.id.in_(series), mine))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id)).all()


def of_occasions(session: Session, series_id: int) -> dict[int, list[Mailing]]:
    """The mailings of a series about its occasions, by occasion, in the order they are due."""
    found: dict[int, list[Mailing]] = {}
    wanted = with_what(_mailings().where(in_series(series_id), Mailing.occasion_id.is_not(None)))
    for mailing in session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id)):
        found.setdefault(mailing.occasion_id or 0, []).append(mailing)
    return found


def mailing(session: Session, project_id: int, mailing_id: int) -> Mailing | None:
    """A mailing of the project; the number may be one that somebody has typed."""
    if mailing_id > LARGEST_ID:
        return None
    wanted = with_what(_mailings().where(in_project(project_id), Mailing.id == mailing_id))
    return session.scalar(wanted)


def by_ids(session: Session, project_id: int, ids: Collection[int]) -> Sequence[Mailing]:
    """Those of the mailings that are the project's, in the order they are due."""
    wanted = with_what(_mailings().where(in_project(project_id), Mailing.id.in_(ids)))
    return session.scalars(wanted.order_by(Mailing.due_at, Mailing.step, Mailing.id)).all()


def steps(session: Session, one: Mailing) -> Sequence[Mailing]:
    """The first mail and the reminders that ``one`` belongs to, in order."""
    return session.scalars(
        select(Mailing)
        .where(Mailing.rule_id == one.rule_id, Mailing.target == one.target)
        .order_by(Mailing.step)
    ).all()


def to_show(
    session: Session, one: Mailing, code: str | None, search: str, most: int
) -> Sequence[Row[int, str, str, str]]:
    """(enrolment, code, name, language) of those a mailing can be looked at for, by name.

    ``search``: words in their name, address, code or organisation.
    """
    wanted = (
        select(Enrolment.id, Participant.code, Participant.name, Participant.language)
        .join(Enrolment.participant)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(Enrolment.series_id == one.rule.series_id, Enrolment.state.in_(ACTIVE_STATES))
        .where(*people.holding(search))
    )
    if code is not None:
        wanted = wanted.where(Participant.code == code)
    if one.enrolment_id is not None:
        wanted = wanted.where(Enrolment.id == one.enrolment_id)
    return session.execute(wanted.order_by(Participant.name, Participant.code).limit(most)).all()


def deeds(session: Session, project_id: int, subjects: Collection[str]) -> Sequence[Deed]:
    """What users have done by hand to the ``subjects`` (such as ``mailing:12``), newest first."""
    return session.scalars(
        select(Deed)
        .where(Deed.project_id == project_id, Deed.subject.in_(subjects))
        .options(joinedload(Deed.user))
        .order_by(Deed.done_at.desc(), Deed.id.desc())
    ).all()


def with_what(wanted: Select[Mailing]) -> Select[Mailing]:
    """The same select with what a line about a mailing says read at once: its rule, series and occasion."""
    rule = joinedload(Mailing.rule)
    return wanted.options(
        rule.joinedload(FollowUpRule.questionnaire),
        rule.joinedload(FollowUpRule.series),
        joinedload(Mailing.occasion),
    )


def _coming(since: datetime) -> Scope:
    return or_(Mailing.due_at >= since, Mailing.state.in_(AHEAD))


def _mailings() -> Select[Mailing]:
    return select(Mailing).join(Mailing.rule).join(FollowUpRule.series)
