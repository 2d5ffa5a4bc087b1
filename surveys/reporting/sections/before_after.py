"""Before and after: the whole groups beside each other, then the same persons, never mixed."""

from collections.abc import Sequence

from surveys.reporting.document import Block, Cell, Chart, ChartRow, Paragraph, Table
from surveys.reporting.material import Material
from surveys.reporting.names import (
    TOO_FEW,
    measurement_name,
    question_key,
    question_name,
    said_of,
    source,
    too_few_note,
)
from surveys.reporting.sections.indexes import indexes
from surveys.reporting.sections.occasions import top_cell
from surveys.reporting.sections.pairs_further import base_of_pairs, further, p_cell, ways
from surveys.results.change_model import Change, Paired, QuestionChange
from surveys.results.model import Measurement, QuestionResult


def before_after(material: Material) -> list[Block]:
    compared = material.compared()
    apart = [each for each in material.changes if each not in compared]
    blocks = [block for found in compared for block in _of(material, found)]
    # an index can be told of one measurement, where nothing was asked at another
    return blocks + [block for found in apart for block in indexes(material, found)]


def _of(material: Material, found: Change) -> list[Block]:
    words = material.words
    if found.why_not:
        hidden = [each for each in (found.before, found.after) if each is not None and not each.shown]
        names = words.listed([measurement_name(words, each) for each in hidden])
        return [
            Paragraph(
                words._("Not laid beside each other, since answers are not shown of: %(names)s.", names=names)
            ),
            *indexes(material, found),
        ]
    both = [each for each in found.questions if each.before is not None and each.alike and _told(each)]
    paired = [each for each in found.questions if each.paired is not None]
    blocks: list[Block] = [_groups(material, found, both)] if both else []
    if paired:
        blocks += [_chart(material, found, paired), _pairs(material, found, paired)]
    blocks += further(material, found)
    blocks += indexes(material, found)
    apart = (
        (words._("Asked only once"), [text for text, _before in found.once]),
        (
            words._("Not the same answers to choose from"),
            [each.text for each in found.questions if each.why_not == "other_answers"],
        ),
        (
            words._("Not the same wording"),
            [each.text for each in found.questions if not each.same_wording],
        ),
    )
    blocks += [
        Paragraph(f"{why}: {' / '.join(map(words.local, texts))}", "note") for why, texts in apart if texts
    ]
    return blocks


def _told(question: QuestionChange) -> bool:
    return any(each and (each.top or each.middle) for each in (question.before, question.after))


def _groups(material: Material, found: Change, questions: Sequence[QuestionChange]) -> Table:
    words = material.words
    before, after = words._("Before"), words._("After")
    upper, mean = words._("upper classes"), words._("Mean")
    rows = tuple(_row(material, found, each) for each in questions)
    return Table(
        caption=said_of(material.of(found.series), words._("All who answered each time")),
        head=(
            words._("Question"),
            said_of(before, upper),
            said_of(after, upper),
            said_of(before, mean),
            said_of(after, mean),
        ),
        rows=rows,
        base=words._("Base: those who answered the question then. Not all of them are the same persons."),
        notes=(
            *((too_few_note(words),) if any(cell.text == TOO_FEW for row in rows for cell in row) else ()),
            *_sources(material, found),
        ),
    )


def _sources(material: Material, found: Change) -> list[str]:
    """Where the answers are from that others have collected."""
    both = [each for each in (found.before, found.after) if each is not None]
    return [line for each in both if (line := source(material.words, each))]


def _row(material: Material, found: Change, question: QuestionChange) -> tuple[Cell, ...]:
    both = ((found.before, question.before), (found.after, question.after))
    sides = [(measured, result) for measured, result in both if measured is not None and result is not None]
    tops = [top_cell(material, found.series, measured, result) for measured, result in sides]
    means = [_mean(material, found, measured, result) for measured, result in sides]
    return Cell(material.words.local(question.text)), *tops, *means


def _mean(material: Material, found: Change, measured: Measurement, result: QuestionResult) -> Cell:
    words, ledger = material.words, material.ledger
    if not result.shown:
        return Cell(TOO_FEW)
    if result.middle is None or result.n is None:
        return Cell("–")
    key = question_key(found.series, measured, result)
    label = said_of(found.series.title, measurement_name(words, measured), question_name(words, result))
    mean = ledger.number(f"{key}/mean", said_of(label, words._("Mean")), result.middle.mean, result.n)
    return Cell(mean, f"n = {ledger.number(f'{key}/n', said_of(label, 'n'), result.n)}")


def _chart(material: Material, found: Change, questions: Sequence[QuestionChange]) -> Chart:
    words = material.words
    title = said_of(material.of(found.series), words._("The same persons before and after"))
    return Chart(
        title=title,
        alt=words._("Chart: %(title)s. The same figures are in the table after it.", title=title),
        classes=(words._("Lower"), words._("The same"), words._("Higher")),
        rows=tuple(
            ChartRow(
                words.local(each.text),
                (each.paired.lower.count, each.paired.same.count, each.paired.higher.count),
                words.number(each.paired.n),
            )
            for each in questions
            if each.paired
        ),
        base=base_of_pairs(material),
    )


def _pairs(material: Material, found: Change, questions: Sequence[QuestionChange]) -> Table:
    words = material.words
    tested = material.tested()
    head = [words._("Question"), words._("Pairs"), words._("Higher"), words._("The same"), words._("Lower")]
    head += [words._("Wilcoxon"), words._("Adjusted (Holm)")] if tested else []
    notes = [
        words._("Higher and lower are which way the same persons answered, on the scale of the question.")
    ]
    if any(each.paired and each.paired.test.p is None for each in questions):
        notes.append(words._("Where fewer than six answered differently nothing is tested."))
    for each in questions:
        if each.paired and each.paired.let_go:
            notes.append(_let_go(material, found, each, each.paired.let_go))
    notes += _sources(material, found)
    return Table(
        caption=said_of(material.of(found.series), words._("The same persons before and after")),
        head=tuple(head),
        rows=tuple(_pair(material, found, each, each.paired, tested) for each in questions if each.paired),
        base=base_of_pairs(material),
        notes=tuple(notes),
    )


def _let_go(material: Material, found: Change, question: QuestionChange, many: int) -> str:
    words, name = material.words, material.words.local(question.text)
    label = said_of(found.series.title, words._("Before and after"), name, words._("pairs left out"))
    count = material.ledger.number(f"{found.series.code}/pairs/{question.code}/let_go", label, many)
    return words.ngettext(
        "%(question)s: %(num)s more answered both times and is left out, so that what few people said cannot"
        " be worked out. Who is left out is decided by which small groups they belong to, and by lot.",
        "%(question)s: %(num)s more answered both times and are left out, so that what few people said cannot"
        " be worked out. Who is left out is decided by which small groups they belong to, and by lot.",
        many,
        question=name,
        num=count,
    )


def _pair(
    material: Material, found: Change, question: QuestionChange, paired: Paired, tested: bool
) -> tuple[Cell, ...]:
    words = material.words
    key, name = f"{found.series.code}/pairs/{question.code}", words.local(question.text)
    base = words._("the pairs, who answered the question both times")

    def label(what: str) -> str:
        return said_of(found.series.title, words._("Before and after"), name, what)

    cells = [Cell(name), *ways(material, key, label, paired, base)]
    if tested:
        cells += [
            p_cell(material, f"{key}/{part}", label(part), value, paired.n, base)
            for part, value in (("p", paired.test.p), ("holm", paired.holm))
        ]
    return tuple(cells)
