"""More of the same persons before and after: the upper classes, single classes, looking back, and those who
answered only the first time.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from surveys.domain.statistics import rounded
from surveys.reporting.document import Block, Cell, Table
from surveys.reporting.material import Material
from surveys.reporting.names import said_of
from surveys.results.change_model import Change, P, Paired, PairedClasses, QuestionChange, Side

DECIMALS_OF_P = 3
SMALLEST_P = Fraction(1, 10**DECIMALS_OF_P)

Told = tuple[QuestionChange, Paired]


def further(material: Material, found: Change) -> Iterator[Block]:
    """Each where there is anything to tell."""
    pairs = [(each, each.paired) for each in found.questions if each.paired is not None]
    for rows, table in (
        ([(each, paired) for each, paired in pairs if paired.over is not None], _over),
        ([(each, paired) for each, paired in pairs if paired.others is not None], _others),
    ):
        if rows:
            yield table(material, found, rows)
    for each in found.questions:
        if each.classes is not None:
            yield _classes(material, found, each, each.classes)
    looking = [(each, each.looking_back) for each in found.questions if each.looking_back is not None]
    if looking:
        yield _looking_back(material, found, looking)


def p_cell(material: Material, key: str, label: str, p: P, n: int, base: str) -> Cell:
    """ "p = 0,156", "p < 0,001", or that there are too few."""
    if p is None:
        return Cell(material.words._("too few to test"))
    least = Fraction(p) < SMALLEST_P
    exact = rounded(SMALLEST_P if least else Fraction(p), DECIMALS_OF_P)
    printed = material.ledger.number(key, label, exact, n, base)
    return Cell(f"p {'<' if least else '='} {printed}")


def ways(
    material: Material, key: str, label: Callable[[str], str], paired: Paired, base: str
) -> Iterator[Cell]:
    """The pairs, and how many of them answered higher, the same and lower."""
    words, ledger = material.words, material.ledger
    yield Cell(ledger.number(f"{key}/n", label(words._("Pairs")), paired.n))
    for part, what, share in (
        ("higher", words._("Higher"), paired.higher),
        ("same", words._("The same"), paired.same),
        ("lower", words._("Lower"), paired.lower),
    ):
        yield ledger.share(f"{key}/{part}", label(what), share, base)


def base_of_pairs(material: Material) -> str:
    return material.words._("Base: the pairs, who answered the question both times.")


def _caption(material: Material, found: Change, what: str) -> str:
    return said_of(material.of(found.series), what)


def _label(material: Material, found: Change, question: QuestionChange) -> str:
    words = material.words
    return said_of(found.series.title, words._("Before and after"), words.local(question.text))


def _over(material: Material, found: Change, rows: Sequence[Told]) -> Table:
    words, ledger = material.words, material.ledger
    base = words._("the pairs, who answered the question both times")
    before, after = words._("Before"), words._("After")
    lines = []
    for question, paired in rows:
        over = paired.over
        if over is None:
            continue
        key = f"{found.series.code}/pairs/{question.code}/over"
        of = said_of(_label(material, found, question), words._("upper classes"))
        lines.append(
            (
                Cell(words.local(question.text)),
                ledger.share(f"{key}/before", said_of(of, before), over.before, base),
                ledger.share(f"{key}/after", said_of(of, after), over.after, base),
                Cell(ledger.number(f"{key}/up", said_of(of, words._("came to them")), over.test.up)),
                Cell(ledger.number(f"{key}/down", said_of(of, words._("left them")), over.test.down)),
            )
        )
    return Table(
        caption=_caption(material, found, words._("The same persons: the upper classes of each question")),
        head=(words._("Question"), before, after, words._("Came to them"), words._("Left them")),
        rows=tuple(lines),
        base=base_of_pairs(material),
    )


def _others(material: Material, found: Change, rows: Sequence[Told]) -> Table:
    """Those among the pairs and those who are not, as both answered the first time."""
    words = material.words
    pairs, others = words._("Those who answered both times"), words._("Those who answered only then")

    def side(question: QuestionChange, part: str, what: str, told: Side | None) -> Cell:
        key = f"{found.series.code}/pairs/{question.code}/{part}"
        label = said_of(_label(material, found, question), words._("Before"), what)
        return _mean(material, key, label, told)

    return Table(
        caption=_caption(
            material, found, words._("Those who answered both times, and those who answered only before")
        ),
        head=(words._("Question"), pairs, others),
        rows=tuple(
            (
                Cell(words.local(question.text)),
                side(question, "before", pairs, paired.before),
                side(question, "others", others, paired.others),
            )
            for question, paired in rows
        ),
        base=words._("The mean of what each group answered before, with its own n."),
    )


def _mean(material: Material, key: str, label: str, side: Side | None) -> Cell:
    if side is None or side.mean is None:
        return Cell("–")
    words, ledger, mean = material.words, material.ledger, Decimal(side.mean)
    printed = ledger.number(f"{key}/mean", said_of(label, words._("Mean")), mean, side.n)
    return Cell(printed, f"n = {ledger.number(f'{key}/n', said_of(label, 'n'), side.n)}")


def _classes(material: Material, found: Change, question: QuestionChange, told: PairedClasses) -> Table:
    words, ledger = material.words, material.ledger
    base = words._("the pairs, who answered the question both times")
    before, after = words._("Before"), words._("After")
    rows = []
    for at, each in enumerate(told.classes):
        name = words.local(each.label)
        key = f"{found.series.code}/pairs/{question.code}/class/{at}"
        of = said_of(_label(material, found, question), name)
        rows.append(
            (
                Cell(name),
                ledger.share(f"{key}/before", said_of(of, before), each.before, base),
                ledger.share(f"{key}/after", said_of(of, after), each.after, base),
                Cell(ledger.number(f"{key}/up", said_of(of, words._("came to it")), each.test.up)),
                Cell(ledger.number(f"{key}/down", said_of(of, words._("left it")), each.test.down)),
                p_cell(material, f"{key}/holm", said_of(of, "holm"), each.holm, told.n, base),
            )
        )
    text = words.local(question.text)
    return Table(
        caption=_caption(material, found, words._("%(question)s – the pairs, class by class", question=text)),
        head=(
            words._("Answer"),
            before,
            after,
            words._("Came to it"),
            words._("Left it"),
            words._("McNemar, adjusted (Holm)"),
        ),
        rows=tuple(rows),
        base=base_of_pairs(material),
    )


def _looking_back(material: Material, found: Change, rows: Sequence[Told]) -> Table:
    words = material.words
    base = words._("those who answered about both then and now")
    lines = []
    for question, paired in rows:
        key = f"{found.series.code}/looking_back/{question.code}"
        of = said_of(_label(material, found, question), words._("looking back"))

        def label(what: str, of: str = of) -> str:
            return said_of(of, what)

        lines.append(
            (
                Cell(words.local(question.text)),
                *ways(material, key, label, paired, base),
                p_cell(material, f"{key}/holm", label("holm"), paired.holm, paired.n, base),
            )
        )
    return Table(
        caption=_caption(
            material, found, words._("Looking back: now compared with then, both asked afterwards")
        ),
        head=(
            words._("Question"),
            words._("Pairs"),
            words._("Now higher"),
            words._("The same"),
            words._("Now lower"),
            words._("Wilcoxon, adjusted (Holm)"),
        ),
        rows=tuple(lines),
        base=words._("Base: those who afterwards answered about both then and now."),
    )
