"""Questions that are no scales: options, numbers, an order, words and free text."""

from surveys.reporting.document import Block, Cell, Chart, ChartRow, Paragraph, Table
from surveys.reporting.names import question_name, said_of
from surveys.reporting.sections.asked import Asked
from surveys.results.model import QuestionResult

MOST_WORDS = 10
FEWEST_TIMES = 2  # a word that one person wrote is no dominating word, and may be known again
PLACES_APART = 3


def blocks(asked: Asked, question: QuestionResult) -> list[Block]:
    words = asked.material.words
    name = question_name(words, question)
    if not question.shown:
        return [
            Paragraph(
                f"{name} – " + words._("not shown: too few answers") + f" ({asked.base_line(question)})",
                "note",
            )
        ]
    found: list[Block] = []
    if question.points:
        found += [_chart(asked, question), _options(asked, question)]
    if question.middle and not question.points:
        found.append(_numbers(asked, question))
    if question.placed:
        found.append(_places(asked, question))
    if question.words:
        found += _words(asked, question)
    if question.texts:
        many = asked.count(question, "texts", words._("answers in own words"), len(question.texts))
        said = words._(
            "%(question)s – %(many)s answers in own words. They are not printed here: a quotation is"
            " chosen, asked for and made unrecognisable by hand.",
            question=name,
            many=many,
        )
        found.append(Paragraph(said, "note"))
    if not question.n:
        found.append(Paragraph(f"{name} – " + words._("Nobody answered this question."), "note"))
    return found


def _chart(asked: Asked, question: QuestionResult) -> Chart:
    words, name = asked.material.words, question_name(asked.material.words, question)
    return Chart(
        title=name,
        alt=words._("Chart: %(title)s. The same figures are in the table after it.", title=name),
        classes=(words._("Count"),),
        rows=tuple(
            ChartRow(words.local(bar.label), (bar.share.count,), asked.n(question)) for bar in question.points
        ),
        base=words._("Base: those who answered the question.") + f" n = {asked.n(question)}",
        kind="bars",
    )


def _options(asked: Asked, question: QuestionResult) -> Table:
    words = asked.material.words
    several = words._("Base: those who answered the question. One person may have chosen several.")
    base = several if question.several else words._("Base: those who answered the question.")
    notes = (
        []
        if question.adds_to_hundred
        else [words._("Shares are rounded each by itself and may not add to 100.")]
    )
    return Table(
        caption=question_name(words, question),
        head=(words._("Answer"), words._("Share")),
        rows=tuple((Cell(words.local(bar.label)), asked.bar(question, bar)) for bar in question.points),
        base=f"{base} {asked.base_line(question)}.",
        notes=tuple(notes),
    )


def _numbers(asked: Asked, question: QuestionResult) -> Table:
    words, middle = asked.material.words, question.middle
    assert middle is not None  # noqa: S101 - asked by the caller
    unit = words.local(middle.unit)
    values = (
        ("mean", words._("Mean"), middle.mean),
        ("median", words._("Median"), middle.median),
        ("minimum", words._("Lowest"), middle.minimum),
        ("maximum", words._("Highest"), middle.maximum),
    )
    ledger, key = asked.material.ledger, asked.key(question)
    rows = tuple(
        (
            Cell(label),
            Cell(ledger.number(f"{key}/{part}", asked.label(question, label), value, question.n), unit),
        )
        for part, label, value in values
        if value is not None
    )
    return Table(
        caption=question_name(words, question),
        head=(words._("Measure"), words._("Value")),
        rows=rows,
        base=words._("Base: those who answered the question.") + f" {asked.base_line(question)}.",
    )


def _places(asked: Asked, question: QuestionResult) -> Table:
    words = asked.material.words
    most = len(question.placed[0].places)
    apart = most if most <= PLACES_APART + 1 else PLACES_APART
    head = [words._("Answer"), *(words._("Place %(place)s", place=place) for place in range(1, apart + 1))]
    if most > apart:
        head.append(words._("Later place"))
    rows = []
    for each in question.placed:
        label = words.local(each.label)
        counts = [*each.places[:apart], *([sum(each.places[apart:])] if most > apart else [])]
        cells = [
            Cell(asked.count(question, f"{each.code}/{place}", said_of(label, head[place]), count))
            for place, count in enumerate(counts, start=1)
        ]
        rows.append((Cell(label), *cells))
    told = words._("How many gave each its place. Those that most put first come first.")
    return Table(
        caption=question_name(words, question),
        head=tuple(head),
        rows=tuple(rows),
        base=f"{told} {asked.base_line(question)}.",
    )


def _words(asked: Asked, question: QuestionResult) -> list[Block]:
    words = asked.material.words
    common = [each for each in question.words if each.count >= FEWEST_TIMES][:MOST_WORDS]
    if not common:
        return [
            Paragraph(
                f"{question_name(words, question)} – " + words._("No word was written more than once."),
                "note",
            )
        ]
    rows = tuple(
        (Cell(each.word), Cell(asked.count(question, f"word/{each.word}", each.word, each.count)))
        for each in common
    )
    notes = [words._("The words that were written most often, each more than once.")]
    notes += [
        words._(
            "“%(word)s” counts together, as declared: %(spellings)s.",
            word=each.word,
            spellings=", ".join(word for word, _ in each.spellings),
        )
        for each in common
        if each.spellings
    ]
    return [
        Table(
            caption=question_name(words, question),
            head=(words._("Word"), words._("Count")),
            rows=rows,
            base=words._("How many times each word was given.") + f" {asked.base_line(question)}.",
            notes=tuple(notes),
        )
    ]
