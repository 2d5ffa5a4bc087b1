"""(o) Persons and questionnaires by group, of a series of many, against one GROUP BY of the register.

Each page is opened in a fresh process, which finds the compiled templates, and again.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text, update

from benchmarks.results import DATABASES, PAGE, count_all, filled, opened
from surveys import clock
from surveys.database import Database
from surveys.models.people import Enrolment

PERSONS = 100_000
PAGES = (
    ("persons and questionnaires by organisation", f"{PAGE}/vagen?efter=organisation"),
    ("the same by gender", f"{PAGE}/vagen?efter=gender"),
    ("head counts of the project", "/projekt/bench/resultat/personer"),
)
ORGANISATIONS = 20
GROUPED = """
    SELECT gender, organisation_id, work_group, state, count(*)
    FROM enrolment JOIN participant ON participant.id = participant_id GROUP BY 1, 2, 3, 4
"""


def measure(folder: Path, count: int = PERSONS) -> Iterator[tuple[str, float, float, float]]:
    """Yield (name, seconds of the GROUP BY, of the page in a fresh process, and looked at again)."""
    for name, database in DATABASES:
        with filled(folder / f"groups-{name}", database, count) as (house, home, url, token):
            _spread(house.database)
            count_all(house)
            bare = _group_by(house.database)
            house.close()
            opened(home, url, token, PAGES[0][1])
            for title, page in PAGES:
                yield (f"o  {title}, {name}", bare, *opened(home, url, token, page))


def _spread(database: Database) -> None:
    """Persons of three genders, twenty organisations and four work groups; every tenth answer without."""
    with database.writing() as connection:
        for number in range(1, ORGANISATIONS + 1):
            connection.execute(
                text(
                    "INSERT INTO organisation (id, project_id, code, name, position)"
                    " SELECT :number, id, :code, :code, :number FROM project"
                ),
                {"number": number, "code": f"o{number}"},
            )
        connection.execute(
            text(
                "UPDATE participant SET organisation_id = 1 + id % 20,"
                " gender = CASE WHEN id % 5 = 0 THEN 'man' WHEN id % 100 = 1 THEN 'other' ELSE 'woman' END"
            )
        )
        connection.execute(text("UPDATE enrolment SET work_group = 'g' || (participant_id % 4)"))
        # those who are not registered yet count nowhere
        connection.execute(update(Enrolment).values(registered_at=clock.now() - timedelta(days=30)))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _group_by(database: Database) -> float:
    with database.writing() as connection:
        started = time.perf_counter()
        connection.execute(text(GROUPED)).all()
        return time.perf_counter() - started
