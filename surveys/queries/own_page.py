"""What a participant's own page lists, and whose page an address or a link leads to."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.database import insert_into
from surveys.keys import token_hash
from surveys.models.followup import FollowUpRule, Invitation, Mailing, RetiredLink
from surveys.models.log import LogBook, LogEntry
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant, PersonalPage
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.queries.attendance import ENDED

_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


def page_by_token(session: Session, token: str) -> PersonalPage | None:
    return session.scalar(select(PersonalPage).where(PersonalPage.token_hash == token_hash(token)))


def page_by_public_id(session: Session, public_id: str) -> PersonalPage | None:
    """A page with its participant."""
    # Addresses are typed by anyone: PostgreSQL refuses a NUL, and says so with an error.
    if not _PUBLIC_ID.fullmatch(public_id):
        return None
    return session.scalar(_pages().where(PersonalPage.public_id == public_id))


def pages_in_series(session: Session, series_id: int, public_ids: Collection[str]) -> Sequence[PersonalPage]:
    """Those of the pages whose owner takes part in the series."""
    known = [each for each in public_ids if _PUBLIC_ID.fullmatch(each)]
    taking_part = exists().where(
        Enrolment.participant_id == PersonalPage.participant_id,
        Enrolment.series_id == series_id,
        Enrolment.state.not_in(ENDED),
    )
    return session.scalars(
        _pages().where(PersonalPage.public_id.in_(known), taking_part).order_by(PersonalPage.id)
    ).all()


def hold_page(session: Session, participant_id: int) -> PersonalPage | None:
    """A person's page; no other transaction changes it until this one ends."""
    found = select(PersonalPage).where(PersonalPage.participant_id == participant_id)
    return session.scalar(found.with_for_update())


def add_page(session: Session, participant_id: int, public_id: str, digest: str) -> None:
    """Make a person's page unless another transaction has made it meanwhile."""
    values = {"public_id": public_id, "participant_id": participant_id, "generation": 1, "token_hash": digest}
    session.execute(insert_into(session, PersonalPage).values(values).on_conflict_do_nothing())


def is_retired(session: Session, token: str) -> bool:
    """Say whether the link has been replaced by a newer one."""
    return session.get(RetiredLink, token_hash(token)) is not None


def project_of(session: Session, participant_id: int) -> Project:
    of_person = select(Participant.project_id).where(Participant.id == participant_id).scalar_subquery()
    return session.scalars(select(Project).where(Project.id == of_person)).one()


def enrolments_by_address(session: Session, series_id: int, address: str) -> Sequence[Enrolment]:
    """Those who take part in a series under an address, given in lower case; several may share it."""
    return session.scalars(
        select(Enrolment)
        .join(Enrolment.participant)
        .where(
            Enrolment.series_id == series_id,
            Enrolment.state.not_in(ENDED),
            or_(Participant.email == address, func.lower(Participant.email) == address),
        )
        .order_by(Enrolment.id)
    ).all()


def anyone_in(session: Session, series_id: int) -> Enrolment | None:
    """Some enrolment of the series."""
    return session.scalar(select(Enrolment).where(Enrolment.series_id == series_id).limit(1))


def people_by_address(session: Session, address: str) -> Sequence[Enrolment]:
    """The newest enrolment that has not ended of each person with an address, given in lower case."""
    newest = (
        select(func.max(Enrolment.id))
        .join(Enrolment.participant)
        .where(
            Enrolment.state.not_in(ENDED),
            or_(Participant.email == address, func.lower(Participant.email) == address),
        )
        .group_by(Enrolment.participant_id)
    )
    return session.scalars(select(Enrolment).where(Enrolment.id.in_(newest)).order_by(Enrolment.id)).all()


def anyone(session: Session) -> Enrolment | None:
    """Some enrolment, of whomever."""
    return session.scalar(select(Enrolment).limit(1))


def last_step(session: Session, enrolment_id: int, occasion_id: int | None) -> int:
    """The number of the last mail with a person's link, asked for at an occasion or (None) sent; 0: none."""
    asked = select(func.max(Message.step)).where(
        Message.enrolment_id == enrolment_id, Message.occasion_id == occasion_id, Message.kind == "own_page"
    )
    return session.scalar(asked) or 0


def links_mailed_since(session: Session, participant_id: int, since: datetime) -> int:
    """How many mails with the link to a person's page are newer than this."""
    wanted = (
        select(func.count())
        .select_from(Message)
        .join(Message.enrolment)
        .where(
            Message.kind == "own_page",
            Message.next_attempt_at > since,
            Enrolment.participant_id == participant_id,
        )
    )
    return session.scalar(wanted) or 0


