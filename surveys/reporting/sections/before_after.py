"""Before and after beside each other, unpaired, without a word of change."""

from collections.abc import Sequence

from surveys.reporting.document import Block, Bullets, Cell, Paragraph, Table
from surveys.reporting.material import Compared, Material
from surveys.reporting.names import (
    TOO_FEW,
    measurement_name,
    question_key,
    question_name,
    said_of,
    too_few_note,
)
from surveys.reporting.sections.occasions import top_cell
from surveys.results.beside import Beside
from surveys.results.model import Measurement, QuestionResult


def before_after(material: Material) -> list[Block]:
    return [block for found in material.compared() for block in _of(material, found)]


def _of(material: Material, found: Compared) -> list[Block]:
    words = material.words
    hidden = [each for each in (found.before, found.after) if not each.shown]
    if hidden:
        names = words.listed([measurement_name(words, each) for each in hidden])
        return [
            Paragraph(
                words._("Not laid beside each other, since answers are not shown of: %(names)s.", names=names)
            )
        ]
    both = [pair for pair in found.pairs if pair.before and pair.after and pair.alike and _told(pair)]
    blocks: list[Block] = []
    if both:
        blocks = [_table(material, found, both)]
    once = [pair for pair in found.pairs if pair.before is None or pair.after is None]
    other = [
        pair for pair in found.pairs if pair.before and pair.after and not pair.alike and pair.after.points
    ]
    said = [
        *(f"{words._('Asked only once')}: {_name(material, pair)}" for pair in once),
        *(f"{words._('Not the same answers to choose from')}: {_name(material, pair)}" for pair in other),
        *(
            f"{words._('Not the same wording')}: {_name(material, pair)}"
            for pair in both
            if not pair.same_wording
        ),
    ]
    return [*blocks, Bullets(tuple(said))] if said else blocks


def _told(pair: Beside) -> bool:
    return any(each and (each.top or each.middle) for each in (pair.before, pair.after))


def _name(material: Material, pair: Beside) -> str:
    question = pair.after or pair.before
    return question_name(material.words, question) if question else ""


def _table(material: Material, found: Compared, pairs: Sequence[Beside]) -> Table:
    words = material.words
    before, after = words._("Before"), words._("After")
    upper, mean = words._("upper classes"), words._("Mean")
    rows = tuple(_row(material, found, pair) for pair in pairs)
    return Table(
        caption=said_of(material.of(found.series), words._("Before and after, unpaired answers")),
        head=(
            words._("Question"),
            said_of(before, upper),
            said_of(after, upper),
            said_of(before, mean),
            said_of(after, mean),
        ),
        rows=rows,
        base=words._("Base: those who answered the question. The two columns are unpaired."),
        notes=(too_few_note(words),) if any(cell.text == TOO_FEW for row in rows for cell in row) else (),
    )


def _row(material: Material, found: Compared, pair: Beside) -> tuple[Cell, ...]:
    sides = [(found.before, pair.before), (found.after, pair.after)]
    there = [(measurement, question) for measurement, question in sides if question is not None]
    tops = [top_cell(material, found.series, measurement, question) for measurement, question in there]
    means = [_mean(material, found, measurement, question) for measurement, question in there]
    return Cell(_name(material, pair)), *tops, *means


def _mean(material: Material, found: Compared, measurement: Measurement, question: QuestionResult) -> Cell:
    words, ledger = material.words, material.ledger
    if not question.shown:
        return Cell(TOO_FEW)
    if question.middle is None or question.n is None:
        return Cell("–")
    key = question_key(found.series, measurement, question)
    label = said_of(found.series.title, measurement_name(words, measurement), question_name(words, question))
    mean = ledger.number(f"{key}/mean", said_of(label, words._("Mean")), question.middle.mean, question.n)
    return Cell(mean, f"n = {ledger.number(f'{key}/n', said_of(label, 'n'), question.n)}")
