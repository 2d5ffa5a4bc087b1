"""What results are made of: how many were asked and answered, and the answers themselves.

A measurement (mätning) is one questionnaire rule at one target. Rules that count from a person's own
registration have one target a person; they are one measurement together, since each alone is one person.
"""

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.domain import timing
from surveys.domain.answer_source import AnswerSource
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response

PERSONAL = "enrolment"


@dataclass(frozen=True, slots=True)
class Key:
    """One measurement: a rule and ``series``, ``occasion:ID`` or ``enrolment`` (all personal targets)."""

    rule_id: int
    target: str


def key(rule_id: int, target: str) -> Key:
    return Key(rule_id, PERSONAL if target.startswith(f"{PERSONAL}:") else target)


@dataclass(frozen=True, slots=True)
class Asked:
    """The first mail of a measurement: whether it is planned, went out, or never will."""

    rule_id: int
    target: str
    occasion_id: int | None
    state: str
    reason: str | None
    due_at: datetime
    closes_at: datetime
    outside: AnswerSource | None = None  # where its answers are from that nobody gave in Följa
    wave: str = ""  # of those; "": the questionnaire's
    joined: bool = True  # something tells which answers are one person's, as far as the privacy mode lets it


def series_by_id(session: Session, series_id: int) -> Series:
    """Return the series with its project, occasions and themes."""
    return session.scalars(
        select(Series)
        .where(Series.id == series_id)
        .options(
            joinedload(Series.project, innerjoin=True),
            selectinload(Series.occasions).selectinload(Occasion.themes),
        )
    ).one()


def series_of(session: Session, project_id: int) -> Sequence[Series]:
    return session.scalars(
        select(Series).where(Series.project_id == project_id).order_by(Series.position, Series.id)
    ).all()


def series_by_code(session: Session, series: str, project: str | None = None) -> Sequence[Series]:
    """Return the series of that code: none, one, or several where no project is named."""
    wanted = select(Series).join(Series.project).where(Series.code == series).order_by(Project.code)
    return session.scalars(wanted if project is None else wanted.where(Project.code == project)).all()


def rules(session: Session, series_id: int) -> Sequence[FollowUpRule]:
    """Return the rules that send a questionnaire, with it and its versions, in their order."""
    return session.scalars(
        select(FollowUpRule)
        .where(FollowUpRule.series_id == series_id, FollowUpRule.questionnaire_id.is_not(None))
        .options(joinedload(FollowUpRule.questionnaire))
        .order_by(FollowUpRule.position, FollowUpRule.id)
    ).all()


def versions(session: Session, series_id: int) -> dict[int, list[QuestionnaireVersion]]:
    """Return the versions of the questionnaires of a series but for drafts, newest last, by questionnaire."""
    found = session.scalars(
        select(QuestionnaireVersion)
        .where(
            QuestionnaireVersion.questionnaire_id.in_(
                select(FollowUpRule.questionnaire_id).where(FollowUpRule.series_id == series_id)
            ),
            QuestionnaireVersion.draft.is_(False),
        )
        .order_by(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.number)
    )
    by_questionnaire: dict[int, list[QuestionnaireVersion]] = {}
    for version in found:
        by_questionnaire.setdefault(version.questionnaire_id, []).append(version)
    return by_questionnaire


def asked(session: Session, series_id: int) -> dict[Key, Asked]:
    """Return the first mail of each measurement; of personal targets, the last closing."""
    rows = session.execute(
        select(
            Mailing.rule_id,
            Mailing.target,
            Mailing.occasion_id,
            Mailing.state,
            Mailing.reason,
            Mailing.due_at,
            Mailing.closes_at,
        )
        .join(Mailing.rule)
        .where(of_series(series_id), Mailing.step == 0)
        .order_by(Mailing.due_at, Mailing.id)
    )
    found: dict[Key, Asked] = {}
    for row in rows:
        this = Asked(*row)
        place = key(this.rule_id, this.target)
        found[place] = _together(found[place], this) if place in found else this
    return found | {key(each.rule_id, each.target): each for each in from_outside(session, series_id)}


