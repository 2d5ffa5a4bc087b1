"""Follow-up rules added, changed, switched and removed. Each shows first what it changes in what is sent.

With ``rehearse`` a change is carried out, looked at and undone: what comes back is the difference that it
would make. ``keys`` are needed to count the people that conditions leave.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.patterns import code_for
from surveys.domain.rule_spec import RuleSpec, tidied
from surveys.domain.timing import TimingError
from surveys.followups import gone, planning
from surveys.followups.difference import Difference, Photograph, difference, photograph
from surveys.followups.rule_checks import BadRule, checked, spec_of, values_of
from surveys.keys import Keyring
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import Message
from surveys.queries import planning as planning_queries
from surveys.queries import rules as queries

__all__ = [
    "BadRule",
    "Changed",
    "RuleConflict",
    "RuleGone",
    "RuleHasSent",
    "add_rule",
    "change_rule",
    "remove_rule",
    "spec_of",
    "switch_rule",
]

LOG = "logg"


@dataclass(frozen=True)
class Changed:
    """What a change came to: the rule's code, and the difference in what is sent."""

    rule_code: str
    difference: Difference


class RuleConflict(Exception):
    """Somebody else has changed the rule meanwhile; ``stored`` is what it is now."""

    code = "rule_conflict"

    def __init__(self, stored: RuleSpec) -> None:
        super().__init__()
        self.stored = stored


class RuleGone(LookupError):
    """There is no such rule in the series (any more)."""

    code = "rule_gone"


class RuleHasSent(Exception):
    """A rule that has asked somebody stays; it can be switched off."""

    code = "rule_has_sent"


def add_rule(
    db: Database,
    series_id: int,
    wanted: RuleSpec,
    user_id: int | None,
    now: datetime,
    rehearse: bool = False,
    keys: Keyring | None = None,
) -> Changed:
    """Give a series one rule more; its code is made from what it asks. Raises :class:`BadRule`."""
    spec = tidied(wanted)
    with db.transaction(rehearse) as session:
        series = queries.hold_series(session, series_id)
        asks = checked(session, series, spec)
        before = photograph(session, series_id, now, keys)
        taken, last = queries.codes_and_last_position(session, series_id)
        code = code_for(spec.questionnaire or LOG, taken)
        rule = FollowUpRule(series_id=series_id, code=code, position=last + 1, **values_of(spec, asks))
        session.add(rule)
        return _done(session, rule, before, keys, "rule_added", user_id, now)


def change_rule(
    db: Database,
    series_id: int,
    code: str,
    wanted: RuleSpec,
    seen: str,
    user_id: int | None,
    now: datetime,
    rehearse: bool = False,
    keys: Keyring | None = None,
) -> Changed:
    """Let a rule say something else; what has been sent stays, what has not follows the new rule.

    ``seen`` is the mark of the rule that the change was made from. Raises :class:`BadRule`,
    :class:`RuleGone`, or :class:`RuleConflict` where it has become another meanwhile.
    """
    spec = tidied(wanted)
    with db.transaction(rehearse) as session:
        rule = _held(session, series_id, code)
        stored = spec_of(rule)
        asks = checked(session, rule.series, spec, rule)
        if stored.mark != seen and tidied(stored) != spec:
            raise RuleConflict(stored)
        before = photograph(session, series_id, now, keys)
        for name, value in values_of(spec, asks).items():
            setattr(rule, name, value)
        return _done(session, rule, before, keys, "rule_changed", user_id, now)


def switch_rule(
    db: Database,
    series_id: int,
    code: str,
    active: bool,
    user_id: int | None,
    now: datetime,
    rehearse: bool = False,
    keys: Keyring | None = None,
) -> Changed:
    """Switch a rule off or on again; doing it twice changes nothing.

    Raises :class:`RuleGone`, and :class:`BadRule` for one that can not be switched on as it is.
    """
    with db.transaction(rehearse) as session:
        rule = _held(session, series_id, code)
        if active and not rule.active:
            checked(session, rule.series, tidied(replace(spec_of(rule), active=True)), rule)
        before = photograph(session, series_id, now, keys)
        rule.active = active
        return _done(session, rule, before, keys, "rule_on" if active else "rule_off", user_id, now)


def remove_rule(
    db: Database,
    series_id: int,
    code: str,
    user_id: int | None,
    now: datetime,
    rehearse: bool = False,
    keys: Keyring | None = None,
) -> Changed:
    """Remove a rule that has asked nobody. Raises :class:`RuleGone`, :class:`RuleHasSent`."""
    with db.transaction(rehearse) as session:
        rule = _held(session, series_id, code)
        # Locked first: the planner may be expanding one of them.
        planning_queries.mailings_to_refresh(session, series_id)
        if queries.has_sent(session, rule.id):
            raise RuleHasSent
        before = photograph(session, series_id, now, keys)
        subject = _subject(rule)
        _clear(session, rule)
        session.add(_deed(rule.series.project_id, "rule_removed", subject, code, user_id, now))
        gone.let_go(session, "rule", "mailing")
        planning.refresh_mailings(session, series_id, now)
        return Changed(code, difference(before, photograph(session, series_id, now, keys)))


def _held(session: Session, series_id: int, code: str) -> FollowUpRule:
    queries.hold_series(session, series_id)
    rule = queries.rule(session, series_id, code)
    if rule is None:
        raise RuleGone(code)
    return rule


def _done(
    session: Session,
    rule: FollowUpRule,
    before: Photograph,
    keys: Keyring | None,
    action: str,
    user_id: int | None,
    now: datetime,
) -> Changed:
    _refresh(session, rule, now)
    session.add(_deed(rule.series.project_id, action, _subject(rule), rule.code, user_id, now))
    return Changed(rule.code, difference(before, photograph(session, rule.series_id, now, keys)))


def _refresh(session: Session, rule: FollowUpRule, now: datetime) -> None:
    session.flush()
    try:
        planning.refresh_mailings(session, rule.series_id, now)
    except TimingError as error:
        raise BadRule({"offset": error.code}) from error


def _clear(session: Session, rule: FollowUpRule) -> None:
    """Take the rule away with its mailings; mails to staff about them (tests) stay."""
    of_rule = Mailing.rule_id == rule.id
    mailings = queries.mailing_ids(rule.id)
    session.execute(update(Message).where(Message.mailing_id.in_(mailings)).values(mailing_id=None))
    session.execute(delete(Mailing).where(of_rule))
    session.delete(rule)


def _subject(rule: FollowUpRule) -> str:
    return f"rule:{rule.id}"


def _deed(project_id: int, action: str, subject: str, code: str, user_id: int | None, now: datetime) -> Deed:
    return Deed(
        project_id=project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=subject,
        details={"rule": code},
    )
