"""The indicators of a project as the programme file has them."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.indicator_definition import restored, stored
from surveys.domain.indicators import Kind
from surveys.domain.numbers import canonical
from surveys.models.indicator import Indicator, IndicatorEntry, IndicatorReading
from surveys.models.programme import Project
from surveys.queries import indicators as queries

Data = dict[str, Any]


def indicators(session: Session, project: Project) -> list[Data]:
    """Each followed by its parts. Readings that were worked out are left out."""
    rows = queries.of_project(session, project.id)
    readings, entries = queries.readings(session, project.id), queries.entries(session, project.id)
    codes = {row.id: row.code for row in rows}
    ordered = [
        each
        for row in rows
        if row.whole_id is None
        for each in (row, *(x for x in rows if x.whole_id == row.id))
    ]
    return [
        {
            "code": row.code,
            "kind": row.kind,
            "whole": codes[row.whole_id] if row.whole_id else None,
            "ended_on": row.ended_on and row.ended_on.isoformat(),
            "versions": _versions(row),
            "readings": [
                _reading(row, each) for each in reversed(readings.get(row.id, [])) if each.origin == "typed"
            ],
            "products": [_product(each) for each in reversed(entries.get(row.id, []))],
            "generated_note": row.generated_note,
        }
        for row in ordered
    ]


def _versions(row: Indicator) -> list[Data]:
    return [
        {
            "from": each.decided_on.isoformat(),
            "reason": each.reason or None,
            "approved_by": each.approved_by or None,
            **stored(restored(row.kind, each.definition)),
        }
        for each in row.versions
    ]


def _reading(row: Indicator, reading: IndicatorReading) -> Data:
    value = Fraction(reading.value or 0)
    if row.kind == Kind.YES_NO:
        text = "yes" if value else "no"
    else:
        text = canonical(Decimal(value.numerator) / Decimal(value.denominator))
    return {"on": reading.on_date.isoformat(), "value": text, "source": reading.source}


def _product(entry: IndicatorEntry) -> Data:
    return {"on": entry.on_date.isoformat(), "title": entry.title, "quantity": entry.quantity}
