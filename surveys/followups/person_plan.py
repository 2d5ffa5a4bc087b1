"""What one person will get, as things are now, and what they will not get and why. Writes nothing."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from surveys.followups.audience import why_not_invited
from surveys.keys import Keyring
from surveys.models.followup import Mailing
from surveys.models.people import Enrolment
from surveys.queries import mailings as queries
from surveys.queries import people


@dataclass(frozen=True)
class PlanLine:
    """``reason`` is a code of ``planning_audience.LeftOut``, "" where the person gets it; ``settled`` is
    False where attendance decides and has not been written down.
    """

    mailing: Mailing
    reason: str
    settled: bool


def plan_of(session: Session, keys: Keyring, participant_id: int, when: queries.Scope) -> list[PlanLine]:
    """The unsent mailings of ``when`` in the person's series, in the order they are due."""
    enrolments = {each.series_id: each for each in people.enrolments_of(session, participant_id)}
    mine = [each.id for each in enrolments.values()]
    found = queries.unsent_of(session, when, enrolments.keys(), mine)
    asked = {(each.rule_id, each.target): each for each in people.invitations_of(session, mine)}
    answered = people.answered(session, keys, [each.public_id for each in asked.values()])
    lines = []
    for mailing in found:
        invitation = asked.get((mailing.rule_id, mailing.target))
        if invitation is None:
            lines.append(_first(session, keys, mailing, enrolments[mailing.rule.series_id]))
        elif invitation.withdrawn_at is not None:
            lines.append(PlanLine(mailing, "withdrawn", True))
        else:
            done = invitation.public_id in answered
            lines.append(PlanLine(mailing, "answered" if done else "", True))
    return lines


def _first(session: Session, keys: Keyring, mailing: Mailing, enrolment: Enrolment) -> PlanLine:
    roll = [(enrolment, enrolment.participant)]
    reasons, settled = why_not_invited(
        session, keys, mailing.rule, roll, mailing.occasion_id, mailing.enrolment_id
    )
    return PlanLine(mailing, reasons.get(enrolment.id, "not_invited"), settled)
