"""Which columns the questions of an export take, and how an answer becomes cells."""

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from surveys.domain.questionnaire import Form
from surveys.domain.questions import Question, ThemeChoice
from surveys.domain.summaries import Cell, Column

HIDDEN = ".."  # redovisas ej
_MOST_REMEMBERED = 1_000

Dress = Callable[[str], str]
CellsOf = Callable[[Any], tuple[Cell, ...]]


@dataclass(frozen=True)
class Asked:
    """A form as it was expanded for one occasion, and where it comes from."""

    questionnaire: str
    version: int
    form: Form


@dataclass(frozen=True)
class Block:
    """The columns of one question. ``question``: as it was asked first; ``asked``: everywhere it was."""

    name: str
    question: Question
    columns: tuple[Column, ...]
    asked: list[tuple[Asked, Question]]


class Layout:
    """The columns of all questions of ``forms``, in the order in which they are asked.

    A question has its columns once for all versions, occasions and questionnaires that ask it under the same
    code with the same answers: before and after stand in the same columns. ``taken`` are names in use.
    """

    def __init__(self, forms: Iterable[Asked], language: str, taken: Iterable[str]) -> None:
        self._language = language
        self._blocks: dict[Hashable, Block] = {}
        names = set(taken)
        for asked in forms:
            for question in _questions(asked.form):
                if _signature(question) not in self._blocks:
                    name = _free(names, question.code, asked)
                    names.add(name)
                    columns = _named(question.columns(language), name, question.code)
                    self._blocks[_signature(question)] = Block(name, question, columns, [])
                self._blocks[_signature(question)].asked.append((asked, question))

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for block in self._blocks.values() for column in block.columns)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(self._blocks.values())

    def asked_in(self, form: Form) -> list[Question | None]:
        """The questions of ``form``, one a block; None where it does not ask it."""
        here = {_signature(question): question for question in _questions(form)}
        return [here.get(signature) for signature in self._blocks]

    def writers(
        self, form: Form, hidden: Container[str], text: Dress, number: Dress
    ) -> list[tuple[str, CellsOf]]:
        """What fills the columns from left to right: a question's code and its cells, or empty ones.

        Those of ``hidden`` questions (codes) hold the sign for that and nothing else.
        """
        here = {_signature(question): question for question in _questions(form)}
        writers: list[tuple[str, CellsOf]] = []
        empty = 0
        for signature, block in self._blocks.items():
            question, columns = here.get(signature), block.columns
            if question is None:
                empty += len(columns)
                continue
            if empty:
                writers.append(("", _always("", empty)))
                empty = 0
            if question.code in hidden:
                writers.append((question.code, _always(HIDDEN, len(columns))))
            else:
                writers.append((question.code, _dressed(question, self._language, text, number)))
        return [*writers, ("", _always("", empty))] if empty else writers


class Memo(dict[Any, Any]):
    """A function that remembers what it has worked out, but never so much that memory grows with the rows."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: Any) -> Any:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        value = self[key] = self._function(key)
        return value


def _questions(form: Form) -> Iterator[Question]:
    return (question for question in form.questions if question.asks)


def _signature(question: Question) -> Hashable:
    # the themes to choose from differ between occasions, and are one question still
    choices = () if isinstance(question, ThemeChoice) else getattr(question, "choices", ())
    return question.code, question.kind, tuple(point.code for point in choices), len(question.columns("en"))


def _free(names: set[str], code: str, asked: Asked) -> str:
    """The question's code; where other answers go by that name already, with questionnaire and version."""
    candidates = (code, f"{code}_{asked.questionnaire}", f"{code}_{asked.questionnaire}_v{asked.version}")
    return next((name for name in candidates if name not in names), f"{candidates[-1]}_{len(names)}")


def _named(columns: tuple[Column, ...], name: str, code: str) -> tuple[Column, ...]:
    return tuple(
        Column(name + column.name.removeprefix(code), column.heading, column.holds) for column in columns
    )


def _always(cell: str, width: int) -> CellsOf:
    cells = (cell,) * width
    return lambda _value: cells


def _dressed(question: Question, language: str, text: Dress, number: Dress) -> CellsOf:
    """From an answer to its cells; those of an answer that is a code are worked out once."""
    dresses = [number if column.holds == "number" else text for column in question.columns(language)]
    write, dress, nothing = question.writer(language), dresses[0], ("",) * len(dresses)

    def only(value: Any) -> tuple[Cell, ...]:
        return nothing if value is None else (dress(value),)

    def alike(value: Any) -> tuple[Cell, ...]:
        return nothing if value is None else tuple([dress(cell) if cell else "" for cell in write(value)])

    def each(value: Any) -> tuple[Cell, ...]:
        found = zip(write(value), dresses, strict=True)
        return tuple("" if cell is None else own(cell) for cell, own in found)

    if type(question).writer is Question.writer:  # the answer is its own cell
        return only
    cells = alike if len(set(dresses)) == 1 else each
    if question.kind in {"scale", "theme_choice"}:
        return Memo(cells).__getitem__
    return _once_a_code(cells) if question.kind == "one_choice" else cells


def _once_a_code(cells: CellsOf) -> CellsOf:
    plain = Memo(lambda code: cells(code and {"code": code}))

    def chosen(value: Any) -> tuple[Cell, ...]:
        if value is None or "text" in value:
            return cells(value)
        return plain[value["code"]]  # type: ignore[no-any-return]

    return chosen
