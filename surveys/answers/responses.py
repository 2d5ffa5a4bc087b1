"""Answering: opening a form by its link, saving it, sending it in, and correcting it until it closes.

Whoever is writing when a questionnaire closes has a grace of 15 minutes to send in what is on the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from hmac import compare_digest
from uuid import uuid4

from sqlalchemy import Connection, Update, bindparam, insert, update

from surveys.answers.asking_project import Logotype
from surveys.answers.form_view import Answers, FormView, view_of
from surveys.database import Database
from surveys.domain import timing
from surveys.domain.privacy import PrivacyMode, common_target
from surveys.domain.questionnaire import Checked, check
from surveys.domain.questions import Fields
from surveys.keys import Keyring, token_hash
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response
from surveys.queries import answer_keys, answering
from surveys.queries.answering import AskedRow


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
    """Some answers cannot be sent in as they stand; ``errors`` says which and why."""

    code = "incomplete"

    def __init__(self, view: FormView, checked: Checked) -> None:
        super().__init__(view)
        self.checked = checked


class Conflict(NotSaved):
    """Something else has been saved since the page was opened: ``stored``; ``mine`` is what was sent now."""

    code = "conflict"

    def __init__(self, view: FormView, mine: Answers) -> None:
        super().__init__(view)
        self.stored, self.mine = view.current, mine


@dataclass(frozen=True, slots=True)
class Saved:
    """``revision`` now; ``checked.errors`` are answers left out of a draft. ``submitted``: it is sent in."""

    revision: int
    submitted: bool
    checked: Checked


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
        return _view(connection, _opened(connection, keys, public_id, token, now), now)


def save(
    db: Database,
    keys: Keyring,
    public_id: str,
    token: str,
    raw: Fields,
    revision: int,
    language: str,
    now: datetime,
    submit: bool,
    version: str = "",
) -> Saved:
    """Keep form fields as a draft, or send them in; the first time locks the questionnaire's version.

    ``revision`` and ``version`` are those of the page that was sent ("" does not ask about the version).
    The same content again changes nothing, whatever the revision. A draft never replaces what was sent in.
    Raises a :class:`LinkError`, :class:`Closed`, :class:`FormChanged`, :class:`Conflict`, and when sending in
    :class:`Incomplete`.
    """
    # No objects are made: this is what everybody waits for when a course ends.
    with db.writing() as connection:
        answering.hold_invitation(connection, public_id)
        row = _opened(connection, keys, public_id, token, now)
        view = _view(connection, row, now)
        if now >= view.accepts_until or not _stays_open(connection, row):
            raise Closed(view)
        if version and version != view.version:
            raise FormChanged(view)
        checked = check(view.form, raw, complete=submit)
        if submit and checked.errors:
            raise Incomplete(view, checked)
        answers = _with_theme(connection, row, checked.answers)
        if _is_kept(view, answers, submit):
            return Saved(view.revision, submit, checked)
        if view.revision and revision != view.revision and answers != view.current:
            raise Conflict(view, answers)
        revision = _keep(connection, keys, row, answers, language, now, submit)
        _lock(connection, row, now)
        if row.declined:
            answering.decline(connection, public_id, False)
        return Saved(revision, submit, checked)


def logotype(db: Database, public_id: str, token: str) -> Logotype:
    """Return the logotype of the project that asks; raises :class:`UnknownLink` where there is none."""
    with db.looking() as connection:
        row = answering.logotype_of(connection, public_id)
        if row is None or row.logotype is None or not compare_digest(row.token_hash, token_hash(token)):
            raise UnknownLink
        return Logotype(row.logotype, row.logotype_type)


def _opened(connection: Connection, keys: Keyring, public_id: str, token: str, now: datetime) -> AskedRow:
    row = answering.asked(connection, keys, public_id)
    if row is None or not compare_digest(row.token_hash, token_hash(token)):
        raise _gone(connection, token)
    if row.withdrawn_at is not None:
        raise WithdrawnLink
    if row.due_at > now:
        raise NotOpenYet(row.due_at, row.timezone)
    return row


def _stays_open(connection: Connection, row: AskedRow) -> bool:
    """Whether the key that the answer stands under is there, and stays until this transaction ends."""
    if PrivacyMode(row.privacy_mode).traceable:
        return True
    return row.key_name is not None and answer_keys.hold_open(connection, row.key_name)


def _gone(connection: Connection, token: str) -> LinkError:
    return ReplacedLink() if answering.is_retired(connection, token) else UnknownLink()


def _view(connection: Connection, row: AskedRow, now: datetime) -> FormView:
    return view_of(row, *answering.sheet(connection, row), now)


def _with_theme(connection: Connection, row: AskedRow, answers: Answers) -> Answers:
    """A theme choice is not asked where the register knows the theme: its answer is the register's."""
    if row.theme_code is None or not answers:
        return answers
    return answers | dict.fromkeys(answering.theme_questions(connection, row), row.theme_code)


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
    language: str,
    now: datetime,
    submit: bool,
) -> int:
    revision, now = (row.revision or 0) + 1, _kept_moment(row, now)
    values = {
        "revision": revision,
        "language": language,
        "saved_at": now,
        "background": _background(row, answers, answering.theme_questions(connection, row)),
        "draft": None if submit or answers == row.answers else answers,
    }
    if submit:
        values |= {"answers": answers, "submitted_at": now}
    if row.revision:
        connection.execute(_CHANGE[submit], values | {"response": row.response_id})
    else:
        connection.execute(_INSERT, _NOTHING | _identity(keys, row, now) | values)
    return revision


