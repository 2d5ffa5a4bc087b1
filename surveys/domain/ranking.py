"""Ranking and prioritising: options put in order, all of them or the foremost few."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from surveys.domain.choices import read_options
from surveys.domain.counted import Counted, weighed
from surveys.domain.document import Node
from surveys.domain.expressions import Term
from surveys.domain.question import Answer, Fields, Question, Unacceptable, persons, typed_in
from surveys.domain.scales import Point
from surveys.domain.summaries import CellWriter, Column, Summary
from surveys.domain.texts import LocalText, pick

MOST_OPTIONS = 20
_PLACE: LocalText = {"sv": "plats", "en": "place"}


@dataclass(frozen=True, kw_only=True)
class Ranking(Question):
    """Options in order, first place first; kept as the list of their codes.

    Each option has a field of its own that takes its place, so that neither a mouse nor a script is needed.
    There are ``places`` places: one an option, or the foremost ``max``. Places from the first on may be given
    to fewer; none is skipped.
    """

    kind: ClassVar[str] = "ranking"
    options: tuple[Point, ...]
    max: int = 0  # 0: all are placed

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        options = read_options(node)
        if len(options) > MOST_OPTIONS:
            node.fault("too_many_options", "options", limit=MOST_OPTIONS)
        return cls(**common, options=options, max=node.whole("max", 0, 0, max(len(options), 1)))

    @property
    def choices(self) -> tuple[Point, ...]:
        return self.options

    @property
    def places(self) -> int:
        """How many places there are to give."""
        return self.max or len(self.options)

    @property
    def place_names(self) -> tuple[str, ...]:
        """The places as fields hold them: "1", "2" …"""
        return tuple(str(place) for place in range(1, self.places + 1))

    def option_field(self, code: str) -> str:
        """The field that takes the place of an option."""
        return f"{self.field}.{code}"

    def names(self) -> tuple[str, ...]:
        return tuple(self.option_field(point.code) for point in self.options)

    def accept(self, raw: Fields) -> list[str] | None:
        placed: dict[int, str] = {}
        for point in self.options:
            typed = typed_in(raw, self.option_field(point.code))
            if not typed:
                continue
            if typed not in self.place_names:
                raise Unacceptable("no_such_place", places=self.places)
            if int(typed) in placed:
                raise Unacceptable("place_twice", place=int(typed))
            placed[int(typed)] = point.code
        gap = next((place for place in range(1, len(placed) + 1) if place not in placed), None)
        if gap is not None:
            raise Unacceptable("place_skipped", place=gap)
        return [placed[place] for place in sorted(placed)] or None

    def fields(self, value: Answer) -> dict[str, list[str]]:
        return {self.option_field(code): [str(place)] for place, code in enumerate(value, 1)}

    def term(self, value: Answer) -> Term:
        return tuple(value)

    def shown(self, value: Answer, language: str) -> str:
        labels = {point.code: point.shown(language) for point in self.options}
        return ", ".join(f"{place}. {labels.get(code, code)}" for place, code in enumerate(value, 1))

    def columns(self, language: str) -> tuple[Column, ...]:
        heading, place = pick(self.text, language), pick(_PLACE, language)
        return tuple(
            Column(f"{self.code}.{point.code}", f"{heading} – {point.shown(language)} ({place})", "number")
            for point in self.options
        )

    def writer(self, language: str) -> CellWriter:
        codes = tuple(point.code for point in self.options)
        nothing = (None,) * len(codes)

        def write(value: Answer | None) -> tuple[str | None, ...]:
            if value is None:
                return nothing
            return tuple(str(value.index(code) + 1) if code in value else None for code in codes)

        return write

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        answers, missing = weighed(values)
        given = Counter[tuple[str, int]]()
        for value, many in answers:
            for place, code in enumerate(value):
                given[code, place] += many
        placed = tuple(
            (point.code, tuple(given[point.code, place] for place in range(self.places)))
            for point in self.options
        )
        return Summary(n=persons(answers), missing=missing, placed=placed)
