"""What people do by hand with a mailing: send it now, skip it, try it on themselves. What changes it leaves a
deed with who, when and why.

With ``rehearse`` an act is carried out, looked at and undone: what comes back is the difference that it would
make in what is planned; mails that lie in the outbox already are not part of it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import timing
from surveys.followups import planning
from surveys.followups.difference import Difference, difference, photograph
from surveys.keys import new_public_id
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.outbox.act_faults import (
    AlreadySent,
    Closed,
    NoAttendance,
    NotDeferred,
    NotPlanned,
    NotSkipped,
    UnknownMailing,
    UnknownPerson,
)
from surveys.queries import acts as queries
from surveys.queries import planning as planning_queries

PLANNED = frozenset({"planned", "waiting"})
QUIET = ("quiet_hours", "weekend", "holiday")


def send_now(
    db: Database, mailing_id: int, user_id: int | None, why: str, now: datetime, rehearse: bool = False
) -> Difference:
    """Let a mailing go at once, in quiet hours too; one that was missed and is still open as well.

    Raises UnknownMailing, Closed, AlreadySent, NotPlanned, NoAttendance.
    """

    def act(session: Session, mailing: Mailing) -> None:
        if now >= mailing.closes_at:
            raise Closed
        if mailing.state in PLANNED | {"missed"}:
            _refuse_without_attendance(session, mailing)
            mailing.state, mailing.reason, mailing.deferral = "planned", None, None
            mailing.pinned_at = mailing.due_at = now
            mailing.due_wall = timing.to_wall(now, mailing.timezone)
        else:
            _release(session, mailing, now)
        mailing.quiet_override = True

    return _act(db, mailing_id, "send_now", act, user_id, why, now, rehearse)


def skip(
    db: Database, mailing_id: int, user_id: int | None, why: str, now: datetime, rehearse: bool = False
) -> Difference:
    """Let a mailing not be sent, or what of it still lies in the outbox; planning does not bring it back.

    Raises UnknownMailing, AlreadySent, NotPlanned.
    """

    def act(session: Session, mailing: Mailing) -> None:
        if mailing.state in PLANNED:
            mailing.state, mailing.reason = "cancelled", "skipped"
        else:
            _refuse_without_mails(session, mailing)
            _write(session, mailing, {"state": "cancelled", "reason": "skipped"})

    return _act(db, mailing_id, "skip", act, user_id, why, now, rehearse)


def unskip(
    db: Database, mailing_id: int, user_id: int | None, why: str, now: datetime, rehearse: bool = False
) -> Difference:
    """Plan a skipped mailing again. Raises UnknownMailing, NotSkipped."""

    def act(_session: Session, mailing: Mailing) -> None:
        if (mailing.state, mailing.reason) != ("cancelled", "skipped"):
            raise NotSkipped
        mailing.state, mailing.reason = "planned", None

    return _act(db, mailing_id, "unskip", act, user_id, why, now, rehearse)


def override_quiet(
    db: Database, mailing_id: int, user_id: int | None, why: str, now: datetime, rehearse: bool = False
) -> Difference:
    """Let a mailing go when its rule says, whatever is quiet then. Raises UnknownMailing, NotDeferred."""

    def act(session: Session, mailing: Mailing) -> None:
        if mailing.quiet_override:
            raise NotDeferred
        if mailing.state not in PLANNED:
            _release(session, mailing, now, only=QUIET)
        elif mailing.deferral is None:
            raise NotDeferred
        mailing.quiet_override = True

    return _act(db, mailing_id, "override_quiet", act, user_id, why, now, rehearse)


def test_send(db: Database, mailing_id: int, person: str, language: str, user_id: int, now: datetime) -> None:
    """Mail a user what the participant with the code ``person`` gets, in ``language``, with a dead link.

    Raises UnknownMailing, UnknownPerson.
    """
    with db.transaction() as session:
        mailing = _mailing(session, mailing_id)
        enrolment = queries.enrolment_by_code(session, mailing, person)
        if enrolment is None:
            raise UnknownPerson
        message = Message(
            public_id=new_public_id(),
            mailing_id=mailing.id,
            user_id=user_id,
            kind="test",
            step=queries.newest_trial(session, user_id, mailing.id) + 1,
            params={"enrolment_id": enrolment.id, "language": language},
            state="due",
            next_attempt_at=now,
        )
        session.add(message)


# Carrying out


def _act(
    db: Database,
    mailing_id: int,
    action: str,
    act: Callable[[Session, Mailing], None],
    user_id: int | None,
    why: str,
    now: datetime,
    rehearse: bool,
) -> Difference:
    with db.transaction(rehearse) as session:
        _hold_series_of(session, mailing_id)
        mailing = _mailing(session, mailing_id)
        series = mailing.rule.series
        only = [mailing.enrolment_id] if mailing.enrolment_id is not None else []
        before = photograph(session, series.id, now, only=only)
        act(session, mailing)
        planning.refresh_mailings(session, series.id, now, only)
        deed = Deed(
            project_id=series.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=f"mailing:{mailing.id}",
            why=why,
        )
        session.add(deed)
        return difference(before, photograph(session, series.id, now, only=only))


def _mailing(session: Session, mailing_id: int) -> Mailing:
    mailing = queries.hold_mailing(session, mailing_id)
    if mailing is None:
        raise UnknownMailing
    return mailing


def _hold_series_of(session: Session, mailing_id: int) -> None:
    """Lock all that a change of one mailing may move, in the order in which everybody does."""
    if found := planning_queries.series_of_mailing(session, mailing_id):
        series_id, enrolment_id = found
        only = [enrolment_id] if enrolment_id is not None else []
        planning_queries.mailings_to_refresh(session, series_id, only)


def _refuse_without_attendance(session: Session, mailing: Mailing) -> None:
    needs = mailing.step == 0 and planning_queries.needs_attendance(mailing, mailing.rule.series)
    if needs and not planning_queries.attendance_is_recorded(session, mailing.occasion_id or 0):
        raise NoAttendance


def _refuse_without_mails(session: Session, mailing: Mailing) -> None:
    if mailing.state not in {"expanding", "expanded"}:
        raise NotPlanned
    if not queries.has_waiting_mails(session, mailing.id):
        raise AlreadySent


def _release(session: Session, mailing: Mailing, now: datetime, only: tuple[str, ...] = ()) -> None:
    """Let go at once what of an expanded mailing lies in the outbox, ``only`` what waits for one of these."""
    _refuse_without_mails(session, mailing)
    values = {"next_attempt_at": now, "not_before": now, "quiet_override": True}
    _write(session, mailing, values, only)


def _write(session: Session, mailing: Mailing, values: dict[str, Any], only: tuple[str, ...] = ()) -> None:
    waiting = update(Message).where(Message.mailing_id == mailing.id, Message.state == "due")
    waiting = waiting.where(Message.enrolment_id.is_not(None))
    if only:
        waiting = waiting.where(Message.reason.in_(only))
    session.execute(waiting.values(**values).execution_options(synchronize_session=False))