def _identity(keys: Keyring, row: AskedRow, now: datetime) -> dict[str, object]:
    """What a response is from its first moment. Outside *named* nothing in it refers to the register:
    only keys, which are stored nowhere else.
    """
    mode = PrivacyMode(row.privacy_mode)
    return {
        "id": uuid4(),
        "rule_id": row.rule_id,
        "target": row.target if mode.keeps_link else common_target(row.target),
        "version_id": row.version_id,
        "privacy_mode": mode.value,
        "response_key": keys.response_key(row.public_id, row.key_name),
        "pairing_key": keys.pairing_key(row.enrolment, row.key_name) if mode.pairable else None,
        "enrolment_id": row.enrolment_id if mode.keeps_link else None,
        "started_at": now,
    }


def _kept_moment(row: AskedRow, now: datetime) -> datetime:
    """The moment as it is written down: where it could lead to a person, the beginning of its day."""
    if PrivacyMode(row.privacy_mode).keeps_time:
        return now
    return timing.to_utc(datetime.combine(timing.to_wall(now, row.timezone), time()), row.timezone)


def _background(row: AskedRow, answers: Answers, theme_questions: Sequence[str]) -> dict[str, str]:
    """Coarse classes to break results down by; the theme chosen counts where the register knows none."""
    chosen = next((answers[code] for code in theme_questions if code in answers), None)
    classes = {
        "gender": row.gender,
        "organisation": row.organisation,
        "work_group": row.work_group,
        "theme": row.theme_code or chosen,
    }
    return {name: value for name, value in classes.items() if value}


def _lock(connection: Connection, row: AskedRow, now: datetime) -> None:
    """A version never changes once somebody has answered it, be it in a draft."""
    if row.locked_at is None:
        unlocked = QuestionnaireVersion.id == row.version_id, QuestionnaireVersion.locked_at.is_(None)
        values = {"locked_at": _kept_moment(row, now)}
        connection.execute(update(QuestionnaireVersion).where(*unlocked).values(values))


def _change(submit: bool) -> Update:
    names = ["revision", "language", "saved_at", "background", "draft"]
    names += ["answers", "submitted_at"] if submit else []
    return (
        update(Response)
        .where(Response.id == bindparam("response"))
        .values({name: bindparam(name) for name in names})
    )


_NOTHING: dict[str, object] = {"answers": None, "submitted_at": None}
_INSERT = insert(Response)
_CHANGE = {submit: _change(submit) for submit in (True, False)}
