"""A YAML document → typed programme. Goes on after a fault, so that all of them are found in one reading."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from surveys.importing.faults import Fault
from surveys.importing.schema import Programme
from surveys.importing.yaml_document import PathKey, YamlDocument

ROUNDS = 12

_SHAPES = {
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "dict_type": "mapping",
    "list_type": "list",
    "string_type": "text",
}
_PLACEHOLDERS: dict[str, dict[str, Any]] = {
    "project": {
        "code": "x",
        "title": "x",
        "timezone": "Europe/Stockholm",
        "sender_name": "x",
        "reply_to": "x@x.example",
    },
    "series": {"title": "x"},
}


@dataclass(frozen=True)
class Validated:
    """``programme`` is what could be typed, for further checks: with faults, parts of it are left out.

    ``document`` is the document that ``programme`` was made from, ``whole`` the one that was read.
    """

    programme: Programme | None
    document: YamlDocument
    whole: YamlDocument
    faults: list[Fault]


def validate(whole: YamlDocument) -> Validated:
    document = whole
    faults: list[Fault] = []
    for number in range(ROUNDS):
        try:
            return Validated(Programme.model_validate(document.data), document, whole, faults)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=True)
        if number == 0:
            faults = [_fault(document, detail) for detail in details]
        document = _without_faulty(document, details)
        if not isinstance(document.data, dict):
            break
    return Validated(None, document, whole, faults)


def _fault(document: YamlDocument, detail: ErrorDetails) -> Fault:
    code, params = _meaning(detail)
    where = (*detail["loc"], "kind") if detail["type"] == "union_tag_invalid" else detail["loc"]
    return Fault(document.file, document.line(where), code, params)


def _meaning(detail: ErrorDetails) -> tuple[str, dict[str, Any]]:
    kind, where, context = detail["type"], detail["loc"], detail.get("ctx", {})
    field = str(next((step for step in reversed(where) if isinstance(step, str) and step != "[key]"), ""))
    match kind:
        case "missing":
            return "missing_field", {"field": field}
        case "union_tag_not_found":
            return "missing_field", {"field": "kind"}
        case "extra_forbidden":
            return "unknown_field", {"field": field}
        case "literal_error":
            return "not_among", {
                "field": field,
                "value": _short(detail["input"]),
                "allowed": context["expected"],
            }
        case "union_tag_invalid":
            return "not_among", {
                "field": "kind",
                "value": context["tag"],
                "allowed": context["expected_tags"],
            }
        case "too_short":
            return "too_few", {"field": field, "least": context["min_length"]}
        case "too_long":
            return "too_many", {"field": field, "most": context["max_length"]}
        case "string_too_long":
            return "too_long", {"field": field, "most": context["max_length"]}
    if kind in _SHAPES:
        return "wrong_shape", {"field": field, "expected": _SHAPES[kind]}
    return kind, {"field": field, **context}


def _short(value: Any) -> str:
    return value[:80] if isinstance(value, str) else "…"


def _without_faulty(document: YamlDocument, details: list[ErrorDetails]) -> YamlDocument:
    gone: set[PathKey] = set()
    for detail in details:
        path = _existing(document, detail["loc"])
        placeholder = _placeholder(path, detail)
        if placeholder is None:
            gone.add(path)
        else:
            _at(document.data, path)[detail["loc"][-1]] = placeholder
    return _rebuilt(document, gone)


def _placeholder(path: PathKey, detail: ErrorDetails) -> Any:
    """Return what stands in for a required field of a part that must not be left out as a whole."""
    if detail["type"] != "missing":
        return None
    field = str(detail["loc"][-1])
    if path == ():
        return {"folja": "1", "project": dict(_PLACEHOLDERS["project"])}.get(field)
    return _PLACEHOLDERS.get(str(path[0]), {}).get(field) if len(path) <= 2 else None


def _existing(document: YamlDocument, where: PathKey) -> PathKey:
    found: PathKey = ()
    for step in where:
        found = (*found, step) if _has(_at(document.data, found), step) else found
    return found


def _has(node: Any, step: str | int) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)


def _at(data: Any, path: PathKey) -> Any:
    for step in path:
        data = data[step]
    return data


def _rebuilt(document: YamlDocument, gone: set[PathKey]) -> YamlDocument:
    """Return the document without the paths in ``gone``; what remains keeps its lines."""
    lines: dict[PathKey, int] = {}

    def copy(node: Any, old: PathKey, new: PathKey) -> Any:
        lines[new] = document.line(old)
        if isinstance(node, dict):
            kept = {key: part for key, part in node.items() if (*old, key) not in gone}
            return {key: copy(part, (*old, key), (*new, key)) for key, part in kept.items()}
        if isinstance(node, list):
            numbers = [number for number in range(len(node)) if (*old, number) not in gone]
            return [copy(node[n], (*old, n), (*new, place)) for place, n in enumerate(numbers)]
        return node

    data = None if () in gone else copy(document.data, (), ())
    return YamlDocument(document.file, data, lines)
