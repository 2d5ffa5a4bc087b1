"""What is said of the rows of a file of participants, on the page and in the file of those left out."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from surveys.exporting import left_out
from surveys.models.imports import PeopleImport
from surveys.register.people_import import mapping_of
from surveys.web.organise import people_words as texts
from surveys.web.organise.attendance import csv_answer
from surveys.web.phrases import _


def lines(row: PeopleImport, kind: str) -> list[dict[str, Any]]:
    """The rows of one verdict, with what is to be said of each."""
    return [
        line
        | {
            "said": [
                *_faults(line),
                *(texts.change(*each) for each in line["changes"]),
                *(texts.told(texts.NOTES, code, params) for code, params in line["notes"]),
            ]
        }
        for line in (row.report or {}).get("rows", [])
        if line["kind"] == kind
    ]


def faulty_file(row: PeopleImport, name: str) -> Response | None:
    """The faulty rows as a file to correct, called after ``name``; None where there are none."""
    columns = mapping_of(row).columns
    rows = [
        left_out.FaultyRow(" ".join(_faults(line)), line["cells"], _is_ragged(line))
        for line in lines(row, "faulty")
        if "cells" in line
    ]
    if not columns or not rows:
        return None
    file = io.StringIO(newline="")
    left_out.write(_("What is wrong"), columns, rows, file)
    return csv_answer(file.getvalue(), name)


def told_consequence(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A consequence as it was kept, its moments made moments again."""
    return {
        name: [_timed(each) for each in value] if isinstance(value, list) else value
        for name, value in kept.items()
    }


def _timed(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in {"due_at", "closes_at"} else value
        for name, value in line.items()
    }


def _faults(line: Mapping[str, Any]) -> list[str]:
    return [texts.told(texts.ROW_FAULTS, code, params, line["line"]) for code, params in line["faults"]]


def _is_ragged(line: Mapping[str, Any]) -> bool:
    return any(code == "ragged_row" for code, _params in line["faults"])
