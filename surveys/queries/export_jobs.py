"""Exports made in the background: which there are, which is next, and their files."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from surveys.models.export_job import ExportJob, ExportPart

SHOWN = ("waiting", "making", "made", "failed", "stopped", "dropped")
MOST = 20


def of_series(session: Session, series_id: int, as_evaluator: bool) -> Sequence[ExportJob]:
    """The latest of a series that were made with these rights, newest first, with who ordered them."""
    wanted = select(ExportJob).where(
        ExportJob.series_id == series_id, ExportJob.as_evaluator.is_(as_evaluator)
    )
    return session.scalars(
        wanted.options(joinedload(ExportJob.user)).order_by(ExportJob.id.desc()).limit(MOST)
    ).all()


def one(session: Session, series_id: int, public_id: str, as_evaluator: bool) -> ExportJob | None:
    """An export of a series by its public id, if it was made with these rights."""
    return session.scalars(
        select(ExportJob)
        .where(
            ExportJob.public_id == public_id,
            ExportJob.series_id == series_id,
            ExportJob.as_evaluator.is_(as_evaluator),
        )
        .options(joinedload(ExportJob.user))
    ).first()


def standing(job: ExportJob, now: datetime) -> tuple[str, str]:
    """How an export stands at ``now``, and why: one whose time is over is gone before it has been deleted."""
    if job.state == "made" and job.expires_at is not None and job.expires_at <= now:
        return "dropped", "time_over"
    return job.state, job.reason


def held(session: Session, job_id: int) -> ExportJob | None:
    """An export, locked."""
    return session.scalars(select(ExportJob).where(ExportJob.id == job_id).with_for_update()).first()


def next_job(session: Session, now: datetime) -> ExportJob | None:
    """The oldest export to make that nobody works on, locked."""
    free = or_(ExportJob.lease_ends_at.is_(None), ExportJob.lease_ends_at < now)
    return session.scalars(
        select(ExportJob)
        .where(ExportJob.state.in_(("waiting", "making")), free)
        .order_by(ExportJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def being_made(session: Session) -> set[int]:
    """The ids of those that a worker has taken on, alive or not."""
    return set(session.scalars(select(ExportJob.id).where(ExportJob.state == "making")))


def part(session: Session, job_id: int, position: int) -> bytes | None:
    return session.scalar(
        select(ExportPart.content).where(ExportPart.job_id == job_id, ExportPart.position == position)
    )
