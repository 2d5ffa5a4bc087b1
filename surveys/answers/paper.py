"""Answers on paper: forms for those who were asked, and what staff type in from them.

A paper carries a short code and, but in *named*, no name: whoever types it in does not see whose it is. The
code is made from what the answer is kept under, so that it leads nowhere once an answer cannot be traced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys.answers import made_files, responses, source, tallies, text_index
from surveys.answers.filled import FilledForm
from surveys.answers.form_view import GRACE, FormView
from surveys.database import Database
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import check
from surveys.domain.questions import Fields
from surveys.keys import PAPER_LENGTH, PAPER_LETTERS, Keyring
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.programme import JsonObject
from surveys.models.response import Response
from surveys.queries import answering, chasing, mailings, people
from surveys.queries.results import key as measurement_of

MOST_IN_A_FILE = 300  # forms: more would keep whoever asked for them waiting for too long

_UNSENT = {
    "answers": None,
    "submitted_at": None,
    "source": "web",
    "entered_by": None,
    "revision": Response.revision + 1,
}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


class UnknownPaper(Exception):
    """No form of the mailing has this code, or the person may not be chosen by name."""

    code = "unknown_paper"


class NothingToPrint(Exception):
    """Nobody of the mailing is to get a form."""

    code = "nothing_to_print"


class NotUndone(Exception):
    """What was typed in has been changed since, or is not there any more."""

    code = "not_undone"


@dataclass(frozen=True, slots=True)
class PaperForm:
    """The form of one person. ``link`` is the token that opens it on the web."""

    person: chasing.Asked
    code: str
    link: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """A paper that has been typed in: enough to take it back.

    ``left_out``: how many answers were to questions that are not asked, given the others.
    """

    invitation: str
    code: str
    revision: int
    left_out: int = 0


def mode_of(mailing: Mailing) -> PrivacyMode:
    """The mode of the questionnaire that a mailing asks with."""
    asks = mailing.rule.questionnaire
    assert asks is not None  # noqa: S101 - logs have no paper
    return PrivacyMode(asks.privacy_mode)


def is_open(mailing: Mailing, now: datetime) -> bool:
    """Whether papers can still be typed in: as long as an answer on the web would be taken."""
    return now < mailing.closes_at + GRACE


def forms(session: Session, keys: Keyring, mailing: Mailing, now: datetime) -> list[PaperForm]:
    """The forms of all who were asked and take part still, by organisation and name."""
    everyone = chasing.asked(session, mailing, now)
    answered = people.answered(session, keys, [each.invitation for each in everyone])
    return [_form(keys, each, each.invitation in answered) for each in everyone]


def print_forms(
    db: Database,
    keys: Keyring,
    project_id: int,
    mailing_id: int,
    user_id: int,
    with_links: bool,
    now: datetime,
    language: str | None = None,
    part: int = 0,
) -> Sequence[PaperForm]:
    """The forms of those who have not answered, with a deed that says who printed them, and how many.

    ``language``: only of those who prefer it. ``part`` counts files of MOST_IN_A_FILE from 0.
    Raises :class:`NothingToPrint`.
    """
    with db.transaction() as session:
        mailing = mailings.mailing(session, project_id, mailing_id)
        if mailing is None or not is_open(mailing, now):
            raise NothingToPrint
        silent = [each for each in forms(session, keys, mailing, now) if not each.answered]
        wanted = [each for each in silent if language in (None, each.person.language)]
        found = wanted[part * MOST_IN_A_FILE :][:MOST_IN_A_FILE]
        if not found:
            raise NothingToPrint
        details = {"forms": len(found), "links": with_links}
        session.add(_deed("paper_printed", project_id, mailing_id, user_id, now, details))
        return found


def by_code(session: Session, keys: Keyring, mailing: Mailing, typed: str, now: datetime) -> PaperForm:
    """The form with a code, typed with or without blanks and in any case. Raises :class:`UnknownPaper`."""
    code = plain_code(typed)
    if not code:
        raise UnknownPaper
    return _only(each for each in forms(session, keys, mailing, now) if each.code == code)


def by_person(session: Session, keys: Keyring, mailing: Mailing, person: str, now: datetime) -> PaperForm:
    """The form of the participant with the code ``person``, in *named* alone; raises UnknownPaper."""
    if mode_of(mailing) is not PrivacyMode.NAMED:
        raise UnknownPaper
    return _only(each for each in forms(session, keys, mailing, now) if each.person.code == person)


def plain_code(typed: str) -> str:
    """A code as it is compared; "" where nothing of it can be one."""
    code = "".join(typed.upper().split()).replace("-", "").translate(_READ_AS)
    return code if len(code) == PAPER_LENGTH and set(code) <= set(PAPER_LETTERS) else ""


def opened(db: Database, keys: Keyring, form: PaperForm, now: datetime) -> FormView:
    """The questions of a form, without what the person has begun on the web: that is not for staff to read.

    Raises :class:`responses.AnsweredAlready`, :class:`responses.LinkError`.
    """
    view = responses.open_form(db, keys, form.person.invitation, form.link, now)
    if view.answers is not None:
        raise responses.AnsweredAlready(view)
    return replace(view, draft=None, person=view.person if view.privacy_mode.keeps_link else "")


def enter(
    db: Database,
    keys: Keyring,
    form: PaperForm,
    raw: Fields,
    language: str,
    version: str,
    user_id: int,
    now: datetime,
) -> Entered:
    """Send in what stands on a paper, by the rules of the web but that nothing is insisted upon.

    Raises as :func:`responses.save`: :class:`responses.AnsweredAlready`, :class:`responses.Incomplete`, …
    """
    asked = opened(db, keys, form, now)
    filled = FilledForm(
        fields=raw, language=language, submit=True, version=version, paper=source.Paper(user_id)
    )
    saved = responses.save(db, keys, form.person.invitation, form.link, filled, now)
    answered = check(asked.form, raw, complete=False, today=asked.today).answers
    left_out = len(answered.keys() - saved.checked.answers.keys())
    return Entered(form.person.invitation, form.code, saved.revision, left_out)


def undo(
    db: Database,
    keys: Keyring,
    project_id: int,
    mailing_id: int,
    entered: Entered,
    user_id: int,
    now: datetime,
) -> None:
    """Take a paper back that was just typed in; what the person had begun on the web stays.

    Raises :class:`NotUndone` once the person, or anybody, has saved something since.
    """
    with db.transaction() as session:
        connection = session.connection()
        answering.hold_invitation(connection, entered.invitation)
        row = answering.asked(connection, keys, entered.invitation)
        if row is None or row.source != "paper" or row.revision != entered.revision:
            raise NotUndone
        made_files.drop_of_rule(connection, row.rule_id)
        if row.draft is None:
            session.execute(delete(Response).where(Response.id == row.response_id))
        else:
            session.execute(update(Response).where(Response.id == row.response_id).values(_UNSENT))
        text_index.forget(connection, row.response_id)
        tallies.forget(connection, [measurement_of(row.rule_id, row.target)])
        session.add(undone(project_id, mailing_id, user_id, now))


def undone(project_id: int, mailing_id: int, user_id: int, now: datetime) -> Deed:
    """That somebody has taken back a paper, whichever it was."""
    return _deed("paper_undone", project_id, mailing_id, user_id, now)


def _form(keys: Keyring, person: chasing.Asked, answered: bool) -> PaperForm:
    code = keys.paper_code(keys.response_key(person.invitation, person.key_name))
    return PaperForm(person, code, keys.link_token(person.invitation, person.generation), answered)


def _only(found: Iterable[PaperForm]) -> PaperForm:
    form = next(iter(found), None)
    if form is None:
        raise UnknownPaper
    return form


def _deed(
    action: str,
    project_id: int,
    mailing_id: int,
    user_id: int,
    now: datetime,
    details: JsonObject | None = None,
) -> Deed:
    return Deed(
        project_id=project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"mailing:{mailing_id}",
        details=details,
    )
