"""The whole register of a project in few selects, for comparing many people with it at once."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from surveys.models.followup import Invitation, Mailing
from surveys.models.imports import PeopleImport
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, MailStop, Outcome, Participant, PersonalPage
from surveys.models.programme import Organisation, Series


class KnownPerson(NamedTuple):
    """A participant, as rows of a file are compared with."""

    id: int
    code: str
    name: str
    email: str
    gender: str
    language: str
    organisation_id: int | None
    role: str | None
    attributes: dict[str, str]


class KnownEnrolment(NamedTuple):
    id: int
    participant_id: int
    state: str
    work_group: str | None
    registered_at: datetime
    starts_on: date | None
    ends_on: date | None


def participants(session: Session, project_id: int) -> list[KnownPerson]:
    """Everyone in a project."""
    columns = [getattr(Participant, name) for name in KnownPerson._fields]
    rows = session.execute(select(*columns).where(Participant.project_id == project_id))
    return [KnownPerson(*row) for row in rows]


def enrolments(session: Session, series_id: int) -> list[KnownEnrolment]:
    """All enrolments of a series."""
    columns = [getattr(Enrolment, name) for name in KnownEnrolment._fields]
    rows = session.execute(select(*columns).where(Enrolment.series_id == series_id))
    return [KnownEnrolment(*row) for row in rows]


def organisations(session: Session, project_id: int) -> Sequence[Organisation]:
    """Those that people can be of; what was merged into another is left out."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.project_id == project_id, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.position)
    ).all()


def ids_by_code(session: Session, project_id: int) -> dict[str, int]:
    """The participants' ids by their codes."""
    rows = session.execute(
        select(Participant.code, Participant.id).where(Participant.project_id == project_id)
    )
    return {row.code: row.id for row in rows}


def people_import(session: Session, public_id: str) -> PeopleImport | None:
    """An import with its report and its series; not the file itself."""
    series = joinedload(PeopleImport.series).joinedload(Series.project)
    return session.scalar(_import(public_id).options(series))


def held_import(session: Session, public_id: str) -> PeopleImport | None:
    """The same, and nobody else changes it until the transaction ends."""
    return session.scalar(_import(public_id).with_for_update())


def _import(public_id: str) -> Select[PeopleImport]:
    return (
        select(PeopleImport).where(PeopleImport.public_id == public_id).options(undefer(PeopleImport.report))
    )


def content(session: Session, import_id: int) -> bytes | None:
    return session.scalar(select(PeopleImport.content).where(PeopleImport.id == import_id))


def imports_of(session: Session, series_id: int, most: int = 10) -> Sequence[PeopleImport]:
    """The latest imports of a series, newest first, with who made them."""
    return session.scalars(
        select(PeopleImport)
        .where(PeopleImport.series_id == series_id)
        .options(joinedload(PeopleImport.user))
        .order_by(PeopleImport.id.desc())
        .limit(most)
    ).all()


def enrolment(session: Session, participant_id: int, enrolment_id: int) -> Enrolment | None:
    """One enrolment of this very person, with its series."""
    return session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.participant_id == participant_id)
        .options(joinedload(Enrolment.series), joinedload(Enrolment.participant))
    )


def enrolled_in(session: Session, series_id: int, participant_id: int) -> Enrolment | None:
    return session.scalar(
        select(Enrolment).where(Enrolment.series_id == series_id, Enrolment.participant_id == participant_id)
    )


def enrolments_of_people(session: Session, series_id: int, participant_ids: Collection[int]) -> Sequence[int]:
    """The ids of these few people's enrolments in a series."""
    mine = Enrolment.participant_id.in_(participant_ids)
    return session.scalars(select(Enrolment.id).where(Enrolment.series_id == series_id, mine)).all()


def outcomes(session: Session, enrolment_ids: Sequence[int]) -> Sequence[Outcome]:
    return session.scalars(
        select(Outcome).where(Outcome.enrolment_id.in_(enrolment_ids)).order_by(Outcome.on_date, Outcome.id)
    ).all()


def mails_ahead(session: Session, enrolment_id: int) -> int:
    """How many mails lie in the outbox for an enrolment.

    Reminders about the log left out: that one is not needed any more tells that something has been written.
    """
    waiting = select(func.count()).where(Message.enrolment_id == enrolment_id, Message.state == "due")
    return session.scalar(waiting.where(Message.kind != "log_reminder")) or 0


def reminders_ahead(session: Session, enrolment_id: int) -> int:
    """How many reminders are planned of what the person has been asked."""
    same = and_(Mailing.rule_id == Invitation.rule_id, Mailing.target == Invitation.target)
    counted = (
        select(func.count())
        .select_from(Invitation)
        .join(Mailing, same)
        .where(
            Invitation.enrolment_id == enrolment_id,
            Invitation.withdrawn_at.is_(None),
            Mailing.step > 0,
            Mailing.state == "planned",
        )
    )
    return session.scalar(counted) or 0


def why_kept(session: Session, enrolment_id: int) -> str | None:
    """Why an enrolment cannot be removed, by a code: it has been asked, mailed or recorded somewhere."""
    reasons = (
        ("asked", Invitation.enrolment_id),
        ("log", LogBook.enrolment_id),
        ("mailed", Message.enrolment_id),
        ("attendance", Attendance.enrolment_id),
    )
    for code, column in reasons:
        if session.scalar(select(exists().where(column == enrolment_id))):
            return code
    return None


def mailings_for(session: Session, enrolment_id: int) -> Sequence[Mailing]:
    """The mailings that are this person's alone."""
    return session.scalars(select(Mailing).where(Mailing.enrolment_id == enrolment_id)).all()


def kept_beside(session: Session, participant_id: int) -> Sequence[PersonalPage | MailStop]:
    """What is kept about a person beside the enrolments."""
    pages = session.scalars(select(PersonalPage).where(PersonalPage.participant_id == participant_id)).all()
    stops = session.scalars(select(MailStop).where(MailStop.participant_id == participant_id)).all()
    return [*pages, *stops]


def series(session: Session, series_id: int) -> Series:
    return session.scalars(
        select(Series).where(Series.id == series_id).options(joinedload(Series.project))
    ).one()


def next_import(session: Session, now: datetime) -> PeopleImport | None:
    """The oldest import to check or save that nobody works on, locked."""
    free = or_(PeopleImport.lease_ends_at.is_(None), PeopleImport.lease_ends_at < now)
    return session.scalars(
        select(PeopleImport)
        .where(PeopleImport.state.in_(("checking", "saving")), free)
        .order_by(PeopleImport.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def newest_enrolment(session: Session, series_id: int) -> Enrolment:
    """The enrolment that was made last in a series."""
    return session.scalars(
        select(Enrolment).where(Enrolment.series_id == series_id).order_by(Enrolment.id.desc()).limit(1)
    ).one()
