"""What an expression comes to, given answers. Source: XPath 1.0 (W3C, 1999), for comparing and numbers."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Term = str | tuple[str, ...]  # an answer as expressions see it: "" is no answer, a tuple the codes chosen
Tree = tuple[Any, ...]  # ("number", 3.0), ("text", "a"), ("answer", "code"), ("own",), or (operator, tree, …)
Value = bool | float | Term

_NUMBER = re.compile(r"\s*-?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Given:
    """The answers by code, the answer that ``.`` means, and today as an ISO date."""

    answers: Mapping[str, Term]
    own: Term = ""
    today: str = ""


def holds(tree: Tree, given: Given) -> bool:
    """Whether the expression of ``tree`` holds."""
    return _truth(_value(tree, given))


def _value(tree: Tree, given: Given) -> Value:
    match tree:
        case ("number" | "text", value):
            return value  # type: ignore[no-any-return]
        case ("answer", name):
            return given.answers.get(name, "")
        case ("own",):
            return given.own
        case ("today",):
            return given.today
        # The right side is not worked out where the left one decides.
        case ("and", left, right):
            return _truth(_value(left, given)) and _truth(_value(right, given))
        case ("or", left, right):
            return _truth(_value(left, given)) or _truth(_value(right, given))
    return _WORKED_OUT[tree[0]](*(_value(part, given) for part in tree[1:]))


def _truth(value: Value) -> bool:
    if isinstance(value, float):
        return bool(value) and not math.isnan(value)
    return bool(value)


def _number(value: Value) -> float:
    """As XPath's number(): NaN of what is none."""
    if isinstance(value, bool | float):
        return float(value)
    text = _text(value)
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def _text(value: Value) -> str:
    """Several codes are one text with spaces between, as in XLSForm; a whole number has no decimals."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) == _truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return _number(left) == _number(right)
    return _text(left) == _text(right)


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    """Numbers by size; two days, which are no numbers, by which comes first."""

    def compare(left: Value, right: Value) -> bool:
        if all(isinstance(each, str) and _DAY.fullmatch(each) for each in (left, right)):
            return holds(left, right)
        return holds(_number(left), _number(right))

    return compare


def _divided(left: Value, right: Value) -> float:
    above, below = _number(left), _number(right)
    if below == 0:
        return math.nan if above == 0 or math.isnan(above) else math.copysign(math.inf, above)
    return above / below


def _rest(left: Value, right: Value) -> float:
    above, below = _number(left), _number(right)
    return math.nan if below == 0 or math.isinf(above) else math.fmod(above, below)


def _codes(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else tuple(_text(value).split())


_WORKED_OUT: dict[str, Callable[..., Value]] = {
    "=": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "+": lambda left, right: _number(left) + _number(right),
    "-": lambda left, right: _number(left) - _number(right),
    "*": lambda left, right: _number(left) * _number(right),
    "div": _divided,
    "mod": _rest,
    "not": lambda value: not _truth(value),
    "selected": lambda codes, code: _text(code) in _codes(codes),
    "count-selected": lambda codes: float(len(_codes(codes))),
    "string-length": lambda text: float(len(_text(text))),
    "true": lambda: True,
    "false": lambda: False,
}
