"""A workbook (.xlsx) by xlsxwriter: the answers, what their codes are called, and what the file is.

Row by row onto the disk (``constant_memory``), so that memory does not grow with the responses. A text is
written as a text, never as a formula, and what begins like one keeps that mark when it is edited
(quotePrefix); a true number is a number. A sheet takes 1 048 576 rows and 16 384 columns: looked at first.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from surveys.domain.summaries import Cell
from surveys.domain.texts import pick
from surveys.exporting.about import about
from surveys.exporting.csv_file import harmless
from surveys.exporting.in_place import put_in_place
from surveys.exporting.limits import TooLarge
from surveys.exporting.rows import Export, Row
from surveys.exporting.value_table import all_measured
from surveys.exporting.words import Words

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_NUMBERS = frozenset({"version", "occasion_number"})
_MOST_WIDTH, _LEAST_WIDTH = 40, 9
_EXACT_DIGITS = 15
_CELLS_OF_A_PLAIN_ZIP = 20_000_000  # a sheet beyond 4 GB needs an archive of another kind

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell | int | Decimal]]]


def check(export: Export) -> None:
    """Raise TooLarge, before any row is read, where a sheet cannot hold the responses."""
    if export.count + 1 > MOST_ROWS:
        raise TooLarge(export.count, MOST_ROWS - 1, "responses")
    if len(export.columns) > MOST_COLUMNS:
        raise TooLarge(len(export.columns), MOST_COLUMNS, "columns")


def save(
    export: Export,
    path: Path,
    words: Words,
    replace: bool = False,
    progress: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> int:
    """Write the workbook whole; returns how many responses. Raises TooLarge, FileThere, CannotWrite."""
    check(export)
    cells = export.count * len(export.columns)
    with put_in_place(path, replace) as draft, _Book(draft, cells) as book:
        numbers = [column.holds == "number" or column.name in _NUMBERS for column in export.columns]
        names = [column.name for column in export.columns]
        written = book.answers(words.gettext("Answers"), names, numbers, progress(export.rows()))
        book.table(words.gettext("Labels"), *_labels(export, words))
        book.table(
            words.gettext("About the file"),
            (words.gettext("What"), words.gettext("How it is")),
            about(export, words),
        )
    return written


def save_tables(sheets: Iterable[Sheet], path: Path, replace: bool = False) -> None:
    """Write tables, a sheet each: (name, heading, rows). Raises FileThere, CannotWrite."""
    with put_in_place(path, replace) as draft, _Book(draft) as book:
        for name, heading, rows in sheets:
            book.table(name, heading, rows)


def _labels(export: Export, words: Words) -> tuple[tuple[str, ...], list[tuple[str, str, str, str]]]:
    """A row a column of the answers, and one more for each of its codes."""
    _ = words.gettext
    heading = _("Column"), _("Question"), _("Code"), _("Label")
    rows = [(column.name, words.fixed.get(column.name, column.name), "", "") for column in export.fixed]
    known = {each.name: each for one in all_measured(export) for each in one.variables}
    for column in export.layout.columns:
        rows.append((column.name, column.heading, "", ""))
        variable = known.get(column.name)
        for _number, code, label in variable.values if variable else ():
            if code:
                shown = words.class_label(code, label, pick(label, export.language))
                rows.append((column.name, column.heading, code, shown))
    for question in {block.name: block.question for block in export.layout.blocks}.values():
        if getattr(question, "dont_know", False):
            rows.append((question.code, pick(question.text, export.language), "dk", _("don’t know")))
    return heading, rows


class _Book:
    """An open workbook; at the end it is on the disk, and nothing of what it was made from."""

    def __init__(self, path: Path, cells: int = 0) -> None:
        import xlsxwriter  # noqa: PLC0415 - heavy

        # of its own, since the library leaves its rows there when it does not come to an end
        self._rows = TemporaryDirectory(prefix=".folja-", dir=path.parent)
        options = {"constant_memory": True, "tmpdir": self._rows.name, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), {**options, "use_zip64": cells > _CELLS_OF_A_PLAIN_ZIP})
        self._head = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._text = self._book.add_format({"valign": "top"})
        self._quoted = self._book.add_format({"valign": "top", "quote_prefix": True})

    def __enter__(self) -> "_Book":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        import xlsxwriter  # noqa: PLC0415 - heavy

        try:
            if kind is None:
                self._book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(*error.args[0].args) if isinstance(error.args[0], OSError) else error from error
        finally:
            for sheet in self._book.worksheets():
                with suppress(OSError):
                    sheet.row_data_fh.close()
            self._rows.cleanup()

    def answers(self, name: str, heading: Sequence[str], numbers: Sequence[bool], rows: Iterable[Row]) -> int:
        sheet = self._sheet(name, heading)
        place = 0
        for place, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if not cell:
                    continue
                if numbers[column] and cell != "..":
                    self._number(sheet, place, column, cell)
                else:
                    self._string(sheet, place, column, cell)
        return place

    def table(
        self, name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell | int | Decimal]]
    ) -> None:
        """A sheet of texts and numbers (int, Decimal)."""
        found = [tuple(row) for row in rows]
        sheet = self._sheet(name, heading, found)
        for place, row in enumerate(found, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(place, column, float(cell), self._text)
                elif cell:
                    self._string(sheet, place, column, cell)

    def _sheet(self, name: str, heading: Sequence[str], rows: Sequence[Sequence[Any]] = ()) -> Any:
        sheet = self._book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(heading):
            cells = (str(row[column]) for row in rows[:200] if column < len(row))
            longest = max(map(len, (text, *cells)))
            sheet.set_column(column, column, min(_MOST_WIDTH, max(_LEAST_WIDTH, longest + 2)))
        for column, text in enumerate(heading):
            self._string(sheet, 0, column, text, self._head)
        return sheet

    def _string(self, sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
        form = form or (self._text if harmless(text) == text else self._quoted)
        if sheet.write_string(row, column, text, form):
            raise TooLarge(len(text), 32_767, "letters")

    def _number(self, sheet: Any, row: int, column: int, number: str) -> None:
        if sum(map(str.isdigit, number)) > _EXACT_DIGITS:
            self._string(sheet, row, column, number)  # a spreadsheet would round it
        else:
            sheet.write_number(row, column, float(number), self._text)
