"""Scales with the same points in one table and one chart; a long scale has a table of its own."""

from collections.abc import Sequence

from surveys.reporting.document import Block, Cell, Chart, ChartRow, Table
from surveys.reporting.names import TOO_FEW, question_name, too_few_note, top_name
from surveys.reporting.sections.asked import Asked
from surveys.reporting.words import HARD_SPACE
from surveys.results.blocks import Block as Alike
from surveys.results.model import QuestionResult

MOST_POINTS = 6  # more do not fit beside each other on a page


def blocks(asked: Asked, alike: Alike) -> list[Block]:
    """A chart, its table, and the classes that were declared as one."""
    shown = [question for question in alike.questions if question.shown]
    if len(alike.points) > MOST_POINTS:
        tables: list[Block] = [_long(asked, question) for question in shown]
        tables += [_across(asked, alike)] if len(shown) < len(alike.questions) and not shown else []
    else:
        tables = [_across(asked, alike)]
    merged = [_merged(asked, question) for question in shown if question.merged]
    charts: list[Block] = [_chart(asked, alike, shown)] if shown else []
    return [*charts, *tables, *merged]


def _title(asked: Asked, alike: Alike) -> str:
    words = asked.material.words
    if len(alike.questions) == 1 or not alike.points:
        return question_name(words, alike.questions[0])
    return words._(
        "Answers on the scale “%(lowest)s” to “%(highest)s”",
        lowest=words.local(alike.points[0].label),
        highest=words.local(alike.points[-1].label),
    )


def _chart(asked: Asked, alike: Alike, shown: Sequence[QuestionResult]) -> Chart:
    words, title = asked.material.words, _title(asked, alike)
    return Chart(
        title=title,
        alt=words._("Chart: %(title)s. The same figures are in the table after it.", title=title),
        classes=tuple(words.local(point.label) for point in alike.points),
        rows=tuple(
            ChartRow(question_name(words, each), tuple(bar.share.count for bar in each.points), asked.n(each))
            for each in shown
        ),
        base=_base(asked),
    )


def _across(asked: Asked, alike: Alike) -> Table:
    words = asked.material.words
    shown = [question for question in alike.questions if question.shown]
    top = any(question.top for question in shown)
    mean = any(question.middle for question in shown)
    head = [
        words._("Question"),
        *(words.local(point.label) for point in alike.points),
        *([words._("Upper classes")] if top else []),
        *([words._("Mean")] if mean else []),
        "n",
    ]
    rows = tuple(_row(asked, question, len(alike.points), top, mean) for question in alike.questions)
    return Table(
        caption=_title(asked, alike),
        head=tuple(head),
        rows=rows,
        base=_base(asked),
        notes=(*_upper(asked, shown), *_notes(asked, alike.questions)),
    )


def _upper(asked: Asked, shown: Sequence[QuestionResult]) -> list[str]:
    """Which classes are added up in the column of the upper ones."""
    words = asked.material.words
    names = {top_name(words, question) for question in shown if question.top}
    return [words._("Upper classes: %(labels)s.", labels=name) for name in sorted(names)]


def _row(asked: Asked, question: QuestionResult, points: int, top: bool, mean: bool) -> tuple[Cell, ...]:
    name = Cell(question_name(asked.material.words, question))
    n = Cell(asked.n(question), "\n".join(asked.beside(question)).replace(" ", HARD_SPACE))
    if not question.shown:
        return name, *(Cell(TOO_FEW) for _cell in range(points + top + mean)), n
    cells = [asked.bar(question, bar) for bar in question.points]
    if top:
        cells.append(_top(asked, question))
    if mean:
        cells.append(asked.mean(question))
    return name, *cells, n


def _top(asked: Asked, question: QuestionResult) -> Cell:
    if question.top is None:
        return Cell("–")
    words = asked.material.words
    label = asked.label(question, words._("upper classes"))
    base = words._("those who answered the question")
    return asked.material.ledger.share(f"{asked.key(question)}/top", label, question.top.share, base)


def _long(asked: Asked, question: QuestionResult) -> Table:
    """A row a point."""
    words = asked.material.words
    rows = [(Cell(words.local(bar.label)), asked.bar(question, bar)) for bar in question.points]
    if question.top:
        together = words._("Together: %(labels)s", labels=top_name(words, question))
        rows.append((Cell(together), _top(asked, question)))
    if question.middle:
        rows.append((Cell(words._("Mean")), asked.mean(question)))
    return Table(
        caption=question_name(words, question),
        head=(words._("Answer"), words._("Share")),
        rows=tuple(rows),
        base=f"{_base(asked)} {asked.base_line(question)}.",
        notes=tuple(_notes(asked, [question])),
    )


def _merged(asked: Asked, question: QuestionResult) -> Table:
    words = asked.material.words
    rows = []
    for bar in question.merged:
        held = [words.local(point.label) for point in question.points if point.code in bar.codes]
        rows.append(
            (Cell(words.local(bar.label)), Cell(", ".join(held)), asked.bar(question, bar, "merged/"))
        )
    name = question_name(words, question)
    return Table(
        caption=words._("%(question)s – merged classes", question=name),
        head=(words._("Merged class"), words._("Made of"), words._("Share")),
        rows=tuple(rows),
        base=f"{_base(asked)} n = {asked.n(question)}.",
        numbers_from=2,
    )


def _notes(asked: Asked, questions: Sequence[QuestionResult]) -> list[str]:
    words = asked.material.words
    notes = []
    if any(not question.shown for question in questions):
        notes.append(too_few_note(words))
    if any(question.shown and not question.adds_to_hundred for question in questions):
        notes.append(words._("Shares are rounded each by itself and may not add to 100."))
    if any(question.reworded for question in questions):
        notes.append(words._("Worded differently in different versions of the questionnaire."))
    return notes


def _base(asked: Asked) -> str:
    return asked.material.words._("Base: those who answered the question, without “don’t know”.")
