"""Answers from papers without a code: handed out in the room, to whoever wants one.

Nobody was asked by such a paper, so what stands on it is an answer and no person: it is in the results, and
not in the response rate. It cannot be compared with other answers, changed or taken back, but by whoever
typed it in just now. Where answers are kept with names there are none: there the name is asked for.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from surveys.answers import beginnings, made_files, source, tallies, text_index
from surveys.answers.paper import NotUndone, is_open, mode_of, undone
from surveys.database import Database
from surveys.domain.privacy import PrivacyMode, common_target
from surveys.domain.questionnaire import Checked, Form, ThemeRef, check
from surveys.domain.questions import Fields, ThemeChoice
from surveys.keys import token_hash
from surveys.models.followup import Mailing
from surveys.models.response import Response
from surveys.queries import answer_keys, mailings, sheets
from surveys.queries.results import key as measurement_of
from surveys.queries.sheets import SheetKey

_TICKET = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class NotTaken(Exception):
    """A paper without a code cannot be typed in; ``code`` says why: named, not_sent or closed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Faulty(Exception):
    """What stands on the paper cannot be kept: ``checked.errors`` says what. ``changed``: the questions are
    others than on the page that was sent.
    """

    code = "faulty"

    def __init__(self, sheet: "Sheet", checked: Checked, changed: bool = False) -> None:
        super().__init__()
        self.sheet, self.checked, self.changed = sheet, checked, changed


@dataclass(frozen=True, slots=True)
class Sheet:
    """The questions of a paper; ``today`` is an ISO date where it was handed out."""

    form: Form
    key: SheetKey
    today: str

    @property
    def version(self) -> str:
        """What names the questions on the page that is sent."""
        return self.key.version


@dataclass(frozen=True, slots=True)
class EnteredUncoded:
    """A paper that has been typed in: ``key`` is enough to take it back. ``new`` is False where it was there
    already; ``left_out`` as of :class:`surveys.answers.paper.Entered`.
    """

    key: str
    new: bool = True
    left_out: int = 0


def may_be(mailing: Mailing) -> bool:
    """Whether there are papers without a code: wherever no answer has a name."""
    return not mode_of(mailing).keeps_link


def sheet(session: Session, mailing: Mailing, now: datetime) -> Sheet:
    """What such a paper asks. Raises :class:`NotTaken`."""
    mode = mode_of(mailing)
    if not may_be(mailing):
        raise NotTaken("named")
    if mailing.state not in ("expanding", "expanded"):
        raise NotTaken("not_sent")
    if not is_open(mailing, now) or answer_keys.is_closed(session, mailing, mode):
        raise NotTaken("closed")
    asks = mailing.rule.questionnaire
    version = asks.in_use if asks else None
    if version is None:
        raise NotTaken("not_sent")
    held = sorted(mailing.occasion.themes, key=lambda each: each.code) if mailing.occasion else ()
    themes = tuple(ThemeRef(each.code, each.title) for each in held)
    key = SheetKey(version.id, version.digest, themes)
    return Sheet(
        form=sheets.expanded(session.connection(), key),
        key=key,
        today=now.astimezone(ZoneInfo(mailing.timezone)).date().isoformat(),
    )


def enter(
    db: Database,
    project_id: int,
    mailing_id: int,
    raw: Fields,
    language: str,
    version: str,
    ticket: str,
    user_id: int,
    now: datetime,
) -> EnteredUncoded:
    """Keep what stands on a paper in ``language``, by the rules of :func:`surveys.answers.paper.enter`.

    ``ticket`` is of the page that was sent: the same page sent twice is one paper. Raises :class:`NotTaken`,
    :class:`Faulty`.
    """
    with db.transaction() as session:
        mailing = mailings.mailing(session, project_id, mailing_id)
        if mailing is None or not _TICKET.fullmatch(ticket):
            raise NotTaken("not_sent")
        asked, mode, key = sheet(session, mailing, now), mode_of(mailing), token_hash(ticket)
        if not _stays_open(session, mailing, mode, now):
            raise NotTaken("closed")
        if session.scalar(select(Response.id).where(Response.response_key == key)) is not None:
            return EnteredUncoded(key, new=False)
        checked = source.without_gaps(check(asked.form, raw, complete=True, today=asked.today))
        if version != asked.version or checked.errors or not checked.answers:
            raise Faulty(asked, checked, changed=version != asked.version)
        moment = beginnings.moment(mode, mailing.timezone, now)
        themes = [each.code for each in asked.form.questions if isinstance(each, ThemeChoice)]
        theme = next((checked.answers[code] for code in themes if code in checked.answers), None)
        response, target = uuid4(), common_target(mailing.target)
        session.execute(
            insert(Response).values(
                id=response,
                rule_id=mailing.rule_id,
                target=target,
                version_id=asked.key.version_id,
                privacy_mode=mode.value,
                response_key=key,
                language=language,
                background={"theme": theme} if theme else {},
                answers=checked.answers,
                revision=1,
                started_at=moment,
                saved_at=moment,
                submitted_at=moment,
                uncoded=True,
                **source.columns(source.Paper(user_id), mode),
            )
        )
        place = measurement_of(mailing.rule_id, target)
        text_index.write(
            session.connection(), response, place, asked.key.version_id, asked.form, checked.answers
        )
        if not beginnings.lock(session.connection(), asked.key, moment):
            raise Faulty(asked, checked, changed=True)
        written = check(asked.form, raw, complete=False, today=asked.today).answers
        return EnteredUncoded(key, left_out=len(written.keys() - checked.answers.keys()))


def undo(db: Database, project_id: int, mailing_id: int, key: str, user_id: int, now: datetime) -> None:
    """Take a paper back that was just typed in. Raises :class:`NotUndone` where it is not there any more."""
    with db.transaction() as session:
        mailing = mailings.mailing(session, project_id, mailing_id)
        mine = Response.uncoded & (Response.response_key == key)
        if mailing is None or not is_open(mailing, now):
            raise NotUndone
        mine &= Response.rule_id == mailing.rule_id
        gone = session.execute(delete(Response).where(mine).returning(Response.id)).all()
        if not gone:
            raise NotUndone
        text_index.wipe(session.connection())
        tallies.forget(session.connection(), [measurement_of(mailing.rule_id, mailing.target)])
        made_files.drop_of_rule(session.connection(), mailing.rule_id)
        session.add(undone(project_id, mailing_id, user_id, now))


def _stays_open(session: Session, mailing: Mailing, mode: PrivacyMode, now: datetime) -> bool:
    """Whether what the answers stand under is there, and stays until this transaction ends."""
    if mode.traceable:
        return True
    key = answer_keys.key_of(session, mailing, mode, now)
    return answer_keys.hold_open(session.connection(), key.name)
