"""Exports made in the background: asked for by a person, made by a scheduler, fetched, forgotten.

The file is handed over in parts, each in a transaction of its own, and is there for people from when the last
one is: :func:`finish` looks once more whether anybody has stopped it or taken an answer back meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.keys import new_public_id
from surveys.models.deeds import Deed
from surveys.models.export_job import ExportJob, ExportPart
from surveys.models.programme import JsonObject
from surveys.queries import export_jobs as queries

LEASE = timedelta(minutes=5)
MOST_TRIES = 3  # a worker that dies of it takes it on no more often
PART_BYTES = 1024 * 1024
MOST_AT_ONCE = 3  # of a series and a person, waiting or being made
_REMEMBERED = timedelta(days=30)  # that there was one, once its file is gone


class TooMany(Exception):
    """The person has ordered as many as are made at once."""

    code = "too_many"


class UnknownJob(LookupError):
    """There is no such export, or it is in another state, or was made with other rights."""

    code = "unknown_job"


class Interrupted(Exception):
    """Somebody has stopped the work, an answer was taken back, or another worker has taken it over."""

    code = "interrupted"


@dataclass(frozen=True)
class Claimed:
    """An export that a worker has taken on."""

    job_id: int
    series_id: int
    worker: str
    as_evaluator: bool
    labels: str
    words: str


def order(
    db: Database,
    series_id: int,
    project_id: int,
    user_id: int,
    as_evaluator: bool,
    labels: str,
    words: str,
    now: datetime,
) -> str:
    """Ask for all files of a series in one; returns the public id. Raises :class:`TooMany`."""
    with db.transaction() as session:
        going = [
            each
            for each in queries.of_series(session, series_id, as_evaluator)
            if each.user_id == user_id and each.state in ("waiting", "making")
        ]
        if len(going) >= MOST_AT_ONCE:
            raise TooMany
        job = ExportJob(
            public_id=new_public_id(),
            series_id=series_id,
            user_id=user_id,
            created_at=now,
            as_evaluator=as_evaluator,
            labels=labels,
            words=words,
            state="waiting",
        )
        session.add(job)
        details: JsonObject = {"format": "zip"}
        _note(session, project_id, series_id, user_id, "export_ordered", details, now)
        return job.public_id


def note(
    db: Database,
    project_id: int,
    series_id: int,
    user_id: int | None,
    action: str,
    details: JsonObject,
    now: datetime,
) -> None:
    """Write down that somebody has taken a file out: ``responses_exported``, ``results_exported`` …

    ``user_id`` None: by a command, on the machine itself.
    """
    with db.transaction() as session:
        _note(session, project_id, series_id, user_id, action, details, now)


def _note(
    session: Session,
    project_id: int,
    series_id: int,
    user_id: int | None,
    action: str,
    details: JsonObject,
    now: datetime,
) -> None:
    session.add(
        Deed(
            project_id=project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=f"series:{series_id}",
            details=details,
        )
    )


def claim(db: Database, worker: str, now: datetime) -> Claimed | None:
    """Take on the oldest export that waits, or whose worker has died; what is there of it is thrown away."""
    with db.transaction() as session:
        job = queries.next_job(session, now)
        while job is not None and job.tries >= MOST_TRIES:
            _end(session, job, "failed", "given_up", now)
            session.flush()
            job = queries.next_job(session, now)
        if job is None:
            return None
        session.execute(delete(ExportPart).where(ExportPart.job_id == job.id))
        job.state, job.worker, job.lease_ends_at = "making", worker, now + LEASE
        job.tries, job.done, job.total = job.tries + 1, 0, 0
        return Claimed(job.id, job.series_id, worker, job.as_evaluator, job.labels, job.words)


def go_on(db: Database, claimed: Claimed, done: int, total: int, now: datetime) -> None:
    """Say how far the work has come, and keep it. Raises :class:`Interrupted`."""
    with db.writing() as connection:
        changed = connection.execute(
            update(ExportJob)
            .where(
                ExportJob.id == claimed.job_id,
                ExportJob.worker == claimed.worker,
                ExportJob.state == "making",
            )
            .values(done=done, total=total, lease_ends_at=now + LEASE)
        )
        if not changed.rowcount:
            raise Interrupted


def put_part(db: Database, claimed: Claimed, position: int, content: bytes, now: datetime) -> None:
    """Keep a piece of the file. Raises :class:`Interrupted`."""
    with db.transaction() as session:
        job = _mine(session, claimed)
        job.lease_ends_at = now + LEASE
        session.add(ExportPart(job_id=job.id, position=position, content=content))


def finish(db: Database, claimed: Claimed, size: int, digest: str, days: int, now: datetime) -> None:
    """The file is whole: it can be fetched for ``days`` days. Raises :class:`Interrupted`."""
    with db.transaction() as session:
        job = _mine(session, claimed)
        job.state, job.size, job.digest = "made", size, digest
        job.worker = job.lease_ends_at = None
        job.finished_at, job.expires_at, job.done = now, now + timedelta(days=days), job.total


def fail(db: Database, claimed: Claimed, reason: str, now: datetime) -> None:
    """The file cannot be made; nothing where the work is not this worker's any more."""
    with db.transaction() as session:
        job = queries.held(session, claimed.job_id)
        if job is not None and job.state == "making" and job.worker == claimed.worker:
            _end(session, job, "failed", reason, now)


