"""LimeSurvey's ExpressionScript → expressions of ours, where it says nothing that ours cannot.

Source: https://www.limesurvey.org/manual/ExpressionScript_-_Presentation: names with ``.NAOK``, ``==`` and
``eq``, ``&&`` and ``and``, ``!``, ``is_empty()``. Anything else is refused as an expression of ours would be.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveys.domain.expressions import DEEPEST, LONGEST, BadExpression

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\d+X\d+X\d+[A-Za-z0-9_#.]*|[A-Za-z_][A-Za-z0-9_.]*)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign>==|!=|<=|>=|&&|\|\||[=<>!+*/(),-]))",
    re.ASCII,
)
_SPELLED = {"eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "&&": "and", "||": "or"}
_SPELLED |= {"==": "=", "AND": "and", "OR": "or", "/": "div"}
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div"))
# ".value" of a choice is its points, which are not carried over.
_SUFFIX = re.compile(r"\.(NAOK|code)$", re.IGNORECASE)
_TIGHTEST = len(_LEVELS)


@dataclass(frozen=True)
class Variable:
    """What a name of LimeSurvey means: the answer to a question, or whether one of its options is chosen."""

    code: str
    option: str = ""

    def chosen(self) -> str:
        return f"selected(${{{self.code}}}, '{self.option}')"


@dataclass(frozen=True)
class _Part:
    """A piece of an expression of ours, and how tightly its loosest operator binds."""

    text: str
    level: int = _TIGHTEST
    variable: Variable | None = None

    @property
    def said(self) -> str:
        """As it stands where a truth or a value is wanted."""
        return self.variable.chosen() if self.variable and self.variable.option else self.text

    def within(self, level: int) -> str:
        return self.said if self.level > level else f"({self.said})"


def translated(text: str, variables: Mapping[str, Variable]) -> str:
    """The expression as ours. Raises :class:`BadExpression` where that cannot be."""
    if len(text) > LONGEST:
        raise BadExpression("expression_too_long", LONGEST, limit=LONGEST)
    reader = _Reader(list(_tokens(text)), variables)
    part = reader.level(0, 0)
    if reader.next[0] != "end":
        raise reader.unexpected()
    return part.said


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise BadExpression("unknown_character", position, character=text[position:].strip()[:1])
        found = match[match.lastgroup]
        sign = _SPELLED.get(found, found)
        yield ("sign" if sign in _SIGNS else match.lastgroup), sign, match.start(match.lastgroup)
        position = match.end()
    yield "end", "", end


_SIGNS = frozenset(sign for level in _LEVELS for sign in level) | set("!(),")


class _Reader:
    def __init__(self, tokens: list[tuple[str, str, int]], variables: Mapping[str, Variable]) -> None:
        self._tokens, self._at, self._variables = tokens, 0, variables

    @property
    def next(self) -> tuple[str, str, int]:
        return self._tokens[self._at]

    def unexpected(self) -> BadExpression:
        kind, text, position = self.next
        if kind == "end":
            return BadExpression("missing_end", position)
        return BadExpression("unexpected", position, found=text)

    def level(self, number: int, depth: int) -> _Part:
        if depth > DEEPEST:
            raise BadExpression("too_deep", self.next[2])
        if number == _TIGHTEST:
            return self._single(depth)
        left = self.level(number + 1, depth)
        while self.next[0] == "sign" and self.next[1] in _LEVELS[number]:
            sign = self._take()[1]
            right = self.level(number + 1, depth)
            left = _compared(left, sign, right) or _Part(
                f"{left.within(number - 1)} {sign} {right.within(number)}", number
            )
        return left

    def _take(self) -> tuple[str, str, int]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _single(self, depth: int) -> _Part:
        kind, text, position = self.next
        match kind, text:
            case "number" | "text", _:
                self._take()
                return _Part(text)
            case "sign", "!":
                self._take()
                return _Part(f"not({self._deeper(depth).said})")
            case "sign", "-":
                self._take()
                return _Part(f"-{self._deeper(depth).within(_TIGHTEST - 1)}")
            case "sign", "(":
                self._take()
                part = self.level(0, depth + 1)
                self._expect(")")
                return part
            case "name", _:
                self._take()
                return (
                    self._call(text, position, depth) if self.next[1] == "(" else self._named(text, position)
                )
        raise self.unexpected()

    def _deeper(self, depth: int) -> _Part:
        if depth > DEEPEST:
            raise BadExpression("too_deep", self.next[2])
        return self._single(depth + 1)

    def _named(self, text: str, position: int) -> _Part:
        name = _SUFFIX.sub("", text)
        variable = self._variables.get(name)
        if variable is None:
            raise BadExpression("bad_name", position, name=name[:60])
        return _Part(f"${{{variable.code}}}", variable=variable)

    def _call(self, name: str, position: int, depth: int) -> _Part:
        if name != "is_empty":
            raise BadExpression("unknown_word", position, word=name[:60])
        self._expect("(")
        part = self.level(0, depth + 1)
        self._expect(")")
        return _compared(part, "=", _Part("''")) or _Part(f"{part.within(2)} = ''", 2)

    def _expect(self, sign: str) -> None:
        if self.next[:2] != ("sign", sign):
            raise self.unexpected()
        self._take()


def _compared(left: _Part, sign: str, right: _Part) -> _Part | None:
    """An option compared with "Y" or with nothing: whether it is chosen. None for all else."""
    if left.variable is None or not left.variable.option or sign not in ("=", "!="):
        return None
    value = right.text.strip("'\"")
    if value not in ("Y", "N", "") or not right.text.startswith(("'", '"')):
        return None
    chosen = left.variable.chosen()
    return _Part(chosen) if (value == "Y") == (sign == "=") else _Part(f"not({chosen})")
