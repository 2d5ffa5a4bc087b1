"""What all question kinds share: how an answer is taken from form fields, shown, counted and exported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from surveys.domain.counted import Counted, Weighed, weighed
from surveys.domain.document import Node
from surveys.domain.expressions import Expression, Term
from surveys.domain.summaries import CellWriter, Column, Summary
from surveys.domain.texts import LocalText, has_bad_characters, pick, unfolded

Fields = Mapping[str, Sequence[str]]
Answer = Any  # JSON: a string, a list of strings, or a mapping of strings


class Unacceptable(ValueError):
    """An answer that cannot be taken as it stands; ``code`` is stable, ``params`` hold the limits."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all kinds share. ``theme`` is set on a question made for one theme (``each`` was "theme").

    ``relevant`` decides whether it is asked, ``check`` whether an answer fits with the others;
    ``check_message`` is what is said where it does not.
    """

    kind: ClassVar[str] = ""
    asks: ClassVar[bool] = True  # False: there is nothing to answer

    code: str
    text: LocalText
    hint: LocalText = field(default_factory=dict)
    required: bool = False
    generated_note: LocalText = field(default_factory=dict)
    each: str = ""
    theme: str = ""
    group: str = ""
    relevant: Expression | None = None
    check: Expression | None = None
    check_message: LocalText = field(default_factory=dict)

    @classmethod
    def read(cls, node: Node, common: dict[str, Any]) -> Self:
        """Build the question from its node; faults are noted in the node."""
        return cls(**common)

    @property
    def field(self) -> str:
        """The name of the form field, and the id of its place on the page."""
        return f"q-{self.code}"

    def names(self) -> tuple[str, ...]:
        """All form fields of the question."""
        return (self.field,)

    def accept(self, raw: Fields) -> Answer | None:
        """Return the answer to keep, None where nothing was answered; raises :class:`Unacceptable`."""
        raise NotImplementedError

    def fields(self, value: Answer) -> dict[str, list[str]]:
        """The form fields that lead to ``value``: what the page shows when one returns."""
        return {self.field: [str(value)]}

    def term(self, value: Answer) -> Term:
        """An answer as expressions see it."""
        return str(value)

    def shown(self, value: Answer, language: str) -> str:
        """An answer in words, for a receipt."""
        return str(value)

    def columns(self, language: str) -> tuple[Column, ...]:
        """The columns of the question in an export."""
        return (Column(self.code, pick(self.text, language), "text"),)

    def writer(self, language: str) -> CellWriter:
        """A function from an answer (or None) to its cells, one a column; made once, called for every row."""
        return lambda value: (value,)

    def cells(self, value: Answer | None, language: str = "sv") -> tuple[str | None, ...]:
        """The cells of one answer."""
        return self.writer(language)(value)

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        """Sum up the answers: counted, or one by one with None for those that did not answer."""
        answers, missing = weighed(values)
        return Summary(n=persons(answers), missing=missing)


def typed_in(raw: Fields, name: str) -> str:
    return next(iter(raw.get(name, ())), "").strip()


def text_in(raw: Fields, name: str, longest: int) -> str | None:
    """Blanks at the ends say nothing; what is too long is refused before its letters are looked at."""
    text = unfolded(typed_in(raw, name))
    if len(text) > longest:
        raise Unacceptable("too_long", limit=longest, length=len(text))
    if has_bad_characters(text):
        raise Unacceptable("bad_characters")
    return text or None


def line_in(raw: Fields, name: str, longest: int) -> str | None:
    text = text_in(raw, name, longest)
    return " ".join(text.split("\n")) if text else None


def persons(answers: Weighed) -> int:
    """How many gave the answers; "don't know" is among them where it is an answer."""
    return sum(many for _, many in answers)
