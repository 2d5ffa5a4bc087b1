"""Who a mailing goes to and who is left out, each with the reason. Reads, writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from surveys.domain import audience, condition_tree
from surveys.followups.targets import ENDED
from surveys.keys import Keyring
from surveys.models.followup import FollowUpRule
from surveys.models.people import Enrolment, Participant
from surveys.queries import audience as queries

Roll = Sequence[tuple[Enrolment, Participant]]


@dataclass(frozen=True)
class Person:
    code: str
    name: str
    language: str


@dataclass(frozen=True)
class LeftOut:
    """Somebody who does not get the mail; ``reason`` is a code.

    enrolment_ended, absent, not_recorded; the conditions' own (:func:`surveys.domain.audience.why_not`);
    enrolled_late, unsubscribed, address_dead. Of reminders also answered, withdrawn, refused, not_invited.
    """

    person: Person
    reason: str


@dataclass(frozen=True)
class Audience:
    """Who gets a mail and who does not; ``settled`` is False while attendance has not been written down."""

    receivers: tuple[Person, ...]
    left_out: tuple[LeftOut, ...]
    settled: bool = True


def who(
    session: Session,
    keys: Keyring,
    rule: FollowUpRule,
    occasion_id: int | None = None,
    enrolment_id: int | None = None,
) -> Audience:
    """Who the first mail of a rule goes to as things are now, at an occasion or for one person.

    ``rule`` may be changed in the session and not saved. Where attendance decides and none has been written
    down, those are shown who would get it if everybody came.
    """
    roll = queries.people_enrolled(session, rule.series_id)
    reasons, settled = why_not_invited(session, keys, rule, roll, occasion_id, enrolment_id)
    return as_audience(roll, reasons, settled)


def as_audience(roll: Roll, reasons: dict[int, str], settled: bool) -> Audience:
    """The people of a roll by the reason of each ("": gets it); those without a reason are not spoken of."""
    return Audience(
        tuple(person(each) for enrolment, each in roll if reasons.get(enrolment.id) == ""),
        tuple(
            LeftOut(person(each), reasons[enrolment.id])
            for enrolment, each in roll
            if reasons.get(enrolment.id)
        ),
        settled,
    )


def why_not_invited(
    session: Session,
    keys: Keyring,
    rule: FollowUpRule,
    roll: Roll,
    occasion_id: int | None,
    enrolment_id: int | None = None,
    everyone: bool = False,
) -> tuple[dict[int, str], bool]:
    """(enrolment → why not, "" for those who get it; whether that is settled).

    ``everyone``: the mailing goes to all for want of attendance.
    """
    if enrolment_id is not None:
        roll = [each for each in roll if each[0].id == enrolment_id]
    reasons = {enrolment.id: "enrolment_ended" if enrolment.state in ENDED else "" for enrolment, _ in roll}
    settled = True
    if not everyone and queries.needs_attendance(rule, rule.series, occasion_id):
        settled = _leave_out_absent(session, reasons, occasion_id)
    else:
        _leave_out_late(session, reasons, rule, roll, enrolment_id)
    _leave_out_unmatched(session, keys, reasons, rule, occasion_id)
    leave_out_unreachable(session, reasons, roll, rule.series_id, reminder=False)
    return reasons, settled


def leave_out_unreachable(
    session: Session, reasons: dict[int, str], roll: Roll, series_id: int, reminder: bool
) -> None:
    """Mark those who want no such mail, or whose address mail has come back from."""
    stopped = queries.stopped(session, series_id, reminder)
    for enrolment, participant in roll:
        if reasons.get(enrolment.id) != "":
            continue
        if enrolment.id in stopped:
            reasons[enrolment.id] = "unsubscribed"
        elif participant.dead_address == participant.email:
            reasons[enrolment.id] = "address_dead"


def chosen(
    session: Session, keys: Keyring, rule: FollowUpRule, enrolments: Sequence[int], occasion_id: int | None
) -> list[int]:
    """Those of the enrolments that the conditions of a rule hold for, in order."""
    if rule.audience_filter is None:
        return list(enrolments)
    tree = condition_tree.parse(rule.audience_filter)
    facts = queries.facts(session, keys, enrolments, tree, occasion_id)
    return [each for each in enrolments if audience.matches(tree, facts[each])]


def person(participant: Participant) -> Person:
    return Person(participant.code, participant.name, participant.language)


def _leave_out_absent(session: Session, reasons: dict[int, str], occasion_id: int | None) -> bool:
    present = queries.presence(session, occasion_id) if occasion_id is not None else {}
    if not present:
        return False
    for enrolment_id, reason in reasons.items():
        if not reason and enrolment_id not in present:
            reasons[enrolment_id] = "not_recorded"
        elif not reason and not present[enrolment_id]:
            reasons[enrolment_id] = "absent"
    return True


def _leave_out_late(
    session: Session, reasons: dict[int, str], rule: FollowUpRule, roll: Roll, enrolment_id: int | None
) -> None:
    since = queries.first_went(session, rule, enrolment_id)
    if since is None:
        return
    for enrolment, _ in roll:
        if not reasons[enrolment.id] and enrolment.added_at > since:
            reasons[enrolment.id] = "enrolled_late"


def _leave_out_unmatched(
    session: Session, keys: Keyring, reasons: dict[int, str], rule: FollowUpRule, occasion_id: int | None
) -> None:
    if rule.audience_filter is None:
        return
    tree = condition_tree.parse(rule.audience_filter)
    asked = [each for each, reason in reasons.items() if not reason]
    facts = queries.facts(session, keys, asked, tree, occasion_id)
    for each in asked:
        reasons[each] = audience.why_not(tree, facts[each])
