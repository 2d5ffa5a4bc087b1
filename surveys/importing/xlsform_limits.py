"""Limits of an answer as an XLSForm constraint, and back: ``. >= 0 and . <= 24``."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from surveys.domain.expressions import BadExpression, Tree, parse
from surveys.domain.numbers import canonical

JsonObject = dict[str, Any]

NAMES = ("minimum", "maximum", "earliest", "latest", "max", "max_length", "max_words")


def constraint(question: JsonObject) -> str:
    """All that an answer must fulfil, as XLSForm has it; "" where it may be anything."""
    limits = [*_limits(question)]
    check = question.get("check", "")
    if not limits or not check:
        return check or " and ".join(limits)
    return " and ".join([*limits, f"({check})"])


def limits_in(kind: str, text: str, whole: bool) -> JsonObject | None:
    """The limits that a constraint says, by our names; None where it says anything else too.

    ``whole``: answers are whole numbers, so that "above 0" is "at least 1".
    """
    try:
        parts = list(_conjuncts(parse(text).parsed))
    except BadExpression:
        return None
    found: JsonObject = {}
    for part in parts:
        limit = _limit(kind, part, whole)
        if limit is None or limit[0] in found:
            return None
        found[limit[0]] = limit[1]
    return found


def _limits(question: JsonObject) -> Iterator[str]:
    match question["kind"]:
        case "number":
            yield from _between(question, "minimum", "maximum", "{}")
        case "date":
            yield from _between(question, "earliest", "latest", "date('{}')")
        case "several_choices" if question.get("max"):
            yield f"count-selected(.) <= {question['max']}"
        case "short_text" | "long_text" if question.get("max_length"):
            yield f"string-length(.) <= {question['max_length']}"


def _between(question: JsonObject, lowest: str, highest: str, shown: str) -> Iterator[str]:
    if question.get(lowest) not in (None, ""):
        yield f". >= {shown.format(question[lowest])}"
    if question.get(highest) not in (None, ""):
        yield f". <= {shown.format(question[highest])}"


def _conjuncts(tree: Tree) -> Iterator[Tree]:
    if tree[0] == "and":
        yield from _conjuncts(tree[1])
        yield from _conjuncts(tree[2])
    else:
        yield tree


def _limit(kind: str, tree: Tree, whole: bool) -> tuple[str, str | int] | None:
    match tree:
        case (("<=" | "<" | ">=" | ">") as sign, left, right):
            pass
        case _:
            return None
    match kind, sign, left, right:
        case "number", _, ("own",), number if (value := _number(number)) is not None:
            return _number_limit(sign, value, whole)
        case "date", "<=", ("own",), ("text", day):
            return "latest", str(day)
        case "date", ">=", ("own",), ("text", day):
            return "earliest", str(day)
        case "several_choices", "<=", ("count-selected", ("own",)), ("number", most):
            return _whole("max", most)
        case "short_text" | "long_text", "<=", ("string-length", ("own",)), ("number", most):
            return _whole("max_length", most)
    return None


def _number_limit(sign: str, value: Decimal, whole: bool) -> tuple[str, str] | None:
    if sign in ("<", ">") and not (whole and value == value.to_integral_value()):
        return None
    if sign[0] == "<":
        return "maximum", canonical(value - (sign == "<"))
    return "minimum", canonical(value + (sign == ">"))


def _whole(name: str, value: float) -> tuple[str, int] | None:
    return (name, int(value)) if value.is_integer() and 0 < value < 1_000_000 else None


def _number(tree: Tree) -> Decimal | None:
    match tree:
        case ("number", value):
            return Decimal(repr(value)) if value < 1e15 else None
        case ("-", ("number", 0.0), ("number", value)):
            return -Decimal(repr(value)) if value < 1e15 else None
    return None
