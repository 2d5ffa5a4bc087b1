"""A report in Word, as PDF and as slides: what readers of them find, and templates that are refused."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import docx
import pptx
import pytest
from pptx.enum.chart import XL_CHART_TYPE

from surveys.printing import content
from surveys.printing.typesetting import fits_a_page
from surveys.reporting import columns, slides, templates
from surveys.reporting.content import words_of_pages
from surveys.reporting.document import (
    Bullets,
    Cell,
    Chart,
    ChartRow,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Section,
    Subheading,
    Table,
)
from surveys.reporting.pdf import pdf, typeset
from surveys.reporting.templates import BadTemplate
from surveys.reporting.word import Looks, Picture, word
from surveys.reporting.word_template import default_template
from surveys.reporting.words import Words

# The smallest picture there is.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000"
    "0500017a5eab3f0000000049454e44ae426082"
)
ELSEWHERE = (
    b'<Relationships xmlns="r"><Relationship Id="a" Type="x/attachedTemplate"'
    b' Target="http://a.example/t.dotm" TargetMode="External"/></Relationships>'
)
HOSTILE = "{{ 7*7 }} <w:br/> & ]]> \x00 {% raw %} #panic() [ ] $ \" ' 😀"
TABLE = Table(
    "Hur nyttigt var det?",
    ("Fråga", "I liten grad", "I hög grad", "n"),
    (
        (
            Cell("Var det nyttigt?"),
            Cell("25,0\xa0%", "10 av 40"),
            Cell("75,0\xa0%", "30 av 40"),
            Cell("40", "ej svar: 2"),
        ),
        (Cell(HOSTILE), Cell(".."), Cell(".."), Cell("3")),
    ),
    "Bas: de som svarat på frågan.",
    (".. redovisas ej – för få svar.",),
)
CHART = Chart(
    "Hur nyttigt var det?",
    "Diagram: Hur nyttigt var det? Samma siffror finns i tabellen.",
    ("I liten grad", "I hög grad"),
    (ChartRow("Var det nyttigt?", (10, 30), "40"), ChartRow(HOSTILE, (4, 2), "6")),
    "Bas: de som svarat på frågan.",
)
KEY_FIGURES = KeyFigures((KeyFigure("122", "Anmälda", "personer"),))
DOCUMENT = Document(
    kind="final",
    language="sv",
    title=f"Slutrapport {HOSTILE}",
    project="Prov",
    author="Eva",
    facts=(("Insatser", "Kursen"),),
    sections=(
        Section("summary", "Sammanfattning", (KEY_FIGURES, Bullets(("Ett", HOSTILE)))),
        Section("questions", "Frågor", (Subheading("Tillfälle"), Paragraph(HOSTILE), CHART, TABLE)),
        Section("own", "Slutsatser", (Paragraph("[Skriv här]", "prompt"),)),
    ),
    status="Preliminär, version 1",
    words=words_of_pages(Words("sv")),
)  # fmt: skip


def opened(template: bytes | None = None) -> Any:
    looks = Looks("Slutrapport", chart=lambda chart: Picture(PNG, 720, 300, chart.alt))
    return docx.Document(io.BytesIO(word(DOCUMENT, looks, template)))


def as_template(build: Callable[[Any], None], **parts: bytes) -> bytes:
    """A Word file made by ``build``, with other parts put in."""
    file: Any = docx.Document()
    build(file)
    made = io.BytesIO()
    file.save(made)
    if not parts:
        return made.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(changed, "w") as new:
        for each in old.infolist():
            new.writestr(each.filename, parts.pop(each.filename, old.read(each.filename)))
        for name, part in parts.items():
            new.writestr(name, part)
    return changed.getvalue()


def test_the_word_file_has_words_own_headings_tables_captions_and_texts_for_pictures() -> None:
    file = opened()
    styles = [paragraph.style.name for paragraph in file.paragraphs]
    assert styles.count("Heading 1") == 3
    assert styles.count("Heading 2") == 1
    assert styles.count("List Bullet") == 2
    captions = [each for each in file.paragraphs if each.style.name == "Caption"]
    assert [re.sub(r"\s+", " ", each._p.xml).count("w:fldSimple") // 2 for each in captions] == [1, 1]
    assert [" SEQ Diagram" in each._p.xml or " SEQ Tabell" in each._p.xml for each in captions] == [
        True,
        True,
    ]
    _key_figures, table = file.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == list(TABLE.head)
    assert rows[1] == ["Var det nyttigt?", "25,0\xa0%\n10 av 40", "75,0\xa0%\n30 av 40", "40\nej svar: 2"]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert table.style.name == "Följa tabell"
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]*)"', file.element.xml)
    assert described == [CHART.alt]
    assert (file.core_properties.language, file.core_properties.author) == ("sv", "Eva")
    footer = file.sections[0].footer._element.xml
    assert ("NUMPAGES" in footer, "Preliminär, version 1" in footer) == (True, True)
    assert 'w:lang w:val="sv-SE"' in file.styles.element.xml.replace(' w:eastAsia="en-US" w:bidi="ar-SA"', "")


def test_one_page_begins_with_what_it_says() -> None:
    short = replace(DOCUMENT, kind="one_page")
    file: Any = docx.Document(io.BytesIO(word(short, Looks("En sida"))))
    assert 'w:type="page"' not in file.element.xml
    assert "TOC" not in file.element.xml
    assert "En sida · Prov · Preliminär, version 1" in [each.text for each in file.paragraphs]
    rows = tuple((Cell(f"Tillfälle {number}"), Cell("75,0\xa0%")) for number in range(56))
    longer = replace(
        short, sections=(Section("own", "Tillfällen", (Table("Alla", ("Vad", "Andel"), rows),)),)
    )
    head = content.project("Prov", "sv", None, None)
    made = typeset(longer, head, "En sida", lambda _chart: None)
    assert [fits_a_page("report", {**made, "size": size}) for size in (9.5, 7.5)] == [False, True]


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    narrow = columns.widths(Table("Ord", ("Ord", "Antal"), ((Cell("Nyttig"), Cell("9")),)))
    assert sum(narrow) == pytest.approx(columns.NARROW)
    word_long = "Rehabiliteringsvetenskap"
    cells = (Cell(word_long), *[Cell("18,2\xa0%", "14\xa0av\xa077")] * 7)
    full = columns.widths(Table("Skala", ("Fråga", *["I mycket hög grad"] * 7), (cells,)))
    assert sum(full) == pytest.approx(1)
    assert full[0] * columns.PAGE >= len(word_long)


def test_no_row_of_a_short_table_is_left_alone_on_the_next_page() -> None:
    """In Word a row stays with the next where all its paragraphs say so; of a long table the last two."""
    said: list[list[bool]] = []
    for many in (3, 30):
        rows = tuple((Cell(f"Grupp {each}"), Cell("75,0\xa0%", "30 av 40")) for each in range(many))
        table = Table("Alla", ("Grupp", "Andel"), rows)
        made = replace(DOCUMENT, sections=(Section("own", "Grupper", (table,)),))
        file: Any = docx.Document(io.BytesIO(word(made, Looks("Rapport"))))
        assert columns.kept_whole(table) is (many == 3)
        lines = [[each.paragraph_format.keep_with_next for cell in row.cells for each in cell.paragraphs]
                 for row in file.tables[0].rows]  # fmt: skip
        assert all(len(set(each)) == 1 for each in lines)
        said.append([bool(each[0]) for each in lines])
    assert said == [[True, True, True, False], [True, *[False] * 28, True, False]]


def test_what_is_noted_under_a_table_stands_on_its_page() -> None:
    rows = tuple((Cell(f"Grupp {each}"), Cell("75,0\xa0%")) for each in range(2))
    table = Table("Alla", ("Grupp", "Andel"), rows, notes=("Den första.", "Den andra."))
    made = replace(DOCUMENT, sections=(Section("own", "Grupper", (table,)),))
    file: Any = docx.Document(io.BytesIO(word(made, Looks("Rapport"))))
    cells = [each.paragraph_format.keep_with_next for row in file.tables[0].rows
             for cell in row.cells for each in cell.paragraphs]  # fmt: skip
    notes = [each.paragraph_format.keep_with_next for each in file.paragraphs if each.text in table.notes]
    assert (all(cells), notes) == (True, [True, None])


def test_what_somebody_wrote_is_text_and_never_markup() -> None:
    texts = [each.text for each in opened().paragraphs]
    shown = HOSTILE.replace("\x00", "")
    assert shown in texts
    assert f"Slutrapport {shown}" in texts


def test_a_template_of_ones_own_keeps_its_looks_and_lends_what_it_lacks() -> None:
    def build(file: Any) -> None:
        file.add_paragraph("Stadens rapport om {{ pro", style="Heading 2").add_run("jekt }}, {{titel}}")
        file.add_paragraph("{{ rapport }}")
        file.add_paragraph("Efter rapporten")
        for name in ("Caption", "Table Grid"):
            style = file.styles[name].element
            style.getparent().remove(style)

    raw = as_template(build)
    templates.check(raw)
    file = opened(raw)
    texts = [each.text for each in file.paragraphs]
    assert texts[0].startswith("Stadens rapport om Prov, Slutrapport {{ 7*7 }}")
    assert texts[-1] == "Efter rapporten"
    assert "Caption" in {each.style.name for each in file.paragraphs}
    assert len(file.tables) == 2


def test_our_own_template_can_be_taken_back_changed() -> None:
    for language in ("sv", "en"):
        templates.check(default_template(language))


def _place(text: str) -> Callable[[Any], None]:
    return lambda file: file.add_paragraph(text)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"x" * 10, "not_word"),
        (b"x" * (5 * 1024 * 1024 + 1), "file_too_large"),
        (as_template(_place("Ingen plats")), "no_report_place"),
        (
            as_template(lambda file: [file.add_paragraph("{{ rapport }}") for _ in range(2)]),
            "two_report_places",
        ),  # type: ignore[arg-type, return-value]
        (as_template(_place("Här: {{ rapport }}")), "report_place_not_alone"),
        (
            as_template(lambda file: setattr(file.add_table(1, 1).cell(0, 0), "text", "{{ rapport }}")),
            "report_place_not_alone",
        ),
        (as_template(_place("{{ rapport }} {{ config.items() }}")), "unknown_places"),
        (as_template(_place("{{ rapport }}"), **{"word/vbaProject.bin": b"x"}), "macros"),
        (as_template(_place("{{ rapport }}"), **{"word/embeddings/a.bin": b"x"}), "other_files_inside"),
        (
            as_template(
                _place("{{ rapport }}"),
                **{"word/_rels/settings.xml.rels": ELSEWHERE},
            ),
            "fetches",
        ),
        (
            as_template(
                _place("{{ rapport }}"), **{"word/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}
            ),
            "forbidden_xml",
        ),
        (as_template(_place("{{ rapport }}"), **{"word/a.xml": b"<a>"}), "malformed_xml"),
        (
            as_template(_place("{{ rapport }}"), **{"word/a.xml": b"<a>" * 101 + b"</a>" * 101}),
            "unpacks_too_big",
        ),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    with pytest.raises(BadTemplate) as bad:
        templates.check(raw)
    assert bad.value.code == code


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b" " * (41 * 1024 * 1024))
    with pytest.raises(BadTemplate) as bad:
        templates.check(made.getvalue())
    assert bad.value.code == "unpacks_too_big"


def test_the_slides_have_native_charts_with_texts_and_notes() -> None:
    file = pptx.Presentation(io.BytesIO(slides.slides(DOCUMENT, "Slutrapport")))
    shapes = [(slide, shape) for slide in file.slides for shape in slide.shapes]
    ((slide, frame),) = [(slide, shape) for slide, shape in shapes if shape.has_chart]
    chart: Any = frame.chart  # type: ignore[attr-defined]
    assert chart.chart_type == XL_CHART_TYPE.BAR_STACKED_100
    assert [list(series.values) for series in chart.plots[0].series] == [[10, 4], [30, 2]]
    assert next(str(each) for each in chart.plots[0].categories) == "Var det nyttigt? (n = 40)"
    assert frame._element.nvGraphicFramePr.cNvPr.get("descr") == CHART.alt
    notes = slide.notes_slide.notes_text_frame.text
    assert "Bas: de som svarat på frågan." in notes
    assert "Var det nyttigt?: I liten grad 10, I hög grad 30; n = 40" in notes
    assert "Preliminär, version 1" in notes
    texts = "\n".join(shape.text_frame.text for _slide, shape in shapes if shape.has_text_frame)
    assert "[Skriv här]" not in texts


@pytest.mark.parametrize("kind", ["final", "one_page"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_pdf_is_tagged_and_takes_whatever_is_written(kind: str, language: str) -> None:
    document = Document(
        kind, language, DOCUMENT.title, "Prov", "Eva", DOCUMENT.facts, DOCUMENT.sections, "Preliminär",
        words_of_pages(Words(language)),
    )  # fmt: skip
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'
    made = pdf(document, content.project("Prov", language, None, None), "Rapport", lambda _chart: drawing)
    for mark in (rb"/StructTreeRoot", rb"/Marked true", rb"pdfuaid:part", rb"/Lang\s*\(" + language.encode()):
        assert re.search(mark, made), mark
