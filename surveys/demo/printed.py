"""The tables that the demo's evaluators printed, kept as figures from elsewhere with their source."""

from datetime import datetime
from typing import Any

import yaml

from surveys.database import Database
from surveys.demo.figures import FOLDER
from surveys.domain.figure_printed import Role
from surveys.domain.outside_table import Content, Link, Source
from surveys.importing.pasted_table import read_pasted
from surveys.queries.programme import project_by_code
from surveys.results.outside_keeping import add_table


def add_printed_tables(db: Database, project: str, now: datetime) -> None:
    """Keep the printed tables in the demo project, each beside the series that it is about."""
    with db.reading() as session:
        found = project_by_code(session, project)
        if found is None:
            raise ValueError(f"{project} is not loaded")
        project_id = found.id
    for table in yaml.safe_load((FOLDER / "printed.yaml").read_text(encoding="utf-8")):
        add_table(db, project_id, _content(table), table["series"], None, now)


def _content(table: dict[str, Any]) -> Content:
    pasted = read_pasted(table["table"])
    return Content(
        title=table["title"],
        kind=table["kind"],
        source=Source(**table["source"]),
        head=pasted.head,
        rows=pasted.rows,
        roles=tuple(map(Role, table["roles"])),
        unit=table["unit"],
        note=table["note"],
        links={column: Link(*link.split("/")) for column, link in table["links"].items()},
    )
