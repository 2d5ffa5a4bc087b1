"""What an import of people tells of itself: counts, and a line a row."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from surveys.domain.texts import printable
from surveys.models.programme import JsonObject
from surveys.register.people_register import Verdict


def new_people(verdicts: Sequence[Verdict]) -> int:
    """How many persons the project did not have."""
    return sum(1 for each in verdicts if each.kind == "new")


def counts_of(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many rows there are of each kind."""
    counted = Counter(each.kind for each in verdicts)
    return {kind: counted[kind] for kind in ("new", "changed", "same", "faulty")}


def report_of(verdicts: Sequence[Verdict]) -> JsonObject:
    """What the preview shows: counts, rows, organisations that are not known, and the mark of it all."""
    unknown = Counter(
        str(params["value"])
        for each in verdicts
        for code, params in each.faults
        if code == "unknown_organisation"
    )
    return {
        "counts": counts_of(verdicts),
        "rows": [line_of(each) for each in verdicts],
        "organisations": dict(unknown.most_common()),
        "mark": mark_of(verdicts),
    }


def line_of(verdict: Verdict) -> JsonObject:
    """What the preview shows of a row."""
    return {
        "line": verdict.row.line,
        "kind": verdict.kind,
        "shown": verdict.row.shown,
        "code": verdict.code,
        "known": verdict.is_known,
        "changes": plain(verdict.changes),
        "faults": plain(verdict.faults),
        "notes": plain(verdict.notes),
        "cells": [printable(cell) for cell in verdict.row.cells] if verdict.kind == "faulty" else [],
    }


def mark_of(verdicts: Sequence[Verdict]) -> str:
    """A digest of what all rows would do: that of the preview tells whether it is still so."""
    digest = sha256()
    for each in verdicts:
        said = (each.row.line, each.kind, each.participant_id, each.enrolment_id, each.changes)
        values = (sorted(each.person.items()), sorted(each.enrolment.items()), each.faults)
        digest.update(repr((said, values)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def plain(value: Any) -> Any:
    """Something that JSON can hold."""
    match value:
        case date() | datetime():
            return value.isoformat()
        case dict():
            return {str(name): plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case str() | int() | None:
            return value
        case _:
            return str(value)
