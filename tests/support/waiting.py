"""Waiting for what happens in another process or thread."""

import time
from collections.abc import Callable

from sqlalchemy import text

from surveys.database import Database


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait for ``condition()`` to become true; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.02)


def until_one_waits(db: Database) -> None:
    """Wait until somebody waits for what another transaction holds; on PostgreSQL."""

    def waits() -> bool:
        with db.reading() as session:
            return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

    until(waits)
