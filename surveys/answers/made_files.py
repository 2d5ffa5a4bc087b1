"""Files that were made of a series' answers are dropped when they hold what is not to be had any more.

That is an answer that was taken back or unlinked, what a higher limit for small groups hides, or response
rows that are not given out any more.

One that is being made is begun anew: what it has read may hold what is gone.
"""

from sqlalchemy import ColumnElement, Connection, delete, select, update

from surveys.models.export_job import ExportJob, ExportPart
from surveys.models.followup import FollowUpRule
from surveys.models.programme import Series

TAKEN_BACK = "answer_taken_back"
UNLINKED = "answers_unlinked"
LIMIT_RAISED = "limit_raised"
TOLD_OTHERWISE = "told_otherwise"


def drop_of_rule(connection: Connection, rule_id: int, reason: str = TAKEN_BACK) -> None:
    """Delete the files with answers that a rule asked for; within the transaction that deletes the answer."""
    series = select(FollowUpRule.series_id).where(FollowUpRule.id == rule_id).scalar_subquery()
    _drop(connection, ExportJob.series_id == series, reason)


def drop_of_series(connection: Connection, series_id: int, reason: str = UNLINKED) -> None:
    _drop(connection, ExportJob.series_id == series_id, reason)


def drop_of_project(connection: Connection, project_id: int, reason: str = LIMIT_RAISED) -> None:
    series = select(Series.id).where(Series.project_id == project_id)
    _drop(connection, ExportJob.series_id.in_(series), reason)


def _drop(connection: Connection, mine: ColumnElement[bool], reason: str) -> None:
    # First the rows of the exports: whoever is about to finish one waits here, and finds it gone.
    again = update(ExportJob).where(mine, ExportJob.state == "making")
    connection.execute(again.values(state="waiting", worker=None, lease_ends_at=None, tries=0))
    gone = update(ExportJob).where(mine, ExportJob.state == "made")
    connection.execute(gone.values(state="dropped", reason=reason, size=0, digest="", expires_at=None))
    jobs = select(ExportJob.id).where(mine)
    connection.execute(delete(ExportPart).where(ExportPart.job_id.in_(jobs)))
