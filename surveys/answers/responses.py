"""Answering: opening a form by its link, saving it, sending it in, and correcting it until it closes.

Whoever is writing when a questionnaire closes has a grace of 15 minutes to finish and send in.
"""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from uuid import UUID, uuid4

from sqlalchemy import Connection, Update, bindparam, insert, update

from surveys.answers import beginnings, source, text_index
from surveys.answers.asking_project import Logotype
from surveys.answers.filled import FilledForm
from surveys.answers.form_view import Answers, FormView, edition_of, view_of
from surveys.answers.steps import is_stale, unseen, whole
from surveys.database import Database
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Checked, check
from surveys.keys import Keyring, token_hash
from surveys.models.response import Response
from surveys.queries import answer_keys, answering, sheets
from surveys.queries.answering import AskedRow
from surveys.queries.results import key


class LinkError(Exception):
    """A form that cannot be opened; ``code`` says why, nothing about its content is told."""

    code = "link"


class UnknownLink(LinkError):
    """No invitation has this link, or the browser holds none for it."""

    code = "unknown_link"


class ReplacedLink(LinkError):
    """The link has been replaced by a newer one."""

    code = "replaced_link"


class WithdrawnLink(LinkError):
    """The link has been withdrawn."""

    code = "withdrawn_link"


class NotOpenYet(LinkError):
    """The questionnaire opens at ``opens_at``."""

    code = "not_open_yet"

    def __init__(self, opens_at: datetime, timezone: str) -> None:
        super().__init__()
        self.opens_at, self.timezone = opens_at, timezone


class NotSaved(Exception):
    """What was sent has not been kept. ``view`` is the form as it stands now."""

    code = "not_saved"

    def __init__(self, view: FormView) -> None:
        super().__init__()
        self.view = view


class Closed(NotSaved):
    """The questionnaire has closed, and the grace is over."""

    code = "closed"


class FormChanged(NotSaved):
    """The questions are others than on the page that was sent."""

    code = "form_changed"


class Incomplete(NotSaved):
    """``checked.errors`` says which answers cannot be sent in; ``new`` which questions were not in sight."""

    code = "incomplete"

    def __init__(self, view: FormView, checked: Checked, new: frozenset[str]) -> None:
        super().__init__(view)
        self.checked, self.new = checked, new


class Conflict(NotSaved):
    """Something else has been saved since the page was opened: ``stored``; ``mine`` is what was sent now."""

    code = "conflict"

    def __init__(self, view: FormView, mine: Answers) -> None:
        super().__init__(view)
        self.stored, self.mine = view.current, mine


class AnsweredAlready(NotSaved):
    """What stood on paper has not been kept: the person has answered, and that is not overwritten."""

    code = "answered_already"


@dataclass(frozen=True, slots=True)
class Saved:
    """``revision`` and ``edition`` now; ``checked.errors`` are left out of a draft. ``view`` is the form as
    it was before.
    """

    revision: int
    edition: str
    submitted: bool
    checked: Checked
    view: FormView


def open_link(db: Database, token: str) -> str:
    """Return the public id of the invitation that a link leads to; raises a :class:`LinkError`."""
    with db.looking() as connection:
        target = answering.link_target(connection, token)
        if target is None:
            raise _gone(connection, token)
        if target.withdrawn:
            raise WithdrawnLink
        return target.public_id


def open_form(db: Database, keys: Keyring, public_id: str, token: str, now: datetime) -> FormView:
    """Return the form of an invitation for whoever holds its link; raises a :class:`LinkError`.

    A closed form can still be opened, to read what was answered.
    """
    with db.looking() as connection:
        return _view(connection, opened(connection, keys, public_id, token, now), now)


def save(
    db: Database,
    keys: Keyring,
    public_id: str,
    token: str,
    filled: FilledForm,
    now: datetime,
) -> Saved:
    """Keep a form as a draft, or send it in; the first time locks the questionnaire's version.

    Of a step all other answers stay, and only an answer to the same question given elsewhere is in conflict
    with it. The same content again changes nothing, whatever it was written on. A draft never replaces what
    was sent in. Raises a :class:`LinkError`, :class:`Closed`, :class:`FormChanged`, :class:`Conflict`, and
    when sending in or when the answer of a step cannot be taken :class:`Incomplete`. From paper what was left
    out is missing and no fault, and what somebody has begun on the web is kept beside it; where they have
    sent it in already: :class:`AnsweredAlready`.
    """
    step, submit = filled.step, filled.submit
    # No objects are made: this is what everybody waits for when a course ends.
    with db.writing() as connection:
        answering.hold_invitation(connection, public_id)
        row = opened(connection, keys, public_id, token, now)
        view = _view(connection, row, now)
        if now >= view.accepts_until or not stays_open(connection, row):
            raise Closed(view)
        if filled.version and filled.version != view.version:
            raise FormChanged(view)
        if filled.paper and view.answers is not None:
            raise AnsweredAlready(view)
        checked = check(view.form, whole(view, filled.fields, step), complete=submit, today=view.today)
        if filled.paper:
            checked = source.without_gaps(checked)
        new = unseen(view, checked.answers, filled.seen if submit else None)
        if new or (checked.errors and (submit or (step and step.code in checked.errors))):
            raise Incomplete(view, checked, new)
        answers = _with_theme(connection, row, checked.answers)
        if _is_kept(view, answers, submit):
            return Saved(view.revision, view.edition, submit, checked, view)
        stale = not filled.paper and is_stale(view, answers, filled.edition, step)
        if stale and (answers != view.current or filled.fields is None):
            raise Conflict(view, answers)
        response = _keep(connection, keys, row, answers, filled, now)
        if submit:
            place, version = key(row.rule_id, row.target), view.sheet.version_id
            anew = view.answers is not None
            text_index.write(connection, response, place, version, view.form, answers, anew=anew)
        moment = beginnings.kept_moment(row, now)
        if not row.locked_at and not beginnings.lock(connection, view.sheet, moment):
            raise FormChanged(_view(connection, opened(connection, keys, public_id, token, now), now))
        if row.declined:
            answering.decline(connection, public_id, False)
        revision = view.revision + 1
        return Saved(revision, edition_of(response, revision), submit, checked, view)


