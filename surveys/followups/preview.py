"""What will be sent to whom, when and why, and who is left out. Nothing is written.

The same rows and the same selects that the planner uses; what depends on what people do until then (come to
the occasion, answer) is reckoned as of now and marked ``certain=False``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import timing
from surveys.followups.audience import (
    LeftOut,
    Person,
    Roll,
    as_audience,
    leave_out_unreachable,
    why_not_invited,
)
from surveys.followups.expanding import catch_up_of
from surveys.followups.targets import ENDED
from surveys.keys import Keyring
from surveys.models.followup import FollowUpRule, Mailing
from surveys.queries import answering, audience
from surveys.queries import planning as queries

__all__ = ["LeftOut", "Person", "PlannedMail", "Why", "preview", "reasons_of"]


@dataclass(frozen=True)
class Why:
    """The rule behind a mail."""

    rule: str
    anchor: str
    offset_days: int
    offset_minutes: int
    audience: str
    is_log: bool


@dataclass(frozen=True)
class PlannedMail:
    """One mailing ahead. ``wall`` is when it goes by the clock of ``zone``; ``fate`` is ``send``, ``late``
    (at once, for it was due before), ``waits`` (for attendance) or ``missed``.

    ``deferral`` is the code of what it gives way to (quiet_hours, weekend, holiday); it was ``intended``
    then, by the same clock.
    """

    id: int

    at: datetime
    wall: datetime
    zone: str
    project: str
    series: str
    occasion: str | None
    step: int
    why: Why
    fate: str
    intended: datetime
    deferral: str | None
    certain: bool
    receivers: tuple[Person, ...]
    left_out: tuple[LeftOut, ...]


def preview(
    db: Database,
    keys: Keyring,
    start: datetime,
    days: int,
    now: datetime,
    project: str | None = None,
) -> list[PlannedMail]:
    """Every mailing due within ``days`` from ``start``, and what is overdue, in order.

    ``project`` is a code; None for all. With ``now`` before ``start``, what goes between them is left out.
    """
    known = min(now, start)
    until = start + timedelta(days=days)
    with db.reading() as session:
        rolls: dict[int, Roll] = {}
        found = []
        for mailing in queries.mailings_ahead(session, until, project):
            if known <= mailing.due_at < start:
                continue
            series_id = mailing.rule.series_id
            if series_id not in rolls:
                rolls[series_id] = audience.people_enrolled(session, series_id)
            found.append(_planned(session, keys, mailing, rolls[series_id], start))
        return sorted(found, key=lambda each: each.at)


def _planned(session: Session, keys: Keyring, mailing: Mailing, roll: Roll, start: datetime) -> PlannedMail:
    rule = mailing.rule
    at = max(mailing.due_at, start)
    reasons, certain = reasons_of(session, keys, mailing, roll)
    people = as_audience(roll, reasons, certain)
    return PlannedMail(
        id=mailing.id,
        at=at,
        wall=timing.to_wall(at, mailing.timezone),
        zone=mailing.timezone,
        project=rule.series.project.title,
        series=rule.series.title,
        occasion=mailing.occasion.title if mailing.occasion else None,
        step=mailing.step,
        why=_why(rule),
        fate=_fate(session, mailing, start),
        intended=timing.to_wall(mailing.intended_at, mailing.timezone),
        deferral=mailing.deferral,
        certain=certain,
        receivers=people.receivers,
        left_out=people.left_out,
    )


def reasons_of(session: Session, keys: Keyring, mailing: Mailing, roll: Roll) -> tuple[dict[int, str], bool]:
    """(enrolment → the code of why no mail, "" for those who get it; whether that is settled).

    Of a first mail; of a reminder whose first mail has gone, those who are silent now.
    """
    if mailing.step and queries.invitations_by_enrolment(session, mailing):
        return _reasons_to_remind(session, keys, mailing, roll), False
    everyone = mailing.reason == audience.BY_DEFAULT
    reasons, settled = why_not_invited(
        session, keys, mailing.rule, roll, mailing.occasion_id, mailing.enrolment_id, everyone
    )
    return reasons, settled and not mailing.step


def _reasons_to_remind(session: Session, keys: Keyring, mailing: Mailing, roll: Roll) -> dict[int, str]:
    answered = answering.answered_keys(session, mailing.rule_id, mailing.target)
    bounced = queries.refused(session, mailing)
    reasons = {}
    invitations = queries.invitations_by_enrolment(session, mailing)
    for enrolment, _ in roll:
        invitation = invitations.get(enrolment.id)
        if invitation is None:
            reasons[enrolment.id] = "not_invited"
        elif enrolment.state in ENDED:
            reasons[enrolment.id] = "enrolment_ended"
        elif invitation.withdrawn_at is not None:
            reasons[enrolment.id] = "withdrawn"
        elif invitation.id in bounced:
            reasons[enrolment.id] = "refused"
        else:
            done = (
                invitation.declined
                or keys.response_key(invitation.public_id, invitation.key_name) in answered
            )
            reasons[enrolment.id] = "answered" if done else ""
    leave_out_unreachable(session, reasons, roll, mailing.rule.series_id, reminder=True)
    return reasons


def _fate(session: Session, mailing: Mailing, start: datetime) -> str:
    judged = timing.verdict(mailing.due_at, start, catch_up_of(session), mailing.closes_at)
    if judged == "missed":
        return "missed"
    if mailing.state == "waiting" and mailing.occasion_id is not None:
        return "late" if queries.attendance_is_recorded(session, mailing.occasion_id) else "waits"
    return "late" if judged == "send" and mailing.due_at < start else "send"


def _why(rule: FollowUpRule) -> Why:
    return Why(
        rule.code,
        rule.anchor,
        rule.offset_days,
        rule.offset_minutes,
        rule.audience,
        rule.log_prompt is not None,
    )
