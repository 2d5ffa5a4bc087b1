"""Figures from elsewhere: as they were printed, with their source and what the check of figures found."""

from surveys.domain.figure_finding import Finding, Kind, Verdict
from surveys.domain.figure_printed import Role
from surveys.domain.outside_table import Source
from surveys.reporting.document import Block, Cell, Table
from surveys.reporting.material import Material
from surveys.reporting.names import said_of
from surveys.results.outside import OutsideFigures


def outside(material: Material) -> list[Block]:
    return [_table(material, each) for each in material.outside]


def _table(material: Material, one: OutsideFigures) -> Table:
    words, content = material.words, one.content
    source = words._("Source: %(source)s.", source=source_text(material, one.source).rstrip("."))
    rows = tuple(
        tuple(_cell(material, one, number, column, text) for column, text in enumerate(row))
        for number, row in enumerate(content.rows)
    )
    return Table(
        caption=said_of(one.series_title if material.of_several(one.series) else "", content.title),
        head=content.head,
        rows=rows,
        base=said_of(content.unit, source),
        notes=tuple(each for each in (content.note, _summary(material, one)) if each),
        numbers_from=1 if content.roles[:1] == (Role.LABEL,) else 0,
    )


def source_text(material: Material, source: Source) -> str:
    """Who, in what, when and where."""
    words = material.words
    page = words._("page %(page)s", page=source.page) if source.page else ""
    return words.listed([each for each in (source.who, source.report, source.published, page) if each])


def _cell(material: Material, one: OutsideFigures, row: int, column: int, text: str) -> Cell:
    content = one.content
    if content.roles[column] is Role.LABEL or not text.strip():
        return Cell(text or "–")
    key = f"outside/{one.id}/{row}/{column}"
    of = content.rows[row][0] if content.roles[0] is Role.LABEL else ""
    label = said_of(content.title, of, content.head[column])
    printed = material.ledger.written(key, label, text, base=source_text(material, one.source))
    return Cell(printed, _mark(material, one, (row, column), key, label))


def _mark(material: Material, one: OutsideFigures, place: tuple[int, int], key: str, label: str) -> str:
    """What was found of a figure: nothing where it follows, else what does."""
    words, verdict = material.words, one.checked.verdict(*place)
    if verdict is None or verdict is Verdict.FOLLOWS:
        return ""
    said = {
        Verdict.FEWER: words._("only if fewer answered"),
        Verdict.HABIT: words._("only by another rounding"),
        Verdict.DIFFERS: words._("does not follow"),
    }[verdict]
    finding = next(each for each in one.checked.marks[place] if each.verdict is verdict)
    value = _value(material, finding) if verdict is not Verdict.FEWER else ""
    if not value:
        return said
    follows = material.ledger.written(f"{key}/follows", said_of(label, words._("what follows")), value)
    return f"{said}: {follows}"


def _value(material: Material, finding: Finding) -> str:
    """The value that follows from the other figures of the table; of a share with its counts."""
    words = material.words
    if not finding.fits or finding.kind is Kind.HUNDRED:
        return ""
    fit = finding.fits[0]
    if finding.kind is Kind.SHARE:
        return f"{words.percent(fit.value)} ({words.of(fit.k, fit.n)})"
    return words.number(fit.value)


def _summary(material: Material, one: OutsideFigures) -> str:
    """How many figures were tried and what came of it."""
    words, counted = material.words, one.checked.counted
    if not sum(counted.values()):
        return ""

    conditional = counted[Verdict.FEWER] + counted[Verdict.HABIT]
    parts = {
        "total": (words._("tried"), sum(counted.values())),
        "follow": (words._("follow"), counted[Verdict.FOLLOWS]),
        "condition": (words._("follow under a condition"), conditional),
        "differ": (words._("do not follow"), counted[Verdict.DIFFERS]),
    }
    check = said_of(one.content.title, words._("Check of figures"))
    said = {
        part: material.ledger.number(f"outside/{one.id}/{part}", said_of(check, label), value)
        for part, (label, value) in parts.items()
    }
    return words._(
        "Figures checked: %(total)s. Follow: %(follow)s. Follow only under a condition: %(condition)s. Do not"
        " follow: %(differ)s.",
        **said,
    )
