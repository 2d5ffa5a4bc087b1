"""The Word template that is used where a house has none of its own: made here, letter by letter.

It has every named place and every style that a report uses, and is what a house downloads to change.
"""

import io
from functools import cache
from typing import Any

INK, ACCENT, QUIET = "222222", "12495A", "595959"
_PAGE = '<w:fldSimple w:instr=" {field} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
_FONT = "Calibri"
_SHORT = 0.85  # of the sizes, where all is to be on one page
_DOWN_THE_PAGE = 1_800_000  # EMU (5 cm), from the logotype to the title


@cache
def default_template(language: str, short: bool = False) -> bytes:
    """The file, with its places in Swedish or English; ``short``: for one page, with no page before it."""
    import docx  # noqa: PLC0415

    document: Any = docx.Document()
    _page(document, short)
    _styles(document, _SHORT if short else 1.0)
    _hyphenated(document)
    swedish = language.startswith("sv")
    names = ("logotyp", "typ", "titel", "projekt", "status", "fakta", "emblem", "innehåll", "rapport")
    english = ("logotype", "kind", "title", "project", "status", "facts", "emblem", "contents", "report")
    logotype, kind, title, project, status, facts, emblem, contents, report = names if swedish else english
    told = f"{{{{ {kind} }}}} · {{{{ {project} }}}} · {{{{ {status} }}}}"
    head = (
        ((logotype, "Normal"), (title, "Title"), (facts, "Normal"))
        if short
        else (
            (logotype, "Normal"),
            (kind, "Subtitle"),
            (title, "Title"),
            (project, "Subtitle"),
            (status, "Subtitle"),
            (facts, "Normal"),
            (emblem, "Normal"),
        )
    )
    for place, style in head:
        paragraph = document.add_paragraph(f"{{{{ {place} }}}}", style=style)
        if place == kind:
            paragraph.paragraph_format.space_before = _DOWN_THE_PAGE
        if place == title and short:
            document.add_paragraph(told, style="Subtitle")
    if not short:
        document.add_page_break()
        document.add_paragraph("Innehåll" if swedish else "Contents", style="TOC Heading")
        document.add_paragraph(f"{{{{ {contents} }}}}")
        document.add_page_break()
    for place in (report, emblem) if short else (report,):
        document.add_paragraph(f"{{{{ {place} }}}}")
    _footer(
        document,
        f"{{{{ {project} }}}} · {{{{ {status} }}}}",
        "Sida" if swedish else "Page",
        "av" if swedish else "of",
    )
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _page(document: Any, short: bool) -> None:
    from docx.shared import Cm  # noqa: PLC0415

    (section,) = document.sections
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8 if short else 2.3)
    section.top_margin = section.bottom_margin = Cm(1.4 if short else 2.2)
    section.footer_distance = Cm(0.7 if short else 1.2)


def _hyphenated(document: Any) -> None:
    """Long words in narrow columns are hyphenated, not cut."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    settings = document.settings.element
    settings.insert_element_before(
        OxmlElement("w:autoHyphenation"),
        *("w:consecutiveHyphenLimit", "w:defaultTabStop", "w:characterSpacingControl", "w:compat"),
    )


def _styles(document: Any, scale: float) -> None:
    """``scale``: of all sizes and distances."""
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415

    styles = document.styles
    for name, size, colour, bold, before, after in (
        ("Normal", 11, INK, False, 0, 6),
        ("Title", 28, ACCENT, True, 0, 6),
        ("Subtitle", 13, QUIET, False, 0, 4),
        ("Heading 1", 18, ACCENT, True, 22, 8),
        ("Heading 2", 13, ACCENT, True, 16, 6),
        ("TOC Heading", 18, ACCENT, True, 0, 8),
        ("Caption", 9.5, INK, True, 10, 4),
        ("List Bullet", 11, INK, False, 0, 4),
        ("Följa not", 9, QUIET, False, 3, 3),
        ("Följa cell", 9, INK, False, 0, 0),
        ("Följa siffra", 9, INK, False, 0, 0),
        ("Följa nyckeltal", 20, ACCENT, True, 0, 0),
        ("Följa påminnelse", 11, "8F3B1B", False, 0, 6),
        ("Följa diagram", 11, INK, False, 10, 2),
    ):
        if name.startswith("Följa"):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        style = styles[name]
        _set(
            style, round(size * scale * 2) / 2, colour, bold=bold, before=before * scale, after=after * scale
        )
    for name in ("Följa cell", "Följa siffra", "Följa not"):
        styles[name].paragraph_format.line_spacing = 1.0
    styles["Följa siffra"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    styles["Title"].element.get_or_add_pPr().remove_all("w:pBdr")
    _table_style(styles)


def _set(
    style: Any, size: float, colour: str, *, bold: bool = False, before: float = 0, after: float = 0
) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    font = style.font
    font.name, font.size, font.bold, font.italic = _FONT, Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(colour)
    style.element.get_or_add_rPr().remove_all("w:spacing")  # between the letters
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _table_style(styles: Any) -> None:
    """Lines between the rows and a heading row that stands out; no colour says anything by itself."""
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls  # noqa: PLC0415

    line = 'w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"'
    heavy = f'w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"'
    styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Foljatabell">'
            '<w:name w:val="Följa tabell"/><w:uiPriority w:val="99"/><w:tblPr><w:tblBorders>'
            f"<w:top {heavy}/><w:bottom {heavy}/><w:insideH {line}/></w:tblBorders>"
            '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
            '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders><w:bottom {heavy}/></w:tcBorders>'
            '<w:shd w:val="clear" w:color="auto" w:fill="EEF4F5"/></w:tcPr></w:tblStylePr></w:style>'
        )
    )


def _footer(document: Any, left: str, page: str, of: str) -> None:
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls  # noqa: PLC0415

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Följa not"]
    paragraph.add_run(f"{left} · {page} ")
    element = paragraph._p
    for field, after in (("PAGE", f" {of} "), ("NUMPAGES", "")):
        element.append(
            parse_xml(_PAGE.format(field=field).replace("<w:fldSimple", f"<w:fldSimple {nsdecls('w')}"))
        )
        if after:
            paragraph.add_run(after)
