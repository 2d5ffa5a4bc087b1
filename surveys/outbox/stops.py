"""Ending mails to a person: reminders, a series, or everything; and taking that back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.keys import Keyring
from surveys.models.deeds import Deed
from surveys.models.people import Enrolment, MailStop
from surveys.queries import stops as queries

SCOPES = ("reminders", "series", "everything")


class UnknownStopLink(Exception):
    """The link that ends mails is not one of ours."""

    code = "unknown_stop_link"


class UnknownStop(Exception):
    """The person has no such stop, or it is lifted already."""

    code = "unknown_stop"


@dataclass(frozen=True, slots=True)
class Stopped:
    """What of the mails to the person behind a link is ended."""

    project: str
    series: str
    scopes: frozenset[str]
    emblem: str | None = None


def stopped(db: Database, keys: Keyring, token: str) -> Stopped:
    """What is ended now; changes nothing. Raises UnknownStopLink."""
    with db.reading() as session:
        return _stopped(session, _enrolment(session, keys, token))


def stop(
    db: Database, keys: Keyring, token: str, scope: str, now: datetime, source: str = "unsubscribe"
) -> None:
    """End mails of ``scope``; again does nothing. Raises UnknownStopLink, or ValueError of another scope."""
    if scope not in SCOPES:
        raise ValueError(scope)
    with db.transaction() as session:
        enrolment = _enrolment(session, keys, token)
        if not _standing(session, enrolment, scope):
            series_id = enrolment.series_id if scope == "series" else None
            session.add(
                MailStop(
                    participant_id=enrolment.participant_id,
                    scope=scope,
                    series_id=series_id,
                    source=source,
                    stopped_at=now,
                )
            )


def lift(db: Database, keys: Keyring, token: str, scope: str, now: datetime) -> None:
    """Let mails of ``scope`` go again; where nothing is ended this does nothing. Raises UnknownStopLink."""
    with db.transaction() as session:
        for each in _standing(session, _enrolment(session, keys, token), scope):
            each.lifted_at = now


def lift_by_hand(db: Database, participant_id: int, stop_id: int, user_id: int | None, now: datetime) -> None:
    """Let a person's mails go again on behalf of that person; leaves a deed. Raises UnknownStop."""
    with db.transaction() as session:
        found = queries.standing(session, participant_id, stop_id, hold=True)
        if found is None:
            raise UnknownStop
        found.lifted_at = now
        session.add(
            Deed(
                project_id=found.participant.project_id,
                user_id=user_id,
                done_at=now,
                action="lift_stop",
                subject=f"participant:{participant_id}",
                details={"scope": found.scope, "source": found.source, "series_id": found.series_id},
            )
        )


def _enrolment(session: Session, keys: Keyring, token: str) -> Enrolment:
    public_id = keys.stopped_enrolment(token)
    found = session.scalar(select(Enrolment).where(Enrolment.public_id == public_id)) if public_id else None
    if found is None:
        raise UnknownStopLink
    return found


def _standing(session: Session, enrolment: Enrolment, scope: str) -> list[MailStop]:
    query = select(MailStop).where(
        MailStop.participant_id == enrolment.participant_id,
        MailStop.scope == scope,
        MailStop.lifted_at.is_(None),
    )
    if scope == "series":
        query = query.where(MailStop.series_id == enrolment.series_id)
    return list(session.scalars(query))


def _stopped(session: Session, enrolment: Enrolment) -> Stopped:
    scopes = frozenset(scope for scope in SCOPES if _standing(session, enrolment, scope))
    project = enrolment.series.project
    return Stopped(project.title, enrolment.series.title, scopes, project.emblem)
