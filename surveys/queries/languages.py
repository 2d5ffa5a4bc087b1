"""Selects about the languages that participants read."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.models.people import Participant


def readers(session: Session, project_id: int) -> Mapping[str, int]:
    """How many participants of a project have each language."""
    rows = session.execute(
        select(Participant.language, func.count().label("readers"))
        .where(Participant.project_id == project_id)
        .group_by(Participant.language)
    )
    return {row.language: row.readers for row in rows}
