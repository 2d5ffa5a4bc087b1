"""Question kinds that choose among options written for them, with words of one's own: one, or several."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from surveys.domain.counted import Counted, Weighed, weighed
from surveys.domain.document import Node
from surveys.domain.expressions import Term
from surveys.domain.point_questions import coded_columns, coded_writer, label_of, one_of
from surveys.domain.question import Answer, Fields, Question, Unacceptable, line_in, persons, typed_in
from surveys.domain.scales import Point, read_points, repeated
from surveys.domain.statistics import Distribution
from surveys.domain.summaries import CellWriter, Column, Summary
from surveys.domain.texts import LocalText, pick

OTHER = "other"
OTHER_TEXT_LENGTH = 200
OTHER_LABEL: LocalText = {"sv": "Annat", "en": "Other"}


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
        chosen = one_of(self.choices, typed_in(raw, self.field)) or (OTHER if text else None)
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
        return _with_text(label_of(self.choices, value["code"], language), value)

    def columns(self, language: str) -> tuple[Column, ...]:
        text = (Column(f"{self.code}.text", pick(OTHER_LABEL, language), "text"),) if self.other else ()
        return (*coded_columns(self, language), *text)

    def writer(self, language: str) -> CellWriter:
        coded, other = coded_writer(self.choices, language), self.other

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
        chosen = {one_of(self.choices, typed) for typed in raw.get(self.field, ())} - {None}
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
        labels = (label_of(self.choices, code, language) for code in value["codes"])
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


def _own_words(answers: Weighed) -> tuple[str, ...]:
    return tuple(value["text"] for value, many in answers if "text" in value for _ in range(many))


def _with_text(label: str, value: Answer) -> str:
    return f"{label}: {value['text']}" if "text" in value else label


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
