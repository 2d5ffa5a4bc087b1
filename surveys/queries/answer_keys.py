"""Which key answers stand under, and all that stands under one. Holds no keys: those are files.

A *sealed* key is of a series: before and after are to be compared. An *anonymous* one is of a rule at a
target, so that what is asked after an occasion is destroyed when that closes; the targets of single persons
are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from surveys.database import insert_into
from surveys.domain.privacy import ALL_PERSONS, PrivacyMode, common_target
from surveys.keys import new_public_id
from surveys.models.answer_key import AnswerKey
from surveys.models.deeds import CallNote
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.programme import Occasion, Series
from surveys.models.questionnaire import Questionnaire
from surveys.models.response import Response


def key_of(session: Session, mailing: Mailing, mode: PrivacyMode, now: datetime) -> AnswerKey:
    """The key that the answers to a mailing stand under, entered in the register if there is none."""
    rule, of_series = mailing.rule, mode is PrivacyMode.SEALED
    scope, target = _scope(mailing, mode), common_target(mailing.target)
    values = {
        "name": new_public_id(),
        "scope": scope,
        "mode": mode.value,
        "series_id": rule.series_id,
        "rule_id": None if of_series else rule.id,
        "target": None if of_series else target,
        "made_at": now,
    }
    session.execute(insert_into(session, AnswerKey).values(values).on_conflict_do_nothing())
    return session.scalars(select(AnswerKey).where(AnswerKey.scope == scope)).one()


def is_closed(session: Session, mailing: Mailing, mode: PrivacyMode) -> bool:
    """Whether the key that answers to a mailing would stand under is closed for good."""
    if mode.traceable:
        return False
    closed = exists().where(AnswerKey.scope == _scope(mailing, mode), AnswerKey.closed_at.is_not(None))
    return bool(session.scalar(select(closed)))


def _scope(mailing: Mailing, mode: PrivacyMode) -> str:
    if mode is PrivacyMode.SEALED:
        return f"{mode}:{mailing.rule.series_id}"
    return f"{mode}:{mailing.rule_id}:{common_target(mailing.target)}"


def hold_open(connection: Connection, name: str) -> bool:
    """Keep a key from being closed until the transaction ends; False where it has been closed already."""
    held = select(AnswerKey.closed_at).where(AnswerKey.name == name)
    return connection.execute(held.with_for_update(read=True)).scalar_one() is None


def hold(session: Session, name: str) -> AnswerKey | None:
    """A key's entry, locked: nothing is saved under it meanwhile."""
    wanted = select(AnswerKey).where(AnswerKey.name == name).with_for_update(of=AnswerKey)
    return session.scalar(wanted.execution_options(populate_existing=True))


def unfinished(session: Session) -> Sequence[AnswerKey]:
    """The keys that have not been destroyed, oldest first."""
    return session.scalars(
        select(AnswerKey)
        .where(AnswerKey.destroyed_at.is_(None))
        .options(joinedload(AnswerKey.series).joinedload(Series.project))
        .order_by(AnswerKey.id)
    ).all()


def of_project(session: Session, project_id: int) -> Sequence[AnswerKey]:
    """The keys of a project, newest first."""
    return session.scalars(
        select(AnswerKey)
        .join(AnswerKey.series)
        .where(Series.project_id == project_id)
        .options(
            joinedload(AnswerKey.series),
            joinedload(AnswerKey.rule).joinedload(FollowUpRule.questionnaire),
            joinedload(AnswerKey.user),
        )
        .order_by(AnswerKey.made_at.desc(), AnswerKey.id.desc())
    ).all()


def in_project(session: Session, project_id: int, name: str) -> AnswerKey | None:
    return next((each for each in of_project(session, project_id) if each.name == name), None)


@dataclass(frozen=True)
class Standing:
    """What stands under a key: first mailings that have gone or will, rules, and what those count from."""

    closes_at: datetime | None  # of what closes last
    ahead: int  # mailings that have not gone
    rules: Sequence[FollowUpRule]
    occasions: Sequence[Occasion]


def standing(session: Session, key: AnswerKey) -> Standing:
    """What decides when a key may be destroyed."""
    rules = session.scalars(_rules(key)).all()
    at_target = Mailing.rule_id.in_([each.id for each in rules]) & _at(key, Mailing.target)
    alive = at_target & Mailing.state.not_in(("missed", "cancelled"))
    closes_at = session.scalar(select(func.max(Mailing.closes_at)).where(alive, Mailing.step == 0))
    unsent = alive & Mailing.state.in_(("planned", "waiting", "expanding"))
    ahead = session.scalar(select(func.count()).select_from(Mailing).where(unsent)) or 0
    occasions = session.scalars(select(Occasion).where(Occasion.series_id == key.series_id)).all()
    return Standing(closes_at, ahead, rules, occasions)


def asked_under(session: Session, key: AnswerKey) -> tuple[int, int]:
    """(how many are asked under the key, how many responses have been sent in)."""
    asked = select(func.count()).select_from(Invitation).where(Invitation.key_name == key.name)
    answered = (
        select(func.count())
        .select_from(Response)
        .where(responses_under(key), Response.submitted_at.is_not(None))
    )
    return session.scalar(asked) or 0, session.scalar(answered) or 0


def responses_under(key: AnswerKey) -> ColumnElement[bool]:
    """Which responses stand under a key: told by what was asked, without the key itself."""
    rules = _rules(key).with_only_columns(FollowUpRule.id)
    return Response.rule_id.in_(rules) & (Response.privacy_mode == key.mode) & _at(key, Response.target)


def occasion_of(session: Session, key: AnswerKey) -> Occasion | None:
    """The occasion that a key's answers are about, if it is of one."""
    kind, _, number = (key.target or "").partition(":")
    return session.get(Occasion, int(number)) if kind == "occasion" else None


def _rules(key: AnswerKey) -> Any:
    if key.rule_id is not None:
        return select(FollowUpRule).where(FollowUpRule.id == key.rule_id)
    return (
        select(FollowUpRule)
        .join(FollowUpRule.questionnaire)
        .where(
            FollowUpRule.series_id == key.series_id,
            Questionnaire.privacy_mode == key.mode,
            ~FollowUpRule.outside,
        )
        .order_by(FollowUpRule.position, FollowUpRule.id)
    )


def _at(key: AnswerKey, target: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    if key.target is None:
        return target.is_not(None)
    if key.target == ALL_PERSONS:
        return target.startswith(ALL_PERSONS)
    return target == key.target


def invitations_under(key: AnswerKey) -> ColumnElement[bool]:
    return Invitation.key_name == key.name


def messages_under(key: AnswerKey) -> ColumnElement[bool]:
    """The mails of the invitations under a key."""
    return exists().where(Invitation.id == Message.invitation_id, invitations_under(key))


def notes_under(key: AnswerKey) -> ColumnElement[bool]:
    """The notes of calls to those asked under a key."""
    return exists().where(Invitation.id == CallNote.invitation_id, invitations_under(key))
