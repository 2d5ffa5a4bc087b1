"""A project's own wording of its mails: per kind of mail and language, else the built-in text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import wording
from surveys.domain.marks import mark_of_text
from surveys.domain.texts import unfolded
from surveys.domain.wording import Fault
from surveys.mail import specimens
from surveys.mail.compose import compose
from surveys.mail.office import Office
from surveys.mail.outgoing import Wording
from surveys.models.deeds import Deed
from surveys.models.programme import JsonObject, Project
from surveys.models.texts import MailText
from surveys.outbox.letters import sender_of
from surveys.queries import mail_texts as queries
from surveys.queries import projects

KINDS = tuple(wording.FIELDS)


class UnknownMailText(Exception):
    """There is no such kind of mail, or the language is none of the project's."""

    code = "unknown_mail_text"


class BadMailText(ValueError):
    """A text that cannot be a mail; ``faults`` maps subject and body to what is wrong."""

    code = "bad_mail_text"

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(f"{name}: {fault.code}" for name, fault in faults.items()))
        self.faults = faults


class MailTextConflict(Exception):
    """Somebody else has changed the text meanwhile; ``stored`` is what it is now, None the built-in one."""

    code = "mail_text_conflict"

    def __init__(self, stored: Wording | None) -> None:
        super().__init__()
        self.stored = stored


@dataclass(frozen=True)
class Preview:
    """A mail as it would look: ``text`` plain, ``html`` whole and not to be shown as it is."""

    subject: str
    text: str
    html: str


def mark_of(stored: Wording | None) -> str:
    return mark_of_text("" if stored is None else f"{stored.subject}\n{stored.body}")


def stored_text(session: Session, project: Project, kind: str, language: str) -> Wording | None:
    """The project's own text, None where the built-in one is used. Raises :class:`UnknownMailText`."""
    _check_known(project, kind, language)
    return _wording(queries.own_text(session, project.id, kind, language))


def change(
    db: Database,
    project_id: int,
    kind: str,
    language: str,
    wanted: Wording,
    seen: str,
    user_id: int | None,
    now: datetime,
) -> Wording:
    """Use ``wanted`` from the next mail on, and return it as it is kept.

    ``seen`` is the mark of the text that the change was made from. Raises :class:`UnknownMailText`,
    :class:`BadMailText`, or :class:`MailTextConflict` where it has become another meanwhile.
    """
    with db.transaction() as session:
        row = _held(session, project_id, kind, language)
        cleaned, stored = _checked(kind, wanted), _wording(row)
        if mark_of(stored) != seen and stored != cleaned:
            raise MailTextConflict(stored)
        if stored == cleaned:
            return cleaned
        if row is None:
            row = MailText(project_id=project_id, kind=kind, language=language)
            session.add(row)
        row.subject, row.body, row.changed_at = cleaned.subject, cleaned.body, now
        session.add(_deed(project_id, kind, language, stored, cleaned, user_id, now))
        return cleaned


def restore(
    db: Database, project_id: int, kind: str, language: str, seen: str, user_id: int | None, now: datetime
) -> None:
    """Go back to the built-in text; where it is used already this does nothing.

    Raises :class:`UnknownMailText`, or :class:`MailTextConflict` where the text is another than was seen.
    """
    with db.transaction() as session:
        row = _held(session, project_id, kind, language)
        if row is None:
            return
        stored = _wording(row)
        if mark_of(stored) != seen:
            raise MailTextConflict(stored)
        session.delete(row)
        session.add(_deed(project_id, kind, language, stored, None, user_id, now))


def preview(
    office: Office, project: Project, kind: str, language: str, wanted: Wording | None, now: datetime
) -> Preview:
    """A mail with made-up values in ``wanted``, None: in our own words. Raises :class:`BadMailText`."""
    cleaned = None if wanted is None else _checked(kind, wanted)
    mail = specimens.example(kind, language, sender_of(project), project.emblem, cleaned, now)
    with office.app.app_context():
        letter = compose(mail, office, now)
    return Preview(str(letter.subject), str(letter.body), str(letter.html))


def _held(session: Session, project_id: int, kind: str, language: str) -> MailText | None:
    """The stored text; nobody else changes one of the project's until the transaction ends."""
    project = projects.hold_project(session, project_id)
    _check_known(project, kind, language)
    return queries.own_text(session, project_id, kind, language)


def _check_known(project: Project, kind: str, language: str) -> None:
    if kind not in wording.FIELDS or language not in project.languages:
        raise UnknownMailText


def _wording(row: MailText | None) -> Wording | None:
    return None if row is None else Wording(row.subject, row.body)


def _checked(kind: str, wanted: Wording) -> Wording:
    cleaned = Wording(" ".join(wanted.subject.split()), unfolded(wanted.body).strip())
    found = {
        "subject": wording.subject_fault(kind, cleaned.subject),
        "body": wording.body_fault(kind, cleaned.body),
    }
    if faults := {name: fault for name, fault in found.items() if fault is not None}:
        raise BadMailText(faults)
    return cleaned


def _deed(
    project_id: int,
    kind: str,
    language: str,
    before: Wording | None,
    after: Wording | None,
    user_id: int | None,
    now: datetime,
) -> Deed:
    details: JsonObject = {
        "kind": kind,
        "language": language,
        "before": _plain(before),
        "after": _plain(after),
    }
    return Deed(
        project_id=project_id,
        user_id=user_id,
        done_at=now,
        action="mail_text",
        subject=f"project:{project_id}",
        details=details,
    )


def _plain(text: Wording | None) -> dict[str, str] | None:
    return None if text is None else {"subject": text.subject, "body": text.body}
