"""Question kinds whose answer is one point out of several, kept as its code: scale, choice of theme."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from surveys.domain.counted import Counted, weighed
from surveys.domain.document import Node
from surveys.domain.question import Answer, Fields, Question, Unacceptable, typed_in
from surveys.domain.scales import Point, Scale
from surveys.domain.statistics import Distribution
from surveys.domain.summaries import CellWriter, Column, Summary
from surveys.domain.texts import LocalText, pick

DONT_KNOW = "dk"
DONT_KNOW_LABEL: LocalText = {"sv": "Vet ej", "en": "Don’t know"}


@dataclass(frozen=True, kw_only=True)
class PointQuestion(Question):
    """One point out of several, kept as its code: what a scale and a choice of theme have in common."""

    @property
    def choices(self) -> tuple[Point, ...]:
        """What can be chosen, in the order shown."""
        raise NotImplementedError

    @property
    def counted(self) -> tuple[str, ...]:
        """The codes that a distribution holds."""
        return tuple(point.code for point in self.choices)

    def accept(self, raw: Fields) -> str | None:
        return one_of(self.choices, typed_in(raw, self.field))

    def shown(self, value: Answer, language: str) -> str:
        return label_of(self.choices, value, language)

    def columns(self, language: str) -> tuple[Column, ...]:
        return coded_columns(self, language)

    def writer(self, language: str) -> CellWriter:
        return coded_writer(self.choices, language)

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        return summary_of_classes(self.counted, values)


@dataclass(frozen=True, kw_only=True)
class ScaleQuestion(PointQuestion):
    """A labelled scale, lowest first. Kept as the code of the point, or ``dk``."""

    kind: ClassVar[str] = "scale"
    scale: Scale
    dont_know: bool = False

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        scale = Scale.read(node.node("scale"))
        if DONT_KNOW in scale.codes:
            node.fault("reserved_code", "scale", "points", value=DONT_KNOW)
        return cls(**common, scale=scale, dont_know=node.flag("dont_know"))

    @property
    def choices(self) -> tuple[Point, ...]:
        """The points, and "don't know" last where it is an answer."""
        return (
            (*self.scale.points, Point(DONT_KNOW, DONT_KNOW_LABEL)) if self.dont_know else self.scale.points
        )

    @property
    def counted(self) -> tuple[str, ...]:
        """The points alone: "don't know" is counted apart."""
        return self.scale.codes


@dataclass(frozen=True, kw_only=True)
class ThemeChoice(PointQuestion):
    """Which parallel theme the person took part in. Kept as the theme's code."""

    kind: ClassVar[str] = "theme_choice"
    options: tuple[Point, ...] = ()  # the themes of the occasion, known once expanded

    @property
    def choices(self) -> tuple[Point, ...]:
        return self.options


def one_of(choices: Sequence[Point], code: str) -> str | None:
    if code and all(code != point.code for point in choices):
        raise Unacceptable("not_an_option")
    return code or None


def label_of(choices: Sequence[Point], code: str, language: str) -> str:
    return next((point.shown(language) for point in choices if point.code == code), code)


def coded_columns(question: Question, language: str) -> tuple[Column, ...]:
    heading = pick(question.text, language)
    return (Column(question.code, heading, "code"), Column(f"{question.code}.label", heading, "label"))


def coded_writer(choices: Sequence[Point], language: str) -> CellWriter:
    rows = {point.code: (point.code, point.shown(language)) for point in choices}
    nothing = (None, None)
    return lambda value: nothing if value is None else rows.get(value, (value, None))


def summary_of_classes(codes: tuple[str, ...], values: Iterable[Answer | None] | Counted) -> Summary:
    """Answers that are one class each, counted; "don't know" apart."""
    answers, missing = weighed(values)
    counts = Counter[str]()
    for value, many in answers:
        counts[value] += many
    distribution = Distribution(codes, tuple(counts[code] for code in codes), missing, counts[DONT_KNOW])
    return Summary(
        n=distribution.n, missing=missing, dont_know=distribution.dont_know, distribution=distribution
    )
