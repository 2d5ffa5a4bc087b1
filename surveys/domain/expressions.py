"""Expressions that decide what is asked and which answers fit: a part of XLSForm's XPath, never run.

Source: XLSForm (https://xlsform.org), XPath 1.0 (W3C, 1999) for comparing and for numbers. A text is parsed
to a tree; the tree is worked out here, and in the page by a script that is given the same tree as JSON.

An expression holds ``${code}`` (the answer to a question), ``.`` (the answer being checked), numbers, texts
in '' or "", ``= != < <= > >=``, ``and or not()``, ``+ - * div mod``, ``selected(${code}, 'option')``,
``count-selected()``, ``string-length()``, ``today()``, ``true()`` and ``false()``.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.domain.expression_values import Given, Term, Tree, holds

__all__ = ["FUNCTIONS", "BadExpression", "Expression", "Term", "Tree", "parse"]


LONGEST = 1000
DEEPEST = 40
DEEPEST_TREE = 100  # working one out goes as deep, and a program goes no deeper than it can

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|\$\{(?P<answer>[^}]*)\}|(?P<sign><=|>=|!=|[=<>+*(),.-])|(?P<word>[A-Za-z][A-Za-z-]*))",
    re.ASCII,
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)
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

    @property
    def about_own(self) -> bool:
        """Whether it asks for the answer being checked, which is none where a condition is worked out."""
        return any(part[0] == "own" for part in _parts(self.parsed))

    def truth(self, answers: Mapping[str, Term], own: Term = "", today: str = "") -> bool:
        """Whether it holds. ``own`` is the answer that ``.`` means, ``today`` an ISO date."""
        return holds(self.parsed, Given(answers, own, today))

    def tree(self) -> list[Any]:
        """The tree as JSON has it, for the script of the page."""
        return _listed(self.parsed)

    def renamed(self, names: Mapping[str, str]) -> "Expression":
        """The same about other questions: codes that ``names`` has are replaced."""
        return Expression(self.text, _renamed(self.parsed, names)) if self.names & set(names) else self


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Expression:
    """Read an expression; raises :class:`BadExpression`.

    Codes: expression_too_long, unknown_character, bad_name, unknown_word, unexpected, missing_end,
    wrong_number_of_arguments, too_deep, number_too_large.
    """
    if len(text) > LONGEST:
        raise BadExpression("expression_too_long", LONGEST, limit=LONGEST)
    reader = _Reader(list(_tokens(text)))
    tree = reader.level(0, 0)
    reader.end()
    if _depth(tree) > DEEPEST_TREE:
        raise BadExpression("too_deep", len(text.rstrip()))
    return Expression(text.strip(), tree)


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise BadExpression("unknown_character", position, character=text[position:].strip()[:1])
        kind, found = match.lastgroup, match[match.lastgroup]
        if kind == "answer" and not _CODE.fullmatch(found := found.strip()):
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
                token = self._take()
                if math.isinf(float(text)):  # JSON, which the page is given, has no word for it
                    raise BadExpression("number_too_large", token.position)
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


def _depth(tree: Tree) -> int:
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [part for each in level for part in each[1:] if isinstance(part, tuple)]
    return depth


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
