"""A database in use comes to the newest schema with all that is in it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from surveys.database import MIGRATIONS, Base, Database, migrate
from surveys.models.answer_text import FOUND
from tests.support import databases, postgres

# What stood in the first tables: one occasion, one rule, a mailing, an invitation and its mail.
FIRST_ROWS = """
INSERT INTO project (id, code, title, timezone, languages, sender_name, reply_to, decimals, minimum_group,
  privacy) VALUES (1, 'p', 'P', 'Europe/Stockholm', '["sv"]', 'P', 'p@p.example', 1, 5, '{}');
INSERT INTO series (id, project_id, code, title, audience, attendance_kept, position)
  VALUES (1, 1, 's', 'S', '', true, 1);
INSERT INTO occasion (id, series_id, code, position, kind, title, timezone, measured, cancelled)
  VALUES (1, 1, 't1', 1, 'session', 'T1', 'Europe/Stockholm', true, false),
         (2, 1, 't2', 2, 'session', 'T2', 'Europe/Stockholm', true, false);
INSERT INTO participant (id, project_id, code, name, email, gender, language, attributes)
  VALUES (1, 1, 'a', 'A', 'a@a.example', 'woman', 'sv', '{}');
INSERT INTO enrolment (id, public_id, series_id, participant_id, state, registered_at)
  VALUES (1, 'e1', 1, 1, 'registered', '2026-01-02 03:04:05+00:00');
INSERT INTO follow_up_rule (id, series_id, code, position, log_prompt, anchor, offset_days, offset_minutes,
  audience, reminder_days, close_after_days, active)
  VALUES (1, 1, 'r', 1, '{"sv": "?"}', 'occasion_end', 0, 0, 'everyone', '[]', 14, true);
INSERT INTO mailing (id, rule_id, target, occasion_id, step, due_at, due_wall, timezone, closes_at, state)
  VALUES (1, 1, 'occasion:1', 1, 0, '2026-01-03 03:04:05+00:00', '2026-01-03 04:04:05', 'Europe/Stockholm',
  '2026-01-17 03:04:05+00:00', 'expanded');
INSERT INTO invitation (id, public_id, rule_id, target, mailing_id, enrolment_id, generation, token_hash,
  created_at) VALUES (1, 'i1', 1, 'occasion:1', 1, 1, 1, 'x', '2026-01-03 03:04:05+00:00');
INSERT INTO message (id, public_id, invitation_id, mailing_id, kind, step, resend, state, next_attempt_at,
  attempts, deferrals) VALUES (1, 'm1', 1, 1, 'log_prompt', 0, 0, 'due', '2026-01-03 03:04:05+00:00', 0, 0);
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite'}"
        return
    with ExitStack() as stack:
        try:
            url = stack.enter_context(databases.fresh_postgresql("template0"))
        except postgres.PostgresMissing as missing:
            pytest.skip(str(missing))
        yield url


def first_schema(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "0001")


def rows(database: Database, select: str) -> list[Any]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(text(select))]


def test_what_stood_in_the_first_tables_is_kept_and_filled_in(empty_url: str) -> None:
    first_schema(empty_url)
    database = Database(empty_url)
    with database.writing() as connection:
        for statement in FIRST_ROWS.strip().rstrip(";").split(";\n"):
            connection.exec_driver_sql(statement)
    migrate(empty_url)
    assert rows(database, "SELECT enrolment_id, state, quiet_override FROM message") == [(1, "due", False)]
    assert rows(database, "SELECT count(*) FROM mailing WHERE intended_at = due_at AND NOT recheck") == [(1,)]
    assert rows(database, "SELECT count(*) FROM enrolment WHERE added_at = registered_at") == [(1,)]
    assert rows(database, "SELECT count(DISTINCT uid), count(DISTINCT door_id) FROM occasion") == [(2, 2)]
    assert rows(database, "SELECT late, attendance_wait_hours FROM follow_up_rule") == [("from_now", 48)]
    database.close()


def modelled(_object: object, name: str | None, *_about: object) -> bool:
    """All but SQLite's index of words, which is none of SQLAlchemy's tables."""
    return not (name or "").startswith(FOUND)


# SQLite's expressions cannot be read back; there are none.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrations_make_what_the_models_describe(empty_url: str) -> None:
    migrate(empty_url)
    database = Database(empty_url)
    with database.engine.connect() as connection:
        assert (
            compare_metadata(
                MigrationContext.configure(connection, opts={"include_object": modelled}), Base.metadata
            )
            == []
        )
    database.close()
