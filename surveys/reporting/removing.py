"""A preliminary version thrown away. What is signed off stays, and so does what a later report follows up."""

from datetime import datetime

from surveys.database import Database
from surveys.followups import gone
from surveys.models.deeds import Deed
from surveys.queries import reports as queries
from surveys.reporting.reports import unsigned


class FollowedUp(Exception):
    """Another report tells what has become of its recommendations."""

    code = "followed_up"


def remove(db: Database, project_id: int, public_id: str, user_id: int, now: datetime) -> None:
    """Remove one preliminary version with its figures and recommendations; its number is not used again.

    Raises :class:`surveys.reporting.reports.UnknownReport`, :class:`surveys.reporting.reports.AlreadySigned`,
    :class:`FollowedUp`.
    """
    with db.transaction() as session:
        row = unsigned(session, project_id, public_id)
        if queries.is_followed(session, row.id):
            raise FollowedUp(public_id)
        session.add(
            Deed(
                project_id=project_id,
                user_id=user_id,
                done_at=now,
                action="report_removed",
                subject=f"report:{row.id}",
                details={"title": row.title, "version": row.version, "line": row.line},
            )
        )
        for told in queries.follow_ups(session, row.id).values():
            session.delete(told)
        session.flush()
        session.delete(row)
        gone.let_go(session, "report")
