"""Question kinds that choose among points or options: scale, one choice, several choices, theme choice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from surveys.domain.counted import Counted, Weighed, weighed
from surveys.domain.document import Node
from surveys.domain.expressions import Term
from surveys.domain.question import Answer, Fields, Question, Unacceptable, line_in, persons, typed_in
from surveys.domain.scales import Point, Scale, read_points, repeated
from surveys.domain.statistics import Distribution
from surveys.domain.summaries import CellWriter, Column, Summary
from surveys.domain.texts import LocalText, pick

DONT_KNOW = "dk"
OTHER = "other"
OTHER_TEXT_LENGTH = 200
DONT_KNOW_LABEL: LocalText = {"sv": "Vet ej", "en": "Don’t know"}
OTHER_LABEL: LocalText = {"sv": "Annat", "en": "Other"}


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
        return _one_of(self.choices, typed_in(raw, self.field))

    def shown(self, value: Answer, language: str) -> str:
        return _label(self.choices, value, language)

    def columns(self, language: str) -> tuple[Column, ...]:
        return _coded_columns(self, language)

    def writer(self, language: str) -> CellWriter:
        return _coded_writer(self.choices, language)

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
class OneChoice(Question):
    """One of several options. Kept as {"code": …}, with "text" beside the code ``other``."""

    kind: ClassVar[str] = "one_choice"
    options: tuple[Point, ...]
    other: bool = False

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        return cls(**common, options=read_options(node), other=node.flag("other"))

    @property
    def choices(self) -> tuple[Point, ...]:
        return (*self.options, Point(OTHER, OTHER_LABEL)) if self.other else self.options

    @property
    def text_field(self) -> str:
        return f"{self.field}.text"

    def names(self) -> tuple[str, ...]:
        return (self.field, self.text_field) if self.other else (self.field,)

    def accept(self, raw: Fields) -> dict[str, str] | None:
        text = line_in(raw, self.text_field, OTHER_TEXT_LENGTH) if self.other else None
        chosen = _one_of(self.choices, typed_in(raw, self.field)) or (OTHER if text else None)
        if chosen is None:
            return None
        if text and chosen != OTHER:
            raise Unacceptable("other_and_option")
        return {"code": chosen, "text": text} if text else {"code": chosen}

    def fields(self, value: Answer) -> dict[str, list[str]]:
        chosen = {self.field: [value["code"]]}
        return chosen | {self.text_field: [value["text"]]} if "text" in value else chosen

    def term(self, value: Answer) -> Term:
        return str(value["code"])

    def shown(self, value: Answer, language: str) -> str:
        return _with_text(_label(self.choices, value["code"], language), value)

    def columns(self, language: str) -> tuple[Column, ...]:
        text = (Column(f"{self.code}.text", pick(OTHER_LABEL, language), "text"),) if self.other else ()
        return (*_coded_columns(self, language), *text)

    def writer(self, language: str) -> CellWriter:
        coded, other = _coded_writer(self.choices, language), self.other

        def write(value: Answer | None) -> tuple[str | None, ...]:
            cells = coded(value and value["code"])
            return (*cells, value and value.get("text")) if other else cells

        return write

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        answers, missing = weighed(values)
        counts = Counter[str]()
        for value, many in answers:
            counts[value["code"]] += many
        codes = tuple(point.code for point in self.choices)
        return Summary(
            n=persons(answers),
            missing=missing,
            distribution=Distribution(codes, tuple(counts[code] for code in codes), missing),
            texts=_own_words(answers),
        )


@dataclass(frozen=True, kw_only=True)
class SeveralChoices(Question):
    """Any of several options, at most ``max``. Kept as {"codes": […]}, with "text" for ``other`` in words."""

    kind: ClassVar[str] = "several_choices"
    options: tuple[Point, ...]
    other: bool = False
    max: int = 0  # 0: as many as there are

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        options, other = read_options(node), node.flag("other")
        most = node.whole("max", 0, 0, max(len(options) + other, 1))
        return cls(**common, options=options, other=other, max=most)

    @property
    def choices(self) -> tuple[Point, ...]:
        return (*self.options, Point(OTHER, OTHER_LABEL)) if self.other else self.options

    @property
    def text_field(self) -> str:
        return f"{self.field}.text"

    def names(self) -> tuple[str, ...]:
        return (self.field, self.text_field) if self.other else (self.field,)

    def accept(self, raw: Fields) -> dict[str, Any] | None:
        text = line_in(raw, self.text_field, OTHER_TEXT_LENGTH) if self.other else None
        chosen = {_one_of(self.choices, typed) for typed in raw.get(self.field, ())} - {None}
        if text:
            chosen.add(OTHER)
        if self.max and len(chosen) > self.max:
            raise Unacceptable("too_many", max=self.max)
        if not chosen:
            return None
        codes = [point.code for point in self.choices if point.code in chosen]
        return {"codes": codes, "text": text} if text else {"codes": codes}

    def fields(self, value: Answer) -> dict[str, list[str]]:
        chosen = {self.field: list(value["codes"])}
        return chosen | {self.text_field: [value["text"]]} if "text" in value else chosen

    def term(self, value: Answer) -> Term:
        return tuple(value["codes"])

    def shown(self, value: Answer, language: str) -> str:
        labels = (_label(self.choices, code, language) for code in value["codes"])
        return _with_text(", ".join(labels), value)

    def columns(self, language: str) -> tuple[Column, ...]:
        each = tuple(
            Column(
                f"{self.code}.{point.code}",
                f"{pick(self.text, language)} – {point.shown(language)}",
                "number",
            )
            for point in self.choices
        )
        return (
            (*each, Column(f"{self.code}.text", pick(OTHER_LABEL, language), "text")) if self.other else each
        )

    def writer(self, language: str) -> CellWriter:
        codes, other = tuple(point.code for point in self.choices), self.other
        nothing = (None,) * (len(codes) + other)

        def write(value: Answer | None) -> tuple[str | None, ...]:
            if value is None:
                return nothing
            cells = tuple("1" if code in value["codes"] else "0" for code in codes)
            return (*cells, value.get("text")) if other else cells

        return write

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        answers, missing = weighed(values)
        counts = Counter[str]()
        for value, many in answers:
            for code in value["codes"]:
                counts[code] += many
        return Summary(
            n=persons(answers),
            missing=missing,
            chosen=tuple((point.code, counts[point.code]) for point in self.choices),
            texts=_own_words(answers),
        )


@dataclass(frozen=True, kw_only=True)
class ThemeChoice(PointQuestion):
    """Which parallel theme the person took part in. Kept as the theme's code."""

    kind: ClassVar[str] = "theme_choice"
    options: tuple[Point, ...] = ()  # the themes of the occasion, known once expanded

    @property
    def choices(self) -> tuple[Point, ...]:
        return self.options


