"""Loads the indicators of a programme file: definitions once and for all, and what was noted by hand.

What has been decided is never written over: a file may add versions, readings and products, not change them.
What it leaves out stays. Readings that were worked out are no part of a file; they follow from the rest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from surveys.course.programme_load.tally import Loading, assign
from surveys.domain.indicator_definition import Known, restored, stored, typed_value
from surveys.domain.indicators import Definition, Kind
from surveys.domain.numbers import BadNumber
from surveys.domain.series import BadFields
from surveys.importing.indicator_schema import Indicator as Entry
from surveys.importing.indicator_schema import Version
from surveys.importing.yaml_document import PathKey
from surveys.models.indicator import Indicator, IndicatorEntry, IndicatorVersion
from surveys.models.programme import Project
from surveys.queries import indicators as queries
from surveys.results.indicator_acts import new_version, read_definition
from surveys.results.indicator_choices import choices
from surveys.results.readings import typed_row

SEVERAL = ("series", "outcomes", "questions", "indexes", "organisations", "work_groups")


@dataclass(frozen=True)
class _Place:
    """An indicator of the file beside its row."""

    path: PathKey
    entry: Entry
    row: Indicator
    known: Known


def load_indicators(loading: Loading, project: Project) -> None:
    """Make the indicators of the file, or add to them what it has more; after everything that they name."""
    entries = loading.document.programme.indicators
    if not entries:
        return
    loading.session.flush()
    known = choices(loading.session, project).known
    named = {path for each in entries for version in each.versions for path in version.indexes}
    # an index is declared when its questions have been answered, which the file knows nothing of
    known = replace(known, indexes=[*known.indexes, *(path for path in named if path.count("/") == 2)])
    rows = {row.code: row for row in queries.of_project(loading.session, project.id)}
    position = max((row.position for row in rows.values()), default=0)
    for number, entry in enumerate(entries):
        path: PathKey = ("indicators", number)
        row = rows.get(entry.code)
        if row is None:
            row = _made(loading, path, entry, project, rows, position + 1 + number)
        elif row.kind != entry.kind:
            loading.fault((*path, "kind"), "indicator_of_other_kind", indicator=entry.code, kind=row.kind)
            continue
        if row is not None:
            rows[entry.code] = row
            _bring(loading, _Place(path, entry, row, known))


def _made(
    loading: Loading,
    path: PathKey,
    entry: Entry,
    project: Project,
    rows: Mapping[str, Indicator],
    position: int,
) -> Indicator | None:
    above = rows.get(entry.whole) if entry.whole else None
    if entry.whole and (above is None or above.kind != entry.kind or above.whole_id is not None):
        loading.fault((*path, "whole"), "not_a_whole", value=entry.whole)
        return None
    row = Indicator(
        project_id=project.id,
        whole_id=above.id if above else None,
        code=entry.code,
        kind=entry.kind,
        position=position,
    )
    loading.session.add(row)
    loading.session.flush()
    return row


def _bring(loading: Loading, place: _Place) -> None:
    entry, row = place.entry, place.row
    new = not row.versions
    said: dict[str, Any] = {"generated_note": entry.generated_note}
    if entry.ended_on is not None:
        said["ended_on"] = entry.ended_on
    changed = assign(row, said)
    changed |= _versions(loading, place)
    loading.session.flush()
    loading.session.refresh(row, ["versions"])
    if row.versions:
        changed |= _readings(loading, place)
        changed |= _products(loading, place)
        loading.session.flush()
    if new:
        loading.counts["indicators"].created += 1
    else:
        loading.count("indicators", changed)


def _versions(loading: Loading, place: _Place) -> bool:
    """Add the versions that the file has more; those that are there must be the same."""
    kind, there = Kind(place.row.kind), list(place.row.versions)
    for number, version in enumerate(place.entry.versions):
        path = (*place.path, "versions", number)
        kept = there[number] if number < len(there) else None
        raw, many = _fields(version, kept)
        try:
            definition, decided_on = read_definition(kind, raw, many, place.known, revision=number > 0)
        except BadFields as bad:
            if kept is None:
                for name, why in bad.faults.items():
                    here = (*path, "from" if name == "decided_on" else name)
                    loading.fault(here, "indicator_field", indicator=place.entry.code, field=name, why=why)
                continue
            # what it names may be gone since
            definition, decided_on = _as_it_stands(kind, raw, many), version.from_on
        if kept is None:
            user = None
            made = new_version(place.row, number + 1, definition, decided_on, raw, user, loading.now)
            loading.session.add(made)
        elif not _same(kind, kept, definition, decided_on, raw):
            loading.fault(path, "indicator_version_stands", indicator=place.entry.code, number=number + 1)
    return len(place.entry.versions) > len(there)


def _fields(
    version: Version, kept: IndicatorVersion | None
) -> tuple[dict[str, str], dict[str, Sequence[str]]]:
    """As the form of an indicator sends them."""
    data = version.model_dump(mode="json", exclude_none=True)
    many = {name: data.pop(name) for name in SEVERAL}
    raw = {name: str(value) for name, value in data.items() if name not in ("from_on", "as_share")}
    raw["decided_on"] = data["from_on"]
    raw["as_share"] = "y" if data["as_share"] else ""
    if one := raw.pop("organisation", ""):
        many["organisations"] = [one, *(each for each in many["organisations"] if each != one)]
    if kept is not None and kept.definition.get("minimum_answers"):
        raw.setdefault("minimum_answers", str(kept.definition["minimum_answers"]))
    return raw, many


def _as_it_stands(kind: Kind, raw: Mapping[str, str], many: Mapping[str, Sequence[str]]) -> Definition:
    content: dict[str, Any] = {name: value for name, value in raw.items() if value}
    content |= {name: list(values) for name, values in many.items()}
    content["as_share"] = bool(raw["as_share"])
    content["minimum_answers"] = int(raw.get("minimum_answers", 0))
    return restored(kind, content)


def _same(
    kind: Kind, kept: IndicatorVersion, definition: Definition, decided_on: date, raw: Mapping[str, str]
) -> bool:
    before = stored(restored(kind, kept.definition)), kept.decided_on, kept.reason, kept.approved_by
    now = stored(definition), decided_on, raw.get("reason", ""), raw.get("approved_by", "")
    return before == now


def _readings(loading: Loading, place: _Place) -> bool:
    """Add the readings that are not there yet."""
    kind, added = Kind(place.row.kind), False
    rows = queries.readings(loading.session, place.row.project_id).get(place.row.id, [])
    there = Counter((each.on_date, each.value, each.source) for each in rows if each.origin == "typed")
    for number, reading in enumerate(place.entry.readings):
        path = (*place.path, "readings", number)
        raw = {"value": reading.value, "on": reading.on.isoformat(), "source": reading.source}
        try:
            key = reading.on, str(Fraction(typed_value(kind, reading.value))), reading.source
            if not kind.typed:
                raise BadFields({"value": "worked_out"})
            if there[key]:
                there[key] -= 1
                continue
            loading.session.add(typed_row(place.row, raw, None, loading.now))
            added = True
        except BadNumber as bad:
            loading.fault(path, "indicator_field", indicator=place.entry.code, field="value", why=bad.code)
        except BadFields as bad:
            for name, why in bad.faults.items():
                loading.fault(path, "indicator_field", indicator=place.entry.code, field=name, why=why)
    return added


def _products(loading: Loading, place: _Place) -> bool:
    """Add the products that are not there yet."""
    if place.entry.products and place.row.kind != Kind.PRODUCTS:
        path = (*place.path, "products")
        loading.fault(path, "indicator_field", indicator=place.entry.code, field="products", why="worked_out")
        return False
    rows = queries.entries(loading.session, place.row.project_id).get(place.row.id, [])
    there = Counter((each.on_date, each.title, each.quantity) for each in rows)
    wanted = Counter((each.on, each.title, each.quantity) for each in place.entry.products)
    missing = list((wanted - there).elements())
    loading.session.add_all(
        IndicatorEntry(indicator_id=place.row.id, on_date=on, title=title, quantity=quantity)
        for on, title, quantity in missing
    )
    return bool(missing)
