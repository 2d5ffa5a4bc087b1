"""From results to a document and its frozen figures: each section filled by the module that knows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from surveys.reporting.document import Block, Cell, Document, Paragraph, Section, Table
from surveys.reporting.figures import Figure
from surveys.reporting.gathering import NOT_KEPT
from surveys.reporting.headings import OWN, Heading
from surveys.reporting.material import Material
from surveys.reporting.sections.before_after import before_after
from surveys.reporting.sections.breakdown import breakdown
from surveys.reporting.sections.indicators import indicators
from surveys.reporting.sections.limitations import limitations
from surveys.reporting.sections.method import method
from surveys.reporting.sections.occasions import occasions
from surveys.reporting.sections.outside import outside
from surveys.reporting.sections.participation import participation
from surveys.reporting.sections.questions import questions
from surveys.reporting.sections.summary import summary
from surveys.reporting.words import Words

Fill = Callable[[Material], list[Block]]

# A section that is not here has only the text of its author, or is filled when the report is read.
FILLS: Mapping[str, Fill] = {
    "summary": summary,
    "method": method,
    "participation": participation,
    "occasions": occasions,
    "questions": questions,
    "breakdown": breakdown,
    "before_after": before_after,
    "indicators": indicators,
    "outside": outside,
    "limitations": limitations,
}
WHEN_READ = ("followed_up", "recommendations")
APPENDIX = "figures"


@dataclass(frozen=True)
class Title:
    """What a report is called, and of what project; ``author``: who had it made."""

    kind: str
    title: str
    project: str
    author: str


@dataclass(frozen=True)
class Made:
    document: Document
    figures: tuple[Figure, ...]


def make(title: Title, material: Material, headings: Sequence[Heading]) -> Made:
    """The whole report, without what stands in rows of its own (recommendations) and its status."""
    sections = [_section(material, heading) for heading in headings]
    figures = material.ledger.figures
    only = material.series[0].title if len(material.series) == 1 else ""
    sections = [
        replace(each, blocks=(*each.blocks, appendix(material.words, figures, only)))
        if each.key == APPENDIX
        else each
        for each in sections
    ]
    words = material.words
    facts = [
        (words._("Series"), words.listed([each.title for each in material.series])),
        *([(words._("Figures of"), words.day(material.as_of))] if material.as_of else []),
        (words._("Figures frozen"), words.day(material.now.date())),
        (words._("Made by"), title.author),
    ]
    document = Document(
        kind=title.kind,
        language=words.language,
        title=title.title,
        project=title.project,
        author=title.author,
        facts=tuple(facts),
        sections=tuple(each for each in sections if each.blocks or each.key in WHEN_READ),
        words=words_of_pages(words),
    )
    return Made(document, figures)


def appendix(words: Words, figures: Sequence[Figure], only: str = "") -> Table:
    """Every figure as it is printed; the same list is kept with the report and compared with the next.

    ``only`` is the title of the only series, which need not stand in every row.
    """
    begins = f"{only} · "
    return Table(
        caption=words._("Figures in this report"),
        head=(words._("What"), words._("Figure")),
        rows=tuple((Cell(each.label.removeprefix(begins)), Cell(each.printed)) for each in figures),
    )


def words_of_pages(words: Words) -> dict[str, str]:
    """What the formats need of words beside the text itself."""
    page, _mark, rest = words._("Page %(page)s of %(pages)s", page="\0", pages="\1").partition("\0")
    between, _mark, after = rest.partition("\1")
    return {
        "table": words._("Table"),
        "chart": words._("Chart"),
        "contents": words._("Contents"),
        "page": page,
        "of": between,
        "after": after,
    }


def _section(material: Material, heading: Heading) -> Section:
    fill = FILLS.get(heading.key)
    text = [Paragraph(each.strip()) for each in heading.text.split("\n\n") if each.strip()]
    if material.as_of is not None and heading.key in NOT_KEPT:
        untold = material.words._("Of an earlier day these figures are not kept. A report of today has them.")
        return Section(heading.key, heading.heading, (*text, Paragraph(untold, "note")))
    filled = fill(material) if fill else []
    if heading.key == OWN and not text:
        return Section(heading.key, heading.heading, (Paragraph(material.words._("[Write here]"), "prompt"),))
    return Section(heading.key, heading.heading, (*text, *filled))
