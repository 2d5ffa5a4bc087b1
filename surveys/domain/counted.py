"""The answers of a group to one question, counted: each different answer once, with how many gave it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Weighed = list[tuple[Any, int]]


@dataclass(frozen=True)
class Counted:
    """The answers of a group to one question: ``answers`` is answer (as canonical JSON) → persons.

    ``missing`` were asked and gave none; ``not_asked`` were not asked, because of their other answers.
    """

    answers: Mapping[str, int] = field(default_factory=dict)
    missing: int = 0
    not_asked: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        together = Counter(self.answers)
        together.update(other.answers)
        return Counted(together, self.missing + other.missing, self.not_asked + other.not_asked)

    def in_order(self) -> "Counted":
        """The same with the answers in the order of their letters, whoever gave them first."""
        return Counted(dict(sorted(self.answers.items())), self.missing, self.not_asked)

    @property
    def asked(self) -> int:
        """How many were asked, whether they answered or not."""
        return sum(self.answers.values()) + self.missing

    def values(self) -> Iterator[Any]:
        """Every answer as many times as it was given, and None for each that is missing."""
        for value, many in self.weighed():
            yield from (value for _ in range(many))
        yield from (None for _ in range(self.missing))

    def weighed(self) -> Weighed:
        """Each different answer with how many gave it."""
        return [(json.loads(text), many) for text, many in self.answers.items()]


# made once: json.dumps makes another at each call that asks for anything unusual
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> str:
    """An answer as the JSON under which it is counted: equal answers give equal texts."""
    return _encoder.encode(value)


def weighed(values: Iterable[Any] | Counted) -> tuple[Weighed, int]:
    """Answers one by one (None for whoever gave none) or counted: (different answers with how many gave
    each, how many are missing).
    """
    if isinstance(values, Counted):
        return values.weighed(), values.missing
    everyone = list(values)
    answers = [value for value in everyone if value is not None]
    return [(value, 1) for value in answers], len(everyone) - len(answers)
