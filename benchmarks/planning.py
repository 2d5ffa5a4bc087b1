"""(f, g) what moving an occasion and expanding one large mailing cost."""

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import data
from surveys.course.rescheduling import By, When, change_occasion
from surveys.followups.planning import expand_next
from surveys.installation import Installation
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.programme import Occasion
from surveys.outbox.sending import claim_next

PEOPLE = 100_000
OCCASIONS = 20


def moved(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, seconds among 1 000 participants, seconds among 100 000) for one of 20 moved."""
    result = []
    few, many = (_course(folder / f"moved{count}", count) for count in (1_000, PEOPLE))
    for title, act in ((f"f  one of {OCCASIONS} moved", _move), ("f  the tick after it", _tick)):
        result.append((title, act(few), act(many)))
    few.close()
    many.close()
    return result


def expanded(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, calibrator's seconds, ours) for one mailing to 100 000 people."""
    house = data.installation(folder / "expanded")
    with house.database.transaction() as session:
        ids = data.plan(session)
        data.people(session, ids, PEOPLE, PEOPLE)
        data.mailing(session, ids, "planned")
    started = time.perf_counter()
    while expand_next(house.database, house.keys, data.NOW):
        pass
    ours = time.perf_counter() - started
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == PEOPLE
    house.close()
    return [(f"g  one mailing to {PEOPLE} people", _bare(folder / "bare.sqlite"), ours)]


def _course(folder: Path, people: int) -> Installation:
    """A series of 20 occasions, the first over and its mails sent, with so many people."""
    house = data.installation(folder)
    with house.database.transaction() as session:
        ids = data.plan(session)
        data.people(session, ids, people, 1_000)
        data.invitations(house, session, ids, 1_000)
        for number in range(2, OCCASIONS + 1):
            starts = (data.NOW + timedelta(days=7 * number)).replace(tzinfo=None)
            ends = starts + timedelta(hours=3)
            session.add(
                Occasion(
                    series_id=ids["series"],
                    code=f"t{number}",
                    position=number,
                    kind="session",
                    title=f"T{number}",
                    timezone="UTC",
                    starts_wall=starts,
                    ends_wall=ends,
                    starts_at=data.NOW + timedelta(days=7 * number),
                    ends_at=data.NOW + timedelta(days=7 * number, hours=3),
                    measured=True,
                    cancelled=False,
                )
            )
    _move(house)  # once to make the mailings
    return house


def _move(house: Installation) -> float:
    with house.database.reading() as session:
        occasion = session.scalars(select(Occasion).order_by(Occasion.position.desc())).first()
        assert occasion is not None
        assert occasion.starts_wall is not None
        assert occasion.ends_wall is not None
        number, day = occasion.id, timedelta(days=1)
        wanted = When(occasion.starts_wall + day, occasion.ends_wall + day, "UTC", None)
    started = time.perf_counter()
    change_occasion(house.database, number, wanted, By(None, data.NOW))
    seconds = time.perf_counter() - started
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mailing)) == OCCASIONS
    return seconds


def _tick(house: Installation) -> float:
    started = time.perf_counter()
    while expand_next(house.database, house.keys, data.NOW):
        pass
    claim_next(house.database, house.keys, data.NOW, "bench", timedelta(minutes=2))
    return time.perf_counter() - started


def _bare(path: Path) -> float:
    """Two plain tables with as many rows of the same width, written in transactions of the same size."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        columns = (
            "id INTEGER PRIMARY KEY, public TEXT UNIQUE, hash TEXT UNIQUE, person INT, state TEXT, at TEXT"
        )
        for table in ("invitation", "message"):
            connection.execute(f"CREATE TABLE {table} ({columns})")
        started = time.perf_counter()
        for start in range(0, PEOPLE, 2_000):
            rows = [
                (f"{n:016d}", f"{n:064x}", n, "due", "2026-12-01 12:00:00.000000")
                for n in range(start, start + 2_000)
            ]
            for table in ("invitation", "message"):
                statement = f"INSERT INTO {table} (public, hash, person, state, at) VALUES (?, ?, ?, ?, ?)"
                connection.executemany(statement, rows)
            connection.commit()
        return time.perf_counter() - started
