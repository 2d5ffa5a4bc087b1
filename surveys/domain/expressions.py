"""Expressions that decide what is asked and which answers fit: a part of XLSForm's XPath, never run.

Source: XLSForm (https://xlsform.org), XPath 1.0 (W3C, 1999) for comparing and for numbers. A text is parsed
to a tree; the tree is worked out here, and in the page by a script that is given the same tree as JSON.

An expression holds ``${code}`` (the answer to a question), ``.`` (the answer being checked), numbers, texts
in '' or "", ``= != < <= > >=``, ``and or not()``, ``+ - * div mod``, ``selected(${code}, 'option')``,
``count-selected()``, ``string-length()``, ``today()``, ``true()`` and ``false()``.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Term = str | tuple[str, ...]  # an answer as expressions see it: "" is no answer, a tuple the codes chosen
Tree = tuple[Any, ...]  # ("number", 3.0), ("text", "a"), ("answer", "code"), ("own",), or (operator, tree, …)
Value = bool | float | Term

LONGEST = 1000
DEEPEST = 40

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|\$\{\s*(?P<answer>[^}]*?)\s*\}|(?P<sign><=|>=|!=|[=<>+*(),.-])|(?P<word>[A-Za-z][A-Za-z-]*))",
    re.ASCII,
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)
_NUMBER = re.compile(r"\s*-?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Operators from the loosest to the tightest: "a or b and c" is "a or (b and c)".
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
# Functions and how many arguments each takes.
FUNCTIONS = {
    "not": 1,
    "selected": 2,
    "count-selected": 1,
    "string-length": 1,
    "today": 0,
    "true": 0,
    "false": 0,
}


class BadExpression(ValueError):
    """A text that is no expression; ``code`` is stable, ``position`` (from 0) is where it goes wrong."""

    def __init__(self, code: str, position: int, **params: str | int) -> None:
        super().__init__(f"{code} at {position}")
        self.code, self.position, self.params = code, position, params


@dataclass(frozen=True)
class Expression:
    """A parsed expression. ``text`` is as it was written."""

    text: str
    parsed: Tree

    @property
    def names(self) -> frozenset[str]:
        """The codes of the questions whose answers it asks for."""
        return frozenset(part[1] for part in _parts(self.parsed) if part[0] == "answer")

    def truth(self, answers: Mapping[str, Term], own: Term = "", today: str = "") -> bool:
        """Whether it holds. ``own`` is the answer that ``.`` means, ``today`` an ISO date."""
        return _truth(_value(self.parsed, _Given(answers, own, today)))

    def tree(self) -> list[Any]:
        """The tree as JSON has it, for the script of the page."""
        return _listed(self.parsed)

    def renamed(self, names: Mapping[str, str]) -> "Expression":
        """The same about other questions: codes that ``names`` has are replaced."""
        return Expression(self.text, _renamed(self.parsed, names)) if self.names & set(names) else self


@dataclass(frozen=True)
class _Given:
    answers: Mapping[str, Term]
    own: Term
    today: str


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Expression:
    """Read an expression; raises :class:`BadExpression`.

    Codes: expression_too_long, unknown_character, bad_name, unknown_word, unexpected, missing_end,
    wrong_number_of_arguments, too_deep.
    """
    if len(text) > LONGEST:
        raise BadExpression("expression_too_long", LONGEST, limit=LONGEST)
    reader = _Reader(list(_tokens(text)))
    tree = reader.level(0, 0)
    reader.end()
    return Expression(text.strip(), tree)


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise BadExpression("unknown_character", position, character=text[position:].strip()[:1])
        kind, found = match.lastgroup, match[match.lastgroup]
        if kind == "answer" and not _CODE.fullmatch(found):
            raise BadExpression("bad_name", match.start(), name=found[:60])
        yield _Token(kind, found, match.start(kind))
        position = match.end()
    yield _Token("end", "", end)


class _Reader:
    """Reads tokens to a tree, one level of operators calling the next tighter."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at = tokens, 0

    def level(self, number: int, depth: int) -> Tree:
        if depth > DEEPEST:
            raise BadExpression("too_deep", self._next.position)
        if number == len(_LEVELS):
            return self._single(depth)
        tree, operands = self.level(number + 1, depth), 1
        while self._next.text in _LEVELS[number] and self._next.kind in ("sign", "word"):
            tree = (self._take().text, tree, self.level(number + 1, depth))
            operands += 1
            if operands > DEEPEST:  # each makes the tree one deeper
                raise BadExpression("too_deep", self._next.position)
        return tree

    def end(self) -> None:
        if self._next.kind != "end":
            raise self._unexpected()

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _single(self, depth: int) -> Tree:
        match self._next.kind, self._next.text:
            case "number", text:
                self._take()
                return ("number", float(text))
            case "text", text:
                self._take()
                return ("text", text[1:-1])
            case "answer", name:
                self._take()
                return ("answer", name)
            case "sign", ".":
                self._take()
                return ("own",)
            case "sign", "-":
                self._take()
                return ("-", ("number", 0.0), self._deeper(depth))
            case "sign", "(":
                self._take()
                tree = self.level(0, depth + 1)
                self._expect(")")
                return tree
            case "word", _:
                return self._call(depth)
        raise self._unexpected()

    def _deeper(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise BadExpression("too_deep", self._next.position)
        return self._single(depth + 1)

    def _call(self, depth: int) -> Tree:
        name = self._take()
        if name.text not in FUNCTIONS:
            raise BadExpression("unknown_word", name.position, word=name.text)
        self._expect("(")
        arguments: list[Tree] = []
        while self._next.text != ")":
            if arguments:
                self._expect(",")
            arguments.append(self.level(0, depth + 1))
        self._expect(")")
        if len(arguments) != FUNCTIONS[name.text]:
            raise BadExpression(
                "wrong_number_of_arguments", name.position, word=name.text, wanted=FUNCTIONS[name.text]
            )
        return (name.text, *arguments)

    def _expect(self, sign: str) -> None:
        if self._next.kind != "sign" or self._next.text != sign:
            raise self._unexpected()
        self._take()

    def _unexpected(self) -> BadExpression:
        token = self._next
        if token.kind == "end":
            return BadExpression("missing_end", token.position)
        return BadExpression("unexpected", token.position, found=token.text)


def _parts(tree: Tree) -> Iterator[Tree]:
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from _parts(part)


def _listed(tree: Tree) -> list[Any]:
    return [_listed(part) if isinstance(part, tuple) else part for part in tree]


def _renamed(tree: Tree, names: Mapping[str, str]) -> Tree:
    if tree[0] == "answer":
        return ("answer", names.get(tree[1], tree[1]))
    return tuple(_renamed(part, names) if isinstance(part, tuple) else part for part in tree)


def _value(tree: Tree, given: _Given) -> Value:
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
