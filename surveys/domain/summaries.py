"""What the answers to one question come to, and the columns they take in an export."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from surveys.domain.spread import Spread
from surveys.domain.statistics import Distribution, NumberSummary, WordCount

Cell = str | None
CellWriter = Callable[[Any], tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Summary:
    """The answers to a question counted. ``n`` gave an answer, ``missing`` none (internt bortfall),
    ``dont_know`` said that they do not know; the three make up all responses.

    Besides, by kind: ``distribution`` (one answer a person), ``chosen`` (code → persons, several
    answers a person, shares are of ``n``), ``placed`` (code → persons by the place they gave it, first place
    first), ``numbers`` (None where nobody answered), ``words`` by frequency, ``texts`` as written, in the
    order of the responses.
    """

    n: int
    missing: int
    dont_know: int = 0
    distribution: Distribution | None = None
    chosen: tuple[tuple[str, int], ...] = ()
    placed: tuple[tuple[str, tuple[int, ...]], ...] = ()
    numbers: NumberSummary | None = None
    words: tuple[WordCount, ...] = ()
    texts: tuple[str, ...] = ()
    spread: Spread | None = None  # of numbers


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export. ``holds`` says what its cells are: ``number`` cells are true numbers,
    ``code`` and ``label`` come from the questionnaire, ``text`` from whoever answered.
    """

    name: str
    heading: str
    holds: Literal["code", "label", "number", "text"]
