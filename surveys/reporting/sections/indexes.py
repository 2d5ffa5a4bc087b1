"""Indexes of several questions before and after: the same persons, with n and Cronbach's alpha; and where
nobody is laid beside each other, all who have one at a measurement.
"""

from collections.abc import Iterator
from decimal import Decimal

from surveys.reporting.document import Block, Cell, Paragraph, Table
from surveys.reporting.material import Material
from surveys.reporting.names import measurement_name, said_of
from surveys.results.change_model import Change, IndexChange, Paired


def indexes(material: Material, found: Change) -> list[Block]:
    told = [(each, each.paired) for each in found.indexes if each.paired is not None]
    blocks: list[Block] = [_table(material, found, told)] if told else []
    unpaired = [each for each in found.indexes if each.paired is None]
    apart = [each for each in unpaired if each.before or each.after]
    blocks += [_apart(material, found, apart)] if apart else []
    return blocks + [_left_out(material, each) for each in unpaired if each not in apart]


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


def _apart(material: Material, found: Change, told: list[IndexChange]) -> Table:
    """All who have an index at a measurement, where no persons are laid beside each other."""
    words = material.words
    deviation, alpha = words._("Standard deviation"), words._("Cronbach’s alpha")
    return Table(
        caption=said_of(material.of(found.series), words._("Indexes by measurement")),
        head=(words._("Index"), words._("Measurement"), "n", words._("Mean"), deviation, alpha),
        rows=tuple(row for index in told for row in _sides(material, found, index)),
        base=words._("Base: those who answered enough of the questions then."),
        notes=tuple(_made_of(material, found, index) for index in told),
    )


def _sides(material: Material, found: Change, index: IndexChange) -> Iterator[tuple[Cell, ...]]:
    words, ledger = material.words, material.ledger
    base = words._("those who answered enough of the questions then")
    whole = words._("those who answered all of its questions")
    for part, measurement, side, n, alpha in (
        ("before", found.before, index.before, index.whole_before, index.alpha_before),
        ("after", found.after, index.after, index.whole_after, index.alpha_after),
    ):
        if side is None or measurement is None:
            continue
        name = measurement_name(words, measurement)
        key = f"{found.series.code}/index/{index.id}/{part}"

        def printed(
            what: str,
            told: str,
            value: Decimal | int | None,
            n: int | None = None,
            of: str = "",
            *,
            key: str = key,
            name: str = name,
        ) -> str:
            if value is None:
                return "–"
            label = said_of(found.series.title, words._("Index"), index.name, name, told)
            return ledger.number(f"{key}/{what}", label, value, n, of)

        yield (
            Cell(index.name),
            Cell(name),
            Cell(printed("n", "n", side.n)),
            Cell(printed("whole-mean", words._("Mean"), side.mean, side.n, base)),
            Cell(printed("deviation", words._("Standard deviation"), side.deviation, side.n, base)),
            Cell(
                printed("alpha", words._("Cronbach’s alpha"), alpha, n, whole),
                f"n = {printed('whole', whole, n)}" if alpha is not None else "",
            ),
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
        "beside_tables": words._("not told beside tables by background, for the sake of hidden groups"),
    }.get(index.why_not, words._("not shown: too few answers"))
    return Paragraph(f"{words._('Index')} – {index.name}: {why}.", "note")
