"""How answers are kept: a document a response, or a row an answer. Run by ``python -m benchmarks.storage``.

Submission, export and results are measured together, since what helps one may cost another. Plain
sqlite3 with the product's settings, so that what differs is the layout and nothing else.
"""

import json
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks import data

RESPONSES = 100_000
SUBMISSIONS = 2_000


def main() -> None:
    print(f"{'':<10}{'submissions':>14}{'size':>10}{'export read':>14}{'counts':>10}")
    with tempfile.TemporaryDirectory() as name:
        for layout in (Rows, Documents):
            kept = layout(_open(Path(name) / f"{layout.__name__}.sqlite"))
            submitted = SUBMISSIONS / _seconds(lambda kept=kept: _submit(kept))  # type: ignore[misc]
            kept.fill(range(SUBMISSIONS, RESPONSES))
            size = (Path(name) / f"{layout.__name__}.sqlite").stat().st_size / 1e6
            exported, counted = _seconds(kept.export), _seconds(kept.count)
            figures = f"{submitted:>12.0f}/s{size:>7.0f} MB{exported:>12.2f} s{counted:>8.2f} s"
            print(f"{layout.__name__:<10}{figures}")


class Documents:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute("CREATE TABLE response (id INTEGER PRIMARY KEY, answers TEXT)")

    def submit(self, number: int) -> None:
        self.connection.execute(
            "INSERT INTO response VALUES (?, ?)", (number, json.dumps(data.answers(number)))
        )

    def fill(self, numbers: range) -> None:
        self.connection.execute("BEGIN")
        for number in numbers:
            self.submit(number)
        self.connection.execute("COMMIT")

    def export(self) -> None:
        for (answers,) in self.connection.execute("SELECT answers FROM response"):
            row = json.loads(answers)
            [row.get(code) for code in data.QUESTIONS]

    def count(self) -> None:
        counts: dict[str, Counter[str]] = {code: Counter() for code in data.QUESTIONS}
        for (answers,) in self.connection.execute("SELECT answers FROM response"):
            for code, value in json.loads(answers).items():
                counts[code][value] += 1


class Rows:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute("CREATE TABLE response (id INTEGER PRIMARY KEY)")
        connection.execute(
            "CREATE TABLE answer (response_id INTEGER, question TEXT, value TEXT,"
            " PRIMARY KEY (response_id, question)) WITHOUT ROWID"
        )

    def submit(self, number: int) -> None:
        self.connection.execute("INSERT INTO response VALUES (?)", (number,))
        self.connection.executemany(
            "INSERT INTO answer VALUES (?, ?, ?)",
            [(number, code, value) for code, value in data.answers(number).items()],
        )

    fill = Documents.fill

    def export(self) -> None:
        current, row = None, {}
        for number, code, value in self.connection.execute(
            "SELECT response_id, question, value FROM answer ORDER BY response_id"
        ):
            if number != current:
                [row.get(code) for code in data.QUESTIONS]
                current, row = number, {}
            row[code] = value

    def count(self) -> None:
        self.connection.execute(
            "SELECT question, value, count(*) FROM answer GROUP BY question, value"
        ).fetchall()


def _submit(kept: "Documents | Rows") -> None:
    for number in range(SUBMISSIONS):
        kept.connection.execute("BEGIN IMMEDIATE")
        kept.submit(number)
        kept.connection.execute("COMMIT")


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
