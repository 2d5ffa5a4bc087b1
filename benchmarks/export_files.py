"""(l) Every format of the export, 40 questions, against the bare writer of the same cells; (n) the memory
that those which stream take of ten thousand responses and of a million.

Each in a process of its own, since the highest memory of a process is never taken back.
"""

import csv
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import TextClause, text

from benchmarks import data
from benchmarks.results import postgresql, sqlite
from benchmarks.server import ROOT
from surveys import clock
from surveys.config import Settings
from surveys.exporting import formats
from surveys.exporting.rows import Export
from surveys.exporting.words import Words
from surveys.installation import open_installation
from surveys.models.response import Response
from surveys.results import aggregates

RESPONSES = 100_000
QUESTIONS = [f"q{number}" for number in range(1, 41)]
FEW, MANY = 10_000, 1_000_000
SHORT = QUESTIONS[:4]  # of a million responses: memory grows with rows if with anything
Base = Callable[[Path], AbstractContextManager[str]]


def measure(folder: Path, responses: int = RESPONSES) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield (name, bare seconds, ours, bare peak in MB, ours)."""
    place = _home(folder, f"files-{responses}")
    with sqlite(place) as url:
        series = _fill(place, url, responses, QUESTIONS)
        name = f"of {_spaced(responses)} × {len(QUESTIONS)}"
        uncounted = _apart("ours", "csv", place, url, str(series), str(responses))
        _flat(place)
        _count(place, url)
        for case in ("csv", "xlsx", "sav"):
            bare = _apart("bare", case, place)
            if case == "csv":
                yield f"l  csv {name}, not counted yet", bare[0], uncounted[0], bare[1], uncounted[1]
            ours = _apart("ours", case, place, url, str(series), str(responses))
            yield f"l  {case} {name}", bare[0], ours[0], bare[1], ours[1]


def memory(folder: Path, few: int = FEW, many: int = MANY) -> Iterator[tuple[str, float, float]]:
    """Yield (name, seconds, peak in MB) of what streams, of few responses and of many."""
    bases: tuple[tuple[str, Base, tuple[str, ...]], ...] = (
        ("SQLite", sqlite, ("csv", "xlsx")),
        ("PostgreSQL", postgresql, ("csv",)),
    )
    for name, base, cases in bases:
        place = _home(folder, f"memory-{name}")
        with base(place) as url:
            series = _fill(place, url, few, SHORT)
            for responses in (few, many):
                if responses == many:
                    _multiply(place, url, many // few)
                for case in cases:
                    seconds, peak = _apart("ours", case, place, url, str(series), str(responses))
                    yield f"n  {case} of {_spaced(responses)} × {len(SHORT)}, {name}", seconds, peak


def _home(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    return place


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _fill(place: Path, url: str, responses: int, questions: Sequence[str]) -> int:
    house = open_installation(Settings(instance=place, database_url=url))
    with house.database.transaction() as session:
        ids = data.plan(session, questions=questions, response_rows=True)
        data.mailing(session, ids, "expanded")
        data.responses(session, ids, responses, questions)
    house.close()
    return ids["series"]


def _multiply(place: Path, url: str, times: int) -> None:
    """Let there be so many times as many responses; copies are made in no time."""
    house = open_installation(Settings(instance=place, database_url=url))
    with house.database.writing() as connection:
        for number in range(1, times):
            connection.execute(_copied(f"{number:08x}", house.database.is_sqlite))
    house.close()


def _copied(start: str, is_sqlite: bool) -> TextClause:
    """Copies of the first responses, which begin with noughts; their ids and keys begin with ``start``."""
    names = [each.name for each in Response.__table__.columns]
    new = dict.fromkeys(("response_key", "pairing_key"), "'{start}' || substr({name}, 9)")
    new["id"] = "'{start}' || substr(id, 9)"
    if not is_sqlite:
        new["id"] = "CAST('{start}' || substr(CAST(id AS text), 9) AS uuid)"
    taken = ", ".join(new.get(name, name).format(start=start, name=name) for name in names)
    first = "'00000001'" if is_sqlite else "'00000001-0000-0000-0000-000000000000'"
    return text(f"INSERT INTO response ({', '.join(names)}) SELECT {taken} FROM response WHERE id < {first}")


def _count(place: Path, url: str) -> None:
    """What the scheduler does within a minute of so many answers."""
    house = open_installation(Settings(instance=place, database_url=url))
    for task in aggregates.work(house.database, clock.now()):
        aggregates.count(house.database, task, clock.now())
    house.close()


def _apart(*arguments: str | Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.export_files", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _ours(case: str, place: Path, url: str, series: str, responses: str) -> None:
    house = open_installation(Settings(instance=place, database_url=url))
    with house.database.reading() as session:
        # Closed since long: an open questionnaire is not exported.
        export = Export(session, house.keys, int(series), data.NOW + timedelta(days=90), "sv")
        chosen, words = formats.FORMATS[case], Words("sv")
        written = formats.save(export, place / f"ours.{case}", chosen, "responses", words, replace=True)
    house.close()
    assert written == int(responses), written


def _flat(place: Path) -> None:
    """The cells of our file in one flat table."""
    table = sqlite3.connect(place / "flat.sqlite")
    with (place / "ours.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        head = next(rows)
        table.execute(f"CREATE TABLE flat ({', '.join(f'c{number}' for number in range(len(head)))})")
        table.executemany(f"INSERT INTO flat VALUES ({', '.join('?' * len(head))})", rows)
    table.commit()
    table.close()


def _cells(place: Path) -> Iterator[Sequence[str]]:
    yield from sqlite3.connect(place / "flat.sqlite").execute("SELECT * FROM flat")


def _bare_csv(place: Path) -> None:
    with (place / "bare.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(_cells(place))


def _bare_xlsx(place: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - heavy

    book = xlsxwriter.Workbook(str(place / "bare.xlsx"), {"constant_memory": True, "tmpdir": str(place)})
    sheet = book.add_worksheet()
    for row, cells in enumerate(_cells(place)):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
    book.close()


def _bare_sav(place: Path) -> None:
    import pandas as pd  # noqa: PLC0415 - heavy
    import pyreadstat  # noqa: PLC0415 - heavy

    columns = list(zip(*_cells(place), strict=True))
    start = len(columns) - 2 * len(QUESTIONS)  # then a code and its label each: labels are no cells here
    table = {f"v{number}": pd.Series(column, dtype="object") for number, column in enumerate(columns[:start])}
    for number, column in enumerate(columns[start::2]):
        table[f"q{number}"] = pd.Series(column, dtype="float64")
    pyreadstat.write_sav(pd.DataFrame(table), str(place / "bare.sav"), row_compress=True)


_BARE: dict[str, Callable[[Path], None]] = {"csv": _bare_csv, "xlsx": _bare_xlsx, "sav": _bare_sav}


def main(kind: str, case: str, folder: str, *more: str) -> None:
    place = Path(folder)
    started = time.perf_counter()
    if kind == "bare":
        _BARE[case](place)
    else:
        _ours(case, place, *more)
    print(json.dumps([time.perf_counter() - started, _highest_memory()]))


def _highest_memory() -> float:
    """In MB. Not ``ru_maxrss``, which a process takes over from the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
