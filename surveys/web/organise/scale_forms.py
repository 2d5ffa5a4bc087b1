"""A scale in a form: its points, how many upper ones are shown together, and its classes in results.

The form is the same for a scale of the library and for one of a question's own, but for its fields' names.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.web.organise.writing_forms import (
    JsonObject,
    QuestionForm,
    points_of,
    put_text,
    rows_of,
    spread,
)

LEAST_CLASS_ROWS = 3
# Places as people write them: 3, 1-2, 1–2, 1 to 2 with commas or blanks between.
_PLACES = re.compile(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?")


@dataclass(frozen=True)
class Names:
    """What the fields of a scale are called in a form."""

    points: str
    top: str
    classes: str


LIBRARY = Names("points", "top", "class")
OWN = Names("own", "own-top", "own-class")


def fill(found: dict[str, str], scale: Mapping[str, Any], names: Names, languages: Sequence[str]) -> None:
    """Put a scale ({} for none yet) into the fields of a form."""
    points = scale.get("points") or []
    rows_of(found, names.points, points, languages)
    found[names.top] = str(scale.get("top", 2))
    places = {point["code"]: number for number, point in enumerate(points, 1)}
    classes = scale.get("merged") or []
    for number in range(max(LEAST_CLASS_ROWS, len(classes) + 1)):
        each = classes[number] if number < len(classes) else {}
        held = sorted(places[code] for code in each.get("codes", ()) if code in places)
        found[f"{names.classes}-{number}-points"] = ", ".join(_runs(held))
        spread(found, f"{names.classes}-{number}", each.get("label"), languages)


def read(form: QuestionForm, stored: Mapping[str, Any], names: Names, faults: dict[str, str]) -> JsonObject:
    """The scale that a form says; stable codes of what could not be read go into ``faults``, by field.

    ``stored`` is what it was ({} for a new one): its points keep their codes and the texts not shown.
    """
    points = points_of(form, names.points, stored.get("points") or [], faults, numbered=True)
    made: JsonObject = {"points": points}
    classes = list(_classes(form, stored, points, names, faults))
    if classes:
        made["merged"] = classes
    top = form.one(names.top).strip()
    made["top"] = int(top) if top.isascii() and top.isdigit() else top or min(2, len(points))
    return made


def says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two scales differ in nothing but their codes in the library."""
    first, second = ({"merged": [], "top": 2} | {**each, "code": ""} for each in (one, other))
    return first == second


def field_of(path: Sequence[str | int], form: QuestionForm, names: Names) -> str:
    """The field that a fault is about; ``path`` begins at the scale."""
    match tuple(path):
        case ("top", *_):
            return names.top
        case ("merged", int(number), *_):
            filled = [each for each in form.rows(names.classes, "points") if _is_filled(form, names, each)]
            return f"{names.classes}-{filled[number] if number < len(filled) else 0}-{form.languages[0]}"
        case ("merged", *_):
            return f"{names.classes}-0-points"
    return f"{names.points}-more-{form.languages[0]}"


def _classes(
    form: QuestionForm,
    stored: Mapping[str, Any],
    points: Sequence[JsonObject],
    names: Names,
    faults: dict[str, str],
) -> Iterator[JsonObject]:
    before = {tuple(each["codes"]): each["label"] for each in stored.get("merged") or ()}
    for number in form.rows(names.classes, "points"):
        row = f"{names.classes}-{number}"
        if not _is_filled(form, names, number):
            continue
        places = _places(form.one(f"{row}-points"), len(points))
        if not places:
            faults[f"{row}-points"] = "bad_places"
        codes = [points[place - 1]["code"] for place in places]
        made: JsonObject = {}
        put_text(made, "label", before.get(tuple(codes)), form.part(row, "label"))
        if "label" not in made and len(places) == 1:
            made["label"] = dict(points[places[0] - 1].get("label", {}))
        yield {"label": {}, **made, "codes": codes}


def _is_filled(form: QuestionForm, names: Names, number: int) -> bool:
    row = f"{names.classes}-{number}"
    return any(form.one(f"{row}-{name}").strip() for name in ("points", *form.languages))


def _places(typed: str, most: int) -> list[int]:
    """The places written; none where anything in them cannot be."""
    parts = [each for each in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", typed.strip())) if each]
    found: list[int] = []
    for part in parts:
        matched = _PLACES.fullmatch(part)
        first, last = (int(matched[1]), int(matched[2] or matched[1])) if matched else (0, 0)
        if not 1 <= first <= last <= most:
            return []
        found += range(first, last + 1)
    return found


def _runs(places: Sequence[int]) -> Iterator[str]:
    """Places as one writes them: 1–2, 4."""
    start = 0
    for number, place in enumerate(places):
        if number + 1 == len(places) or places[number + 1] != place + 1:
            first = places[start]
            yield str(place) if first == place else f"{first}–{place}"
            start = number + 1
