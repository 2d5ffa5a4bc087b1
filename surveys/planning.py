"""What is due becomes rows: rules and dates → mailings, a due mailing → invitations and mails.

Called with the moment; loops, signals and sleeping are the scheduler's. Composing and sending come after,
in :mod:`surveys.sending`.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveys.database import Base, Database
from surveys.domain import timing
from surveys.keys import Keyring, new_public_id, token_hash
from surveys.models.followup import Invitation, Mailing
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.people import Enrolment
from surveys.planning_targets import Course, Key, Wanted, wanted, why_not
from surveys.queries import answering
from surveys.queries import planning as queries

CATCH_UP = timedelta(hours=48)
FORM_KINDS = ("invitation", "reminder")
LOG_KINDS = ("log_prompt", "log_reminder")
UNSENT = frozenset({"planned", "waiting", "cancelled"})


def refresh_mailings(session: Session, series_id: int, now: datetime) -> None:
    """Bring the mailings of a series in step with its rules and dates, in the caller's transaction.

    Adds, moves and cancels what is unsent; a cancelled one comes back when its rule does. What has been
    expanded or missed stays as it is but for ``closes_at``, and but for mails that wait untried in the
    outbox: they move with their occasion. Doing it twice changes nothing. Raises the errors of
    ``timing.steps`` for a rule that cannot be.
    """
    session.flush()
    held = {
        (each.rule_id, each.target, each.step): each
        for each in queries.mailings_to_refresh(session, series_id)
    }
    needed = wanted(_course(session, series_id))
    for key, want in needed.items():
        if key in held:
            _follow(session, held[key], want, now)
        else:
            session.add(_new_mailing(key, want))
    for key in held.keys() - needed.keys():
        _cancel(session, held[key])
    session.flush()


def expand_next(db: Database, keys: Keyring, now: datetime, catch_up: timedelta = CATCH_UP) -> bool:
    """See to one due mailing: expand it, let it wait for attendance, or call it missed.

    Returns whether there was one. Safe with any number of planners: one is at it at a time.
    """
    with db.transaction() as session:
        if not queries.hold_planner(session):
            return False
        mailing = queries.next_due(session, now, catch_up)
        if mailing is not None:
            _see_to(session, keys, mailing, now, catch_up)
        return mailing is not None


def states(db: Database) -> Counter[str]:
    """How many mailings are in each state."""
    with db.reading() as session:
        return Counter(queries.states(session))


# Keeping mailings in step


def _course(session: Session, series_id: int) -> Course:
    rules = queries.rules_of(session, series_id)
    by_registration = any(rule.active and rule.anchor == "registration" for rule in rules)
    return Course(
        series=queries.series_to_plan(session, series_id),
        occasions=queries.occasions_of(session, series_id),
        rules=rules,
        enrolled=queries.enrolments_of(session, series_id) if by_registration else (),
    )


def _new_mailing(key: Key, want: Wanted) -> Mailing:
    rule_id, target, step = key
    return Mailing(
        rule_id=rule_id,
        target=target,
        step=step,
        occasion_id=want.occasion_id,
        enrolment_id=want.enrolment_id,
        intended_at=want.due.utc,
        due_at=want.due.utc,
        due_wall=want.due.wall,
        timezone=want.due.zone,
        closes_at=want.closes_at,
        state="planned",
    )


def _follow(session: Session, mailing: Mailing, want: Wanted, now: datetime) -> None:
    mailing.closes_at = want.closes_at
    if mailing.state in UNSENT:
        moved = _move(mailing, want)
        stale_wait = mailing.state == "waiting" and not queries.needs_attendance(mailing, mailing.rule.series)
        if moved or stale_wait or mailing.state == "cancelled":
            mailing.state, mailing.reason = "planned", None
    elif mailing.state == "expanded" and want.due.utc > max(now, mailing.due_at):
        _postpone_untried(session, mailing, want)


def _move(mailing: Mailing, want: Wanted) -> bool:
    moved = mailing.due_at != want.due.utc
    mailing.intended_at = mailing.due_at = want.due.utc
    mailing.due_wall, mailing.timezone = want.due.wall, want.due.zone
    return moved


def _postpone_untried(session: Session, mailing: Mailing, want: Wanted) -> None:
    if queries.unsent_only(session, mailing.id):
        _move(mailing, want)
        untried = (Message.mailing_id == mailing.id) & (Message.state == "due")
        session.execute(update(Message).where(untried).values(next_attempt_at=want.due.utc))


def _cancel(session: Session, mailing: Mailing) -> None:
    if mailing.state in {"planned", "waiting"}:
        mailing.state = "cancelled"
        enrolment = session.get(Enrolment, mailing.enrolment_id) if mailing.enrolment_id else None
        mailing.reason = why_not(mailing.rule, mailing.occasion, enrolment)


# Expanding what is due


def _see_to(session: Session, keys: Keyring, mailing: Mailing, now: datetime, catch_up: timedelta) -> None:
    judged = timing.verdict(mailing.due_at, now, catch_up, mailing.closes_at)
    if judged == "missed":
        _miss(mailing, _why_missed(mailing, now))
    elif mailing.step == 0 and _waits(session, mailing):
        mailing.state, mailing.reason = "waiting", "attendance"
    elif mailing.step == 0:
        _invite(session, keys, mailing, now)
    elif overtaken := _why_no_reminder(queries.steps_before(session, mailing), mailing):
        _miss(mailing, overtaken)
    else:
        _remind(session, keys, mailing, now)


def _miss(mailing: Mailing, reason: str) -> None:
    mailing.state, mailing.reason = "missed", reason


def _why_missed(mailing: Mailing, now: datetime) -> str:
    if mailing.state == "waiting":
        return "no_attendance"
    return "closed" if now >= mailing.closes_at else "too_late"


def _waits(session: Session, mailing: Mailing) -> bool:
    return (
        mailing.occasion_id is not None
        and queries.needs_attendance(mailing, mailing.rule.series)
        and not queries.attendance_is_recorded(session, mailing.occasion_id)
    )


def _why_no_reminder(earlier: Sequence[Mailing], mailing: Mailing) -> str | None:
    """Why a reminder that is due is not sent at all.

    After a standstill several steps can be due at once. One that was due already when the step before it
    went out would follow within minutes: it has been overtaken.
    """
    sent = [each.expanded_at for each in earlier if each.expanded_at is not None]
    if not sent or earlier[0].state != "expanded":
        return "overtaken" if earlier and earlier[0].state == "waiting" else "first_missed"
    return "overtaken" if max(sent) >= mailing.due_at else None


def _invite(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> None:
    enrolments = queries.audience(session, mailing, mailing.rule.series)
    _add_missing(session, Invitation, [_invitation(keys, mailing, each, now) for each in enrolments])
    if mailing.rule.log_prompt is not None:
        _add_missing(session, LogBook, [_log_book(keys, each) for each in enrolments])
    _mail_to(session, mailing, queries.invitations_of(session, mailing), now)


def _remind(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> None:
    answered = answering.answered_keys(session, mailing.rule_id, mailing.target)
    # Whoever has written to a prompt is found out when the mail is about to go, not here: what is left out
    # here could be seen, and a private entry may not be.
    reached = queries.invitations_to_remind(session, mailing)
    silent = [each for each in reached if keys.response_key(each.public_id) not in answered]
    _mail_to(session, mailing, silent, now)


def _mail_to(
    session: Session, mailing: Mailing, invitations: Sequence[queries.Invited], now: datetime
) -> None:
    _add_missing(session, Message, [_message(mailing, each, now) for each in invitations])
    mailing.state, mailing.reason, mailing.expanded_at = "expanded", None, now


def _invitation(keys: Keyring, mailing: Mailing, enrolment_id: int, now: datetime) -> dict[str, Any]:
    public_id = new_public_id()
    return {
        "public_id": public_id,
        "rule_id": mailing.rule_id,
        "target": mailing.target,
        "mailing_id": mailing.id,
        "enrolment_id": enrolment_id,
        "generation": 1,
        "token_hash": token_hash(keys.link_token(public_id, 1)),
        "created_at": now,
    }


def _log_book(keys: Keyring, enrolment_id: int) -> dict[str, Any]:
    public_id = new_public_id()
    return {
        "public_id": public_id,
        "enrolment_id": enrolment_id,
        "generation": 1,
        "token_hash": token_hash(keys.link_token(public_id, 1)),
    }


def _message(mailing: Mailing, invited: queries.Invited, now: datetime) -> dict[str, Any]:
    kinds = LOG_KINDS if mailing.rule.log_prompt is not None else FORM_KINDS
    return {
        "public_id": new_public_id(),
        "invitation_id": invited.id,
        "enrolment_id": invited.enrolment_id,
        "mailing_id": mailing.id,
        "kind": kinds[1 if mailing.step else 0],
        "step": mailing.step,
        "resend": 0,
        "state": "due",
        "next_attempt_at": now,
        "attempts": 0,
        "deferrals": 0,
        "quiet_override": mailing.quiet_override,
    }


def _add_missing(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows whose keys are not taken yet, many at a time."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))
