"""Indexes of several questions before and after: the same persons, with n and Cronbach's alpha."""

from decimal import Decimal

from surveys.reporting.document import Block, Cell, Paragraph, Table
from surveys.reporting.material import Material
from surveys.reporting.names import said_of
from surveys.results.change_model import Change, IndexChange, Paired


def indexes(material: Material, found: Change) -> list[Block]:
    told = [(each, each.paired) for each in found.indexes if each.paired is not None]
    blocks: list[Block] = [_table(material, found, told)] if told else []
    return blocks + [_left_out(material, each) for each in found.indexes if each.paired is None]


def _table(material: Material, found: Change, told: list[tuple[IndexChange, Paired]]) -> Table:
    words = material.words
    alpha, mean = words._("Cronbach’s alpha"), words._("Mean")
    before, after = words._("Before"), words._("After")
    return Table(
        caption=said_of(material.of(found.series), words._("Indexes of several questions")),
        head=(
            words._("Index"),
            words._("Pairs"),
            said_of(before, mean),
            said_of(after, mean),
            words._("Higher"),
            words._("Lower"),
            said_of(before, alpha),
            said_of(after, alpha),
        ),
        rows=tuple(_row(material, found, index, paired) for index, paired in told),
        base=words._("Base: the pairs, who answered enough of the questions both times."),
        notes=tuple(_made_of(material, found, index) for index, _paired in told),
    )


def _row(material: Material, found: Change, index: IndexChange, paired: Paired) -> tuple[Cell, ...]:
    words, ledger, key = material.words, material.ledger, f"{found.series.code}/index/{index.id}"
    base = words._("the pairs, who answered enough of the questions both times")

    def label(*what: str) -> str:
        return said_of(found.series.title, words._("Index"), index.name, *what)

    def mean(part: str, what: str, value: Decimal | None) -> Cell:
        if value is None:
            return Cell("–")
        return Cell(ledger.number(f"{key}/{part}/mean", label(what, words._("Mean")), value, paired.n, base))

    def alpha(part: str, what: str, value: Decimal | None, n: int) -> Cell:
        if value is None:
            return Cell("–")
        whole = words._("those who answered all of its questions")
        printed = ledger.number(
            f"{key}/{part}/alpha", label(what, words._("Cronbach’s alpha")), value, n, whole
        )
        return Cell(printed, f"n = {ledger.number(f'{key}/{part}/whole', label(what, whole), n)}")

    before, after = words._("Before"), words._("After")
    return (
        Cell(index.name),
        Cell(ledger.number(f"{key}/n", label(words._("Pairs")), paired.n)),
        mean("before", before, paired.before.mean),
        mean("after", after, paired.after.mean),
        ledger.share(f"{key}/higher", label(words._("Higher")), paired.higher, base),
        ledger.share(f"{key}/lower", label(words._("Lower")), paired.lower, base),
        alpha("before", before, index.alpha_before, index.whole_before),
        alpha("after", after, index.alpha_after, index.whole_after),
    )


def _made_of(material: Material, found: Change, index: IndexChange) -> str:
    words = material.words
    least = material.ledger.number(
        f"{found.series.code}/index/{index.id}/minimum",
        said_of(found.series.title, words._("Index"), index.name, words._("Least number of answers")),
        index.minimum,
    )
    return words._(
        "%(name)s is the mean of the answers of those who gave at least %(least)s to: %(questions)s",
        name=index.name,
        least=least,
        questions=" / ".join(words.local(text) for text in index.texts),
    )


def _left_out(material: Material, index: IndexChange) -> Paragraph:
    words = material.words
    why = {
        "not_joined": words._("nothing tells which answers before and after are one person’s"),
        "not_asked": words._("its questions were not asked alike both times"),
    }.get(index.why_not, words._("not shown: too few answers"))
    return Paragraph(f"{words._('Index')} – {index.name}: {why}.", "note")
