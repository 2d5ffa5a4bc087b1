"""The codebook as a tagged PDF."""

from surveys.domain.texts import LocalText, pick
from surveys.exporting.about import left_out, measurements
from surveys.exporting.codebook import Chapter, Codebook, Value
from surveys.exporting.rows import Export
from surveys.exporting.words import Words
from surveys.printing import content, typesetting
from surveys.printing.content import Piece


def pdf(export: Export, book: Codebook, words: Words) -> bytes:
    """Raises CannotTypeset."""
    return typesetting.pdf("codebook", codebook_content(export, book, words))


def codebook_content(export: Export, book: Codebook, words: Words) -> Piece:
    """What the template reads."""
    _, language = words.gettext, words.language

    def said(text: str) -> Piece:
        return content.text(text, language)

    title = _("Codebook: %(series)s", series=export.series_title)
    page = _("Page %(number)s of %(all)s", number="\0", all="\0").split("\0")
    facts = [
        _("Made %(moment)s.", moment=export.made_at_home.strftime("%Y-%m-%d %H:%M")),
        *measurements(export, words),
        *left_out(export, words),
        _("Missing values are numbers of their own in SPSS; in the other formats the cell is blank."),
    ]
    return {
        **content.document(title, export.project_title, language, 10, (page[0], page[1], page[2])),
        "project": content.project(export.project_title, language, None, None),
        "heading": content.heading(title, language),
        "facts": [said(each) for each in facts],
        "words": {
            "fixed": said(_("Columns that are not questions")),
            "column": said(_("Column")),
            "spss": said("SPSS"),
            "what": said(_("What it is")),
            "questions": said(_("Questions")),
            "number": said(_("In SPSS")),
            "code": said(_("In CSV and XLSX")),
            "label": said(_("Label")),
        },
        "fixed": [[said(cell) for cell in row] for row in book.fixed],
        "chapters": [_chapter(each, words, export.language) for each in book.chapters],
    }


def _chapter(chapter: Chapter, words: Words, labels: str) -> Piece:
    language = words.language
    return {
        "heading": content.heading(f"{chapter.code} – {pick(chapter.text, labels)}", language),
        "texts": [content.text(f"{code}: {text}", code) for code, text in _others(chapter.text, labels)],
        "facts": [content.text(each, language) for each in facts(chapter, words)],
        "entries": [
            {
                "column": content.text(entry.column, "en"),
                "spss": content.text(entry.spss, "en"),
                "part": content.text(entry.part, labels),
                "values": [_value(each, labels) for each in entry.values],
                "missing": [_value(each, language, words.gettext("missing")) for each in entry.missing],
            }
            for entry in chapter.entries
        ],
    }


def facts(chapter: Chapter, words: Words) -> list[str]:
    """When a question was asked, and how many answered: a line each."""
    _ = words.gettext
    lines, version = [], _("version")
    for each in chapter.asked_in:
        versions = ", ".join(map(str, each.versions))
        n = _("n not shown") if each.n is None else f"n = {each.n}"
        lines.append(f"{each.questionnaire}, {version} {versions}: {n}")
    lines += [_("Asked only if: %(condition)s", condition=each) for each in chapter.conditions]
    if chapter.required:
        lines.append(_("Had to be answered."))
    if chapter.reworded:
        lines.append(_("Not worded alike in all versions."))
    return lines


def _others(text: LocalText, shown: str) -> list[tuple[str, str]]:
    first = pick(text, shown)
    return [(code, each) for code, each in text.items() if each and each != first]


def _value(value: Value, language: str, what: str = "") -> list[Piece]:
    cells = str(value.number).replace("-", "−"), value.code or "–"
    label = f"{value.label} ({what})" if what else value.label
    return [*(content.text(cell, "en") for cell in cells), content.text(label, language)]