def asked_at(session: Session, enrolment_ids: Collection[int], occasion_ids: Collection[int]) -> set[int]:
    """At which of the occasions the person has asked for the link by the code on the door."""
    return {
        number
        for number in session.scalars(
            select(Message.occasion_id).where(
                Message.kind == "own_page",
                Message.enrolment_id.in_(enrolment_ids),
                Message.occasion_id.in_(occasion_ids),
            )
        )
        if number is not None
    }


def open_invitations(session: Session, participant_id: int, now: datetime) -> Sequence[Invitation]:
    """What a person is asked and can answer now, over all series; what closes first, first."""
    return session.scalars(
        select(Invitation)
        .join(Invitation.mailing)
        .join(Invitation.enrolment)
        .where(
            Enrolment.participant_id == participant_id,
            Enrolment.state.not_in(ENDED),
            Invitation.withdrawn_at.is_(None),
            Mailing.due_at <= now,
            Mailing.closes_at > now,
        )
        .options(
            joinedload(Invitation.rule).joinedload(FollowUpRule.series),
            joinedload(Invitation.mailing).joinedload(Mailing.occasion),
        )
        .order_by(Mailing.closes_at, Invitation.id)
    ).all()


def invitation_of(session: Session, participant_id: int, public_id: str) -> Invitation | None:
    """One invitation of this very person."""
    if not _PUBLIC_ID.fullmatch(public_id):
        return None
    return session.scalar(
        select(Invitation)
        .join(Invitation.enrolment)
        .where(Invitation.public_id == public_id, Enrolment.participant_id == participant_id)
        .options(joinedload(Invitation.rule))
    )


def books_of(session: Session, participant_id: int) -> Sequence[LogBook]:
    """A person's learning logs, with their series."""
    return session.scalars(
        select(LogBook)
        .join(LogBook.enrolment)
        .where(
            Enrolment.participant_id == participant_id,
            Enrolment.state.not_in(ENDED),
            LogBook.withdrawn_at.is_(None),
        )
        .options(joinedload(LogBook.enrolment).joinedload(Enrolment.series))
        .order_by(LogBook.id)
    ).all()


def written_to(session: Session, invitation_ids: Collection[int]) -> set[int]:
    """To which of the prompts the person has written something: for that person alone."""
    found = select(LogEntry.invitation_id).where(LogEntry.invitation_id.in_(invitation_ids))
    return {number for number in session.scalars(found) if number is not None}


def newest_forms(
    session: Session, questionnaire_ids: Collection[int]
) -> dict[int, tuple[dict[str, str], int]]:
    """Title and minutes of the newest version in use of each questionnaire."""
    rows = session.execute(
        select(
            QuestionnaireVersion.questionnaire_id,
            QuestionnaireVersion.content["title"].label("title"),
            QuestionnaireVersion.content["minutes"].label("minutes"),
        )
        .where(
            QuestionnaireVersion.questionnaire_id.in_(questionnaire_ids),
            QuestionnaireVersion.draft.is_(False),
        )
        .order_by(QuestionnaireVersion.number)
    )
    return {row.questionnaire_id: (row.title, row.minutes or 0) for row in rows}


def next_form(session: Session, occasion_id: int) -> datetime | None:
    """When the next questionnaire about an occasion is to go; None where none is to come."""
    return session.scalar(
        select(func.min(Mailing.due_at))
        .join(FollowUpRule, FollowUpRule.id == Mailing.rule_id)
        .where(
            Mailing.occasion_id == occasion_id,
            Mailing.step == 0,
            Mailing.state.in_(("planned", "waiting")),
            FollowUpRule.questionnaire_id.is_not(None),
        )
    )


def coming_occasions(session: Session, participant_id: int, now: datetime, most: int) -> Sequence[Occasion]:
    """The occasions ahead in a person's series, the next one first."""
    return session.scalars(
        select(Occasion)
        .join(Series, Series.id == Occasion.series_id)
        .join(Enrolment, Enrolment.series_id == Series.id)
        .where(
            Enrolment.participant_id == participant_id,
            Enrolment.state.not_in(ENDED),
            Occasion.cancelled.is_(False),
            Occasion.ends_at > now,
            Series.active,
        )
        .options(selectinload(Occasion.themes), joinedload(Occasion.series))
        .order_by(Occasion.starts_at, Occasion.id)
        .limit(most)
    ).all()


def _pages() -> Select[PersonalPage]:
    return select(PersonalPage).options(joinedload(PersonalPage.participant, innerjoin=True))
