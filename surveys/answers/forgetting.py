"""What the register holds of who answered when, of those asked under a key, made to say nothing.

Who was reminded, and who no longer had to be, tells who had answered by which day. A mail's number stands in
the return address of what was sent, so no row goes: a reminder becomes one whose receiver is not known. All
rows of those asked are written, also where nothing changes: which transaction wrote a row last must tell
nothing.
"""

from collections import defaultdict
from datetime import datetime
from random import Random

from sqlalchemy import Update, bindparam, case, delete, select, update
from sqlalchemy.orm import Session

from surveys.database import Base
from surveys.keys import new_public_id
from surveys.models.answer_key import AnswerKey
from surveys.models.deeds import CallNote
from surveys.models.followup import Invitation, Mailing
from surveys.models.message import Message
from surveys.models.returned import ReturnedMail
from surveys.queries import answer_keys as queries

_MAILS = Base.metadata.tables[Message.__tablename__]
_UNSENT = Message.state.in_(("due", "claimed"))
_TELLING = Message.reason.in_(("answered", "declined"))


def forget(session: Session, key: AnswerKey, now: datetime, chance: Random) -> None:
    """Make what is known of those asked under ``key`` say nothing, in the caller's transaction."""
    reminders = _reminders(session, key, now, chance)
    _forget_what_came_back(session, key)
    _write(session, _first_mails(key))
    if reminders:
        session.connection().execute(_forgotten(), reminders)
    _write(session, update(Invitation).where(queries.invitations_under(key)).values(declined=False))
    session.execute(
        delete(CallNote).where(queries.notes_under(key)).execution_options(synchronize_session=False)
    )
    session.expire_all()


def _reminders(session: Session, key: AnswerKey, now: datetime, chance: Random) -> list[dict[str, object]]:
    """What becomes of each reminder, in no order.

    As many of a mailing went as before, but not the same: their numbers follow those of the invitations. A
    mailing to one person would name its receiver.
    """
    found = session.execute(
        select(Message.id, Message.mailing_id, Message.state, Mailing.enrolment_id)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(queries.messages_under(key), Message.kind == "reminder")
    ).all()
    by_mailing: dict[int | None, list[str]] = defaultdict(list)
    for each in found:
        by_mailing[each.mailing_id].append("sent" if each.state == "sent" else "cancelled")
    for states in by_mailing.values():
        chance.shuffle(states)
    made: list[dict[str, object]] = [
        {
            "number": each.id,
            "name": new_public_id(),
            "moment": now,
            "left": by_mailing[each.mailing_id].pop(),
            "of": each.mailing_id if each.enrolment_id is None else None,
        }
        for each in found
    ]
    chance.shuffle(made)
    return made


def _write(session: Session, statement: Update) -> None:
    session.execute(statement.execution_options(synchronize_session=False))


def _forget_what_came_back(session: Session, key: AnswerKey) -> None:
    """What came back of a reminder tells that it went; its digest stays, so that it is not read again."""
    reminders = select(Message.id).where(queries.messages_under(key), Message.kind == "reminder")
    values = {"message_id": None, "participant_id": None, "address": None, "diagnostic": "", "original": ""}
    _write(session, update(ReturnedMail).where(ReturnedMail.message_id.in_(reminders)).values(values))


def _first_mails(key: AnswerKey) -> Update:
    silenced = _UNSENT | _TELLING
    return (
        update(Message)
        .where(queries.messages_under(key), Message.kind != "reminder")
        .values(
            state=case((silenced, "missed"), else_=Message.state),
            reason=case((silenced, "closed"), else_=Message.reason),
            claimed_at=None,
            claimed_by=None,
        )
    )


def _forgotten() -> Update:
    """One reminder, by its number; of core, so that many are written at once."""
    return (
        update(_MAILS)
        .where(_MAILS.c.id == bindparam("number"))
        .values(
            kind="forgotten",
            public_id=bindparam("name"),
            invitation_id=None,
            enrolment_id=None,
            mailing_id=bindparam("of"),
            state=bindparam("left"),
            reason=None,
            error=None,
            next_attempt_at=bindparam("moment"),
            not_before=None,
            claimed_at=None,
            claimed_by=None,
            sent_at=None,
            bounced_at=None,
            attempts=0,
            deferrals=0,
        )
    )
