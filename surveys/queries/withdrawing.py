"""What taking an answer back looks for when a backup has brought it back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.domain.privacy import ALL_PERSONS
from surveys.models.followup import Invitation
from surveys.models.response import Response

AT_ONCE = 500


def responses_named(session: Session, names: Sequence[str]) -> list[Response]:
    """The responses whose ids are among ``names`` (hexadecimal); what is no id names none."""
    ids = [known for each in names if (known := _id(each))]
    found: list[Response] = []
    for start in range(0, len(ids), AT_ONCE):
        wanted = select(Response).where(Response.id.in_(ids[start : start + AT_ONCE]))
        found += session.scalars(wanted)
    return found


def invitations_at(session: Session, rule_id: int, target: str) -> Sequence[Invitation]:
    """The invitations that a response to a rule at a target may be the answer to."""
    there = Invitation.target == target
    if target == ALL_PERSONS:
        there = Invitation.target.startswith(ALL_PERSONS)
    return session.scalars(select(Invitation).where(Invitation.rule_id == rule_id, there)).all()


def _id(name: str) -> UUID | None:
    try:
        return UUID(hex=name)
    except ValueError:
        return None
