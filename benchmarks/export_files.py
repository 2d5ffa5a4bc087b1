"""(l) Every format of the export, 40 questions, against the bare writer of the same cells; highest memory.

Each in a process of its own, since the highest memory of a process is never taken back. What streams is made
of a tenth of the responses as well: its memory must be the same.
"""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks import data
from surveys.exporting import formats
from surveys.exporting.rows import Export
from surveys.exporting.words import Words

RESPONSES = 100_000
QUESTIONS = [f"q{number}" for number in range(1, 41)]
CASES = ("csv", "xlsx", "sav")
STREAMED = ("csv", "xlsx")
Told = tuple[str, float, float, float, float]


def measure(folder: Path, responses: int = RESPONSES) -> Iterator[Told]:
    """Yield (name, bare seconds, ours, bare peak in MB, ours)."""
    for many, cases in ((responses // 10, STREAMED), (responses, CASES)):
        place = folder / f"files-{many}"
        series = _fill(place, many)
        for case in cases:
            bare, ours = (_apart(kind, case, place, many, series) for kind in ("bare", "ours"))
            name = f"l  {case} of {many:,} × 40".replace(",", " ")
            yield name, bare[0], ours[0], bare[1], ours[1]


def _fill(place: Path, responses: int) -> int:
    house = data.installation(place)
    with house.database.transaction() as session:
        ids = data.plan(session, questions=QUESTIONS)
        data.mailing(session, ids, "expanded")
        data.responses(session, ids, responses, QUESTIONS)
    house.close()
    return ids["series"]


def _apart(kind: str, case: str, folder: Path, responses: int, series: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.export_files", kind, case, str(folder)]
    command += [str(responses), str(series)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _ours(case: str, folder: Path, responses: int, series: int) -> None:
    house = data.installation(folder)
    with house.database.reading() as session:
        # Closed since long: an open questionnaire is not exported.
        export = Export(session, house.keys, series, data.NOW + timedelta(days=90), "sv")
        chosen = formats.FORMATS[case]
        written = formats.save(
            export, folder / f"ours.{case}", chosen, "responses", Words("sv"), replace=True
        )
    house.close()
    assert written == responses, written


def _cells(responses: int) -> Iterator[list[str]]:
    for number in range(responses):
        answers = [cell for place in range(40) for cell in (str((number + place) % 4 + 1), "Svar 1")]
        yield [f"{number:032x}", f"{number:012X}", *["text"] * 8, *answers]


def _bare_csv(folder: Path, responses: int) -> None:
    with (folder / "bare.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(_cells(responses))


def _bare_xlsx(folder: Path, responses: int) -> None:
    import xlsxwriter  # noqa: PLC0415 - heavy

    book = xlsxwriter.Workbook(str(folder / "bare.xlsx"), {"constant_memory": True, "tmpdir": str(folder)})
    sheet = book.add_worksheet()
    for place, row in enumerate(_cells(responses)):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, cell)
    book.close()


def _bare_sav(folder: Path, responses: int) -> None:
    import pandas as pd  # noqa: PLC0415 - heavy
    import pyreadstat  # noqa: PLC0415 - heavy

    columns = zip(*_cells(responses), strict=True)
    wanted = (each for place, each in enumerate(columns) if place < 10 or place % 2 == 0)
    table = {
        f"v{number}": pd.Series(column, dtype="float64" if number >= 10 else "object")
        for number, column in enumerate(wanted)
    }
    pyreadstat.write_sav(pd.DataFrame(table), str(folder / "bare.sav"), row_compress=True)


_BARE: dict[str, Callable[[Path, int], None]] = {"csv": _bare_csv, "xlsx": _bare_xlsx, "sav": _bare_sav}


def main(kind: str, case: str, place: str, responses: str, series: str) -> None:
    folder = Path(place)
    started = time.perf_counter()
    if kind == "bare":
        _BARE[case](folder, int(responses))
    else:
        _ours(case, folder, int(responses), int(series))
    seconds = time.perf_counter() - started
    os.write(1, json.dumps([seconds, _highest_memory()]).encode())


def _highest_memory() -> float:
    """In MB. Not ``ru_maxrss``, which a process takes over from the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
