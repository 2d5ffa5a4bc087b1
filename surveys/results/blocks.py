"""How the questions of a measurement are laid out: scales with the same points share a chart and a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.results.model import Bar, QuestionResult


@dataclass(frozen=True)
class Block:
    """``points`` is set for scales (possibly several questions), empty for all else (one question)."""

    questions: tuple[QuestionResult, ...]
    points: tuple[Bar, ...] = ()


def blocks_of(questions: Iterable[QuestionResult]) -> list[Block]:
    """The questions in their order; neighbouring scales with the same points together.

    A scale whose answers are not shown has no points, and stands with its neighbours.
    """
    blocks: list[Block] = []
    for question in questions:
        last = blocks[-1] if blocks else None
        if question.kind == "scale" and last is not None and _fits(question, last):
            blocks[-1] = Block((*last.questions, question), last.points or question.points)
        else:
            blocks.append(Block((question,), question.points if question.kind == "scale" else ()))
    return blocks


def _fits(question: QuestionResult, block: Block) -> bool:
    if block.questions[-1].kind != "scale":
        return False
    return not question.points or not block.points or _labels(question.points) == _labels(block.points)


def _labels(points: tuple[Bar, ...]) -> list[object]:
    return [(bar.code, bar.label) for bar in points]
