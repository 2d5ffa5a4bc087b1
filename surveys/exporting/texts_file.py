"""The texts of a questionnaire as an Excel workbook to translate in: one row a text, one column a language.

The first columns hold the key (:mod:`surveys.domain.translating`) and what the text is. A text that a
spreadsheet would take for a formula begins with an apostrophe (source: OWASP, CSV injection); reading takes
it away again.
"""

import io
from collections.abc import Callable, Sequence

from surveys.catalogues import language_of
from surveys.domain.translating import Document, Worded, worded
from surveys.exporting.csv_file import harmless

KEY, WHAT = "key", "what"
_WIDTHS = (34, 22)


def workbook(document: Document, languages: Sequence[str], what: Callable[[Worded], str]) -> bytes:
    """Return the file; ``what`` says in words what a text is, for whoever translates."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - heavy
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - heavy
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - heavy

    book = Workbook(write_only=True)
    sheet = book.create_sheet("texts")
    sheet.freeze_panes = "C2"
    for number, width in enumerate((*_WIDTHS, *[60] * len(languages)), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width

    def cell(text: str, font: Font | None = None, *, from_right: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, harmless(text))
        made.data_type, made.font = "s", font or Font()
        made.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=2 if from_right else 0)
        return made

    sheet.append([cell(name, Font(bold=True)) for name in (KEY, WHAT, *languages)])
    turned = {language: language_of(language).direction == "rtl" for language in languages}
    for each in worded(document):
        texts = [cell(each.texts.get(code, ""), from_right=turned[code]) for code in languages]
        sheet.append([cell(each.key), cell(what(each)), *texts])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