def _one_of(choices: Sequence[Point], code: str) -> str | None:
    if code and all(code != point.code for point in choices):
        raise Unacceptable("not_an_option")
    return code or None


def _label(choices: Sequence[Point], code: str, language: str) -> str:
    return next((point.shown(language) for point in choices if point.code == code), code)


def _own_words(answers: Weighed) -> tuple[str, ...]:
    return tuple(value["text"] for value, many in answers if "text" in value for _ in range(many))


def _with_text(label: str, value: Answer) -> str:
    return f"{label}: {value['text']}" if "text" in value else label


def _coded_columns(question: Question, language: str) -> tuple[Column, ...]:
    heading = pick(question.text, language)
    return (Column(question.code, heading, "code"), Column(f"{question.code}.label", heading, "label"))


def _coded_writer(choices: Sequence[Point], language: str) -> CellWriter:
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


def read_options(node: Node) -> tuple[Point, ...]:
    """The options of a question, two or more; faults are noted in the node."""
    options = read_points(node, "options")
    if len(options) < 2:
        node.fault("too_few_options", "options")
    for position, point in enumerate(options):
        if point.code == OTHER:
            node.fault("reserved_code", "options", position, value=OTHER)
    for position in repeated(options):
        node.fault("repeated_code", "options", position, value=options[position].code)
    return options