def logotype(db: Database, public_id: str, token: str) -> Logotype:
    """Return the logotype of the project that asks; raises :class:`UnknownLink` where there is none."""
    with db.looking() as connection:
        row = answering.logotype_of(connection, public_id)
        if row is None or row.logotype is None or not compare_digest(row.token_hash, token_hash(token)):
            raise UnknownLink
        return Logotype(row.logotype, row.logotype_type)


def opened(connection: Connection, keys: Keyring, public_id: str, token: str, now: datetime) -> AskedRow:
    """What an invitation asks and holds, for whoever has its link; raises a :class:`LinkError`."""
    row = answering.asked(connection, keys, public_id)
    if row is None or not compare_digest(row.token_hash, token_hash(token)):
        raise _gone(connection, token)
    if row.withdrawn_at is not None:
        raise WithdrawnLink
    if row.due_at > now:
        raise NotOpenYet(row.due_at, row.timezone)
    return row


def stays_open(connection: Connection, row: AskedRow) -> bool:
    """Whether the key that the answer stands under is there, and stays until this transaction ends."""
    if PrivacyMode(row.privacy_mode).traceable:
        return True
    return row.key_closed_at is None and answer_keys.hold_open(connection, row.key_name)


def _gone(connection: Connection, token: str) -> LinkError:
    return ReplacedLink() if answering.is_retired(connection, token) else UnknownLink()


def _view(connection: Connection, row: AskedRow, now: datetime) -> FormView:
    return view_of(row, *sheets.sheet_of(connection, row), now)


def _with_theme(connection: Connection, row: AskedRow, answers: Answers) -> Answers:
    """A theme choice is not asked where the register knows the theme: its answer is the register's."""
    if row.theme_code is None or not answers:
        return answers
    return answers | dict.fromkeys(sheets.theme_questions(connection, row), row.theme_code)


def _is_kept(view: FormView, answers: Answers, submit: bool) -> bool:
    """Whether there is nothing to do: a double click, Back and again, or an untouched form."""
    if submit:
        return view.answers == answers and view.draft is None
    return view.current == answers and (view.revision > 0 or not answers)


def _keep(
    connection: Connection,
    keys: Keyring,
    row: AskedRow,
    answers: Answers,
    filled: FilledForm,
    now: datetime,
) -> UUID:
    """Write the response down; returns its id."""
    submit, now = filled.submit, beginnings.kept_moment(row, now)
    values = {
        "revision": (row.revision or 0) + 1,
        "language": filled.language,
        "saved_at": now,
        "background": beginnings.background(row, answers, sheets.theme_questions(connection, row)),
        "draft": None if submit or answers == row.answers else answers,
    }
    if submit:
        values |= {
            "answers": answers,
            "submitted_at": now,
            **source.columns(filled.paper, PrivacyMode(row.privacy_mode)),
        }
    if filled.paper:
        values["draft"] = row.draft
    response: UUID = row.response_id or uuid4()
    if row.revision:
        connection.execute(_CHANGE[submit], values | {"response": response})
    else:
        identity = beginnings.identity(keys, row, now)
        connection.execute(_INSERT, _NOTHING | {"id": response} | identity | values)
    return response


def _change(submit: bool) -> Update:
    names = ["revision", "language", "saved_at", "background", "draft"]
    names += ["answers", "submitted_at", "source", "entered_by"] if submit else []
    return (
        update(Response)
        .where(Response.id == bindparam("response"))
        .values({name: bindparam(name) for name in names})
    )


_NOTHING: dict[str, object] = {"answers": None, "submitted_at": None, "source": "web", "entered_by": None}
_INSERT = insert(Response)
_CHANGE = {submit: _change(submit) for submit in (True, False)}