def from_outside(session: Session, series_id: int) -> Iterator[Asked]:
    """Yield the measurements that others have made: begun and closed the day that was given for them."""
    rows = session.execute(
        select(OutsideAnswers, Project.timezone)
        .join(Series, Series.id == OutsideAnswers.series_id)
        .join(Project, Project.id == Series.project_id)
        .where(OutsideAnswers.series_id == series_id, OutsideAnswers.saved_at.is_not(None))
        .options(joinedload(OutsideAnswers.user))
        .order_by(OutsideAnswers.id)
    )
    for each, timezone in rows:
        day = timing.to_utc(datetime.combine(each.collected_on, time()), timezone)
        yield Asked(
            rule_id=each.rule_id or 0,
            target=f"occasion:{each.occasion_id}" if each.occasion_id else "series",
            occasion_id=each.occasion_id,
            state="expanded",
            reason=None,
            due_at=day,
            closes_at=day,
            outside=AnswerSource(each.source_name, each.collected_by, each.collected_on, each.handed_in_by),
            wave=each.wave,
            joined=each.joined,
        )


def answers(
    session: Session, series_id: int, only: Key | None = None
) -> Generator[tuple[Key, int, dict[str, Any]], None, None]:
    """Yield measurement, version and answers of each submitted response, in no telling order."""
    wanted = (
        select(Response.rule_id, Response.target, Response.version_id, Response.answers)
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id, Response.answers.is_not(None))
        .order_by(Response.id)
        .execution_options(yield_per=2000)
    )
    if only is not None:
        wanted = wanted.where(Response.rule_id == only.rule_id, at_target(only.target))
    with closing(session.execute(wanted)) as rows:  # a reader may stop in the middle
        for rule_id, target, version_id, given in rows:
            yield key(rule_id, target), version_id, given or {}


def texts(session: Session, place: Key, version_id: int, codes: Sequence[str]) -> dict[str, list[str]]:
    """Return the answers to questions in people's own words of those who answered on one version."""
    wanted = select(*(Response.answers[code].as_string() for code in codes)).where(
        Response.rule_id == place.rule_id,
        at_target(place.target),
        Response.version_id == version_id,
        Response.submitted_at.is_not(None),
    )
    found: dict[str, list[str]] = {code: [] for code in codes}
    for row in session.execute(wanted.execution_options(yield_per=2000)):
        for code, text in zip(codes, row, strict=True):
            if text:
                found[code].append(text)
    return found


def backgrounds(session: Session, place: Key) -> list[tuple[dict[str, str], int]]:
    """Return the background classes of those who answered at a measurement, language and source among them,
    and how many share them. A variable that is not known has no entry.
    """
    columns = cast(Response.background, Text), Response.language, Response.source
    wanted = (
        select(*columns, func.count())
        .where(Response.rule_id == place.rule_id, at_target(place.target), Response.submitted_at.is_not(None))
        .group_by(*columns)
    )
    return [
        ({name: value for name, value in known.items() if value}, many)
        for classes, language, source, many in session.execute(wanted)
        for known in [json.loads(classes) | {"language": language, "source": source}]
    ]


def at_target(target: str) -> ColumnElement[bool]:
    """Responses of a measurement at this target, as in a :class:`Key`."""
    if target == PERSONAL:
        return Response.target.startswith(f"{PERSONAL}:")
    return Response.target == target


def of_series(series_id: int) -> ColumnElement[bool]:
    """Rules of a series that send a questionnaire."""
    return (FollowUpRule.series_id == series_id) & FollowUpRule.questionnaire_id.is_not(None)


def _together(first: Asked, later: Asked) -> Asked:
    """The two as one: gone out when one of them has, planned when one still is."""
    order = ("expanded", "expanding", "planned", "waiting", "missed", "cancelled")
    leading = min(first, later, key=lambda each: order.index(each.state))
    return replace(leading, target=PERSONAL, closes_at=max(first.closes_at, later.closes_at))
