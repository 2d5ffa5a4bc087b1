"""(c) CSV of 100 000 responses of twelve answers against Python's csv over one flat table."""

import csv
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from benchmarks import data
from surveys.exporting import csv_file
from surveys.exporting.rows import Export

RESPONSES = 100_000


def measure(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, calibrator's seconds, ours). Both write the same columns and as many rows."""
    house = data.installation(folder / "export")
    with house.database.transaction() as session:
        ids = data.plan(session, response_rows=True)
        data.mailing(session, ids, "expanded")
        data.responses(session, ids, RESPONSES)
    out = folder / "ours.csv"
    started = time.perf_counter()
    with house.database.reading() as session:
        # Closed since long: an open questionnaire is not exported.
        export = Export(session, house.keys, ids["series"], data.NOW + timedelta(days=90), "sv")
        written = csv_file.save(export, out)
    seconds = time.perf_counter() - started
    assert written == RESPONSES, written
    house.close()
    return [(f"c  CSV of {RESPONSES:,} responses".replace(",", " "), _flat(folder, out), seconds)]


def _flat(folder: Path, like: Path) -> float:
    table = sqlite3.connect(folder / "flat.sqlite")
    with like.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        head = next(rows)
        marks = ", ".join("?" * len(head))
        table.execute(f"CREATE TABLE flat ({', '.join(f'c{place}' for place in range(len(head)))})")
        table.executemany(f"INSERT INTO flat VALUES ({marks})", rows)
    table.commit()
    started = time.perf_counter()
    with (folder / "flat.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(head)
        writer.writerows(table.execute("SELECT * FROM flat"))
    return time.perf_counter() - started
