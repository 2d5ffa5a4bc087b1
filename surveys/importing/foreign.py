"""Expressions of another program on their way in: names of questions and of options become ours."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from surveys.domain.expressions import BadExpression

_PIECE = re.compile(r"(\s+|'[^']*'|\"[^\"]*\"|\$\{[^}]*\}|!=|\d+(?:\.\d*)?|\.\d+|.)", re.DOTALL)
_OWN = "."
_BETWEEN = ("=", "!=", ",")  # an answer is compared with an option, or selected() asks for one


@dataclass
class Names:
    """What is called otherwise here than in the file.

    ``questions``: name in the file → code. ``options``: code of a question → name of an option in the file →
    its code, for those that differ: the same name may be another option elsewhere. ``every``: options that
    are called otherwise wherever they stand. ``complete``: no other question may be named.
    """

    questions: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    every: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False


@dataclass(frozen=True)
class Foreign:
    """An expression as the file has it; ``to_ours`` makes it one of ours, or raises BadExpression."""

    text: str
    to_ours: Callable[[str], str] = lambda text: text

    def translate(self, names: Names, own: str) -> str:
        """The expression as ours, for the question ``own``. Raises :class:`BadExpression`."""
        pieces = [_question(piece, names) for piece in _PIECE.findall(self.to_ours(self.text.strip()))]
        said = [at for at, piece in enumerate(pieces) if piece.strip()]
        for place, at in enumerate(said):
            if pieces[at][0] in "'\"":
                known = {**names.every, **names.options.get(_compared_with(pieces, said, place, own), {})}
                text = pieces[at][1:-1]
                pieces[at] = f"{pieces[at][0]}{known.get(text, text)}{pieces[at][0]}"
        return "".join(pieces)


def _question(piece: str, names: Names) -> str:
    if not piece.startswith("${"):
        return piece
    name = piece[2:-1].strip()
    if names.complete and name not in names.questions:
        raise BadExpression("unknown_question", 0, name=name[:60])
    return f"${{{names.questions.get(name, name)}}}"


def _compared_with(pieces: list[str], said: list[int], place: int, own: str) -> str:
    """The code of the question that a text is held against, "" where there is none."""
    for name in _beside([pieces[at] for at in said], place):
        if name == _OWN:
            return own
        if name.startswith("${"):
            return name[2:-1]
    return ""


def _beside(words: list[str], place: int) -> Iterator[str]:
    if place >= 2 and words[place - 1] in _BETWEEN:
        yield words[place - 2]
    if place + 2 < len(words) and words[place + 1] in _BETWEEN[:2]:
        yield words[place + 2]
