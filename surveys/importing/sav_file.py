"""An SPSS file (.sav, .zsav) as rows of text, with labels, values' labels and declared missing values.

Read in a process of its own (:mod:`surveys.importing.sav_reader`), which a file may bring down without harm.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveys.domain.answer_columns import FileColumn
from surveys.importing import sav_reader
from surveys.importing.files import Refused

MAGICS = (b"$FL2", b"$FL3")
_LONGEST = 120  # seconds by the clock; of the processor it gets fewer
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}


@dataclass(frozen=True)
class Sav:
    """Variables, and for each case a cell for every one of them, "" where SPSS has none."""

    columns: tuple[FileColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


def read(raw: bytes, most_columns: int, most_rows: int, most_cells: int) -> Sav:
    """Read the whole file. Raises :class:`Refused`: what is no such file, or has more of anything."""
    found = _read_apart(raw, most_columns, most_rows, most_cells)
    if "refused" in found:
        raise Refused(0, found["refused"], **found["params"])
    return Sav(
        tuple(
            FileColumn(each["name"], each["label"], each["values"], frozenset(each["missing"]))
            for each in found["columns"]
        ),
        tuple(map(tuple, found["rows"])),
        found["title"],
    )


def _read_apart(raw: bytes, *limits: int) -> dict[str, Any]:
    program = [sys.executable, "-I", str(Path(sav_reader.__file__).resolve()), *map(str, limits)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with numbers
            program, input=raw, capture_output=True, env=_ALONE, timeout=_LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused(0, "not_sav") from None
    if done.returncode != 0:
        raise Refused(0, "not_sav")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
