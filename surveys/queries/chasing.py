"""Who has been asked and can be rung: the register's side of it. Whether somebody has answered is asked by
key, in :mod:`surveys.queries.people`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from surveys.models.deeds import CallNote
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation, Series
from surveys.queries.planning import ACTIVE_STATES


@dataclass(frozen=True)
class Asked:
    """A person asked by a rule at a target, who takes part still."""

    invitation_id: int
    invitation: str
    generation: int
    key_name: str | None
    declined: bool
    code: str
    name: str
    email: str
    language: str
    attributes: dict[str, str]
    dead_address: str | None
    organisation: str | None
    work_group: str | None
    last_sent_at: datetime | None


def asked(session: Session, mailing: Mailing, now: datetime) -> list[Asked]:
    """Everyone asked, by organisation and name; withdrawn links and ended enrolments left out.

    Of a rule that counts from each person's own date, everyone whose time to answer is not over.
    """
    last_sent = (
        select(func.max(Message.sent_at))
        .where(Message.invitation_id == Invitation.id)
        .correlate(Invitation)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Invitation.id.label("invitation_id"),
            Invitation.public_id.label("invitation"),
            Invitation.generation,
            Invitation.key_name,
            Invitation.declined,
            Participant.code,
            Participant.name,
            Participant.email,
            Participant.language,
            Participant.attributes,
            Participant.dead_address,
            Organisation.name.label("organisation"),
            Enrolment.work_group,
            last_sent.label("last_sent_at"),
        )
        .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .where(
            *_together(mailing, now),
            Invitation.withdrawn_at.is_(None),
            Enrolment.state.in_(ACTIVE_STATES),
        )
        .order_by(Organisation.position, Organisation.name, Participant.name, Participant.code)
    )
    return [Asked(**row._mapping) for row in rows]


def notes(session: Session, invitation_ids: Collection[int]) -> dict[int, list[CallNote]]:
    """The call notes of each invitation, newest first."""
    found: dict[int, list[CallNote]] = {}
    for note in session.scalars(
        select(CallNote)
        .where(CallNote.invitation_id.in_(invitation_ids))
        .options(joinedload(CallNote.user))
        .order_by(CallNote.noted_at.desc(), CallNote.id.desc())
    ):
        found.setdefault(note.invitation_id, []).append(note)
    return found


def open_mailings(session: Session, project_id: int, now: datetime) -> Sequence[Mailing]:
    """First mailings of questionnaires that can be answered now, those that close first first.

    Of a rule that counts from each person's own date, the first to close stands for all of them.
    """
    rule = joinedload(Mailing.rule)
    found = session.scalars(
        select(Mailing)
        .join(Mailing.rule)
        .join(FollowUpRule.series)
        .where(
            Series.project_id == project_id,
            FollowUpRule.questionnaire_id.is_not(None),
            Mailing.step == 0,
            Mailing.state.in_(("expanding", "expanded")),
            Mailing.closes_at > now,
        )
        .options(
            rule.joinedload(FollowUpRule.series),
            rule.joinedload(FollowUpRule.questionnaire),
            joinedload(Mailing.occasion),
        )
        .order_by(Mailing.closes_at, Mailing.id)
    ).all()
    by_rule: dict[tuple[int, str], Mailing] = {}
    for each in found:
        by_rule.setdefault((each.rule_id, "" if each.enrolment_id else each.target), each)
    return list(by_rule.values())


def invitation_of(session: Session, mailing: Mailing, invitation_id: int, now: datetime) -> Invitation | None:
    """One of the invitations that :func:`asked` lists."""
    return session.scalar(select(Invitation).where(Invitation.id == invitation_id, *_together(mailing, now)))


def _together(mailing: Mailing, now: datetime) -> list[ColumnElement[bool]]:
    """Which invitations are listed with a mailing's."""
    same_rule = Invitation.rule_id == mailing.rule_id
    if mailing.enrolment_id is None:
        return [same_rule, Invitation.target == mailing.target]
    return [same_rule, Invitation.mailing.has(or_(Mailing.closes_at > now, Mailing.id == mailing.id))]
