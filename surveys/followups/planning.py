"""Rules and dates become mailings, mailings follow when those change, and what is due is expanded.

How one is expanded into invitations and mails stands in :mod:`surveys.followups.expanding`. The moment is
an argument; loops, signals and sleeping are the scheduler's. Composing and sending come after, in
:mod:`surveys.outbox.sending`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.followups.audience import Audience, LeftOut, Person, who
from surveys.followups.expanding import FORM_KINDS, LOG_KINDS, see_to
from surveys.followups.targets import (
    BY_PERSON,
    ENDED,
    STARTED,
    Course,
    Key,
    Wanted,
    allowed_in,
    wanted,
    why_not,
)
from surveys.keys import Keyring
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.queries import audience as audience_queries
from surveys.queries import planning as queries
from surveys.queries.planned import Planned, write_mailings

__all__ = [
    "FORM_KINDS",
    "LOG_KINDS",
    "SKIPPED",
    "Audience",
    "LeftOut",
    "Person",
    "allowed_in",
    "expand_next",
    "forget_mailings",
    "refresh_mailings",
    "refresh_project",
    "states",
    "who",
]

UNSENT = frozenset({"planned", "waiting", "cancelled"})
FEW = 1_000  # people that a select names one by one
SKIPPED = "skipped"  # the reason of a mailing that somebody has cancelled by hand


def expand_next(db: Database, keys: Keyring, now: datetime) -> bool:
    """See to one due mailing: expand it or a part of it, let it wait for attendance, or call it missed; or
    invite those who have come to one that has gone.

    Returns whether there was one, and that nobody else was changing its series. Safe with any number of
    planners: one is at it at a time.
    """
    try:
        with db.transaction() as session:
            return queries.hold_planner(session) and _see_to_next(session, keys, now)
    except queries.SeriesBusy:  # whoever is at it is done in a moment: the next round comes
        return False


def _see_to_next(session: Session, keys: Keyring, now: datetime) -> bool:
    mailing = queries.next_mailing(session, now)
    if mailing is not None:
        due_at = mailing.due_at
        see_to(session, keys, mailing, now)
        if mailing.due_at != due_at:  # the steps after it keep their distance from when it went
            refresh_mailings(session, mailing.rule.series_id, now, only=(), nowait=True)
    return mailing is not None


def refresh_mailings(
    session: Session,
    series_id: int,
    now: datetime,
    only: Collection[int] | None = None,
    nowait: bool = False,
) -> None:
    """Bring the mailings of a series in step with its rules and dates, in the caller's transaction.

    Call it after any change of dates, rules, enrolments or attendance. Adds, moves and cancels what is
    unsent; a cancelled one comes back when its rule does, but not one that somebody skipped, and a missed
    one when its rule now means a moment ahead. What has been expanded stays as it is but for ``closes_at``,
    and but for mails that wait untried in the outbox: they move with their occasion; where somebody may
    have come to it since it went, it is looked at again. Doing it twice changes nothing.

    ``only``: the few enrolments that the change is about, none where it is about no person's own mailings;
    those of everybody else are left alone. ``nowait``: whoever calls holds one of them already, and gets
    ``SeriesBusy`` where others are held. Raises the errors of ``planning_targets.wanted``.
    """
    session.flush()
    held: dict[Key, Planned] = {
        (each.rule_id, each.target, each.step): each
        for each in queries.mailings_to_refresh(session, series_id, only, nowait)
    }
    before = [(each, each.changing()) for each in held.values()]
    course = _course(session, series_id, held, only)
    needed = wanted(course)
    kept = [(held[key], want) for key, want in needed.items() if key in held]
    later = [(mailing, want) for mailing, want in kept if _goes_later(mailing, want, now)]
    waits = _Waits(course)
    for mailing, want in kept:
        _follow(mailing, waits.of(mailing), want, now)
    postponed = _postpone_untried(session, later)
    _cancel(session, course, [held[key] for key in held.keys() - needed.keys()])
    write_mailings(session, [(each, was) for each, was in before if each.changing() != was])
    new = [_new_mailing(key, want) for key, want in needed.items() if key not in held]
    if new:
        session.connection().execute(insert(Mailing), new)
    _look_again(session, [mailing for mailing, _ in kept], now)
    if postponed:  # the steps after it keep their distance from when it goes now
        refresh_mailings(session, series_id, now, only, nowait)


def forget_mailings(session: Session, mailings: Sequence[Mailing]) -> None:
    """Delete mailings by which nobody has been asked; mails to staff about them (tests) stay."""
    for mailing in mailings:
        about = update(Message).where(Message.mailing_id == mailing.id, Message.user_id.is_not(None))
        session.execute(about.values(mailing_id=None).execution_options(synchronize_session="fetch"))
        session.delete(mailing)
    session.flush()


def refresh_project(session: Session, project_id: int, now: datetime) -> None:
    """The same for every series of a project: when its quiet hours, its zone or anything else changed."""
    for series_id in sorted(queries.series_of(session, project_id)):  # locked in one order, as all do
        refresh_mailings(session, series_id, now)


def states(db: Database) -> Counter[str]:
    """How many mailings are in each state."""
    with db.reading() as session:
        return Counter(queries.states(session))


def _course(
    session: Session, series_id: int, held: Mapping[Key, Planned], only: Collection[int] | None
) -> Course:
    series, rules = queries.series_to_plan(session, series_id), queries.rules_of(session, series_id)
    by_person = any(rule.active and rule.anchor in BY_PERSON for rule in rules)
    return Course(
        series=series,
        occasions=queries.occasions_of(session, series_id),
        rules=rules,
        enrolled=queries.enrolments_of(session, series_id, only) if by_person else (),
        allowed=allowed_in(series.project),
        held=held,
    )


def _new_mailing(key: Key, want: Wanted) -> dict[str, Any]:
    rule_id, target, step = key
    return {
        "rule_id": rule_id,
        "target": target,
        "step": step,
        "occasion_id": want.occasion_id,
        "enrolment_id": want.enrolment_id,
        "intended_at": want.intended.utc,
        "due_at": want.due.utc,
        "due_wall": want.due.wall,
        "timezone": want.due.zone,
        "deferral": want.deferral,
        "closes_at": want.closes_at,
        "state": "planned",
        "quiet_override": False,
        "recheck": False,
    }


class _Waits:
    """Which mailings go to those present at an occasion whose attendance is kept."""

    def __init__(self, course: Course) -> None:
        self._series = course.series
        self._rules = {rule.id: rule for rule in course.rules}

    def of(self, mailing: Planned) -> bool:
        rule = self._rules[mailing.rule_id]
        return audience_queries.needs_attendance(rule, self._series, mailing.occasion_id)


def _follow(mailing: Planned, waits: bool, want: Wanted, now: datetime) -> None:
    mailing.closes_at = want.closes_at
    if mailing.state in UNSENT:
        _follow_unsent(mailing, waits, want)
    elif mailing.state == "missed" and want.intended.utc != mailing.intended_at and want.due.utc > now:
        _move(mailing, want)
        mailing.state, mailing.reason = "planned", None


def _follow_unsent(mailing: Planned, waits: bool, want: Wanted) -> None:
    moved = _move(mailing, want)
    if mailing.state == "cancelled" and mailing.reason == SKIPPED:
        return
    if moved or mailing.state == "cancelled" or (mailing.state == "waiting" and not waits):
        mailing.state, mailing.reason = "planned", None


def _move(mailing: Planned, want: Wanted) -> bool:
    moved = mailing.due_at != want.due.utc
    mailing.intended_at, mailing.due_at = want.intended.utc, want.due.utc
    mailing.due_wall, mailing.timezone, mailing.deferral = want.due.wall, want.due.zone, want.deferral
    return moved


def _goes_later(mailing: Planned, want: Wanted, now: datetime) -> bool:
    return mailing.state in STARTED and want.due.utc > max(now, mailing.due_at)


def _postpone_untried(session: Session, later: Sequence[tuple[Planned, Wanted]]) -> bool:
    """Move with their occasion the mailings of which no mail has been tried; whether there were any."""
    tried = queries.tried_among(session, [mailing.id for mailing, _ in later])
    for mailing, want in later:
        if mailing.id not in tried:
            _move(mailing, want)
            untried = (Message.mailing_id == mailing.id) & (Message.state == "due")
            values = update(Message).where(untried).values(next_attempt_at=want.due.utc)
            session.execute(values.execution_options(synchronize_session="fetch"))
    return any(mailing.id not in tried for mailing, _ in later)


def _look_again(session: Session, mailings: Sequence[Planned], now: datetime) -> None:
    """Where somebody may have come to a mailing since it went, the planner looks again."""
    for each in mailings:
        whole = each.step == 0 and each.enrolment_id is None
        if whole and each.state == "expanded" and now < each.closes_at:
            _recheck(session, session.get_one(Mailing, each.id))


def _recheck(session: Session, mailing: Mailing) -> None:
    if audience_queries.has_candidates(session, mailing):
        # Written whatever was read: the planner may have looked, and said so, since.
        session.execute(update(Mailing).where(Mailing.id == mailing.id).values(recheck=True))


def _cancel(session: Session, course: Course, mailings: Sequence[Planned]) -> None:
    unsent = [each for each in mailings if each.state in {"planned", "waiting"}]
    persons = {each.enrolment_id for each in unsent if each.enrolment_id is not None}
    few = persons if len(persons) <= FEW else None
    enrolled = queries.enrolments_of(session, course.series.id, few) if persons else ()
    left = {each.id for each in enrolled if each.state in ENDED}
    rules = {each.id: each for each in course.rules}
    occasions = {each.id: each for each in course.occasions}
    for mailing in unsent:
        occasion = occasions.get(mailing.occasion_id or 0)
        has_left = mailing.enrolment_id in left
        mailing.state = "cancelled"
        mailing.reason = why_not(course.series, rules[mailing.rule_id], occasion, has_left)