def give_up(db: Database, claimed: Claimed) -> None:
    """Let another worker take it on at once; it does not count as tried."""
    with db.transaction() as session:
        job = queries.held(session, claimed.job_id)
        if job is not None and job.state == "making" and job.worker == claimed.worker:
            job.state, job.worker, job.lease_ends_at = "waiting", None, None
            job.tries -= 1


def stop(db: Database, series_id: int, public_id: str, as_evaluator: bool, now: datetime) -> None:
    """Stop an export, or throw away the file that came of it. Raises :class:`UnknownJob`."""
    with db.transaction() as session:
        found = queries.one(session, series_id, public_id, as_evaluator)
        job = queries.held(session, found.id) if found else None
        if job is None or job.state not in ("waiting", "making", "made"):
            raise UnknownJob(public_id)
        _end(session, job, "stopped", "", now)


def fetched(
    db: Database,
    series_id: int,
    project_id: int,
    public_id: str,
    as_evaluator: bool,
    user_id: int,
    now: datetime,
) -> ExportJob:
    """The export whose file is handed out, written down as such. Raises :class:`UnknownJob`."""
    with db.transaction() as session:
        job = queries.one(session, series_id, public_id, as_evaluator)
        if job is None or queries.standing(job, now)[0] != "made":
            raise UnknownJob(public_id)
        details: JsonObject = {"format": "zip", "sha256": job.digest}
        _note(session, project_id, series_id, user_id, "responses_exported", details, now)
        return job


def parts(db: Database, job_id: int) -> Iterator[bytes]:
    """Yield the file of an export, one part in memory at a time."""
    position = 0
    while True:
        with db.reading() as session:
            content = queries.part(session, job_id, position)
        if content is None:
            return
        yield content
        position += 1


def forget_old(db: Database, now: datetime) -> int:
    """Delete the files whose time is over, and later what tells of them; returns how many files."""
    with db.transaction() as session:
        over = ExportJob.expires_at <= now
        made = update(ExportJob).where(over, ExportJob.state == "made")
        gone = session.execute(
            made.values(state="dropped", reason="time_over", size=0, digest="", expires_at=None).returning(
                ExportJob.id
            )
        ).all()
        session.execute(delete(ExportPart).where(ExportPart.job_id.in_([row.id for row in gone])))
        session.execute(
            delete(ExportJob).where(
                ExportJob.state.in_(("failed", "stopped", "dropped")),
                ExportJob.created_at < now - _REMEMBERED,
            )
        )
        return len(gone)


def _mine(session: Session, claimed: Claimed) -> ExportJob:
    job = queries.held(session, claimed.job_id)
    if job is None or job.state != "making" or job.worker != claimed.worker:
        raise Interrupted
    return job


def _end(session: Session, job: ExportJob, state: str, reason: str, now: datetime) -> None:
    session.execute(delete(ExportPart).where(ExportPart.job_id == job.id))
    job.state, job.reason, job.finished_at = state, reason, now
    job.worker = job.lease_ends_at = job.expires_at = None
    job.size, job.digest = 0, ""
