"""The organisations of a project: in levels, with their other spellings, and how many work in each."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.domain.organisations import Levels, Placed
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation, OrganisationName, Series

MERGED = "organisation_merged"


def everyone(session: Session, project_id: int) -> Sequence[Organisation]:
    """All of a project, also those merged into others."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.project_id == project_id)
        .order_by(Organisation.position, Organisation.id)
    ).all()


def standing(session: Session, project_id: int) -> Sequence[Organisation]:
    """Those that count: what was merged into another is left out."""
    return [each for each in everyone(session, project_id) if each.merged_into_id is None]


def levels(session: Session, project_id: int) -> Levels:
    return Levels(
        Placed(each.id, each.code, each.parent_id, each.merged_into_id)
        for each in everyone(session, project_id)
    )


def spellings(session: Session, project_id: int) -> list[tuple[str, int]]:
    """Every other spelling, and name and code of what was merged, with the organisation that it means."""
    tree = levels(session, project_id)
    merged = [each for each in everyone(session, project_id) if each.merged_into_id is not None]
    found = [(text, each.id) for each in merged for text in (each.name, each.code)]
    found += [(each.name, each.organisation_id) for each in names(session, project_id)]
    return [(text, tree.standing_for(number)) for text, number in found]


def names(session: Session, project_id: int) -> Sequence[OrganisationName]:
    return session.scalars(
        select(OrganisationName)
        .where(OrganisationName.project_id == project_id)
        .order_by(OrganisationName.name, OrganisationName.id)
    ).all()


def people(session: Session, project_id: int) -> dict[int, int]:
    """How many participants each organisation has of its own."""
    rows = session.execute(
        select(Participant.organisation_id, func.count())
        .where(Participant.project_id == project_id, Participant.organisation_id.is_not(None))
        .group_by(Participant.organisation_id)
    )
    return {number: many for number, many in rows if number is not None}


def people_of(session: Session, organisation_id: int) -> Sequence[int]:
    """The participants (ids) of one organisation."""
    wanted = select(Participant.id).where(Participant.organisation_id == organisation_id)
    return session.scalars(wanted.order_by(Participant.id)).all()


def series_of(session: Session, participants: Sequence[int]) -> Sequence[int]:
    """The series (ids) that any of them is enrolled in."""
    wanted = select(Enrolment.series_id).where(Enrolment.participant_id.in_(participants)).distinct()
    return session.scalars(wanted.order_by(Enrolment.series_id)).all()


def filtered_rules(session: Session, project_id: int) -> Sequence[tuple[FollowUpRule, str]]:
    """The rules of a project that choose whom they reach, with the title of their series."""
    rows = session.execute(
        select(FollowUpRule, Series.title)
        .join(FollowUpRule.series)
        .where(Series.project_id == project_id, FollowUpRule.audience_filter.is_not(None))
    )
    return [(rule, title) for rule, title in rows]


def merger(session: Session, organisation_id: int) -> Deed | None:
    """The last time an organisation was merged into another."""
    return session.scalars(
        select(Deed)
        .where(Deed.subject == f"organisation:{organisation_id}", Deed.action == MERGED)
        .order_by(Deed.id.desc())
    ).first()
