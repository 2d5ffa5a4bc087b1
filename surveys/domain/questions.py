"""The question kinds: one small class each, which accepts an answer, shows it and summarises many.

An answer comes in as form fields (name → values as typed) and is kept as JSON: see each kind.
A question without an answer has no value at all. Kinds that choose among options are in
:mod:`surveys.domain.choices` and ``point_questions``, dates and rankings in modules of their own.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Self

from surveys.domain.choices import OTHER, OneChoice, SeveralChoices
from surveys.domain.consent import Consent
from surveys.domain.counted import Counted, weighed
from surveys.domain.date_question import DateQuestion
from surveys.domain.document import Node
from surveys.domain.expressions import Term
from surveys.domain.numbers import BadNumber, canonical, read_number, swedish
from surveys.domain.point_questions import DONT_KNOW, ScaleQuestion, ThemeChoice
from surveys.domain.question import Answer, Fields, Question, Unacceptable, line_in, persons, text_in
from surveys.domain.ranking import Ranking
from surveys.domain.spread import spread
from surveys.domain.statistics import number_summary, word_frequencies
from surveys.domain.summaries import CellWriter, Column, Summary
from surveys.domain.texts import LocalText, pick

__all__ = [
    "DONT_KNOW",
    "KINDS",
    "OTHER",
    "Answer",
    "Consent",
    "DateQuestion",
    "Fields",
    "Information",
    "LongText",
    "NumberQuestion",
    "OneChoice",
    "Question",
    "Ranking",
    "ScaleQuestion",
    "SeveralChoices",
    "ShortText",
    "ThemeChoice",
    "Unacceptable",
    "Words",
]


@dataclass(frozen=True, kw_only=True)
class NumberQuestion(Question):
    """A number with limits and a unit. Kept as text with a decimal point: "1.5"."""

    kind: ClassVar[str] = "number"
    unit: LocalText = field(default_factory=dict)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        least, most = node.decimal("minimum"), node.decimal("maximum")
        if least is not None and most is not None and least > most:
            node.fault("minimum_above_maximum", "minimum")
        return cls(
            **common,
            unit=node.optional_text("unit"),
            minimum=least,
            maximum=most,
            decimals=node.whole("decimals", 0, 0, 6),
        )

    def accept(self, raw: Fields) -> str | None:
        typed = line_in(raw, self.field, 200)
        if typed is None:
            return None
        try:
            number = read_number(typed, self.decimals)
        except BadNumber as error:
            raise Unacceptable(error.code, **error.params) from None
        if self.minimum is not None and number < self.minimum:
            raise Unacceptable("too_small", minimum=canonical(self.minimum))
        if self.maximum is not None and number > self.maximum:
            raise Unacceptable("too_large", maximum=canonical(self.maximum))
        return canonical(number)

    def fields(self, value: Answer) -> dict[str, list[str]]:
        return {self.field: [swedish(value)]}

    def shown(self, value: Answer, language: str) -> str:
        number = swedish(value) if language.startswith("sv") else value
        return f"{number} {pick(self.unit, language)}".strip()

    def columns(self, language: str) -> tuple[Column, ...]:
        return (Column(self.code, pick(self.text, language), "number"),)

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        answers, missing = weighed(values)
        counts = Counter[Decimal]()
        for value, many in answers:
            counts[Decimal(value)] += many
        numbers = number_summary(counts) if answers else None
        return Summary(n=counts.total(), missing=missing, numbers=numbers, spread=spread(counts))


@dataclass(frozen=True, kw_only=True)
class TextQuestion(Question):
    """A text in the words of whoever answers, kept as written but for blanks at the ends."""

    usual: ClassVar[int] = 0  # the limit where the questionnaire names none
    longest: ClassVar[int] = 0
    max_length: int

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        return cls(**common, max_length=node.whole("max_length", cls.usual, 1, cls.longest))

    def accept(self, raw: Fields) -> str | None:
        return line_in(raw, self.field, self.max_length)

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        """Counted texts are not kept: they are none here, and ``n`` all the same."""
        answers, missing = weighed(values)
        return Summary(n=persons(answers), missing=missing, texts=tuple(text for text, _ in answers if text))


@dataclass(frozen=True, kw_only=True)
class ShortText(TextQuestion):
    """One line."""

    kind: ClassVar[str] = "short_text"
    usual: ClassVar[int] = 200
    longest: ClassVar[int] = 1000


@dataclass(frozen=True, kw_only=True)
class LongText(TextQuestion):
    """Several lines."""

    kind: ClassVar[str] = "long_text"
    usual: ClassVar[int] = 5000
    longest: ClassVar[int] = 20_000

    def accept(self, raw: Fields) -> str | None:
        return text_in(raw, self.field, self.max_length)


@dataclass(frozen=True, kw_only=True)
class Words(Question):
    """Association words, one a field, at most ``max_words``. Kept as a list of words."""

    kind: ClassVar[str] = "words"
    max_words: int = 3
    max_length: int = 40

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        return cls(
            **common,
            max_words=node.whole("max_words", 3, 1, 10),
            max_length=node.whole("max_length", 40, 1, 100),
        )

    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.field}.{number}" for number in range(1, self.max_words + 1))

    def accept(self, raw: Fields) -> list[str] | None:
        words = [word for name in self.names() if (word := line_in(raw, name, self.max_length))]
        return list(dict.fromkeys(words)) or None

    def fields(self, value: Answer) -> dict[str, list[str]]:
        return {name: [word] for name, word in zip(self.names(), value, strict=False)}

    def term(self, value: Answer) -> Term:
        return tuple(value)

    def shown(self, value: Answer, language: str) -> str:
        return ", ".join(value)

    def columns(self, language: str) -> tuple[Column, ...]:
        heading, numbers = pick(self.text, language), range(1, self.max_words + 1)
        return tuple(Column(f"{self.code}.{number}", f"{heading} ({number})", "text") for number in numbers)

    def writer(self, language: str) -> CellWriter:
        width = self.max_words
        return lambda value: (*(value or ())[:width], *(None,) * (width - len(value or ())))

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        answers, missing = weighed(values)
        given = Counter[str]()
        for words, many in answers:
            for word in words:
                given[word] += many
        return Summary(n=persons(answers), missing=missing, words=tuple(word_frequencies(given)))


@dataclass(frozen=True, kw_only=True)
class Information(Question):
    """A text to read, without an answer."""

    kind: ClassVar[str] = "information"
    asks: ClassVar[bool] = False

    def names(self) -> tuple[str, ...]:
        return ()

    def accept(self, raw: Fields) -> None:
        return None

    def columns(self, language: str) -> tuple[Column, ...]:
        return ()

    def writer(self, language: str) -> CellWriter:
        return lambda value: ()


KINDS: dict[str, type[Question]] = {
    kind.kind: kind
    for kind in (
        ScaleQuestion,
        OneChoice,
        SeveralChoices,
        NumberQuestion,
        ShortText,
        LongText,
        Words,
        ThemeChoice,
        Ranking,
        DateQuestion,
        Consent,
        Information,
    )
}
