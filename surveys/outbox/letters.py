"""From the row of a claimed mail to what :mod:`surveys.mail.compose` writes it from."""

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Row
from sqlalchemy.orm import Session

from surveys.keys import Keyring
from surveys.mail.outgoing import About, Kind, Outgoing, Sender, StaffKind, StaffMail, Told, Wording
from surveys.models.programme import LocalText, OccasionChange, Project
from surveys.outbox import wanted
from surveys.queries import letters as queries
from surveys.queries import mail_texts
from surveys.queries import notices as notice_queries

DEAD_PATH = "/"  # the link in a test mail leads nowhere in particular
FORM_KINDS = ("invitation", "reminder")
LOG_KINDS = ("log_prompt", "log_reminder")


def asked(session: Session, keys: Keyring, message_id: int, row: Row[Any]) -> Outgoing:
    """A mail that asks something of its receiver."""
    mail = _asking(_claimed(session, keys, message_id, row), row)
    return replace(mail, path=_path(keys, row))


def personal(session: Session, keys: Keyring, message_id: int, row: Row[Any]) -> Outgoing:
    """A notice about an occasion, or the link to one's own page."""
    mail = _claimed(session, keys, message_id, row)
    if row.kind in wanted.NOTICES:
        return replace(mail, told=_told(session, message_id, row))
    return replace(mail, path=f"/min/{keys.link_token(row.page, row.generation)}")


def specimen(session: Session, mailing_id: int, enrolment_id: int, language: str) -> Outgoing | None:
    """The mail of a mailing as an enrolment gets it, in ``language``, with a link that leads nowhere.

    None where they do not belong together.
    """
    row = queries.specimen(session, mailing_id, enrolment_id)
    if row is None:
        return None
    kind = cast(Kind, (FORM_KINDS if row.log_prompt is None else LOG_KINDS)[1 if row.step else 0])
    mail = _asking(_letter(row, kind, language), row)
    return replace(mail, path=DEAD_PATH, wording=_own_wording(session, row.project_id, kind, language))


def staff(session: Session, keys: Keyring, message_id: int, row: Row[Any]) -> StaffMail | None:
    """A mail to a user; None where what it is about is not there any more."""
    params = row.params or {}
    project = queries.project(session, params.get("project_id"), row.mailing_id)
    original = None
    if row.kind == "test" and row.mailing_id is not None:
        language = str(params.get("language", row.language))
        original = specimen(session, row.mailing_id, int(params.get("enrolment_id", 0)), language)
    if project is None or (row.kind == "test" and original is None):
        return None
    return StaffMail(
        message_id=message_id,
        public_id=row.public_id,
        kind=cast(StaffKind, row.kind),
        receiver=row.name,
        address=row.email,
        language=original.language if original else row.language,
        project=sender_of(project),
        params=params,
        original=original,
        return_token=keys.return_token(message_id),
    )


def sender_of(project: Project) -> Sender:
    return Sender(project.code, project.title, project.sender_name, project.reply_to, project.timezone)


def _letter(row: Row[Any], kind: Kind, language: str) -> Outgoing:
    """What all mails to participants have in common; as it stands it is nobody's and asks nothing."""
    return Outgoing(
        message_id=0,
        public_id="test",
        kind=kind,
        step=row.step,
        receiver=row.name,
        address=row.email,
        language=language,
        sender=_sender(row),
        series=row.series_title,
        about=_about(row),
        attended=False,
        asks={},
        minutes=None,
        path="",
        closes_at=None,
        emblem=row.emblem,
    )


def _claimed(session: Session, keys: Keyring, message_id: int, row: Row[Any]) -> Outgoing:
    language = _language(row)
    return replace(
        _letter(row, row.kind, language),
        message_id=message_id,
        public_id=row.public_id,
        stop=f"/avsluta/{keys.stop_token(row.enrolment)}",
        wording=_wording(session, row, language),
        return_token=keys.return_token(message_id),
    )


def _asking(mail: Outgoing, row: Row[Any]) -> Outgoing:
    return replace(
        mail, attended=_attended(row), asks=_asks(row), minutes=row.minutes, closes_at=row.closes_at
    )


def _language(row: Row[Any]) -> str:
    """Of its receiver, now that it goes; the project's first where that is none of its."""
    return str(row.language if row.language in row.languages else row.languages[0])


def _sender(row: Row[Any]) -> Sender:
    return Sender(row.project_code, row.project_title, row.sender_name, row.reply_to, row.project_timezone)


def _about(row: Row[Any]) -> About | None:
    if row.occasion_id is None:
        return None
    return About(
        title=row.occasion_title,
        place=row.place,
        starts=row.starts_wall,
        ends=row.ends_wall,
        timezone=row.occasion_timezone,
        uid=row.uid,
        sequence=row.sequence,
        cancelled=row.cancelled,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _attended(row: Row[Any]) -> bool:
    return row.occasion_id is not None and row.audience == "present" and bool(row.attendance_kept)


def _asks(row: Row[Any]) -> LocalText:
    return cast(LocalText, row.questionnaire_title if row.log_prompt is None else row.log_prompt)


def _path(keys: Keyring, row: Row[Any]) -> str:
    if row.log_prompt is None:
        return f"/s/{keys.link_token(row.invitation, row.generation)}"
    return f"/l/{keys.link_token(row.book, row.book_generation)}?fraga={row.invitation}"


def _wording(session: Session, row: Row[Any], language: str) -> Wording | None:
    if language == row.language:  # looked up with the row
        return Wording(row.own_subject, row.own_body) if row.own_subject is not None else None
    return _own_wording(session, row.project_id, row.kind, language)


def _own_wording(session: Session, project_id: int, kind: str, language: str) -> Wording | None:
    own = mail_texts.own_text(session, project_id, kind, language)
    return Wording(own.subject, own.body) if own else None


def _told(session: Session, message_id: int, row: Row[Any]) -> Told | None:
    was = notice_queries.changes(session, row.occasion_id)
    before: OccasionChange | None = wanted.told_before(session, message_id, row, was)
    if before is None:
        return None
    return Told(before.starts_wall, before.ends_wall, before.timezone, before.place, before.cancelled)
