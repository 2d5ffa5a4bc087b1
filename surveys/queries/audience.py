"""Selects of who is asked: those enrolled, what is known of each, and why somebody gets no mail."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from surveys.domain import audience
from surveys.domain.audience import Facts
from surveys.domain.condition_tree import Condition, Tree, conditions
from surveys.keys import Keyring
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.people import Attendance, Enrolment, MailStop, Participant
from surveys.models.programme import Organisation, Series, Theme
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response

ACTIVE_STATES = ("registered", "started", "completed")
BY_DEFAULT = "attendance_default"  # the reason of a mailing that went to all, for want of attendance
T = TypeVar("T")
AT_ONCE = 2_000  # well below the number of parameters that SQLite takes


def needs_attendance(rule: FollowUpRule, series: Series, occasion_id: int | None) -> bool:
    """Whether it goes to those present at an occasion whose attendance is kept."""
    return rule.audience == "present" and series.attendance_kept and occasion_id is not None


def candidates(session: Session, mailing: Mailing, after: int, most: int) -> Sequence[int]:
    """Enrolments that the first mail of a mailing goes to, but for its conditions: ``most`` of those with an
    id above ``after``, in order.

    Once the mailing has gone: only those without an invitation who may come to it afterwards.
    """
    wanted, number = _candidates(session, mailing)
    return session.scalars(wanted.where(number > after).order_by(number).limit(most)).all()


def has_candidates(session: Session, mailing: Mailing) -> bool:
    """Whether anybody may come to a mailing that has gone."""
    wanted, _ = _candidates(session, mailing)
    return session.scalar(wanted.limit(1)) is not None


def _candidates(session: Session, mailing: Mailing) -> tuple[Select[int], ColumnElement[int]]:
    """(the select, the column that numbers its rows): by attendance where that is what leads to people."""
    rule, series = mailing.rule, mailing.rule.series
    kept = needs_attendance(rule, series, mailing.occasion_id)
    by_attendance = kept and mailing.reason != BY_DEFAULT
    wanted, number = _enrolled(mailing, by_attendance)
    if mailing.expanded_at is not None:
        wanted = wanted.where(_uninvited(mailing))
    if mailing.expanded_at is not None and not by_attendance:
        wanted = wanted.where(_may_still_come(mailing, _was_present(mailing) if kept else None))
    if not kept and (since := first_went(session, rule, mailing.enrolment_id)) is not None:
        wanted = wanted.where(Enrolment.added_at <= since)
    return wanted, number


def _enrolled(mailing: Mailing, by_attendance: bool) -> tuple[Select[int], ColumnElement[int]]:
    wanted = select(Enrolment.id).where(Enrolment.state.in_(ACTIVE_STATES))
    if mailing.enrolment_id is not None:
        return wanted.where(Enrolment.id == mailing.enrolment_id), Enrolment.__table__.c.id
    if not by_attendance:
        return wanted.where(Enrolment.series_id == mailing.rule.series_id), Enrolment.__table__.c.id
    there = wanted.join(Attendance, Attendance.enrolment_id == Enrolment.id).where(
        Attendance.occasion_id == mailing.occasion_id, Attendance.present.is_(True)
    )
    return there, Attendance.__table__.c.enrolment_id


def _was_present(mailing: Mailing) -> ColumnElement[bool]:
    return exists().where(
        Attendance.enrolment_id == Enrolment.id,
        Attendance.occasion_id == mailing.occasion_id,
        Attendance.present.is_(True),
    )


def _uninvited(mailing: Mailing) -> ColumnElement[bool]:
    return ~exists().where(
        Invitation.rule_id == mailing.rule_id,
        Invitation.target == mailing.target,
        Invitation.enrolment_id == Enrolment.id,
    )


def _may_still_come(mailing: Mailing, present: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """Whoever was there is not late; others are, and the rule says whether it catches up with them."""
    went = mailing.expanded_at
    if mailing.rule.late != "catch_up":
        # It was put off after it had been expanded: somebody added before it goes is not late.
        came: ColumnElement[bool] = (Enrolment.added_at > went) & (Enrolment.added_at <= mailing.due_at)
    elif mailing.rule.audience_filter is None:
        came = Enrolment.id.is_not(None)
    else:
        # Those left out by a condition when it went stay left out.
        came = Enrolment.added_at > went
    return came if present is None else or_(present, came)


def first_went(session: Session, rule: FollowUpRule, enrolment_id: int | None) -> datetime | None:
    """When the first mailing of a rule went, for a rule that has nothing for those added later."""
    if rule.late != "nothing" or enrolment_id is not None:
        return None
    return session.scalar(
        select(func.min(Mailing.expanded_at)).where(Mailing.rule_id == rule.id, Mailing.step == 0)
    )


# What conditions are held against


def facts(
    session: Session, keys: Keyring, enrolments: Sequence[int], tree: Tree, occasion_id: int | None
) -> dict[int, Facts]:
    """Enrolment → what is known of the person, as far as the conditions ask for it.

    A theme is the one chosen at the occasion, without an occasion at any of the series. "Answered" and
    answers are of the person, in whichever series of the project.
    """
    asked = list(conditions(tree))
    found: dict[int, Facts] = {}
    for some in _chunks(enrolments):
        gathering = _Gathering(session, keys, some)
        gathering.themes(occasion_id, any(each.kind == "theme" for each in asked))
        gathering.answered({each.questionnaire for each in asked if each.kind == "answered"})
        gathering.answers([each for each in asked if each.kind == "answer"])
        found |= gathering.facts()
    return found


@dataclass
class _Gathered:
    themes: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    answers: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)


class _Gathering:
    def __init__(self, session: Session, keys: Keyring, enrolments: Sequence[int]) -> None:
        self._session, self._keys, self._enrolments = session, keys, enrolments
        self._of: dict[int, _Gathered] = {each: _Gathered() for each in enrolments}

    def facts(self) -> dict[int, Facts]:
        rows = self._session.execute(
            select(Enrolment.id, Enrolment.work_group, Participant.role, Organisation.code)
            .join(Enrolment.participant)
            .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
            .where(Enrolment.id.in_(self._enrolments))
        )
        return {
            row.id: Facts(
                themes=frozenset(self._of[row.id].themes),
                work_group=row.work_group,
                organisation=row.code,
                role=row.role,
                answered=frozenset(self._of[row.id].answered),
                answers=self._of[row.id].answers,
            )
            for row in rows
        }

    def themes(self, occasion_id: int | None, wanted: bool) -> None:
        if not wanted:
            return
        chosen = (
            select(Attendance.enrolment_id, Theme.code)
            .join(Attendance.theme)
            .where(Attendance.enrolment_id.in_(self._enrolments), Attendance.present.is_(True))
        )
        if occasion_id is not None:
            chosen = chosen.where(Attendance.occasion_id == occasion_id)
        for enrolment_id, code in self._session.execute(chosen):
            self._of[enrolment_id].themes.add(code)

    def answered(self, questionnaires: Collection[str]) -> None:
        if not questionnaires:
            return
        wanted, theirs = self._in_any_series((Invitation.public_id, Invitation.key_name), questionnaires)
        invited = self._session.execute(
            wanted.join(Invitation, Invitation.enrolment_id == theirs)
            .join(FollowUpRule, FollowUpRule.id == Invitation.rule_id)
            .join(Questionnaire, Questionnaire.id == FollowUpRule.questionnaire_id)
        ).all()
        by_key = [(self._keys.response_key(row.public_id, row.key_name), row) for row in invited]
        there = answered_among(self._session, sorted({key for key, _ in by_key}))
        for key, row in by_key:
            if key in there:
                self._of[row.id].answered.add(row.code)

    def answers(self, wanted: Sequence[Condition]) -> None:
        if not wanted:
            return
        about, theirs = self._in_any_series((Response.answers,), {each.questionnaire for each in wanted})
        given = self._session.execute(
            about.join(Response, Response.enrolment_id == theirs)
            .join(QuestionnaireVersion, QuestionnaireVersion.id == Response.version_id)
            .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
            .where(Response.privacy_mode == "named", Response.submitted_at.is_not(None))
            .order_by(Response.submitted_at)  # the newest answer decides
        )
        for enrolment_id, code, answers in given:
            for each in wanted:
                if answers and each.questionnaire == code and each.question in answers:
                    chosen = audience.chosen(answers[each.question])
                    self._of[enrolment_id].answers[code, each.question] = chosen

    def _in_any_series(
        self, columns: Sequence[Any], questionnaires: Collection[str]
    ) -> tuple[Select[Any], Any]:
        """(enrolment, questionnaire, ``columns``) over all enrolments of the same people, and the id of
        those.

        What leads from there to the questionnaires is for the caller to join.
        """
        one, other = aliased(Enrolment), aliased(Enrolment)
        same = select(one.id, Questionnaire.code, *columns).join(
            other, other.participant_id == one.participant_id
        )
        return same.where(one.id.in_(self._enrolments), Questionnaire.code.in_(questionnaires)), other.id


def answered_among(session: Session, response_keys: Sequence[str]) -> set[str]:
    """Those of the keys (of ``keys.response_key``) under which something has been sent in."""
    found: set[str] = set()
    for some in _chunks(response_keys):
        found |= set(
            session.scalars(
                select(Response.response_key).where(
                    Response.response_key.in_(some), Response.submitted_at.is_not(None)
                )
            )
        )
    return found


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


# Who is enrolled, and who gets no mail


def people_enrolled(session: Session, series_id: int) -> Sequence[tuple[Enrolment, Participant]]:
    found = session.execute(
        select(Enrolment, Participant)
        .join(Enrolment.participant)
        .where(Enrolment.series_id == series_id)
        .order_by(Participant.name, Participant.code)
    )
    return [(each[0], each[1]) for each in found]


def presence(session: Session, occasion_id: int) -> dict[int, bool]:
    """Enrolment → whether present, for those of whom it is written down."""
    found = session.execute(
        select(Attendance.enrolment_id, Attendance.present).where(Attendance.occasion_id == occasion_id)
    )
    return {each.enrolment_id: each.present for each in found}


def stopped(session: Session, series_id: int, reminder: bool) -> set[int]:
    """Enrolments of a series whose person wants no such mail: a reminder, or a first mail."""
    scopes = MailStop.scope.in_(("everything", "reminders") if reminder else ("everything",))
    found = session.scalars(
        select(Enrolment.id)
        .join(MailStop, MailStop.participant_id == Enrolment.participant_id)
        .where(
            Enrolment.series_id == series_id,
            MailStop.lifted_at.is_(None),
            or_(scopes, MailStop.series_id == series_id),
        )
    )
    return set(found)
