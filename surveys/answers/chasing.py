"""Who has not answered, as a list to ring by: status, never content, and never about a learning log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session, object_session

from surveys.database import Database
from surveys.domain.privacy import PrivacyMode
from surveys.domain.texts import has_bad_characters
from surveys.keys import Keyring
from surveys.models.deeds import CallNote
from surveys.models.followup import Mailing
from surveys.models.questionnaire import Questionnaire
from surveys.queries import answer_keys, mailings, people
from surveys.queries import chasing as queries

MOST_NOTE = 500
_PHONE = frozenset({"telefon", "telefonnummer", "tel", "mobil", "mobiltelefon", "phone", "mobile"})


class CannotBeKnown(Exception):
    """Who has answered is nobody's to know: a log, or a questionnaire without names that has closed."""

    code = "cannot_be_known"


class BadNote(ValueError):
    """A note that cannot be kept; ``code`` says why: too_long or bad_characters."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownInvitation(Exception):
    """There is no such invitation in this mailing."""

    code = "unknown_invitation"


@dataclass(frozen=True)
class Silent:
    """Somebody who has not answered; ``notes`` newest first."""

    person: queries.Asked
    phone: str
    notes: Sequence[CallNote]

    @property
    def unreachable(self) -> bool:
        """Whether mail to the address has come back."""
        return self.person.dead_address == self.person.email


@dataclass(frozen=True)
class Workplace:
    """The participants of one organisation; ``name`` None: of none."""

    name: str | None
    asked: int
    silent: Sequence[Silent]

    @property
    def answered(self) -> int:
        return self.asked - len(self.silent)


@dataclass(frozen=True)
class CallList:
    """``lost_at_closing``: in this mode the list cannot be had once the questionnaire has closed."""

    asked: int
    silent: int
    lost_at_closing: bool
    workplaces: Sequence[Workplace]

    @property
    def everyone(self) -> Iterable[Silent]:
        return (each for workplace in self.workplaces for each in workplace.silent)


def can_be_known(mailing: Mailing, now: datetime) -> bool:
    """Whether it may be shown who has answered: always *with name* and *coded*, in the other two modes
    until closing, of a log never.
    """
    asks = mailing.rule.questionnaire
    if asks is None or not _is_lost(asks):
        return asks is not None
    session = object_session(mailing)
    destroyed = session is not None and answer_keys.is_closed(
        session, mailing, PrivacyMode(asks.privacy_mode)
    )
    return now < mailing.closes_at and not destroyed


def call_list(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> CallList:
    """Those who were asked at the mailing's target and have not answered, by organisation.

    Raises :class:`CannotBeKnown`.
    """
    asks = mailing.rule.questionnaire
    if asks is None or not can_be_known(mailing, now):
        raise CannotBeKnown
    asked = queries.asked(session, mailing, now)
    answered = people.answered(session, keys, [each.invitation for each in asked])
    # Whoever has taken the answer back does not want to be asked again.
    done = answered | {each.invitation for each in asked if each.declined}
    silent = [each for each in asked if each.invitation not in done]
    notes = queries.notes(session, [each.invitation_id for each in silent])
    workplaces = [
        Workplace(name, len(held), [_silent(each, notes) for each in held if each.invitation not in done])
        for name, held in (
            (name, list(each)) for name, each in groupby(asked, key=lambda one: one.organisation)
        )
    ]
    return CallList(len(asked), len(silent), _is_lost(asks), workplaces)


def note_call(
    db: Database, project_id: int, mailing_id: int, invitation_id: int, user_id: int, note: str, now: datetime
) -> None:
    """Write down that somebody was rung; an empty note says just that.

    Raises :class:`BadNote`, :class:`CannotBeKnown`, :class:`UnknownInvitation`.
    """
    text = " ".join(note.split())
    if has_bad_characters(text):
        raise BadNote("bad_characters")
    if len(text) > MOST_NOTE:
        raise BadNote("too_long")
    with db.transaction() as session:
        mailing = mailings.mailing(session, project_id, mailing_id)
        if mailing is None or queries.invitation_of(session, mailing, invitation_id, now) is None:
            raise UnknownInvitation
        if not can_be_known(mailing, now):
            raise CannotBeKnown
        session.add(CallNote(invitation_id=invitation_id, user_id=user_id, noted_at=now, note=text))


def _silent(person: queries.Asked, notes: dict[int, list[CallNote]]) -> Silent:
    phone = next((text for name, text in person.attributes.items() if name.casefold() in _PHONE), "")
    return Silent(person, phone, notes.get(person.invitation_id, []))


def _is_lost(asks: Questionnaire) -> bool:
    return not PrivacyMode(asks.privacy_mode).traceable
